"""The queue: who waits, what is mine, and what goes on elsewhere."""

from __future__ import annotations

from sqlalchemy import and_
from sqlalchemy.engine import Connection

from bot.conversations.tables import conversations
from bot.desk import store
from bot.desk.model import Queue

WAITING_SHOWN = 200
MINE_SHOWN = 100
OTHERS_SHOWN = 50
BOT_SHOWN = 8
"""The bot's newest conversations, for whoever wants to step in unasked."""


def queue_of(tx: Connection, agent_id: int) -> Queue:
    """What agent `agent_id` has in front of them, longest waiting first."""
    at = conversations.c
    held = at.controller == "agent"
    newest = [at.updated_at.desc(), at.id]
    return Queue(
        waiting=store.rows(tx, at.controller == "queue", [at.queued_at, at.id], limit=WAITING_SHOWN),
        mine=store.rows(tx, and_(held, at.agent_id == agent_id), newest, limit=MINE_SHOWN),
        others=store.rows(tx, and_(held, at.agent_id != agent_id), newest, limit=OTHERS_SHOWN),
        bot=store.rows(tx, and_(at.controller == "bot", at.customer_seq > 0), newest, limit=BOT_SHOWN),
        callbacks=store.open_callbacks(tx),
    )
