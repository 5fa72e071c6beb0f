"""R1–R8: from a wish that only the seller can fulfil to a case, a message to the seller, or a person of ours."""

from __future__ import annotations

from typing import Any

from actions import speech
from actions.ask import Ask
from actions.flow import hand_off
from bot.cases import store
from bot.cases.effects import MessageSeller, OpenCase, new_reference
from bot.conversations.model import Outcome
from bot.service.clocks import promised_by
from bot.service.coverage import Route, coverage_of, route_of, topic_of
from bot.shop.model import OrderLine

OPEN_STATES = frozenset({"opened"})


def to_seller(ask: Ask, line: OrderLine, *, looked_up: list[dict[str, Any]] | None = None) -> Outcome:
    """Have the seller of `line` asked, by the way the service's rules give.

    Covered: a case with its reference and the promised date. Not enrolled then: the seller's own messages.
    Fulfilled by the marketplace: a person of ours, never a seller case (R3).
    """
    route = route_of(
        coverage_of(line, ask.shop.enrolments(line.seller_id), topic_of(ask.reason), now=ask.now)
    )
    if route is Route.OURSELVES:
        return hand_off(ask, ask.reason, "utter_handoff_marketplace", product=title_of(ask, line))
    if route is Route.SELLER_MESSAGES:
        return redirect(ask, line.seller_id, order_id=line.order_id, product_id=line.product_id)
    known = _open_case(ask, line)
    if known is not None:
        ask.say("utter_case_already_open", reference=known[0], promised_by=ask.moment(known[1]))
        return "answered"
    return _open(ask, line, looked_up or [])


def redirect(
    ask: Ask,
    seller_id: str,
    *,
    order_id: str | None = None,
    product_id: str | None = None,
    text: str | None = None,
) -> Outcome:
    """R2, R4: the question becomes a message in the seller's own messages, and the customer is told so."""
    seller = ask.shop.seller(seller_id)
    words = text or _words(ask)
    ask.want(
        MessageSeller(
            seller_id=seller_id,
            reason=ask.reason,
            text=words,
            locale=ask.locale,
            order_id=order_id,
            product_id=product_id,
        )
    )
    ask.say("utter_redirected", seller=seller.name if seller else seller_id)
    ask.remember(pending=None, details=None)
    return "redirected"


def title_of(ask: Ask, line: OrderLine) -> str:
    """What the product of a line is called."""
    page = ask.shop.page(line.product_id, ask.locale)
    return page.title.split(",")[0] if page else line.product_id


def _open(ask: Ask, line: OrderLine, looked_up: list[dict[str, Any]]) -> Outcome:
    reference = new_reference()
    started_at = ask.answer.turn.messages[0].created_at
    promised = promised_by(started_at)
    seller = ask.shop.seller(line.seller_id)
    ask.want(
        OpenCase(
            reference=reference,
            reason=ask.reason,
            seller_id=line.seller_id,
            order_id=line.order_id,
            line_id=line.id,
            product_id=line.product_id,
            customer_words=_words(ask),
            customer_locale=ask.locale,
            started_at=started_at,
            details={name: value for name, value in ask.details.items() if name != "words"},
            looked_up=[{"what": "order_state", "result": line.state}, *looked_up],
        )
    )
    ask.say(
        "utter_case_opened",
        reference=reference,
        seller=seller.name if seller else line.seller_id,
        product=title_of(ask, line),
        promised_by=speech.moment(ask.locale, promised, ask.now),
    )
    ask.remember(pending=None, details=None)
    return "case_opened"


def _words(ask: Ask) -> str:
    """The customer's own words on the matter: what began it, and what was added when we asked."""
    spoken = [*ask.details.get("words", [])]
    if not ask.pressed and ask.text not in spoken:
        spoken.append(ask.text)
    return "\n".join(spoken) or ask.text


def _open_case(ask: Ask, line: OrderLine) -> tuple[str, Any] | None:
    conversation = ask.answer.conversation
    with ask.answer.services.database.read() as tx:
        for case in store.cases_of_line(
            tx, line.id, conversation_id=conversation.id, customer_id=conversation.customer_id
        ):
            if case.reason == ask.reason and case.state in OPEN_STATES:
                return case.reference, case.promised_by
    return None
