"""What the tests of cases look at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.cases import store
from bot.conversations import log
from bot.shop import tables as shop
from bot.storage.database import Database
from bot.storage.tables import outbox


def conversation_of(tx: Connection, reference: str) -> str:
    """The conversation a case belongs to."""
    return store.get_case(tx, reference).conversation_id


def entries(database: Database, reference: str, audience: Any = "all") -> list[Any]:
    """The log of the case's conversation."""
    with database.read() as tx:
        return log.entries_after(tx, conversation_of(tx, reference), 0, audience=audience)


def queued_mails(database: Database) -> list[Any]:
    """Everything in the outbox, oldest first."""
    with database.read() as tx:
        return list(tx.execute(select(outbox).order_by(outbox.c.id)))


def set_line(database: Database, **values: Any) -> None:
    """Change the order line."""
    with database.write() as tx:
        tx.execute(update(shop.order_lines).values(**values))
