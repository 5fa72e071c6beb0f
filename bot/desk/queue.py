"""The queue: who waits, what is mine, and what goes on elsewhere."""

from __future__ import annotations

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from bot.conversations.tables import conversations
from bot.desk import due, people, store
from bot.desk.model import Queue, Row, SharedQueue
from bot.desk.tables import desk_guests

WAITING_SHOWN = 100
MINE_SHOWN = 100
OTHERS_SHOWN = 50
BOT_SHOWN = 8
"""The bot's newest conversations, for whoever wants to step in unasked."""

_AT = conversations.c
_NEWEST = [_AT.updated_at.desc(), _AT.id]


def queue_of(tx: Connection, agent_id: int, *, capacity: int = 0) -> Queue:
    """What agent `agent_id` has in front of them, longest due first. `capacity` is the setting's."""
    shared = shared_queue(tx, capacity=capacity)
    return Queue(
        waiting=shared.waiting,
        mine=mine_of(tx, agent_id),
        invited=invited_of(tx, agent_id),
        others=[row for row in shared.held if row.conversation.agent_id != agent_id],
        bot=shared.bot,
        callbacks=shared.callbacks,
        shared=shared,
    )


def shared_queue(tx: Connection, *, capacity: int) -> SharedQueue:
    """What is the same for everybody at the desk."""
    waiting = and_(_AT.controller == "queue", ~due.waits_for_call)
    return SharedQueue(
        waiting=store.rows(tx, waiting, [due.since_due, _AT.id], limit=WAITING_SHOWN),
        waiting_count=tx.execute(select(func.count()).where(waiting)).scalar_one(),
        held=store.rows(tx, _AT.controller == "agent", _NEWEST, limit=OTHERS_SHOWN),
        bot=store.rows(tx, and_(_AT.controller == "bot", _AT.customer_seq > 0), _NEWEST, limit=BOT_SHOWN),
        callbacks=store.open_callbacks(tx),
        people=people.people(tx, capacity=capacity),
    )


def mine_of(tx: Connection, agent_id: int) -> list[Row]:
    """The chats an agent holds."""
    held = and_(_AT.controller == "agent", _AT.agent_id == agent_id)
    return store.rows(tx, held, _NEWEST, limit=MINE_SHOWN)


def invited_of(tx: Connection, agent_id: int) -> list[Row]:
    """The chats an agent was asked into by who holds them."""
    into = select(desk_guests.c.conversation_id).where(desk_guests.c.account_id == agent_id)
    return store.rows(tx, and_(_AT.controller == "agent", _AT.id.in_(into)), _NEWEST, limit=MINE_SHOWN)
