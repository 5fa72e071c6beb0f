"""Mails about a conversation: queued in the transaction of what they tell of, each exactly once.

Their replies come back into the conversation (`bot.mail.threads`, `bot.desk.mail_in`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.base.texts import DEFAULT_LOCALE, catalogue, translate
from bot.conversations import log
from bot.conversations.model import Conversation, Entry, NewEntry
from bot.desk.tables import mail_ways
from bot.storage import outbox

MAIL = "mail"
"""Kind of the outbox items that bot.mail sends."""

_ADDRESS = select(mail_ways.c.address).where(mail_ways.c.conversation_id == bindparam("id"))


def address_of(tx: Connection, conversation_id: str) -> str | None:
    """Where the customer gets mail about a conversation; None: they have not asked for any."""
    return tx.execute(_ADDRESS, {"id": conversation_id}).scalar()


def mail_to_service(
    tx: Connection, conversation: Conversation, *, address: str, text: str, now: datetime
) -> None:
    """R18: what the customer wrote, to the service's mailbox, in the language of the house."""
    values = {
        "matter": matter_of(conversation, DEFAULT_LOCALE),
        "customer": conversation.customer_name or "",
        "customer_address": address,
        "order_id": conversation.order_id or "",
        "words": text,
    }
    _queue(tx, conversation, "mail_to_service", "", DEFAULT_LOCALE, values, now)


def mail_copy(tx: Connection, conversation: Conversation, *, address: str, text: str, now: datetime) -> None:
    """R18: the customer's copy of what they wrote."""
    values = {
        "matter": matter_of(conversation, conversation.locale),
        "order_id": conversation.order_id or "",
        "words": text,
    }
    _queue(tx, conversation, "mail_copy", address, conversation.locale, values, now)


def mail_reply(
    tx: Connection, conversation: Conversation, *, text: str, agent: str, seq: int, now: datetime
) -> None:
    """An agent's reply (entry `seq`), to the customer who asked for mail. Nothing for one who has not."""
    address = address_of(tx, conversation.id)
    if address is None:
        return
    values = {"matter": matter_of(conversation, conversation.locale), "words": text, "agent": agent}
    _queue(tx, conversation, "mail_reply", address, conversation.locale, values, now, seq=seq)


def leave_address(tx: Connection, conversation_id: str, *, address: str, now: datetime) -> int:
    """The customer wants answers by mail, too: kept, and said in the chat. Returns the number of that entry."""
    conversation = log.get_living(tx, conversation_id)
    keep_address(tx, conversation_id, address, now=now)
    text = translate(
        "bot", conversation.locale, "We answer you here and by mail to {address}.", address=address
    )
    body: dict[str, Any] = {"text": text, "lang": conversation.locale}
    if conversation.controller in ("queue", "agent"):
        body["during"] = conversation.controller
    return log.append(tx, conversation_id, [NewEntry("message", "bot", body)], now=now)


def keep_address(tx: Connection, conversation_id: str, address: str, *, now: datetime) -> None:
    """Where mail about a conversation goes from now on."""
    same = update(mail_ways).where(mail_ways.c.conversation_id == conversation_id)
    if not tx.execute(same.values(address=address)).rowcount:
        row = {"conversation_id": conversation_id, "address": address, "since": now}
        tx.execute(insert(mail_ways).values(**row))


def mail_answer_waiting(
    tx: Connection,
    conversation: Conversation,
    *,
    address: str,
    entries: Sequence[Entry],
    now: datetime,
) -> None:
    """An answer the customer has not seen in the chat, with a link back into it."""
    values = {
        "matter": matter_of(conversation, conversation.locale),
        "words": "\n\n".join(entry.body["text"] for entry in entries),
    }
    last = entries[-1].seq
    _queue(tx, conversation, "answer_waiting", address, conversation.locale, values, now, seq=last)


def mail_transcript(
    tx: Connection, conversation: Conversation, *, address: str, text: str, now: datetime
) -> None:
    """The conversation as it stands, to its customer; as often as they ask for it."""
    values = {"matter": matter_of(conversation, conversation.locale), "words": text}
    key = f"transcript:{conversation.id}:{uuid.uuid4().hex}"
    _queue(tx, conversation, "transcript", address, conversation.locale, values, now, key=key)


def mail_attachments_refused(
    tx: Connection, conversation: Conversation, *, address: str, names: Sequence[str], now: datetime
) -> None:
    """Tell the customer by mail which attachments were not taken."""
    values = {"matter": matter_of(conversation, conversation.locale), "names": ", ".join(names)}
    _queue(tx, conversation, "mail_attachments", address, conversation.locale, values, now)


def matter_of(conversation: Conversation, locale: str) -> str:
    """What a conversation is about, as a subject line says it: the reason's label, else the hand-off's; may be empty."""
    reason = conversation.reason or conversation.handoff_reason or ""
    return catalogue("reasons", locale).get(reason, "")


def _queue(
    tx: Connection,
    conversation: Conversation,
    template: str,
    to: str,
    language: str,
    values: dict[str, Any],
    now: datetime,
    *,
    seq: int | None = None,
    key: str | None = None,
) -> None:
    number = conversation.last_seq if seq is None else seq
    payload = {
        "to": to,
        "template": template,
        "language": language,
        "conversation": conversation.id,
        "values": values,
    }
    key = key or f"{template.replace('_', '-')}:{conversation.id}:{number}"
    outbox.queue(tx, key=key, kind=MAIL, payload=payload, now=now)
