"""Time as a table: what has to happen when, unique per kind and subject, done once whoever does it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, text, update
from sqlalchemy.engine import Connection

from bot.storage.database import Database
from bot.storage.schema import Instant
from bot.storage.tables import deadlines

logger = logging.getLogger(__name__)

_PUT_OFF = text(
    """
    INSERT INTO deadlines (kind, subject, due_at) VALUES (:kind, :subject, :due_at)
    ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, done_at = NULL
    """
).bindparams(bindparam("due_at", type_=Instant))

_DUE = (
    select(deadlines.c.kind, deadlines.c.subject)
    .where(deadlines.c.done_at.is_(None), deadlines.c.due_at <= bindparam("now"))
    .order_by(deadlines.c.due_at)
    .limit(bindparam("most"))
)

_CLAIM = (
    update(deadlines)
    .where(
        deadlines.c.kind == bindparam("of_kind"),
        deadlines.c.subject == bindparam("about"),
        deadlines.c.done_at.is_(None),
        deadlines.c.due_at <= bindparam("now"),
    )
    .values(done_at=bindparam("now"))
)

Handler = Callable[[Connection, str, datetime], None]
"""What happens at a deadline: (transaction, subject, now). Its effects commit with the deadline itself."""


def start(tx: Connection, *, kind: str, subject: str, due_at: datetime) -> None:
    """Set a deadline. Raises `IntegrityError` when this kind and subject has one already."""
    tx.execute(insert(deadlines).values(kind=kind, subject=subject, due_at=due_at))


def put_off(tx: Connection, *, kind: str, subject: str, due_at: datetime) -> None:
    """Set a deadline, or move it, whether it is open or done."""
    tx.execute(_PUT_OFF, {"kind": kind, "subject": subject, "due_at": due_at})


def cancel(tx: Connection, *, kind: str, subject: str) -> None:
    """Remove a deadline that has not been met yet; one that is done stays as a record."""
    same = and_(deadlines.c.kind == kind, deadlines.c.subject == subject, deadlines.c.done_at.is_(None))
    tx.execute(delete(deadlines).where(same))


def due(tx: Connection, now: datetime, *, limit: int = 100) -> list[tuple[str, str]]:
    """Open deadlines up to `now`, oldest first, as (kind, subject)."""
    return [(row.kind, row.subject) for row in tx.execute(_DUE, {"now": now, "most": limit})]


def run_due(database: Database, handlers: Mapping[str, Handler], now: datetime) -> Counter[str]:
    """Do everything that is due; returns how many of each kind this process did.

    Each deadline is claimed by an update inside the transaction of its effect: with two schedulers, or a
    kill between claim and commit, there is still exactly one effect. A handler that raises is logged and
    tried again on the next round; the others go on.
    """
    with database.read() as tx:
        waiting = due(tx, now)
    done: Counter[str] = Counter()
    for kind, subject in waiting:
        try:
            done[kind] += _run_one(database, handlers[kind], kind, subject, now)
        except Exception:
            logger.exception("deadline failed, will be tried again: kind=%s", kind)
    return done


def _run_one(database: Database, handler: Handler, kind: str, subject: str, now: datetime) -> int:
    with database.write() as tx:
        claimed = tx.execute(_CLAIM, {"of_kind": kind, "about": subject, "now": now})
        if not claimed.rowcount:
            return 0
        handler(tx, subject, now)
    return 1
