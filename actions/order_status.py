"""Where is it: status, lateness, and what is said to be delivered and is not there."""

from __future__ import annotations

from typing import Any

from actions.ask import Ask
from actions.cards import line_card
from actions.escalation import known_case, title_of, to_seller
from actions.flow import hand_off
from actions.registry import serves
from actions.which import find_line, other_line
from bot.conversations.model import Outcome
from bot.shop.model import OrderLine

AWAITED = frozenset({"placed", "preparing", "shipped"})
GONE = frozenset({"lost", "returned_to_sender"})


def under_way(line: OrderLine) -> bool:
    """Whether a line is still awaited."""
    return line.state in AWAITED | GONE


@serves("order_status")
def order_status(ask: Ask) -> Outcome:
    """Status, carrier and date, with the card; what is overdue or lost can be taken up at once."""
    line = find_line(ask, under_way)
    if line is None:
        return "asked"
    if _is_overdue(ask, line):
        _say(ask, "utter_status_overdue", line)
        return _offer_inquiry(ask, line, "order_late")
    _say_status(ask, line)
    return _offer_inquiry(ask, line, "order_not_received") if line.state in GONE else "answered"


@serves("order_late")
def order_late(ask: Ask) -> Outcome:
    """Still before the promised date: the status answers it. After it: the seller is asked."""
    ask.keep_words()
    line = find_line(ask, under_way)
    if line is None:
        return "asked"
    if not under_way(line):
        _say_status(ask, line)
        return "answered"
    if not _is_overdue(ask, line) and line.state not in GONE:
        _say(ask, "utter_not_late_yet", line)
        return "answered"
    if known := known_case(ask, line):
        return known
    if not ask.pressed:
        _say(ask, "utter_late_sorry" if _is_overdue(ask, line) else f"utter_status_{line.state}", line)
    return to_seller(ask, line, looked_up=[_promised_date(line)])


@serves("order_not_received")
def order_not_received(ask: Ask) -> Outcome:
    """Shown as delivered, lost, or returned: the seller is asked. Not due yet: the status answers it."""
    ask.keep_words()
    line = find_line(ask, lambda line: under_way(line) or line.state == "delivered")
    if line is None:
        return "asked"
    if line.state in AWAITED and not _is_overdue(ask, line):
        _say(ask, "utter_not_late_yet", line)
        return "answered"
    if line.state not in AWAITED | GONE | {"delivered"}:
        _say_status(ask, line)
        return "answered"
    if _is_digital(line):
        return hand_off(ask, "digital_content", "utter_handoff_digital_content")
    if known := known_case(ask, line):
        return known
    if not ask.pressed:
        _say(ask, "utter_not_received_sorry", line)
    return to_seller(ask, line, looked_up=[_promised_date(line)])


def _is_overdue(ask: Ask, line: OrderLine) -> bool:
    return line.state in AWAITED and ask.now > line.promised_at


def _is_digital(line: OrderLine) -> bool:
    """Delivered without ever having been sent."""
    return line.state == "delivered" and line.shipped_at is None and line.carrier is None


def _say_status(ask: Ask, line: OrderLine) -> None:
    if _is_digital(line):
        _say(ask, "utter_status_delivered_digital", line)
    elif line.state in {"shipped", "delivered"} and not (line.carrier and line.tracking_id):
        _say(ask, f"utter_status_{line.state}_untracked", line)
    else:
        _say(ask, f"utter_status_{line.state}", line)


def _say(ask: Ask, text: str, line: OrderLine) -> None:
    product = ask.shop.product(line.product_id)
    page = ask.shop.page(line.product_id, ask.locale)
    card = line_card(ask, line, page, product.image if product else "")
    ask.say(text, cards=[card], buttons=other_line(ask), **_facts(ask, line))


def _offer_inquiry(ask: Ask, line: OrderLine, reason: str) -> Outcome:
    ask.say("utter_offer_inquiry", buttons=[ask.button("yes, please", reason, line_id=line.id),
                                            ask.button("no, I will wait", "deny")])  # fmt: skip
    ask.remember(offered={"intent": reason, "entities": {"line_id": line.id}})
    return "answered"


def _promised_date(line: OrderLine) -> dict[str, str]:
    return {"what": "promised_date", "result": line.promised_at.date().isoformat()}


def _facts(ask: Ask, line: OrderLine) -> dict[str, Any]:
    return {
        "product": title_of(ask, line),
        "order_id": line.order_id,
        "promised": ask.date(line.promised_at),
        "was_promised": ask.day(line.promised_at),
        "shipped": ask.day(line.shipped_at or line.ordered_at),
        "delivered": ask.day(line.delivered_at or line.promised_at),
        "carrier": line.carrier or "",
        "tracking": line.tracking_id or "",
        "cancelled": ask.day(line.cancelled_at or line.ordered_at),
    }
