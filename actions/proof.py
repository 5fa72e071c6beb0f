"""Whose order it is: facts go to the customer signed in, or against the order's e-mail address or postal code.

An order that does not exist and one that is somebody else's look alike.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from actions.ask import Ask
from bot.conversations.dialogue import ProveOrder
from bot.shop.model import Order
from bot.shop.source import canonical_order_id
from bot.storage.limits import Limit, SpendAttempt, exhausted

PROOFS = Limit("order-proof", 5, timedelta(minutes=15))
"""Attempts to prove an order, per order number and per conversation."""

_OFFERED = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w,.])\d{5}(?![\w]|[,.]\d)")
"""What may be a proof in a message that was not asked for one: an address, a postal code of five digits."""

_ASKED = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{4,5}\b")
_ORDER_NUMBER = re.compile(r"\d{3}[-– ./]?\d{7}[-– ./]?\d{7}")

Asked = Literal["asked"]


def may_see(ask: Ask, order: Order) -> bool:
    """Whether this customer may hear of the order."""
    proven_now = {e.order_id for e in ask.answer.effects if isinstance(e, ProveOrder)}
    return ask.answer.may_see(order) or order.id in proven_now


def ask_for_proof(ask: Ask, order_number: str) -> Order | Asked:
    """The order, when the message that names it holds the proof as well; else the proof is asked for."""
    order_id = canonical_order_id(order_number)
    evidence = [] if ask.pressed else _OFFERED.findall(_without_order_numbers(ask.text))
    return _judged(ask, order_id, evidence) if evidence else _asked(ask, order_id)


def checked_proof(ask: Ask) -> Order | Asked:
    """The order, when this message proves it."""
    pending = ask.memory.get("pending") or {}
    order_id = canonical_order_id(str(ask.entity("order_id") or pending.get("order_id", "")))
    order = ask.shop.order(order_id)
    if order is not None and may_see(ask, order):  # signed in meanwhile
        return order
    evidence = _ASKED.findall(_without_order_numbers(ask.text))
    return _judged(ask, order_id, evidence) if evidence else _asked(ask, order_id)


def _asked(ask: Ask, order_id: str) -> Asked:
    ask.say("utter_ask_proof", order_id=order_id)
    ask.wait_for("proof", order_id=order_id)
    return "asked"


def _judged(ask: Ask, order_id: str, evidence: list[str]) -> Order | Asked:
    keys = (f"order:{order_id}", f"conversation:{ask.answer.conversation.id}")
    with ask.answer.services.database.read() as tx:
        spent = any(exhausted(tx, PROOFS, key, ask.now) for key in keys)
    if spent:
        ask.say("utter_too_many_proofs", buttons=[ask.button("talk to a person", "talk_to_human")])
        ask.remember(pending=None)
        return "asked"
    order = ask.shop.order(order_id)
    if order is not None and any(ask.shop.proves(order, item) for item in evidence):
        ask.want(ProveOrder(order.id))
        ask.remember(pending=None)
        return order
    for key in keys:
        ask.want(SpendAttempt(PROOFS, key))
    ask.say("utter_proof_failed", order_id=order_id)
    ask.wait_for("proof", order_id=order_id)
    return "asked"


def _without_order_numbers(text: str) -> str:
    return _ORDER_NUMBER.sub(" ", text)
