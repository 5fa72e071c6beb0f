"""R1–R8: from a wish that only the seller can fulfil to a case, a message to the seller, or a person of ours."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from actions.ask import NOT_THE_MATTER, Ask
from actions.cards import short_title
from actions.flow import hand_off
from actions.kinship import ITEM
from actions.which import other_line
from actions.withdrawal import ask_whether_to_withdraw, wants_withdrawal
from bot.cases import store
from bot.cases.effects import AddToCase, MessageSeller, OpenCase, new_reference
from bot.cases.model import Case
from bot.conversations.model import Outcome
from bot.service.clocks import promised_by
from bot.service.coverage import Route, coverage_of, route_of, topic_of
from bot.shop.model import OrderLine
from bot.shop.words import telling_words

OPEN_STATES = frozenset({"opened"})


_WRONG = ITEM | {"order_late", "order_not_received"}
BELONGS_TO: dict[str, frozenset[str]] = {
    "replacement_request": _WRONG,
    "refund_status": _WRONG | {"order_cancel", "return_start", "replacement_request"},
    "return_start": ITEM | {"replacement_request"},
    "order_late": frozenset({"order_not_received"}),
    "order_not_received": frozenset({"order_late"}),
    "seller_contact": _WRONG
    | {"order_cancel", "order_change", "return_start", "refund_status", "replacement_request"},
}
"""Wishes that a case about the same line, of one of these reasons, takes care of already."""

ONLY_SELLER_KNOWS = frozenset({"product_question", "seller_contact"})
"""R3: what nobody but the seller can say, whoever sent the item."""


ANSWERED_BY_PROMISE = frozenset({"refund_status", "order_late", "order_not_received", "replacement_request"})
"""Wishes whose questions ask when it goes on, rather than tell something."""

SAYS_SOMETHING = 2
"""Telling words that are new to an open case, from which a message is worth adding to it."""

WORTH_PASSING_ON = 9
"""Words from which something said after a message went to the seller is a further message to them."""


def to_seller(
    ask: Ask,
    line: OrderLine,
    *,
    looked_up: list[dict[str, Any]] | None = None,
    told: str = "utter_case_opened",
) -> Outcome:
    """Have the seller of `line` asked, by the way the service's rules give; `told` is the reply to a case opened.

    Covered: a case with its reference and the promised date. Not enrolled then: the seller's own messages.
    Fulfilled by the marketplace: a person of ours, never a seller case (R3).
    """
    route = route_for(ask, line)
    if route is Route.OURSELVES:
        return hand_off(ask, ask.reason, "utter_handoff_marketplace", product=title_of(ask, line))
    if route is Route.SELLER_MESSAGES:
        return redirect(ask, line.seller_id, order_id=line.order_id, product_id=line.product_id)
    if ask.reason == "seller_contact":
        return _open(ask, line, looked_up or [], told)  # a message of its own, not a question about the case
    return known_case(ask, line) or _open(ask, line, looked_up or [], told)


def route_for(ask: Ask, line: OrderLine) -> Route:
    """Which way this wish about `line` goes by the service's rules."""
    coverage = coverage_of(line, ask.shop.enrolments(line.seller_id), topic_of(ask.reason), now=ask.now)
    return route_of(coverage, only_seller_knows=ask.reason in ONLY_SELLER_KNOWS)


def known_case(ask: Ask, line: OrderLine) -> Outcome | None:
    """Name the case that is open about this matter already, before anything is asked again; None: there is none.

    What is wanted for a fault, and "ask the seller", belong to the case about that fault.
    """
    about = {ask.reason} | BELONGS_TO.get(ask.reason, frozenset())
    case = next(
        (case for case in _cases_of(ask, line) if case.reason in about and case.state in OPEN_STATES), None
    )
    if case is None:
        return None
    if not ask.pressed and wants_withdrawal(ask.text, ask.locale, just_opened=True):
        return ask_whether_to_withdraw(ask, case)
    if adds := _adds_to(ask, case):
        ask.want(AddToCase(case.reference, ask.text, ask.heard.seq))
    ask.say(
        "utter_case_added" if adds else "utter_case_already_open",
        reference=case.reference,
        product=title_of(ask, line),
        promised_by=ask.moment(case.promised_by),
        buttons=[*other_line(ask), ask.button("talk to a person", "talk_to_human")],
    )
    ask.remember(pending=None, details=None)
    return "answered"


def settled_as(ask: Ask, line: OrderLine, resolutions: Collection[str]) -> Case | None:
    """The newest case about a line that ended in one of these ways: the shop may not show it yet."""
    ended = (case for case in _cases_of(ask, line) if case.resolution in resolutions)
    return next(ended, None)


def _cases_of(ask: Ask, line: OrderLine) -> list[Case]:
    """The customer's cases about a line, newest first."""
    conversation = ask.answer.conversation
    with ask.answer.services.database.read() as tx:
        return store.cases_of_line(
            tx, line.id, conversation_id=conversation.id, customer_id=conversation.customer_id
        )


def _adds_to(ask: Ask, case: Case) -> bool:
    """R12: whether what was written is for the seller to know. "When?" our own promise answers."""
    asks_when = ask.reason in ANSWERED_BY_PROMISE and "?" in ask.text
    return (
        not ask.pressed
        and not ask.assumed
        and not asks_when
        and ask.pending_detail not in NOT_THE_MATTER
        and len(_news(ask, case)) >= SAYS_SOMETHING
    )


def _news(ask: Ask, case: Case) -> set[str]:
    """The telling words of a message that stand neither in the case nor in the product's name."""
    page = ask.shop.page(case.product_id, ask.locale) if case.product_id else None
    known = f"{case.customer_words} {page.title if page else ''}"
    return telling_words(ask.text_without_data, ask.locale) - telling_words(known, ask.locale)


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
    if _just_redirected(ask, order_id):
        ask.say("utter_already_redirected", seller=seller.name if seller else seller_id)
        return "answered"
    words = text or "\n".join([_words(ask), *_chosen_wish(ask)])
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
    about = ask.shop.page(product_id, ask.locale) if product_id else None
    name = seller.name if seller else seller_id
    if about is None:
        ask.say("utter_redirected", seller=name)
    else:
        ask.say("utter_redirected_about", product=short_title(about.title, ask.locale), seller=name)
    ask.remember(pending=None, details=None)
    return "redirected"


def _just_redirected(ask: Ask, order_id: str | None) -> bool:
    """Whether the message before went to the seller already and this one only asks on about it.

    A question on a product is always one of its own, however short.
    """
    same = ask.memory.get("last_outcome") == "redirected" and ask.memory.get("last_reason") == ask.reason
    return (
        same
        and ask.reason != "product_question"
        and not ask.pressed
        and len(ask.text.split()) < WORTH_PASSING_ON
        and order_id == (ask.memory.get("order_id") or order_id)
        and not ask.has_entity("order_id")
        and ask.pending_detail is None
    )


def _chosen_wish(ask: Ask) -> list[str]:
    """What was chosen by a button, as words: a message has no fields."""
    wish = ask.details.get("wish")
    return [ask.label(f"wish {wish}")] if wish in {"replacement", "refund"} else []


def title_of(ask: Ask, line: OrderLine) -> str:
    """What the product of a line is called."""
    page = ask.shop.page(line.product_id, ask.locale)
    return short_title(page.title, ask.locale) if page else line.product_id


def _open(ask: Ask, line: OrderLine, looked_up: list[dict[str, Any]], told: str) -> Outcome:
    reference = new_reference()
    started_at = ask.answer.turn.messages[0].created_at
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
            details={name: value for name, value in ask.details.items() if name != "words" and value},
            looked_up=[{"what": "order_state", "result": line.state}, *looked_up],
        )
    )
    seller_name = seller.name if seller else line.seller_id
    ask.say(
        told,
        seller=seller_name,
        asked=ask.label(f"asked {ask.reason}", seller=seller_name, product=title_of(ask, line)),
        reference=reference,
        promised_by=ask.moment(promised_by(started_at)),
    )
    ask.remember(pending=None, details=None)
    return "case_opened"


def _words(ask: Ask) -> str:
    """The customer's own words on the matter: what began it, and what was added when we asked."""
    spoken = list(ask.details.get("words", []))
    if not ask.pressed and ask.text not in spoken and ask.pending_detail not in NOT_THE_MATTER:
        spoken.append(ask.text)
    return "\n".join(spoken) or ask.text or ask.label(f"want {ask.reason}")
