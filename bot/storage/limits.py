"""Limits on attempts, counted in the database so that they hold across processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.base.errors import PuenteError, TooMany
from bot.storage.database import Database, insert_of
from bot.storage.tables import attempts


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts of a `kind` per key within `window`, counted in fixed windows."""

    kind: str
    count: int
    window: timedelta


def spend(database: Database, spent: Mapping[Limit, str], now: datetime) -> None:
    """Count one attempt of a key under each limit; raises `TooMany` with the seconds to wait when it is one too many."""
    with database.write() as tx:
        wait = max(count(tx, limit, key, now) for limit, key in spent.items())
    if wait:
        raise TooMany("too_many_attempts", retry_after=wait)


@contextmanager
def limited(database: Database, spent: Mapping[Limit, str], now: datetime) -> Iterator[Connection]:
    """A transaction that is an attempt under limits: counted with what it writes, or by itself when it is refused.

    Raises `TooMany` before anything is written when it is one too many.
    """
    wait = 0
    try:
        with database.write() as tx:
            wait = max((count(tx, limit, key, now) for limit, key in spent.items()), default=0)
            if wait:
                raise TooMany("too_many_attempts", retry_after=wait)
            yield tx
    except PuenteError:
        if spent and not wait:
            spend(database, spent, now)
        raise


def count(tx: Connection, limit: Limit, key: str, now: datetime) -> int:
    """Count one attempt in `tx`; returns the seconds to wait, 0 when it is allowed."""
    full_key = f"{limit.kind}:{key}"[:160]
    find = select(attempts).where(attempts.c.key == full_key)
    row = tx.execute(find).first()
    if row is None:
        first = insert_of(tx)(attempts).values(key=full_key, window_start=now, count=1)
        if tx.execute(first.on_conflict_do_nothing(index_elements=["key"])).rowcount:
            return 0
        row = tx.execute(find).one()  # another one's first attempt came at the same moment
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
