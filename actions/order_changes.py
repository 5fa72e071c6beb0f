"""Changing one's mind before it is sent: cancelling, and changing address, date, size, quantity."""

from __future__ import annotations

import re

from babel.lists import format_list

from actions.answers import NOT_SENT, asks_for, carry_out
from actions.ask import Ask, command
from actions.escalation import title_of
from actions.registry import serves
from actions.speech import begins_with_yes, says, takes_yes_back
from actions.which import find_line, order_in_question, other_line, own_lines, pointed_at
from bot.base.text import folded
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine

TELLING_WORDS = 6
ALL = "all"
"""What a button says that means all lines of an order."""

WEIGHTIEST: tuple[Outcome, ...] = (
    "handed_off",
    "asked",
    "case_opened",
    "redirected",
    "answered",
    "not_understood",
)
"""Of several lines' outcomes the one that is told first."""

_POSTAL_CODE = re.compile(r"(?<![\d-])\d{5}(?![\d-])")
_ODD_CODE = re.compile(r"(?<![\d-])(?:\d{4}|\d{6}),?\s+[A-ZÁÉÍÓÚÑÄÖÜ][a-záéíóúñäöüß]{2,}")

CHANGES = ("address", "colour", "size", "quantity", "date")
"""What of an order can be asked for by its name."""


def not_sent(line: OrderLine) -> bool:
    """Whether a line can still be stopped or changed."""
    return line.state in NOT_SENT


@serves("order_cancel")
def order_cancel(ask: Ask) -> Outcome:
    """Not sent: confirmed by the customer, then a case. Sent: what can be done instead."""
    ask.keep_words()
    if ask.pending_detail == "confirm" and not ask.pressed and _declines(ask) and not _means_another(ask):
        ask.say("utter_deny")
        ask.remember(details=None)
        return "answered"
    if several := _several(ask):
        return _cancel_all(ask, several)
    line = find_line(ask, not_sent)
    return "asked" if line is None else carry_out(ask, line)


def _means_another(ask: Ask) -> bool:
    """Whether a no names another item that is to be cancelled instead."""
    pointed = pointed_at(ask, own_lines(ask))
    return bool(pointed) and all(line.id != ask.slot("line_id") for line in pointed)


@asks_for("confirm")
def _confirmed(ask: Ask, line: OrderLine, product: str) -> bool:
    if ask.entity("choice") in {"yes", ALL} or (ask.pending_detail == "confirm" and _agrees(ask)):
        return True
    yes = Button(ask.label("yes, cancel it"), command(ask.reason, choice="yes", line_id=line.id))
    count = "utter_ask_cancel" if line.quantity == 1 else "utter_ask_cancel_all"
    buttons = [yes, ask.button("no, keep it", "deny"), *other_line(ask)]
    ask.say(count, product=product, ordered=line.quantity, buttons=buttons)
    ask.remember(offered={"intent": ask.reason, "entities": {"choice": "yes", "line_id": line.id}})
    ask.wait_for("confirm")
    return False


def _several(ask: Ask) -> list[OrderLine]:
    """The lines of one order that are to be cancelled together: all of it, or all of what we offered; else none."""
    pending = ask.memory.get("pending") or {} if ask.pending_detail else {}
    order = order_in_question(ask)
    if order is None:
        return []
    lines = list(order.lines)
    if ask.entity("choice") == ALL or (pending.get("several") and not pointed_at(ask, lines)):
        return lines
    if ask.pressed:
        return []
    meant = ["the whole order"]
    offered = set(pending.get("choices") or ())
    if pending.get("detail") == "line" and offered and offered <= {line.id for line in lines}:
        meant += ["all pieces", "all"]
    whole = any(says(ask.locale, name, ask.text) for name in meant)
    return lines if whole and len(lines) > 1 else []


def _cancel_all(ask: Ask, lines: list[OrderLine]) -> Outcome:
    """The lines of an order, each by its own way, after one question for all of them."""
    agreed = ask.entity("choice") == ALL or (ask.pending_detail == "confirm" and _agrees(ask))
    if not agreed and any(not_sent(line) for line in lines):
        products = [title_of(ask, line) for line in lines]
        yes = {"choice": ALL, "order_id": lines[0].order_id}
        ask.say(
            "utter_ask_cancel_order",
            order_id=lines[0].order_id,
            products=format_list(
                [ask.label("“{title}”", title=product) for product in products], locale=ask.locale
            ),
            buttons=[
                Button(ask.label("yes, cancel it"), command(ask.reason, **yes)),
                ask.button("no, keep it", "deny"),
            ],
        )
        ask.remember(order_id=lines[0].order_id, offered={"intent": ask.reason, "entities": yes})
        return ask.wait_for("confirm", several=True)
    details, outcomes = ask.details, []
    for line in lines:
        ask.remember(details=details)
        outcomes.append(carry_out(ask, line))
    return min(outcomes, key=WEIGHTIEST.index)


@serves("order_change")
def order_change(ask: Ask) -> Outcome:
    """Ask what the new value is, then have the seller change it; what has been sent cannot be changed."""
    ask.keep_words()
    if not ask.pressed and (ask.pending_detail == "new_value" or _names_value(ask)):
        ask.note(new_value=ask.text)
    line = find_line(ask, not_sent)
    return "asked" if line is None else carry_out(ask, line)


@asks_for("new_value")
def _new_value_known(ask: Ask, line: OrderLine, product: str) -> bool:
    if "new_value" in ask.details:
        if not _has_odd_postal_code(ask.details["new_value"]):
            return True
        ask.remember(details={name: kept for name, kept in ask.details.items() if name != "new_value"})
        ask.say("utter_ask_postal_code", product=product, buttons=other_line(ask))
        ask.wait_for("new_value")
        return False
    what = _what_changes(ask)
    ask.say(
        f"utter_ask_new_{what}" if what else "utter_ask_new_value", product=product, buttons=other_line(ask)
    )
    ask.wait_for("new_value")
    return False


def _has_odd_postal_code(address: str) -> bool:
    """Whether a town stands behind four or six digits, where Spain and Germany have five."""
    return bool(_ODD_CODE.search(address)) and not _POSTAL_CODE.search(address)


def _agrees(ask: Ask) -> bool:
    """A yes, or the wish said again; never a sentence with a no in it."""
    return not _declines(ask) and (
        ask.heard.intent in {"affirm", "order_cancel"} or begins_with_yes(ask.locale, ask.text)
    )


def _declines(ask: Ask) -> bool:
    if ask.pressed:
        return False
    if begins_with_yes(ask.locale, ask.text):
        return takes_yes_back(ask.locale, ask.text)
    words = re.findall(r"\w+", folded(ask.text))
    return not set(ask.label("words for no").split("|")).isdisjoint(words) or ask.heard.intent in {
        "deny",
        "stop",
    }


def _what_changes(ask: Ask) -> str | None:
    """What of an order is to be changed, when the words say so: for a question that names it."""
    said = folded(" ".join([ask.text, *ask.details.get("words", [])]))
    return next(
        (what for what in CHANGES if re.search(rf"\b(?:{ask.label(f'words for {what}')})", said)), None
    )


def _names_value(ask: Ask) -> bool:
    """Whether the message says how it should be: with contact data, or long, with a number that is not the order's."""
    if ask.has_entity("phone") or ask.has_entity("email"):
        return True
    found = [match for match in ask.text_without_data.split() if any(c.isdigit() for c in match)]
    return len(ask.text_without_data.split()) >= TELLING_WORDS and bool(found)
