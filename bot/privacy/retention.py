"""What nobody has touched for as long as the shop keeps conversations is erased, by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.engine import Connection

from bot.cases.tables import cases
from bot.conversations.model import ERASED
from bot.conversations.tables import conversations
from bot.privacy.erase import Erased, erase_conversations
from bot.storage.database import Database

MOST_AT_ONCE = 100
"""Conversations erased in one round: each is a transaction, and chats go on meanwhile."""

BY = "retention"

_IN_HAND = ("queue", "agent")
_OPEN = ("opened", "expired")


def overdue(tx: Connection, *, before: datetime, limit: int = MOST_AT_ONCE) -> list[str]:
    """Conversations untouched since `before`, oldest first; none that a person has in hand or that has an open case."""
    at = conversations.c
    still_open = exists().where(cases.c.conversation_id == at.id, cases.c.state.in_(_OPEN))
    query = (
        select(at.id)
        .where(at.updated_at < before, at.namespace != ERASED, at.controller.not_in(_IN_HAND), ~still_open)
        .order_by(at.updated_at)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def erase_overdue(database: Database, *, days: int, now: datetime) -> list[Erased]:
    """Erase what was not touched for `days`; the files named in what is returned have to be removed by the caller.

    Each conversation is looked at once more in the transaction that erases it: a customer who has just come back keeps it.
    """
    before = now - timedelta(days)
    with database.read() as tx:
        found = overdue(tx, before=before)
    done = []
    for conversation_id in found:
        with database.write() as tx:
            at = conversations.c
            query = select(at.customer_id, at.updated_at).where(at.id == conversation_id).with_for_update()
            row = tx.execute(query).first()
            if row is None or row.updated_at >= before:
                continue
            subject = row.customer_id or conversation_id
            done.append(erase_conversations(tx, [conversation_id], subject=subject, by=BY, now=now))
    return done
