"""Sending something back, replacements, and what the policy says about both (R13–R15)."""

from __future__ import annotations

from typing import Any

from babel.lists import format_list
from babel.units import format_unit

from actions.ask import Ask, command
from actions.cards import lines_cards, short_title
from actions.escalation import known_case, route_for, title_of, to_seller
from actions.flow import hand_off
from actions.going_back import (
    MOMENT,
    Terms,
    country_of,
    give_return,
    return_we_give,
    standing_return,
    tell_standing,
    terms_of,
    terms_of_product,
)
from actions.kinship import ITEM
from actions.pieces import pieces_known
from actions.registry import serves
from actions.speech import is_bare, says
from actions.which import (
    OF_ORDER,
    SHOWN_LINES,
    find_line,
    known_line,
    names_unseen_order,
    other_line,
    own_lines,
    pointed_at,
    settled_line,
)
from actions.which_product import known_product
from bot.conversations.model import Button, Outcome
from bot.returns.store import open_returns
from bot.service import Exclusion, Payer, Route, guarantee_until, return_rules
from bot.shop.model import OrderLine

TELLING_WORDS = 8
RETURN_REASONS = ("not wanted", "does not fit", "damaged", "other")


def delivered(line: OrderLine) -> bool:
    """Whether a line is with the customer."""
    return line.state == "delivered"


@serves("return_start")
def return_start(ask: Ask) -> Outcome:
    """Within the period: reason, then the label at once or by the seller. Outside of it: what still protects."""
    ask.keep_words()
    _take_reason(ask)
    line = _labelled_line(ask) or find_line(ask, delivered)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if hindered := _asked_before(ask, line) or _hindrance(ask, line, product):
        return hindered
    if route_for(ask, line) is Route.SELLER_MESSAGES:
        return to_seller(ask, line)
    if not pieces_known(ask, line, product):
        return "asked"
    if "description" not in ask.details:
        buttons = [
            Button(
                ask.label(f"return reason {reason}"), command("return_start", choice=reason, line_id=line.id)
            )
            for reason in RETURN_REASONS
        ]
        ask.say("utter_ask_return_reason", product=product, buttons=[*buttons, *other_line(ask)])
        return ask.wait_for("return_reason")
    ask.say("utter_return_accepted", product=product)
    return _send_back(ask, line)


@serves("return_policy")
def return_policy(ask: Ask) -> Outcome:
    """The terms that count, for the order in question when there is one; the day in a visitor's order once it is proven."""
    visitor = ask.answer.conversation.customer_id is None
    if visitor and (ask.pending_detail in OF_ORDER or names_unseen_order(ask)):
        if ask.pending_detail is None:
            _say_terms(ask, terms_of(ask, None), buttons=[])
        line = find_line(ask)
        if line is None:
            return "asked"
        ask.messages.clear()
    else:
        line = known_line(ask)
    looked_at = None if line else known_product(ask)
    terms = terms_of_product(ask, looked_at[0]) if looked_at else terms_of(ask, line)
    start = ask.button("start a return", "return_start", **({"line_id": line.id} if line else {}))
    _say_terms(ask, terms, buttons=[] if line or looked_at else [start])
    if looked_at is not None:
        if terms.excluded:
            _say_excluded(ask, terms, short_title(looked_at[1].title, ask.locale), [])
    elif line is None:
        kinds = [ask.label(f"kind {kind.value}") for kind in Exclusion if kind in terms.policy.exclusions]
        ask.say("utter_return_exclusions", kinds=format_list(kinds, locale=ask.locale))
    elif terms.excluded:
        _say_excluded(ask, terms, title_of(ask, line), [*other_line(ask)])
    elif terms.until is not None and terms.until > ask.now:
        until, buttons = ask.date(terms.until - MOMENT), [start, *other_line(ask)]
        ask.say("utter_return_until", product=title_of(ask, line), until=until, buttons=buttons)
    elif terms.until is not None:
        until, buttons = ask.day(terms.until - MOMENT), other_line(ask)
        ask.say("utter_return_period_over", product=title_of(ask, line), until=until, buttons=buttons)
    return "answered"


@serves("replacement_request")
def replacement_request(ask: Ask) -> Outcome:
    """Find the line and what is needed, then ask the seller."""
    ask.keep_words()
    if not ask.pressed and ask.text:
        ask.note(wish="replacement")
        if ask.pending_detail == "description" or (
            ask.pending_detail is None and len(ask.text_without_data.split()) >= TELLING_WORDS
        ):
            ask.note(description=ask.text)
    line = find_line(ask, delivered)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if known := known_case(ask, line):
        return known
    if "description" not in ask.details:
        ask.say("utter_ask_description_replacement_request", product=product, buttons=other_line(ask))
        return ask.wait_for("description")
    return to_seller(ask, line)


@serves("warranty_question")
def warranty_question(ask: Ask) -> Outcome:
    """The statutory guarantee of the customer's country and the seller's own, to the day when the line is known."""
    named = bool(ask.entity("order_id")) or ask.pending_detail in {"proof", "order", "line"}
    line = find_line(ask, delivered) if named else known_line(ask, delivered)
    if line is None and ask.messages:
        return "asked"
    law = return_rules().law_of(country_of(ask, line))
    if line is None and (known := known_product(ask)):
        product, page = known
        months = max(12 * law.guarantee_years, product.guarantee_months)
        ask.say("utter_guarantee_of_product", product=short_title(page.title, ask.locale),
                length=_length(ask, months), parts=_parts(ask, law.guarantee_years, product.guarantee_months),
                law=law.sources["guarantee_years"])  # fmt: skip
        ask.remember(product_id=product.id)
        return "answered"
    if line is None or line.delivered_at is None:
        bought = [line for line in own_lines(ask) if delivered(line)][:SHOWN_LINES]
        ask.say(
            "utter_guarantee_general",
            years=law.guarantee_years,
            law=law.sources["guarantee_years"],
            cards=lines_cards(ask, bought, ask.reason),
        )
        return "answered"
    bought_product = ask.shop.product(line.product_id)
    seller_months = bought_product.guarantee_months if bought_product else 0
    until = guarantee_until(line.delivered_at, law=law, seller_months=seller_months)
    ask.say(
        "utter_guarantee_until" if until > ask.now else "utter_guarantee_over",
        product=title_of(ask, line),
        until=ask.date(until - MOMENT) if until > ask.now else ask.day(until - MOMENT),
        years=law.guarantee_years,
        length=_length(ask, max(12 * law.guarantee_years, seller_months)),
        parts=_parts(ask, law.guarantee_years, seller_months),
        buttons=[ask.button("it does not work", "item_defective", line_id=line.id), *other_line(ask)],
    )
    return "answered"


def _length(ask: Ask, months: int) -> str:
    """A guarantee's length as people say it: whole years, else months."""
    years, rest = divmod(months, 12)
    count, unit = (months, "duration-month") if rest else (years, "duration-year")
    return format_unit(count, unit, length="long", locale=ask.locale)


def _parts(ask: Ask, law_years: int, seller_months: int) -> str:
    """What of a guarantee is the law's and what the seller's own: the page names the latter, the former counts beside it."""
    by_law = _length(ask, 12 * law_years)
    if not seller_months:
        return ask.label("by law {law}", law=by_law)
    return ask.label(
        "by law {law}, the seller's own guarantee {own}", law=by_law, own=_length(ask, seller_months)
    )


@serves("claim_guarantee")
def claim_guarantee(ask: Ask) -> Outcome:
    """A claim or a legal step: a person, with everything already there."""
    return hand_off(ask, "claim_guarantee", "utter_handoff_claim")


def _take_reason(ask: Ask) -> None:
    """Why it goes back: chosen, said when we asked, or the fault that was read beside the wish."""
    choice = ask.entity("choice")
    if choice in RETURN_REASONS:
        ask.note(description=ask.label(f"return reason {choice}"), wish="return")
    elif ask.text and not ask.pressed and (ask.pending_detail == "return_reason" or set(ask.part) & ITEM):
        ask.note(description=_reason_told(ask), wish="return")


def _reason_told(ask: Ask) -> str:
    """What was said now; a yes or a no alone is no reason, but goes on with what was said before."""
    if not is_bare(ask.locale, ask.text):
        return ask.text
    before = [words for words in ask.details.get("words", []) if not is_bare(ask.locale, words)]
    return " ".join(before) or ask.label("return reason other")


def _labelled_line(ask: Ask) -> OrderLine | None:
    """The one line that has a return already, for who asks after its label and names nothing else; else None."""
    if ask.has_entity("order_id") or not _asks_after_label(ask):
        return None
    lines = own_lines(ask)
    meant = pointed_at(ask, lines) or lines
    with ask.answer.services.database.read() as tx:
        labelled = open_returns(tx, [line.id for line in meant])
    standing = [line for line in meant if line.id in labelled]
    return settled_line(ask, standing[0], lines) if len(standing) == 1 else None


def _asks_after_label(ask: Ask) -> bool:
    return not ask.pressed and says(ask.locale, "asking after a label", ask.text)


def _asked_before(ask: Ask, line: OrderLine) -> Outcome | None:
    """The case that is open already, and the return that stands: neither is made twice. None: there is none."""
    known = standing_return(ask, line) if line.state in {"delivered", "return_started"} else None
    if known and _asks_after_label(ask):
        return tell_standing(ask, line, known)
    open_case = known_case(ask, line)
    return tell_standing(ask, line, known) if known else open_case


def _send_back(ask: Ask, line: OrderLine) -> Outcome:
    """R3, R8: authorise at once where nobody has anything to decide; the seller is told by a case, else asked."""
    looked_up = [{"what": "return_window", "result": "open"}]
    route = route_for(ask, line)
    given = None if route is Route.SELLER_MESSAGES else return_we_give(ask, line)
    if given is None:
        return to_seller(ask, line, looked_up=looked_up)
    if route is Route.OURSELVES:
        give_return(ask, line, given)
        ask.remember(pending=None, details=None)
        return "answered"
    looked_up.append({"what": "return_authorised", "result": given.reference})
    outcome = to_seller(ask, line, looked_up=looked_up, told="utter_return_case_opened")
    give_return(ask, line, given)
    return outcome


def _say_terms(ask: Ask, terms: Terms, *, buttons: list[Button]) -> None:
    policy = terms.policy
    fee = (
        ask.label("a fee of {percent} %", percent=policy.fee_percent)
        if policy.fee_percent
        else ask.label("no fee")
    )
    ask.say(
        "utter_return_policy",
        days=policy.window_days,
        payer=ask.label("the seller pays" if policy.return_paid_by is Payer.SELLER else "you pay"),
        state=ask.label(f"accepts {policy.accepts.value}"),
        refund_days=policy.refund_within_days,
        method=ask.label(f"refund by {policy.refund_method.value}"),
        fee=fee,
        withdrawal_days=terms.law.withdrawal_days,
        law=terms.law.sources["withdrawal_days"],
        buttons=buttons,
    )


def _say_excluded(ask: Ask, terms: Terms, product: str, buttons: list[Button]) -> None:
    """R15: what it is excluded as, and by which article."""
    kind = terms.excluded_as
    if kind is None:
        ask.say("utter_not_returnable", product=product, buttons=buttons)
        return
    because, law = ask.label(f"kind {kind.value}"), terms.law.exceptions[kind]
    ask.say("utter_not_returnable_because", product=product, because=because, law=law, buttons=buttons)


def _hindrance(ask: Ask, line: OrderLine, product: str) -> Outcome | None:
    """Say why this line cannot be sent back now; None: it can."""
    values: dict[str, Any] = {"product": product}
    buttons = other_line(ask)
    person = ask.button("talk to a person", "talk_to_human")
    terms = terms_of(ask, line)
    text = None
    if line.state in {"return_started", "return_received", "refunded"}:
        text, values["state"] = "utter_return_under_way", ask.label(f"state {line.state}")
    elif line.state in {"cancelled", "lost", "returned_to_sender"}:
        text, values["state"] = "utter_nothing_to_return", ask.label(f"is {line.state}")
        buttons.append(ask.button("where is my money", "refund_status", line_id=line.id))
    elif line.state != "delivered":
        text, values["promised"] = "utter_return_not_there_yet", ask.date(line.promised_at)
    elif terms.excluded:
        buttons.append(ask.button("it does not work", "item_defective", line_id=line.id))
        _say_excluded(ask, terms, product, [*buttons, person])
        return "answered"
    elif terms.until is not None and terms.until <= ask.now:
        text, values["until"] = "utter_return_period_over", ask.day(terms.until - MOMENT)
        buttons.append(ask.button("it does not work", "item_defective", line_id=line.id))
    if text is None:
        return None
    ask.say(text, buttons=[*buttons, person], **values)
    return "answered"
