"""Who controls a conversation: `bot → queue → agent → bot | closed`. Every change raises `control_epoch`.

Each function is one change of state: a compare in the WHERE clause decides a race, and the entry in the
log commits with it. A turn of the bot that was computed under an older epoch is thereby void.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from bot.base.errors import Conflict, Unknown
from bot.conversations import log
from bot.conversations.model import Conversation, NewEntry
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
    values = {"controller": "agent", "agent_id": agent_id, "claimed_at": now}
    if not _change(tx, conversation_id, ("queue", "bot"), values):
        raise Conflict("claimed_by_other")
    log.append(tx, conversation_id, [NewEntry("assigned", "system", {"agent": first_name})], now=now)


def release(
    tx: Connection, conversation_id: str, *, agent_id: int, to: Literal["bot", "queue"], now: datetime
) -> None:
    """agent → bot | queue, by the agent who holds it. What was said meanwhile counts as answered by the agent."""
    if to == "queue":
        values: dict[str, Any] = {
            "controller": "queue",
            "agent_id": None,
            "queued_at": now,
            "claimed_at": None,
        }
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


def pass_on(
    tx: Connection, conversation_id: str, *, agent_id: int, to_id: int, first_name: str, now: datetime
) -> None:
    """agent → another agent, by the one who holds it: `to_id` has it from now on. Raises `Conflict`, `Unknown`."""
    values = {"controller": "agent", "agent_id": to_id, "claimed_at": now}
    if not _change(tx, conversation_id, ("agent",), values, agent_id=agent_id):
        _refuse(tx, conversation_id)
    log.append(tx, conversation_id, [NewEntry("assigned", "system", {"agent": first_name})], now=now)


def requeue(
    tx: Connection, conversation: Conversation, *, reason: str, queued_at: datetime, now: datetime
) -> bool:
    """agent → queue, without the agent: they are silent, or gone. False when anything has happened meanwhile.

    `conversation` is what the decision was made on. `queued_at` is since when the customer waits, which is mostly
    earlier than now: whoever was left alone does not stand at the end again.
    """
    values = {
        "controller": "queue", "agent_id": None, "queued_at": queued_at, "handoff_reason": reason, "claimed_at": None,
        "control_epoch": conversations.c.control_epoch + 1,
    }  # fmt: skip
    same = update(conversations).where(
        conversations.c.id == conversation.id,
        conversations.c.controller == "agent",
        conversations.c.agent_id == conversation.agent_id,
        conversations.c.control_epoch == conversation.control_epoch,
        conversations.c.last_seq == conversation.last_seq,
    )
    if not tx.execute(same.values(**values)).rowcount:
        return False
    body = {"reason": reason, "position": queue_position(tx, conversation.id)}
    log.append(tx, conversation.id, [NewEntry("handoff", "system", body)], now=now)
    return True


def wait_anew(tx: Connection, conversation_id: str, *, reason: str, now: datetime) -> None:
    """What a chat was in the queue for has been done: from now on it waits for being ended. Nothing else moves."""
    same = update(conversations).where(
        conversations.c.id == conversation_id,
        conversations.c.controller == "queue",
        conversations.c.handoff_reason == reason,
    )
    tx.execute(same.values(queued_at=now))


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
    ids = waiting_ids(tx)
    return ids.index(conversation_id) + 1 if conversation_id in ids else 0


def waiting_ids(tx: Connection) -> list[str]:
    """The conversations that wait for a person, the longest first."""
    waiting = (
        select(conversations.c.id)
        .where(conversations.c.controller == "queue")
        .order_by(conversations.c.queued_at, conversations.c.id)
    )
    return list(tx.execute(waiting).scalars())


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


def block(tx: Connection, conversation: Conversation, *, until: datetime | None) -> None:
    """Take nothing from this customer until then, in none of their conversations; None: take it again."""
    at = conversations.c
    theirs = at.id == conversation.id
    if conversation.customer_id is not None:
        theirs |= at.customer_id == conversation.customer_id
    tx.execute(update(conversations).where(theirs).values(blocked_until=until))


def blocked_until(tx: Connection, customer_id: str | None) -> datetime | None:
    """Until when a customer is blocked in their other conversations; None for guests and for almost everybody."""
    if customer_id is None:
        return None
    query = select(func.max(conversations.c.blocked_until)).where(conversations.c.customer_id == customer_id)
    found: datetime | None = tx.execute(query).scalar()
    return found


def sign_in_customer(tx: Connection, conversation_id: str, *, customer_id: str, name: str | None) -> None:
    """Tie a conversation to the shop's customer. Raises `Conflict` when it belongs to another one already."""
    until = blocked_until(tx, customer_id)
    blocked = {} if until is None else {"blocked_until": until}
    free = conversations.c.customer_id.is_(None) | (conversations.c.customer_id == customer_id)
    change = (
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.namespace == "web", free)
        .values(customer_id=customer_id, customer_name=name, **blocked)
    )
    if not tx.execute(change).rowcount:
        log.get_conversation(tx, conversation_id)
        raise Conflict("other_customer")
