"""A case opened by an agent from the chat, by the same rules as the bot's (R1–R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.accounts.model import Account
from bot.base.errors import BadInput, Conflict, Unknown
from bot.cases import MessageSeller, OpenCase, message_seller, new_reference, open_case
from bot.cases import store as case_store
from bot.conversations import log
from bot.conversations.tables import log_entries
from bot.desk import audit, store
from bot.service import Route, coverage_of, route_of, topic_of
from bot.service.reasons import SUBJECTS
from bot.shop.model import OrderLine
from bot.shop.source import Shop

ONLY_SELLER_KNOWS = frozenset({"product_question", "seller_contact"})
"""R3: what nobody but the seller can say, whoever sent the item."""


@dataclass(frozen=True)
class Asked:
    """What became of it: a case with its reference, or a message to the seller."""

    route: Literal["case", "seller_messages"]
    reference: str | None


@dataclass(frozen=True)
class Way:
    """The order line in question, and which way a question about it goes."""

    line: OrderLine
    route: Route


def way_of(shop: Shop, order_id: str, line_id: str, reason: str, *, now: datetime) -> Way:
    """R1–R4: which way a question about an order line goes. Raises `Unknown`."""
    order = shop.order(order_id)
    line = next((line for line in (order.lines if order else ()) if line.id == line_id), None)
    if line is None:
        raise Unknown("unknown_line")
    coverage = coverage_of(line, shop.enrolments(line.seller_id), topic_of(reason), now=now)
    return Way(line, route_of(coverage, only_seller_knows=reason in ONLY_SELLER_KNOWS))


def ask_seller(
    tx: Connection, conversation_id: str, way: Way, *, agent: Account, reason: str, text: str, now: datetime
) -> Asked:
    """Ask the seller what `text` says; by who holds the chat. The customer sees the case with its deadline.

    Raises `Conflict`: not theirs, the matter is ours (R3), or a case about it is open.
    """
    if reason not in SUBJECTS:
        raise BadInput("bad_fields", fields={"reason": "unknown_reason"})
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller != "agent" or conversation.agent_id != agent.id:
        raise Conflict("not_yours")
    line = way.line
    if way.route is Route.OURSELVES:
        raise Conflict("case_is_ours")
    if way.route is Route.SELLER_MESSAGES:
        effect = MessageSeller(
            line.seller_id, reason, text, conversation.locale, line.order_id, line.product_id
        )
        message_seller(tx, conversation_id, effect, now)
        audit.note(
            tx, "case_opened", now=now, conversation_id=conversation_id, by=agent.id, route="seller_messages"
        )
        return Asked("seller_messages", None)
    known = case_store.cases_of_line(
        tx, line.id, conversation_id=conversation_id, customer_id=conversation.customer_id
    )
    for case in known:
        if case.state == "opened" and case.reason == reason:
            raise Conflict("case_open_already", reference=case.reference)
    reference = new_reference()
    open_case(
        tx,
        conversation_id,
        OpenCase(
            reference=reference,
            reason=reason,
            seller_id=line.seller_id,
            order_id=line.order_id,
            line_id=line.id,
            product_id=line.product_id,
            customer_words="\n".join(store.customers_words(tx, conversation_id, limit=5)) or text,
            customer_locale=conversation.locale,
            started_at=_asked_at(tx, conversation_id) or now,
            details={"description": text},
            looked_up=[{"what": "order_state", "result": line.state}],
        ),
        now,
    )
    audit.note(tx, "case_opened", now=now, conversation_id=conversation_id, by=agent.id, reference=reference)
    return Asked("case", reference)


def _asked_at(tx: Connection, conversation_id: str) -> datetime | None:
    """R12: when the customer wrote last: the promise counts from there."""
    at = log_entries.c
    query = (
        select(at.created_at)
        .where(at.conversation_id == conversation_id, at.type == "message", at.actor == "customer")
        .order_by(at.seq.desc())
        .limit(1)
    )
    found: datetime | None = tx.execute(query).scalar()
    return found
