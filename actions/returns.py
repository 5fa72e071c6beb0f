"""Sending something back, replacements, and what the policy says about both (R13–R15)."""

from __future__ import annotations

from datetime import datetime

from actions.ask import Ask, command
from actions.escalation import title_of, to_seller
from actions.flow import hand_off
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Button, Outcome
from bot.service.policies import (
    Payer,
    ReturnPolicy,
    guarantee_until,
    policy_in_force,
    return_rules,
    return_until,
)
from bot.shop.model import OrderLine

RETURN_REASONS = ("not wanted", "does not fit", "damaged", "other")


def delivered(line: OrderLine) -> bool:
    """Whether a line is with the customer."""
    return line.state == "delivered"


@serves("return_start")
def return_start(ask: Ask) -> Outcome:
    """Within the period: reason, then the seller sends the label. Outside of it: what still protects."""
    if not ask.pressed:
        ask.note(words=[*ask.details.get("words", []), ask.text])
    if ask.entity("choice"):
        ask.note(description=ask.label(f"return reason {ask.entity('choice')}"), wish="return")
    elif ask.pending_detail == "return_reason":
        ask.note(description=ask.text, wish="return")
    line = find_line(ask, delivered)
    if line is None:
        return "asked"
    hindrance = _hindrance(ask, line)
    if hindrance is not None:
        return hindrance
    if "description" not in ask.details:
        buttons = [
            Button(ask.label(f"return reason {r}"), command("return_start", choice=r, line_id=line.id))
            for r in RETURN_REASONS
        ]
        ask.say("utter_ask_return_reason", product=title_of(ask, line), buttons=buttons)
        return ask.wait_for("return_reason")
    ask.say("utter_return_accepted", product=title_of(ask, line))
    return to_seller(ask, line, looked_up=[{"what": "return_window", "result": "open"}])


@serves("return_policy")
def return_policy(ask: Ask) -> Outcome:
    """The terms that count, for the order in question when there is one."""
    line = _known_line(ask)
    policy = _policy(ask, line)
    payer = ask.label("the seller pays" if policy.return_paid_by is Payer.SELLER else "you pay")
    ask.say(
        "utter_return_policy",
        days=policy.window_days,
        payer=payer,
        state=ask.label(f"accepts {policy.accepts.value}"),
        refund_days=policy.refund_within_days,
    )
    if line is not None and (until := _until(ask, line, policy)):
        text = "utter_return_until" if until > ask.now else "utter_return_period_over"
        ask.say(text, product=title_of(ask, line), until=ask.day(until), buttons=(
            [ask.button("start a return", "return_start", line_id=line.id)] if until > ask.now else []
        ))  # fmt: skip
    return "answered"


@serves("replacement_request")
def replacement_request(ask: Ask) -> Outcome:
    """Find the line and what is needed, then ask the seller."""
    if not ask.pressed:
        ask.note(words=[*ask.details.get("words", []), ask.text], wish="replacement")
        if ask.pending_detail == "description" or len(ask.text.split()) >= 8:
            ask.note(description=ask.text)
    line = find_line(ask, delivered)
    if line is None:
        return "asked"
    if "description" not in ask.details:
        ask.say("utter_ask_description_replacement_request", product=title_of(ask, line))
        return ask.wait_for("description")
    return to_seller(ask, line)


@serves("warranty_question")
def warranty_question(ask: Ask) -> Outcome:
    """The statutory guarantee of the customer's country and the seller's own, to the day when the line is known."""
    line = find_line(ask, delivered) if ask.answer.conversation.customer_id else _known_line(ask)
    if line is None and ask.messages:
        return "asked"
    law = return_rules().law_of(_country(ask, line))
    if line is None or line.delivered_at is None:
        ask.say("utter_guarantee_general", years=law.guarantee_years)
        return "answered"
    product = ask.shop.product(line.product_id)
    until = guarantee_until(
        line.delivered_at, law=law, seller_months=product.guarantee_months if product else 0
    )
    ask.say(
        "utter_guarantee_until" if until > ask.now else "utter_guarantee_over",
        product=title_of(ask, line),
        until=ask.day(until),
        years=law.guarantee_years,
        buttons=[ask.button("it does not work", "item_defective", line_id=line.id)],
    )
    return "answered"


@serves("claim_guarantee")
def claim_guarantee(ask: Ask) -> Outcome:
    """A claim or a legal step: a person, with everything already there."""
    return hand_off(ask, "claim_guarantee", "utter_handoff_claim")


def _hindrance(ask: Ask, line: OrderLine) -> Outcome | None:
    product = ask.shop.product(line.product_id)
    title = title_of(ask, line)
    if line.state in {"return_started", "return_received", "refunded"}:
        ask.say("utter_return_under_way", product=title, state=ask.label(f"state {line.state}"))
        return "answered"
    if line.state != "delivered":
        ask.say("utter_not_shipped_yet" if line.state in {"placed", "preparing"} else "utter_return_not_there_yet",
                product=title, promised=ask.day(line.promised_at))  # fmt: skip
        return "answered"
    if product is not None and not product.returnable:
        ask.say("utter_not_returnable", product=title, buttons=[
            ask.button("it does not work", "item_defective", line_id=line.id),
            ask.button("talk to a person", "talk_to_human"),
        ])  # fmt: skip
        return "answered"
    until = _until(ask, line, _policy(ask, line))
    if until is not None and until <= ask.now:
        ask.say("utter_return_period_over", product=title, until=ask.day(until), buttons=[
            ask.button("it does not work", "item_defective", line_id=line.id),
            ask.button("talk to a person", "talk_to_human"),
        ])  # fmt: skip
        return "answered"
    return None


def _policy(ask: Ask, line: OrderLine | None) -> ReturnPolicy:
    """R13: the seller's approved policy where it counts, else the marketplace's standard."""
    seller = ask.shop.seller(line.seller_id) if line else None
    return policy_in_force(seller.return_policy if seller else None, return_rules().standard)


def _until(ask: Ask, line: OrderLine, policy: ReturnPolicy) -> datetime | None:
    if line.delivered_at is None:
        return None
    product = ask.shop.product(line.product_id)
    law = return_rules().law_of(_country(ask, line))
    return return_until(
        line.delivered_at, policy=policy, law=law, returnable=bool(product and product.returnable)
    )


def _country(ask: Ask, line: OrderLine | None) -> str:
    order = ask.shop.order(line.order_id) if line else None
    return order.country if order else {"es": "ES", "de": "DE"}[ask.locale]


def _known_line(ask: Ask) -> OrderLine | None:
    """The line settled earlier in this conversation, without asking for one."""
    line_id = ask.entity("line_id") or ask.slot("line_id")
    order = ask.shop.order(str(ask.slot("order_id"))) if ask.slot("order_id") else None
    return next((line for line in order.lines if line.id == line_id), None) if order else None
