"""What an agent does with a conversation: each function one change of state in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from bot.accounts.model import Account
from bot.base.errors import Conflict
from bot.cases.answer import conveyed
from bot.cases.store import untold_cases
from bot.conversations import control, log, satisfaction
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations
from bot.desk import audit, hand_over, letters, people, store
from bot.desk.tables import notes

NO_LIMIT = 10**6


def claim(
    tx: Connection,
    conversation_id: str,
    *,
    agent: Account,
    now: datetime,
    capacity: int = NO_LIMIT,
    wall: datetime | None = None,
) -> None:
    """queue | bot → agent. One winner; the others get `Conflict` with the winner's first name.

    `capacity` is how many chats an agent may hold where nothing else is set for them; who holds as many gets
    `Conflict` (`desk_full`). `wall` is the machine's clock, by which presence is kept.
    """
    before = log.get_conversation(tx, conversation_id)
    if before.controller == "agent" and before.agent_id == agent.id:
        return
    try:
        if before.controller in ("queue", "bot"):
            people.take_place(tx, agent.id, capacity=capacity, now=wall or now)
        control.claim(tx, conversation_id, agent_id=agent.id, first_name=agent.first_name, now=now)
    except Conflict as error:
        if error.code == "desk_full":
            raise
        conversation = log.get_conversation(tx, conversation_id)
        if conversation.controller == "closed":
            raise Conflict("conversation_closed") from error
        name = store.name_of(tx, conversation.agent_id)
        raise Conflict("claimed_by", name=name.split()[0] if name else "?") from error
    waited = (
        (now - before.queued_at).total_seconds()
        if before.queued_at and before.controller == "queue"
        else None
    )
    audit.note(
        tx, "claimed", now=now, conversation_id=conversation_id, by=agent.id, waited_s=waited,
        reason=before.reason or before.handoff_reason, language=before.locale,
    )  # fmt: skip


def reply(
    tx: Connection,
    conversation_id: str,
    *,
    agent: Account,
    client_id: str,
    text: str,
    conveys: Collection[str] | None,
    now: datetime,
    named: bool = False,
) -> tuple[int, bool]:
    """An agent's message to the customer, from the one who holds the conversation. Returns (seq, new?).

    `conveys` names the cases whose end the customer learns by it; None: all that wait to be told. `named`: the message
    says who wrote it, as one of an invited colleague does.
    """
    conversation = log.get_conversation(tx, conversation_id)
    body = {"text": text, "lang": conversation.locale}
    as_guest = conversation.agent_id != agent.id and hand_over.is_guest(tx, conversation_id, agent.id)
    if as_guest or named:
        body["agent"] = agent.first_name
    seq, new = log.accept_agent_message(
        tx, conversation_id, agent_id=agent.id, client_id=client_id, body=body, now=now, as_guest=as_guest
    )
    if new:
        letters.mail_reply(tx, conversation, text=text, agent=agent.first_name, seq=seq, now=now)
        audit.note(tx, "replied", now=now, conversation_id=conversation_id, by=agent.id, seq=seq)
    for reference in untold_cases(tx, conversation_id) if new else ():
        if conveys is None or reference in conveys:
            conveyed(tx, reference, account_id=agent.id, now=now)
    return seq, new


def give_back(
    tx: Connection,
    conversation_id: str,
    *,
    agent: Account,
    to: Literal["bot", "queue"],
    seen: int | None,
    now: datetime,
) -> None:
    """agent → bot | queue. To the bot, what was said counts as answered: hence `seen`, see `_check_seen`."""
    if to == "bot":
        _check_seen(tx, conversation_id, seen)
    held_since = log.get_conversation(tx, conversation_id).claimed_at
    control.release(tx, conversation_id, agent_id=agent.id, to=to, now=now)
    hand_over.everybody_leaves(tx, conversation_id)
    audit.note(
        tx,
        "gave_back",
        now=now,
        conversation_id=conversation_id,
        by=agent.id,
        to_whom=to,
        held_s=_seconds(held_since, now),
    )


def close(tx: Connection, conversation_id: str, *, agent: Account, seen: int | None, now: datetime) -> None:
    """agent → closed. R20: the closing notice asks whether it was solved, unless that was asked before."""
    _check_seen(tx, conversation_id, seen)
    held_since = log.get_conversation(tx, conversation_id).claimed_at
    _ask_whether_solved(tx, conversation_id, now)
    control.close(tx, conversation_id, agent_id=agent.id, now=now)
    hand_over.everybody_leaves(tx, conversation_id)
    audit.note(
        tx, "closed", now=now, conversation_id=conversation_id, by=agent.id, held_s=_seconds(held_since, now)
    )


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return (now - since).total_seconds() if since else None


def _ask_whether_solved(tx: Connection, conversation_id: str, now: datetime) -> None:
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.namespace != "web" or not store.agent_wrote(tx, conversation_id):
        return  # nobody has served it
    about = conversation.line_id or conversation.order_id or conversation.product_id or ""
    reason = conversation.reason or conversation.handoff_reason or "talk_to_human"
    body = satisfaction.question(
        tx,
        conversation_id,
        satisfaction.Matter(reason, about),
        handled_by="agent",
        text="closing: is it solved?",
        locale=conversation.locale,
        now=now,
    )
    if body is not None:
        log.append(tx, conversation_id, [NewEntry("message", "bot", body)], now=now)


def add_note(tx: Connection, conversation_id: str, *, agent: Account, text: str, now: datetime) -> int:
    """Keep a private note; anybody at the desk may. Returns its id."""
    log.get_conversation(tx, conversation_id)
    row = {"conversation_id": conversation_id, "account_id": agent.id, "text": text, "created_at": now}
    return int(tx.execute(insert(notes).values(**row)).inserted_primary_key[0])


def _check_seen(tx: Connection, conversation_id: str, seen: int | None) -> None:
    """Raise `Conflict` when the customer wrote after entry `seen`: nobody would answer that message any more.

    An update and not a read: it takes the conversation's row, so that no message comes in between.
    """
    if seen is None:
        return
    at = conversations.c
    all_read = update(conversations).where(at.id == conversation_id, at.customer_seq <= seen)
    if not tx.execute(all_read.values(updated_at=at.updated_at)).rowcount:
        log.get_conversation(tx, conversation_id)
        raise Conflict("customer_wrote")
