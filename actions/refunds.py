"""Where is my money."""

from __future__ import annotations

from actions.ask import Ask
from actions.escalation import title_of, to_seller
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Outcome
from bot.service.policies import policy_in_force, return_rules
from bot.shop.model import OrderLine


def refundable(line: OrderLine) -> bool:
    """Whether money of this line can be on its way back."""
    return line.state in {
        "return_started",
        "return_received",
        "refunded",
        "cancelled",
        "lost",
        "returned_to_sender",
    }


@serves("refund_status")
def refund_status(ask: Ask) -> Outcome:
    """What the order says about the refund; overdue ones go to the seller."""
    line = find_line(ask, refundable)
    if line is None:
        return "asked"
    values = {"product": title_of(ask, line)}
    if line.refunded_at is not None:
        amount = ask.money(line.refund_cents or line.price_cents * line.quantity)
        ask.say("utter_refund_sent", amount=amount, refunded=ask.day(line.refunded_at), **values)
        return "answered"
    if line.state == "return_received":
        return _received(ask, line, values)
    if line.state == "return_started":
        ask.say("utter_refund_awaits_return", **values)
        return "answered"
    if line.state in {"cancelled", "lost", "returned_to_sender"}:
        ask.say("utter_refund_missing", **values)
        return to_seller(ask, line, looked_up=[{"what": "refund", "result": "not_found"}])
    ask.say("utter_no_refund_yet", buttons=[
        ask.button("start a return", "return_start", line_id=line.id),
        ask.button("something is wrong with it", "item_defective", line_id=line.id),
        ask.button("talk to a person", "talk_to_human"),
    ], **values)  # fmt: skip
    return "answered"


def _received(ask: Ask, line: OrderLine, values: dict[str, str]) -> Outcome:
    seller = ask.shop.seller(line.seller_id)
    policy = policy_in_force(seller.return_policy if seller else None, return_rules().standard)
    received = line.return_received_at or ask.now
    if (ask.now - received).days <= policy.refund_within_days:
        ask.say("utter_refund_soon", received=ask.day(received), days=policy.refund_within_days, **values)
        return "answered"
    ask.say("utter_refund_missing", **values)
    return to_seller(ask, line, looked_up=[{"what": "refund", "result": "not_found"}])
