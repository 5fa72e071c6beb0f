"""Conversations as data, for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.conversations import log
from bot.conversations.tables import conversations

BATCH = 500


def conversations_with_entries(tx: Connection) -> Iterator[dict[str, Any]]:
    """Every conversation with all its entries, oldest first, one at a time."""
    ids = tx.execute(select(conversations.c.id).order_by(conversations.c.created_at)).scalars().all()
    for conversation_id in ids:
        conversation = log.get_conversation(tx, conversation_id)
        yield {
            "conversation_id": conversation.id,
            "locale": conversation.locale,
            "customer_id": conversation.customer_id,
            "created_at": isoformat(conversation.created_at),
            "reason": conversation.reason,
            "entries": list(_entries(tx, conversation_id)),
        }


def _entries(tx: Connection, conversation_id: str) -> Iterator[dict[str, Any]]:
    after = 0
    while batch := log.entries_after(tx, conversation_id, after, audience="staff", limit=BATCH):
        yield from (entry.as_json() for entry in batch)
        after = batch[-1].seq
