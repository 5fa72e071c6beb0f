"""What an agent does with a conversation: each function one change of state in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.model import Account
from bot.base.errors import Conflict, Unknown
from bot.cases.answer import conveyed
from bot.cases.store import untold_cases
from bot.conversations import control, log
from bot.conversations.tables import conversations
from bot.desk import store
from bot.desk.tables import callbacks, notes


def claim(tx: Connection, conversation_id: str, *, agent: Account, now: datetime) -> None:
    """queue | bot → agent. One winner; the others get `Conflict` with the winner's first name."""
    try:
        control.claim(tx, conversation_id, agent_id=agent.id, first_name=agent.first_name, now=now)
    except Conflict as error:
        conversation = log.get_conversation(tx, conversation_id)
        if conversation.controller == "closed":
            raise Conflict("conversation_closed") from error
        name = store.name_of(tx, conversation.agent_id)
        raise Conflict("claimed_by", name=name.split()[0] if name else "?") from error


def reply(
    tx: Connection,
    conversation_id: str,
    *,
    agent: Account,
    client_id: str,
    text: str,
    conveys: Collection[str] | None,
    now: datetime,
) -> tuple[int, bool]:
    """An agent's message to the customer, from the one who holds the conversation. Returns (seq, new?).

    `conveys` names the cases whose end the customer learns by it; None: all that wait to be told.
    """
    locale = log.get_conversation(tx, conversation_id).locale
    body = {"text": text, "lang": locale}
    seq, new = log.accept_agent_message(
        tx, conversation_id, agent_id=agent.id, client_id=client_id, body=body, now=now
    )
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
    control.release(tx, conversation_id, agent_id=agent.id, to=to, now=now)


def close(tx: Connection, conversation_id: str, *, agent: Account, seen: int | None, now: datetime) -> None:
    """agent → closed."""
    _check_seen(tx, conversation_id, seen)
    control.close(tx, conversation_id, agent_id=agent.id, now=now)


def add_note(tx: Connection, conversation_id: str, *, agent: Account, text: str, now: datetime) -> int:
    """Keep a private note; anybody at the desk may. Returns its id."""
    log.get_conversation(tx, conversation_id)
    row = {"conversation_id": conversation_id, "account_id": agent.id, "text": text, "created_at": now}
    return int(tx.execute(insert(notes).values(**row)).inserted_primary_key[0])


def finish_callback(tx: Connection, callback_id: int, *, agent: Account, now: datetime) -> None:
    """The customer was called. One agent's mark counts; `Conflict` names that one to the others."""
    is_open = (callbacks.c.id == callback_id) & callbacks.c.done_at.is_(None)
    if tx.execute(update(callbacks).where(is_open).values(done_at=now, done_by=agent.id)).rowcount:
        return
    row = tx.execute(select(callbacks.c.done_by).where(callbacks.c.id == callback_id)).first()
    if row is None:
        raise Unknown("unknown_callback")
    if row.done_by != agent.id:
        raise Conflict("callback_done_by", name=(store.name_of(tx, row.done_by) or "?").split()[0])


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
