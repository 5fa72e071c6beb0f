"""Changing one's mind before it is sent: cancelling, and changing address, date, size, quantity."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.escalation import known_case, route_for, title_of, to_seller
from actions.registry import serves
from actions.which import find_line, other_line
from bot.conversations.model import Button, Outcome
from bot.service.coverage import Route
from bot.shop.model import OrderLine

NOT_SENT = frozenset({"placed", "preparing"})
TELLING_WORDS = 6

_NO_MORE = {"lost", "returned_to_sender", "cancelled", "return_started", "return_received", "refunded"}
"""States in which there is nothing left to stop or change: the state itself is the answer."""


def not_sent(line: OrderLine) -> bool:
    """Whether a line can still be stopped or changed."""
    return line.state in NOT_SENT


@serves("order_cancel")
def order_cancel(ask: Ask) -> Outcome:
    """Not sent: confirmed by the customer, then a case. Sent: what can be done instead."""
    ask.keep_words()
    line = find_line(ask, not_sent)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if line.state not in NOT_SENT:
        return _too_late(ask, line, product, "utter_cancel_too_late")
    if known := known_case(ask, line):
        return known
    if route_for(ask, line) is Route.SELLER_MESSAGES:
        return to_seller(ask, line)  # nothing to ask first: we could not carry it out
    if ask.entity("choice") == "yes" or (ask.pending_detail == "confirm" and _agrees(ask)):
        return to_seller(ask, line)
    if ask.pending_detail == "confirm" and _declines(ask):
        ask.say("utter_deny")
        ask.remember(details=None)
        return "answered"
    yes = Button(ask.label("yes, cancel it"), command("order_cancel", choice="yes", line_id=line.id))
    count = "utter_ask_cancel" if line.quantity == 1 else "utter_ask_cancel_all"
    buttons = [yes, ask.button("no, keep it", "deny"), *other_line(ask)]
    ask.say(count, product=product, ordered=line.quantity, buttons=buttons)
    ask.remember(offered={"intent": "order_cancel", "entities": {"choice": "yes", "line_id": line.id}})
    return ask.wait_for("confirm")


@serves("order_change")
def order_change(ask: Ask) -> Outcome:
    """Ask what the new value is, then have the seller change it; what has been sent cannot be changed."""
    ask.keep_words()
    if not ask.pressed and (ask.pending_detail == "new_value" or _names_value(ask)):
        ask.note(new_value=ask.text)
    line = find_line(ask, not_sent)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if line.state not in NOT_SENT:
        return _too_late(ask, line, product, "utter_change_too_late")
    if known := known_case(ask, line):
        return known
    if "new_value" not in ask.details:
        ask.say("utter_ask_new_value", product=product, buttons=other_line(ask))
        return ask.wait_for("new_value")
    return to_seller(ask, line)


def _too_late(ask: Ask, line: OrderLine, product: str, text: str) -> Outcome:
    person = ask.button("talk to a person", "talk_to_human")
    if line.state in _NO_MORE:
        ask.say("utter_nothing_to_change", product=product, state=ask.label(f"is {line.state}"),
                buttons=[*other_line(ask), person])  # fmt: skip
        return "answered"
    ask.say(text if line.state == "shipped" else "utter_change_after_delivery", product=product, buttons=[
        ask.button("start a return", "return_start", line_id=line.id), *other_line(ask), person,
    ])  # fmt: skip
    return "answered"


def _agrees(ask: Ask) -> bool:
    """A yes, or the wish said again; never a sentence that begins with no."""
    return ask.heard.intent in {"affirm", "order_cancel"} and not _declines(ask)


def _declines(ask: Ask) -> bool:
    begins = ask.text.casefold().lstrip(" ¡¿.,").split()
    says_no = bool(begins) and begins[0].strip(".,!") in ask.label("words for no").split("|")
    return says_no or (ask.heard.intent == "deny" and not ask.pressed)


def _names_value(ask: Ask) -> bool:
    """Whether the message says how it should be: long enough, with a number that is not the order's."""
    found = [match for match in ask.text_without_data.split() if any(c.isdigit() for c in match)]
    return len(ask.text_without_data.split()) >= TELLING_WORDS and bool(found)
