"""Changing one's mind before it is sent: cancelling, and changing address, date, size, quantity."""

from __future__ import annotations

import re

from actions.answers import asks_for, carry_out
from actions.ask import Ask, command
from actions.registry import serves
from actions.speech import begins_with_yes
from actions.which import find_line, other_line
from bot.base.text import folded
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine

NOT_SENT = frozenset({"placed", "preparing"})
TELLING_WORDS = 6
CHANGES = ("address", "colour", "size", "quantity", "date")
"""What of an order can be asked for by its name."""


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
    if ask.pending_detail == "confirm" and ask.entity("choice") != "yes" and _declines(ask):
        ask.say("utter_deny")
        ask.remember(details=None)
        return "answered"
    return carry_out(ask, line)


@asks_for("confirm")
def _confirmed(ask: Ask, line: OrderLine, product: str) -> bool:
    if ask.entity("choice") == "yes" or (ask.pending_detail == "confirm" and _agrees(ask)):
        return True
    yes = Button(ask.label("yes, cancel it"), command(ask.reason, choice="yes", line_id=line.id))
    count = "utter_ask_cancel" if line.quantity == 1 else "utter_ask_cancel_all"
    buttons = [yes, ask.button("no, keep it", "deny"), *other_line(ask)]
    ask.say(count, product=product, ordered=line.quantity, buttons=buttons)
    ask.remember(offered={"intent": ask.reason, "entities": {"choice": "yes", "line_id": line.id}})
    ask.wait_for("confirm")
    return False


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
        return True
    what = _what_changes(ask)
    ask.say(
        f"utter_ask_new_{what}" if what else "utter_ask_new_value", product=product, buttons=other_line(ask)
    )
    ask.wait_for("new_value")
    return False


def _agrees(ask: Ask) -> bool:
    """A yes, or the wish said again; never a sentence with a no in it."""
    return not _declines(ask) and (
        ask.heard.intent in {"affirm", "order_cancel"} or begins_with_yes(ask.locale, ask.text)
    )


def _declines(ask: Ask) -> bool:
    if ask.pressed or begins_with_yes(ask.locale, ask.text):
        return False
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
    """Whether the message says how it should be: long enough, with a number that is not the order's."""
    found = [match for match in ask.text_without_data.split() if any(c.isdigit() for c in match)]
    return len(ask.text_without_data.split()) >= TELLING_WORDS and bool(found)
