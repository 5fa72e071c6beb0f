"""What leaves the house: queued in the transaction that wants it, sent afterwards, retried until it is through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.storage.database import Database
from bot.storage.tables import outbox

LEASE = timedelta(minutes=2)
"""How long a sender may take before another one may try the same item."""

MAX_TRIES = 12


@dataclass(frozen=True)
class Item:
    """One thing to send. `key` names it for ever: a mail's Message-ID is made of it."""

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    tries: int


def queue(tx: Connection, *, key: str, kind: str, payload: dict[str, Any], now: datetime) -> None:
    """Queue an item; commits with `tx`. Raises `IntegrityError` when `key` was queued before."""
    tx.execute(insert(outbox).values(key=key, kind=kind, payload=payload, queued_at=now, try_at=now, tries=0))


def claim(database: Database, now: datetime, *, kind: str, limit: int = 20) -> list[Item]:
    """Take items of a `kind` that are due for `LEASE`; what is not marked sent by then is due again."""
    open_items = (
        outbox.c.kind == kind,
        outbox.c.sent_at.is_(None),
        outbox.c.gave_up_at.is_(None),
        outbox.c.try_at <= now,
    )
    with database.read() as tx:
        rows = tx.execute(select(outbox).where(*open_items).order_by(outbox.c.id).limit(limit)).all()
    if not rows:
        return []
    with database.write() as tx:
        return [
            Item(row.id, row.key, row.kind, row.payload, row.tries + 1)
            for row in rows
            if tx.execute(
                update(outbox)
                .where(outbox.c.id == row.id, outbox.c.tries == row.tries, *open_items)
                .values(tries=row.tries + 1, try_at=now + LEASE)
            ).rowcount
        ]


def sent(database: Database, item: Item, now: datetime) -> None:
    """Mark an item as through."""
    with database.write() as tx:
        tx.execute(update(outbox).where(outbox.c.id == item.id).values(sent_at=now, last_error=None))


def failed(database: Database, item: Item, now: datetime, error: str) -> None:
    """Note a failure: tried again after 10 s, 20 s, 40 s … at most an hour; given up after `MAX_TRIES`."""
    wait = timedelta(seconds=min(10 * 2 ** (item.tries - 1), 3600))
    values: dict[str, Any] = {"try_at": now + wait, "last_error": error[:500]}
    if item.tries >= MAX_TRIES:
        values["gave_up_at"] = now
    with database.write() as tx:
        tx.execute(update(outbox).where(outbox.c.id == item.id).values(**values))
