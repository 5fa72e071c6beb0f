"""What a turn may want of sellers: open a case, or pass a question to the seller's own messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from bot import attachments
from bot.base import references
from bot.base.text import without_contact_data
from bot.cases import notify, store
from bot.cases.model import CASE_ANSWER, CASE_PROMISE, FALLBACK_LANGUAGE
from bot.cases.tables import cases, seller_messages
from bot.cases.tell import Teller
from bot.conversations.dialogue import Effect
from bot.service import answer_by, promised_by, warn_at
from bot.storage import deadlines


@dataclass(frozen=True)
class OpenCase(Effect):
    """R8: ask the seller. `reference` comes from `new_reference`, so that the reply can name it.

    `details` is what the customer gave: {description, wish, part, new_value, quantity}. `looked_up` is what
    was tried first: [{what, result}], codes of `wording.LOOKED_UP` and `wording.RESULTS`. `customer_words` is
    the original. `started_at` is the instant of the message that started the matter: the promise counts from
    it (R12).
    """

    reference: str
    reason: str
    seller_id: str
    order_id: str | None
    line_id: str | None
    product_id: str | None
    customer_words: str
    customer_locale: str
    started_at: datetime
    details: dict[str, Any] = field(default_factory=dict, hash=False)
    looked_up: list[dict[str, Any]] = field(default_factory=list, hash=False)


@dataclass(frozen=True)
class MessageSeller(Effect):
    """R2, R4, R7: a question that is not ours goes to the seller's buyer–seller messages."""

    seller_id: str
    reason: str
    text: str
    locale: str
    order_id: str | None = None
    product_id: str | None = None


@dataclass(frozen=True)
class AddToCase(Effect):
    """R12: what a customer says further about a matter goes to the case that is open about it; no second is opened."""

    reference: str
    text: str
    seq: int
    """The customer's message."""


@dataclass(frozen=True)
class WithdrawCase(Effect):
    """The customer needs no answer to this case any more, and has confirmed it with the message `seq`."""

    reference: str
    seq: int


def new_reference() -> str:
    """A case's reference."""
    return references.new_reference("P")


def open_case(tx: Connection, conversation_id: str, effect: OpenCase, now: datetime) -> None:
    """Carry out `OpenCase`: the case, its two clocks, the mail to the seller, and the entry in the log.

    Raises `IntegrityError` when the reference is taken; the turn is then computed again with another one.
    """
    seller = store.seller_contact(tx, effect.seller_id)
    tx.execute(
        insert(cases).values(
            reference=effect.reference,
            conversation_id=conversation_id,
            seller_id=effect.seller_id,
            order_id=effect.order_id,
            line_id=effect.line_id,
            product_id=effect.product_id,
            reason=effect.reason,
            details=effect.details,
            looked_up=effect.looked_up,
            customer_words=effect.customer_words,
            customer_locale=effect.customer_locale,
            seller_language=seller.language if seller else FALLBACK_LANGUAGE,
            state="opened",
            opened_at=now,
            answer_by=answer_by(now),
            promised_by=promised_by(effect.started_at),
            no_reply_needed=False,
        )
    )
    attachments.add_to_case(tx, conversation_id, effect.reference)
    store.note_event(
        tx, effect.reference, type="opened", actor="bot", body={"reason": effect.reason}, now=now
    )
    deadlines.start(tx, kind=CASE_ANSWER, subject=effect.reference, due_at=answer_by(now))
    deadlines.start(tx, kind=CASE_PROMISE, subject=effect.reference, due_at=warn_at(effect.started_at))
    case = store.get_case(tx, effect.reference)
    notify.mail_case_opened(tx, case, now=now)
    Teller(tx, case).state("opened", actor="bot").append(now)


def message_seller(tx: Connection, conversation_id: str, effect: MessageSeller, now: datetime) -> None:
    """Carry out `MessageSeller`: the message, and a mail that it is there."""
    message_id = tx.execute(
        insert(seller_messages).values(
            seller_id=effect.seller_id,
            conversation_id=conversation_id,
            reason=effect.reason,
            order_id=effect.order_id,
            product_id=effect.product_id,
            text=effect.text,
            locale=effect.locale,
            created_at=now,
        )
    ).inserted_primary_key[0]
    notify.mail_seller_message(
        tx,
        message_id=message_id,
        seller_id=effect.seller_id,
        words=without_contact_data(effect.text),
        locale=effect.locale,
        order_id=effect.order_id,
        product_id=effect.product_id,
        now=now,
    )
