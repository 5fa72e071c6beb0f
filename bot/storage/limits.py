"""Limits on attempts, counted in the database so that they hold across processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, select, text
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.base.errors import PuenteError, TooMany
from bot.storage.database import Database
from bot.storage.schema import Instant
from bot.storage.tables import attempts

_COUNT = (
    text(
        """
        INSERT INTO attempts (key, window_start, count) VALUES (:key, :now, 1)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN attempts.window_start <= :over OR attempts.window_start > :now
                    THEN 1 ELSE attempts.count + 1 END,
            window_start = CASE WHEN attempts.window_start <= :over OR attempts.window_start > :now
                    THEN :now ELSE attempts.window_start END
        RETURNING window_start, count
        """
    )
    .bindparams(bindparam("now", type_=Instant), bindparam("over", type_=Instant))
    .columns(window_start=Instant, count=Integer)
)
"""One more attempt of a key; a window that is over (or, by a clock set back, not yet begun) begins anew."""


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
    found = {"key": _full_key(limit, key), "now": now, "over": now - limit.window}
    row = tx.execute(_COUNT, found).one()
    if row.count <= limit.count:
        return 0
    return max(1, int((row.window_start + limit.window - now).total_seconds()))


def forget(tx: Connection, limit: Limit, key: str) -> None:
    """Start anew for `key` (a sign-in that succeeded)."""
    tx.execute(delete(attempts).where(attempts.c.key == _full_key(limit, key)))


def _full_key(limit: Limit, key: str) -> str:
    return f"{limit.kind}:{key}"[:160]


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
    row = tx.execute(select(attempts).where(attempts.c.key == _full_key(limit, key))).first()
    return bool(row and now - row.window_start < limit.window and row.count >= limit.count)
