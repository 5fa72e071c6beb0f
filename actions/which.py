"""Which order line a wish is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rapidfuzz.distance import OSA

from actions.ask import Ask, command
from actions.cards import lines_cards
from actions.mentions import corrected, mentioned, missing, of_another_kind, place_in, without_denied
from actions.proof import ask_for_proof, checked_proof, may_see
from bot.base.clock import local_day
from bot.conversations.model import Button, Outcome
from bot.shop.model import Order, OrderLine
from bot.shop.source import canonical_order_id

SHOWN_LINES = 5

NAMES_THE_ITEM = frozenset(
    {"item_missing", "order_cancel", "order_late", "order_not_received", "return_start"}
)
"""Wishes in which the thing that is named is the item, not a part of it or what came instead."""

OF_ORDER = frozenset({"proof", "order", "line"})
"""Details by which an order, and what of it is meant, becomes known."""

Fits = Callable[[OrderLine], bool]


def any_line(line: OrderLine) -> bool:
    """Every line fits."""
    return True


def find_line(
    ask: Ask, fits: Fits = any_line, *, same: Callable[[OrderLine], Any] | None = None
) -> OrderLine | None:
    """The order line the wish is about; None when the customer has been asked (the outcome is then `asked`).

    `fits` says which lines such a wish can be about, `same` when it does not matter which of several it is.
    """
    order = _named_order(ask)
    if order == "asked":
        return None
    lines = list(order.lines) if isinstance(order, Order) else own_lines(ask)
    if not lines:
        _ask_for_order(ask)
        return None
    meant = _meant(ask, lines)
    fitting = [line for line in meant if fits(line)] or meant
    if order == "unknown":  # which one is meant is not to be guessed
        _offer_lines(ask, fitting)
        return None
    if ask.reason in NAMES_THE_ITEM and not ask.pressed and _is_elsewhere(ask, lines):
        _offer_lines(ask, fitting)  # what is named is none of these: nothing is done to another item
        return None
    if len(fitting) == 1 or (same is not None and len({same(line) for line in fitting}) == 1):
        return settled_line(ask, fitting[0], lines)
    _offer_lines(ask, fitting)
    return None


def _is_elsewhere(ask: Ask, lines: list[OrderLine]) -> bool:
    """Whether the text names a kind of thing that none of the lines is."""
    if ask.pending_detail or pointed_at(ask, lines):
        return False
    pages = ask.shop.pages([line.product_id for line in lines], ask.locale)
    return of_another_kind(ask.text, [page.title for page in pages.values()])


def known_line(ask: Ask, fits: Fits = any_line) -> OrderLine | None:
    """The order line the wish is about when that is known without asking, else None."""
    order = ask.shop.order(str(ask.entity("order_id"))) if ask.entity("order_id") else None
    if order is not None and not may_see(ask, order):
        return None
    lines = list(order.lines) if order else own_lines(ask)
    settled = ask.entity("line_id") or ask.slot("line_id")
    pointed = order is not None or settled or pointed_at(ask, lines)
    meant = _meant(ask, lines) if pointed else []
    fitting = [line for line in meant if fits(line)] or meant
    return settled_line(ask, fitting[0], lines) if len(fitting) == 1 else None


def order_in_question(ask: Ask) -> Order | None:
    """The order named, talked about or looked at, where this customer may see it."""
    number = ask.entity("order_id") or _order_in_mind(ask)
    order = ask.shop.order(str(number)) if number else None
    return order if order is not None and may_see(ask, order) else None


def own_lines(ask: Ask) -> list[OrderLine]:
    """The lines of all orders this customer may hear of, newest first."""
    conversation = ask.answer.conversation
    orders = ask.shop.orders_of(conversation.customer_id) if conversation.customer_id else []
    known = {order.id for order in orders}
    others = sorted(ask.answer.turn.proven_orders - known)
    orders += [order for order_id in others if (order := ask.shop.order(order_id))]
    return [line for order in orders for line in order.lines]


def names_unseen_order(ask: Ask) -> bool:
    """Whether a message names an order that is not, or not yet, known to be this customer's."""
    number = ask.entity("order_id")
    order = ask.shop.order(str(number)) if number else None
    return number is not None and (order is None or not may_see(ask, order))


def confirm_line(ask: Ask, line: OrderLine) -> Outcome:
    """Ask whether the line that was taken for granted is the one."""
    ask.messages.clear()
    _offer_lines(ask, [line])
    return "asked"


def other_line(ask: Ask) -> list[Button]:
    """A button "it is another item", where the line was taken for granted."""
    return (
        [Button(ask.label("it is another item"), command(ask.reason, choice="other"))] if ask.assumed else []
    )


def _named_order(ask: Ask) -> Order | str | None:
    """The order this wish is tied to, by its number, a button, the page or a proof.

    "asked" when something was asked about it, "unknown" when a number was named that is none of the customer's.
    """
    if ask.pending_detail == "proof":
        return checked_proof(ask)
    named = ask.entity("order_id")
    pressed = str(ask.entity("line_id") or "").rpartition("/")[0]
    number = named or pressed or (None if ask.entity("choice") == "other" else _order_in_mind(ask))
    order = ask.shop.order(str(number)) if number else None
    if order is not None and may_see(ask, order):
        return order
    if named is None:
        return None
    number = canonical_order_id(str(named))
    own = own_lines(ask) if ask.answer.conversation.customer_id is not None else []
    if not own:
        return ask_for_proof(ask, number)
    alike = list(dict.fromkeys(line.order_id for line in own if _is_mistyped(number, line.order_id)))
    if len(alike) == 1:
        yes = Button(ask.label("yes, that one"), command(ask.reason, order_id=alike[0]))
        ask.say("utter_did_you_mean_order", order_id=number, meant=alike[0], buttons=[yes])
        ask.remember(offered={"intent": ask.reason, "entities": {"order_id": alike[0]}})
        ask.wait_for("order")
        return "asked"
    ask.say("utter_order_not_yours", order_id=number)
    return "unknown"


def _is_mistyped(number: str, own: str) -> bool:
    """Whether a number is one of the customer's own but for one digit wrong, missing, doubled, or two swapped."""
    typed, right = (re.sub(r"\D", "", one) for one in (number, own))
    return OSA.distance(typed, right, score_cutoff=1) == 1


def _order_in_mind(ask: Ask) -> str | None:
    """The order talked about or looked at, unless the text points at something in another one."""
    number = ask.slot("order_id") or ask.answer.conversation.context.get("order_id")
    if not number or ask.pressed or not ask.text:
        return str(number) if number else None
    pointed = pointed_at(ask, own_lines(ask))
    return None if pointed and all(line.order_id != number for line in pointed) else str(number)


def _meant(ask: Ask, lines: list[OrderLine]) -> list[OrderLine]:
    """The lines the message means: chosen, named, settled earlier; all of them when it says nothing."""
    by_id = {line.id: line for line in lines}
    if ask.entity("choice") == "other":
        return [line for line in lines if line.id != ask.slot("line_id")] or lines
    if (pressed := str(ask.entity("line_id") or "")) in by_id:
        return [by_id[pressed]]
    settled = by_id.get(str(ask.slot("line_id") or ""))
    if pointed := pointed_at(ask, lines):
        return [settled] if settled in pointed else pointed
    if dated := _dated(ask, lines):
        return [settled] if settled in dated else dated
    if settled is not None and (not ask.entity("order_id") or ask.entity("order_id") == settled.order_id):
        return [settled]
    return lines


def pointed_at(ask: Ask, lines: list[OrderLine]) -> list[OrderLine]:
    """The lines whose product the text names, or that it counts off ("the second one") in a list we showed."""
    if ask.pressed or not ask.text or not lines:
        return []
    if ask.pending_detail == "line":
        shown = list((ask.memory.get("pending") or {}).get("choices") or {})
        place = place_in(ask.text, ask.locale, count=len(shown))
        if place is not None:
            return [line for line in lines if line.id == shown[place]]
    pages = ask.shop.pages([line.product_id for line in lines], ask.locale)
    titles = {line.id: pages[line.product_id].title for line in lines if line.product_id in pages}
    if ask.reason == "item_missing" and len(titles) > 1 and (named := missing(ask.text, titles, ask.locale)):
        return [line for line in lines if line.id in named]
    for text in (
        without_denied(corrected(ask.text, ask.locale), ask.locale),
        corrected(ask.text, ask.locale),
        ask.text,
        *reversed(ask.details.get("words", [])),
    ):  # what was said before the order was known
        if named := mentioned(text, titles):
            return [line for line in lines if line.id in named]
    return []


def _dated(ask: Ask, lines: list[OrderLine]) -> list[OrderLine]:
    """The lines ordered on the days the text names ("what I ordered last Thursday"), else those delivered then."""
    if ask.pressed:
        return []
    days = ask.days
    for instant in (lambda line: line.ordered_at, lambda line: line.delivered_at):
        found = [
            line
            for line in lines
            if (at := instant(line)) is not None
            and any(first <= local_day(at, ask.locale) <= last for first, last in days)
        ]
        if found and len(found) < len(lines):
            return found
    return []


def settled_line(ask: Ask, line: OrderLine, lines: list[OrderLine]) -> OrderLine:
    """`line`, as the one that is talked about from now on; taken for granted where the message names none of `lines`."""
    named = ask.entity("order_id") or ask.entity("line_id") or pointed_at(ask, lines)
    ask.assumed = not named and not ask.pending_detail and len(own_lines(ask)) > 1
    ask.remember(order_id=line.order_id, line_id=line.id, product_id=line.product_id)
    return line


def _offer_lines(ask: Ask, lines: list[OrderLine]) -> None:
    shown = lines[:SHOWN_LINES]
    cards = lines_cards(ask, shown, ask.reason)
    ask.say("utter_ask_line" if len(shown) == len(lines) else "utter_ask_line_of_many", cards=cards)
    ask.wait_for("line", choices={line.id: card["title"] for line, card in zip(shown, cards, strict=True)})


def _ask_for_order(ask: Ask) -> None:
    signed_in = ask.answer.conversation.customer_id is not None
    again = ask.pending_detail == "order" and not ask.taken_up
    ask.say("utter_no_orders" if signed_in else "utter_ask_order_again" if again else "utter_ask_order")
    ask.wait_for("order")
