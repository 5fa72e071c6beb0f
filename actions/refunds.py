"""Where is my money."""

from __future__ import annotations

from actions.ask import Ask
from actions.escalation import known_case, title_of, to_seller
from actions.registry import serves
from actions.which import confirm_line, find_line, other_line
from bot.conversations.model import Outcome
from bot.service.policies import policy_in_force, return_rules
from bot.shop.model import OrderLine

OWED = frozenset({"cancelled", "lost", "returned_to_sender"})


def refundable(line: OrderLine) -> bool:
    """Whether money of this line can be on its way back."""
    return line.state in OWED | {"return_started", "return_received", "refunded"}


@serves("refund_status")
def refund_status(ask: Ask) -> Outcome:
    """What the order says about the refund; overdue ones go to the seller."""
    ask.keep_words()
    line = find_line(ask, refundable)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    person = ask.button("talk to a person", "talk_to_human")
    if line.refunded_at is not None:
        amount = ask.money(line.refund_cents or line.price_cents * line.quantity)
        ask.say("utter_refund_sent", amount=amount, refunded=ask.day(line.refunded_at), product=product,
                buttons=[*other_line(ask), person])  # fmt: skip
        return "answered"
    if line.state == "return_started":
        ask.say("utter_refund_awaits_return", product=product, buttons=other_line(ask))
        return "answered"
    if line.state == "return_received" and (soon := _still_due(ask, line)):
        ask.say("utter_refund_soon", days=soon, received=ask.day(line.return_received_at or ask.now), product=product,
                buttons=other_line(ask))  # fmt: skip
        return "answered"
    if refundable(line):
        if known := known_case(ask, line):
            return known
        if ask.assumed:  # nothing is asked of a seller about something that was only guessed
            return confirm_line(ask, line)
        ask.say("utter_refund_missing", product=product)
        return to_seller(ask, line, looked_up=[{"what": "refund", "result": "not_found"}])
    ask.say("utter_no_refund_yet", product=product, buttons=[
        ask.button("start a return", "return_start", line_id=line.id),
        ask.button("something is wrong with this one", "item_defective", line_id=line.id),
        *other_line(ask),
        person,
    ])  # fmt: skip
    return "asked"  # what has happened: the next message says it, as a wish of its own


def _still_due(ask: Ask, line: OrderLine) -> int | None:
    """The days the seller has for the refund, while they last."""
    seller = ask.shop.seller(line.seller_id)
    policy = policy_in_force(seller.return_policy if seller else None, return_rules().standard)
    received = line.return_received_at or ask.now
    return policy.refund_within_days if (ask.now - received).days <= policy.refund_within_days else None
