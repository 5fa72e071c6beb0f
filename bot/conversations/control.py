"""Who controls a conversation: `bot → queue → agent → bot | closed`. Every change raises `control_epoch`.

Each function is one change of state: a compare in the WHERE clause decides a race, and the entry in the
log commits with it. A turn of the bot that was computed under an older epoch is thereby void.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.base.errors import Conflict, Unknown
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations


def hand_off(tx: Connection, conversation_id: str, *, reason: str, now: datetime) -> bool:
    """bot → queue. Returns False, changing nothing, when the conversation is not the bot's: clocks never restart."""
    values = {"controller": "queue", "queued_at": now, "handoff_reason": reason, "agent_id": None}
    if not _change(tx, conversation_id, ("bot",), values):
        return False
    body = {"reason": reason, "position": queue_position(tx, conversation_id)}
    log.append(tx, conversation_id, [NewEntry("handoff", "system", body)], now=now)
    return True


def claim(tx: Connection, conversation_id: str, *, agent_id: int, first_name: str, now: datetime) -> None:
    """queue | bot → agent: exactly one agent wins. The winner's second click changes nothing.

    Raises `Conflict` (`claimed_by_other`) for everybody else, `Unknown` when there is no such conversation.
    """
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller == "agent" and conversation.agent_id == agent_id:
        return
    values = {"controller": "agent", "agent_id": agent_id}
    if not _change(tx, conversation_id, ("queue", "bot"), values):
        raise Conflict("claimed_by_other")
    log.append(tx, conversation_id, [NewEntry("assigned", "system", {"agent": first_name})], now=now)


def release(
    tx: Connection, conversation_id: str, *, agent_id: int, to: Literal["bot", "queue"], now: datetime
) -> None:
    """agent → bot | queue, by the agent who holds it. What was said meanwhile counts as answered by the agent."""
    if to == "queue":
        values: dict[str, Any] = {"controller": "queue", "agent_id": None, "queued_at": now}
    else:
        values = {
            "controller": "bot",
            "agent_id": None,
            "queued_at": None,
            "handoff_reason": None,
            "bot_seq": conversations.c.customer_seq,
        }
    if not _change(tx, conversation_id, ("agent",), values, agent_id=agent_id):
        _refuse(tx, conversation_id)
    if to == "queue":
        body = {"reason": "requeued", "position": queue_position(tx, conversation_id)}
        entry = NewEntry("handoff", "system", body)
    else:
        entry = NewEntry("assigned", "system", {"bot": True})
    log.append(tx, conversation_id, [entry], now=now)


def close(tx: Connection, conversation_id: str, *, agent_id: int, now: datetime) -> None:
    """agent → closed, by the agent who holds it."""
    values = {
        "controller": "closed",
        "agent_id": None,
        "queued_at": None,
        "handoff_reason": None,
        "bot_seq": conversations.c.customer_seq,
    }
    if not _change(tx, conversation_id, ("agent",), values, agent_id=agent_id):
        _refuse(tx, conversation_id)
    log.append(tx, conversation_id, [NewEntry("closed", "system", {"by": "agent"})], now=now)


def reopen(tx: Connection, conversation_id: str, *, now: datetime) -> None:
    """closed → bot: the customer wrote again."""
    if _change(tx, conversation_id, ("closed",), {"controller": "bot", "agent_id": None}):
        log.append(tx, conversation_id, [NewEntry("assigned", "system", {"bot": True})], now=now)


def queue_position(tx: Connection, conversation_id: str) -> int:
    """1 for the conversation that waits longest. 0 when it does not wait."""
    waiting = (
        select(conversations.c.id)
        .where(conversations.c.controller == "queue")
        .order_by(conversations.c.queued_at, conversations.c.id)
    )
    ids = list(tx.execute(waiting).scalars())
    return ids.index(conversation_id) + 1 if conversation_id in ids else 0


def _change(
    tx: Connection,
    conversation_id: str,
    from_controllers: tuple[str, ...],
    values: dict[str, Any],
    *,
    agent_id: int | None = None,
) -> bool:
    change = (
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.controller.in_(from_controllers))
        .values(control_epoch=conversations.c.control_epoch + 1, **values)
    )
    if agent_id is not None:
        change = change.where(conversations.c.agent_id == agent_id)
    return bool(tx.execute(change).rowcount)


def _refuse(tx: Connection, conversation_id: str) -> None:
    found = tx.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first()
    raise Unknown("unknown_conversation") if found is None else Conflict("not_yours")


def sign_in_customer(tx: Connection, conversation_id: str, *, customer_id: str, name: str | None) -> None:
    """Tie a conversation to the shop's customer. Raises `Conflict` when it belongs to another one already."""
    free = conversations.c.customer_id.is_(None) | (conversations.c.customer_id == customer_id)
    change = (
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.namespace == "web", free)
        .values(customer_id=customer_id, customer_name=name)
    )
    if not tx.execute(change).rowcount:
        log.get_conversation(tx, conversation_id)
        raise Conflict("other_customer")
