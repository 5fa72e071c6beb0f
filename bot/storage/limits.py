"""Limits on attempts, counted in the database so that they hold across processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.base.effect import Effect
from bot.base.errors import TooMany
from bot.storage.database import Database
from bot.storage.tables import attempts


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts of a `kind` per key within `window`, counted in fixed windows."""

    kind: str
    count: int
    window: timedelta


def spend(database: Database, limit: Limit, key: str, now: datetime) -> None:
    """Count one attempt of `key`; raises `TooMany` with the seconds to wait when it is one too many."""
    try:
        with database.write() as tx:
            wait = count(tx, limit, key, now)
    except IntegrityError:  # two first attempts at once: the other one made the row
        with database.write() as tx:
            wait = count(tx, limit, key, now)
    if wait:
        raise TooMany("too_many_attempts", retry_after=wait)


def count(tx: Connection, limit: Limit, key: str, now: datetime) -> int:
    """Count one attempt in `tx`; returns the seconds to wait, 0 when it is allowed."""
    full_key = f"{limit.kind}:{key}"[:160]
    row = tx.execute(select(attempts).where(attempts.c.key == full_key)).first()
    if row is None:
        tx.execute(insert(attempts).values(key=full_key, window_start=now, count=1))
        return 0
    same = update(attempts).where(attempts.c.key == full_key)
    if now - row.window_start >= limit.window or row.window_start > now:
        tx.execute(same.values(window_start=now, count=1))
        return 0
    tx.execute(same.values(count=attempts.c.count + 1))
    if row.count + 1 <= limit.count:
        return 0
    return max(1, int((row.window_start + limit.window - now).total_seconds()))


def forget(tx: Connection, limit: Limit, key: str) -> None:
    """Start anew for `key` (a sign-in that succeeded)."""
    tx.execute(delete(attempts).where(attempts.c.key == f"{limit.kind}:{key}"[:160]))


@dataclass(frozen=True)
class SpendAttempt(Effect):
    """An attempt made in a turn; counted when the turn commits."""

    limit: Limit
    key: str


def spend_attempt(tx: Connection, conversation_id: str, effect: SpendAttempt, now: datetime) -> None:
    """Carry out `SpendAttempt`."""
    count(tx, effect.limit, effect.key, now)


def exhausted(tx: Connection, limit: Limit, key: str, now: datetime) -> bool:
    """Whether no attempt of `key` is left in this window; counts nothing."""
    row = tx.execute(select(attempts).where(attempts.c.key == f"{limit.kind}:{key}"[:160])).first()
    return bool(row and now - row.window_start < limit.window and row.count >= limit.count)
