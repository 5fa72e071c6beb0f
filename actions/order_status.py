"""Where is it: status, lateness, and what is said to be delivered and is not there."""

from __future__ import annotations

from typing import Any

from actions.ask import Ask
from actions.cards import line_card
from actions.escalation import title_of, to_seller
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Outcome
from bot.shop.model import OrderLine


def under_way(line: OrderLine) -> bool:
    """Whether a line is still awaited."""
    return line.state in {"placed", "preparing", "shipped", "lost", "returned_to_sender"}


@serves("order_status")
def order_status(ask: Ask) -> Outcome:
    """Status, carrier and date, with the card; what is overdue or lost is taken up at once."""
    line = find_line(ask, under_way)
    if line is None:
        return "asked"
    if _is_overdue(ask, line):
        ask.say("utter_status_overdue", cards=[_card(ask, line)], **_facts(ask, line))
        return _offer_seller(ask, "order_late")
    if line.state in {"lost", "returned_to_sender"}:
        ask.say(f"utter_status_{line.state}", cards=[_card(ask, line)], **_facts(ask, line))
        return _offer_seller(ask, "order_not_received")
    ask.say(f"utter_status_{line.state}", cards=[_card(ask, line)], **_facts(ask, line))
    return "answered"


@serves("order_late")
def order_late(ask: Ask) -> Outcome:
    """Still before the promised date: the status answers it. After it: the seller is asked."""
    line = find_line(ask, under_way)
    if line is None:
        return "asked"
    if not under_way(line):
        ask.say(f"utter_status_{line.state}", cards=[_card(ask, line)], **_facts(ask, line))
        return "answered"
    if not _is_overdue(ask, line) and line.state not in {"lost", "returned_to_sender"}:
        ask.say("utter_not_late_yet", cards=[_card(ask, line)], **_facts(ask, line))
        return "answered"
    ask.say("utter_late_sorry", cards=[_card(ask, line)], **_facts(ask, line))
    promised = {"what": "promised_date", "result": line.promised_at.date().isoformat()}
    return to_seller(ask, line, looked_up=[promised])


@serves("order_not_received")
def order_not_received(ask: Ask) -> Outcome:
    """Shown as delivered, lost, or returned: the seller is asked. Not due yet: the status answers it."""
    line = find_line(ask, lambda line: under_way(line) or line.state == "delivered")
    if line is None:
        return "asked"
    if line.state in {"placed", "preparing", "shipped"} and not _is_overdue(ask, line):
        ask.say("utter_not_late_yet", cards=[_card(ask, line)], **_facts(ask, line))
        return "answered"
    if line.state == "cancelled":
        ask.say("utter_status_cancelled", cards=[_card(ask, line)], **_facts(ask, line))
        return "answered"
    ask.say("utter_not_received_sorry", cards=[_card(ask, line)], **_facts(ask, line))
    return to_seller(ask, line)


def _is_overdue(ask: Ask, line: OrderLine) -> bool:
    return line.state in {"placed", "preparing", "shipped"} and ask.now > line.promised_at


def _offer_seller(ask: Ask, reason: str) -> Outcome:
    ask.say("utter_offer_seller", buttons=[ask.button("yes, ask the seller", reason, line_id=ask.slot("line_id")),
                                           ask.button("no, I will wait", "deny")])  # fmt: skip
    ask.remember(offered={"intent": reason})
    return "answered"


def _facts(ask: Ask, line: OrderLine) -> dict[str, Any]:
    return {
        "product": title_of(ask, line),
        "order_id": line.order_id,
        "promised": ask.day(line.promised_at),
        "shipped": ask.day(line.shipped_at or line.ordered_at),
        "delivered": ask.day(line.delivered_at or line.promised_at),
        "carrier": line.carrier or ask.label("the carrier"),
        "tracking": line.tracking_id or "–",
        "cancelled": ask.day(line.cancelled_at or line.ordered_at),
    }


def _card(ask: Ask, line: OrderLine) -> dict[str, Any]:
    product = ask.shop.product(line.product_id)
    page = ask.shop.page(line.product_id, ask.locale)
    return line_card(ask, line, page, product.image if product else "")
