"""Changing one's mind before it is sent: cancelling, and changing address, date, size, quantity."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.escalation import title_of, to_seller
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine

NOT_SENT = frozenset({"placed", "preparing"})
TELLING_WORDS = 8


def not_sent(line: OrderLine) -> bool:
    """Whether a line can still be stopped or changed."""
    return line.state in NOT_SENT


@serves("order_cancel")
def order_cancel(ask: Ask) -> Outcome:
    """Not sent: confirmed by the customer, then a case. Sent: what can be done instead."""
    if not ask.pressed:
        ask.note(words=[*ask.details.get("words", []), ask.text])
    line = find_line(ask, not_sent)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if line.state == "cancelled":
        ask.say("utter_cancelled_already", product=product)
        return "answered"
    if line.state not in NOT_SENT:
        ask.say("utter_cancel_too_late", product=product, buttons=[
            ask.button("start a return", "return_start", line_id=line.id),
            ask.button("talk to a person", "talk_to_human"),
        ])  # fmt: skip
        return "answered"
    if ask.entity("choice") == "yes" or ask.pending_detail == "confirm":
        return to_seller(ask, line)
    yes = Button(ask.label("yes, cancel it"), command("order_cancel", choice="yes", line_id=line.id))
    ask.say("utter_ask_cancel", product=product, buttons=[yes, ask.button("no, keep it", "stop")])
    ask.remember(offered={"intent": "order_cancel", "entities": {"choice": "yes", "line_id": line.id}})
    return ask.wait_for("confirm")


@serves("order_change")
def order_change(ask: Ask) -> Outcome:
    """Ask what the new value is, then have the seller change it; what has been sent cannot be changed."""
    if not ask.pressed:
        ask.note(words=[*ask.details.get("words", []), ask.text])
        if ask.pending_detail == "new_value" or _names_value(ask):
            ask.note(new_value=ask.text)
    line = find_line(ask, not_sent)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if line.state not in NOT_SENT:
        ask.say("utter_change_too_late", product=product, buttons=[
            ask.button("start a return", "return_start", line_id=line.id),
            ask.button("talk to a person", "talk_to_human"),
        ])  # fmt: skip
        return "answered"
    if "new_value" not in ask.details:
        ask.say("utter_ask_new_value", product=product)
        return ask.wait_for("new_value")
    return to_seller(ask, line)


def _names_value(ask: Ask) -> bool:
    """Whether the message says what it should be instead: long enough, with a number or a data entity."""
    return len(ask.text.split()) >= TELLING_WORDS and any(c.isdigit() for c in ask.text)
