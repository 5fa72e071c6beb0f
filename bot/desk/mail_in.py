"""Mail that comes in: a customer's answer, one of our own people's, a seller's; or nothing of the kind.

A mail is bound by the signed token of its thread, and its sender must be who the thread is with. What cannot be bound
is for a person: nothing is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.accounts import store as accounts
from bot.base.errors import PuenteError
from bot.base.payment_cards import without_card_numbers
from bot.base.text import MAX_MESSAGE_CHARACTERS
from bot.base.texts import translate
from bot.cases import store as cases
from bot.cases.answer import answer
from bot.conversations import control, log
from bot.conversations.card_notice import card_notice
from bot.conversations.model import Conversation, NewEntry
from bot.desk import letters, work
from bot.desk.tables import received_mails
from bot.mail.incoming import Incoming
from bot.mail.threads import Thread
from bot.shop.tables import customers

Kind = Literal["customer", "staff", "seller", "automatic", "duplicate", "person"]


@dataclass(frozen=True)
class Taken:
    """What became of a mail. `person`: somebody has to look at it, because of `why` (a code, no personal data)."""

    kind: Kind
    conversation_id: str | None = None
    last_seq: int = 0
    why: str = ""


def take(tx: Connection, mail: Incoming, thread: Thread | None, *, now: datetime) -> Taken:
    """Take a mail in; `thread` is the genuine one it named. The same mail again changes nothing.

    An automatic mail is kept out of conversations and stops no clock (R10). One that is longer than a message may be
    is taken as far as it goes, and kept whole for a person.
    """
    if tx.execute(select(received_mails.c.key).where(received_mails.c.key == mail.key)).first():
        return Taken("duplicate")
    names = tuple(map(without_card_numbers, mail.attachments))
    mail = replace(mail, text=without_card_numbers(mail.text), attachments=names)
    taken = _take_new(tx, mail, thread, now)
    row = {
        "key": mail.key,
        "kind": taken.kind,
        "conversation_id": taken.conversation_id,
        "received_at": now,
    }
    tx.execute(insert(received_mails).values(**row))
    return taken


def _take_new(tx: Connection, mail: Incoming, thread: Thread | None, now: datetime) -> Taken:
    if mail.automatic:
        return Taken("automatic")
    if thread is None:
        return Taken("person", why="no_thread")
    if not mail.text and not mail.attachments:
        return Taken("person", why="empty")
    take_kind: dict[str, Callable[..., Taken]] = {
        "conversation": _from_customer,
        "staff": _from_staff,
        "case": _from_seller,
    }
    try:
        with tx.begin_nested():
            return take_kind[thread.kind](tx, mail, thread.subject, now)
    except PuenteError as error:
        return Taken("person", why=error.code)


def _from_customer(tx: Connection, mail: Incoming, conversation_id: str, now: datetime) -> Taken:
    """A message of the customer. Whoever was in control, a person goes on: the customer reads mail, not the chat."""
    conversation = log.get_conversation(tx, conversation_id)
    if mail.sender not in _addresses_of(tx, conversation):
        return Taken("person", why="other_sender")
    control.reopen(tx, conversation_id, now=now)
    control.hand_off(tx, conversation_id, reason="request_email", now=now)
    body = {"text": _words(mail, conversation.locale), "lang": conversation.locale, "via": "mail"}
    entry = _entry(mail, "customer", body)
    seq = log.append(tx, conversation_id, [entry], now=now, wants_answer=True)
    conversation = log.get_conversation(tx, conversation_id)
    notice = card_notice(tx, conversation, body["text"], locale=conversation.locale)
    if notice:
        log.append(tx, conversation_id, notice, now=now)
    if mail.attachments:
        letters.mail_attachments_refused(
            tx,
            conversation,
            address=mail.sender,
            names=mail.attachments,
            now=now,
        )
    return Taken("customer", conversation_id, seq, why=_too_long(mail))


def _from_staff(tx: Connection, mail: Incoming, conversation_id: str, now: datetime) -> Taken:
    """An answer of one of our own people from their mail program: as if they had taken the chat and replied."""
    agent = accounts.account_by_email(tx, mail.sender)
    if agent is None or not agent.may("desk"):
        return Taken("person", why="other_sender")
    work.claim(tx, conversation_id, agent=agent, now=now)
    text = mail.text[:MAX_MESSAGE_CHARACTERS]
    work.reply(tx, conversation_id, agent=agent, client_id=_client_id(mail), text=text, conveys=None, now=now)
    last_seq = log.get_conversation(tx, conversation_id).last_seq
    return Taken("staff", conversation_id, last_seq, why=_too_long(mail))


def _from_seller(tx: Connection, mail: Incoming, reference: str, now: datetime) -> Taken:
    """R10: a person's reply by mail answers the case, in the seller's own words."""
    case = cases.get_case(tx, reference)
    seller = cases.seller_contact(tx, case.seller_id)
    if seller is None or mail.sender != seller.email.lower():
        return Taken("person", why="other_sender")
    if not mail.text or len(mail.text) > MAX_MESSAGE_CHARACTERS:
        return Taken("person", why="empty" if not mail.text else "too_long")
    result = answer(
        tx,
        reference,
        seller_id=case.seller_id,
        account_id=None,
        client_id=_client_id(mail),
        text=mail.text,
        now=now,
    )
    return Taken("seller", result.conversation_id, result.last_seq)


def _addresses_of(tx: Connection, conversation: Conversation) -> set[str]:
    """From where the customer of a conversation may write: the address they gave, and the one the shop knows."""
    known = select(customers.c.email).where(customers.c.id == conversation.customer_id)
    found = [letters.address_of(tx, conversation.id), tx.execute(known).scalar()]
    return {address.lower() for address in found if address}


def _words(mail: Incoming, locale: str) -> str:
    text = mail.text[:MAX_MESSAGE_CHARACTERS]
    if not mail.attachments:
        return text
    names = ", ".join(mail.attachments)
    return f"{text}\n\n{translate('mail', locale, '[Attachments that were not taken: {names}]', names=names)}".strip()


def _too_long(mail: Incoming) -> str:
    return "too_long" if len(mail.text) > MAX_MESSAGE_CHARACTERS else ""


def _entry(mail: Incoming, actor: Literal["customer"], body: dict[str, str]) -> NewEntry:
    return NewEntry("message", actor, body, client_id=_client_id(mail))


def _client_id(mail: Incoming) -> str:
    return f"mail:{mail.key}"
