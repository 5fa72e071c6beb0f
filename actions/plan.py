"""What a message means where it stands: which wishes to serve, in which order, and whether it answers a question of ours.

Pure functions and tables; nothing is looked up and nothing is said here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.heard import SURE, Message
from bot.service.reasons import CONCRETE_REASONS, GROUPS, OUTCOMES

_NUMBER = re.compile(r"\d{4}")

ORDER, ITEM, AFTER_SALE, PRODUCT = (
    frozenset(GROUPS[name]) for name in ("order", "item", "after_sale", "product")
)

PART_OF: dict[str, frozenset[str]] = {
    **{
        reason: ITEM | {"refund_status", "replacement_request", "return_start", "case_status"}
        for reason in ITEM
    },
    "order_status": frozenset({"digital_content"}),
    "order_late": frozenset({"order_status", "order_not_received", "case_status", "digital_content"}),
    "order_not_received": frozenset(
        {"order_status", "order_late", "refund_status", "replacement_request", "item_missing", "case_status"}
    ),
    "order_cancel": frozenset({"order_late", "refund_status", "return_start"}),
    "order_change": frozenset({"order_status", "product_availability", "item_wrong", "account_problem"}),
    "return_policy": frozenset({"return_start"}),  # its answer ends with a button for that
    "return_start": ITEM | {"return_policy", "refund_status"},
    "refund_status": frozenset({"payment_problem", "account_problem", "return_start", "case_status"}),
    "replacement_request": frozenset({"refund_status", "warranty_question"}),
    "request_email": frozenset({"inform"}),
}
"""Wishes that, said beside the first one, are part of it: what is wanted for a fault, the worry that goes with a delay."""

MAIN_OVER: dict[str, frozenset[str]] = {
    "refund_status": ITEM | {"order_not_received", "order_cancel"},
    "replacement_request": ITEM,
    "order_status": frozenset({"order_late", "order_not_received", "order_cancel", "order_change"}),
    "case_status": ITEM | {"order_late", "order_not_received", "refund_status"},
    "feedback_negative": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
    "feedback_positive": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
}
"""Wishes that come before the one read first, when both are said: the fault before what is wanted for it."""

WANTED_FOR_A_FAULT = frozenset({"refund_status", "replacement_request", "return_start"})
"""Said while we ask about a fault, these are what is wanted for it."""

MOODS = frozenset({"feedback_negative", "feedback_positive"})
"""Served only when nothing is asked for."""

ANSWERED_BY: dict[str, frozenset[str]] = {
    "description": ITEM | AFTER_SALE - {"claim_guarantee"} | {"order_not_received", "feedback_negative"},
    "part": ITEM | {"product_question", "replacement_request"},
    "wish": frozenset(
        {
            "refund_status",
            "replacement_request",
            "return_start",
            "return_policy",
            "order_cancel",
            "order_change",
        }
    ),
    "return_reason": ITEM | AFTER_SALE - {"claim_guarantee"} | MOODS,
    "new_value": ORDER | PRODUCT | {"item_wrong", "replacement_request"},
    "question": PRODUCT | {"preorder_question"},
    "message": CONCRETE_REASONS - {"talk_to_human"},
}
"""Details given in the customer's own words, and how such words may be read without being a new topic."""

DATA = frozenset({"proof", "order", "phone", "email"})
"""Details that are data: a message with data in it is the answer."""

CHOICES = frozenset({"line", "product", "quantity"})
"""Details that are picked from a few: by naming one of them."""

TOLD = frozenset({"description", "part", "wish", "return_reason", "new_value"})
"""Details that are told: a question that is not understood is no answer to them."""

OBEYED = frozenset(
    {
        "stop",
        "talk_to_human",
        "repeat",
        "change_language",
        "bot_challenge",
        "help",
        "goodbye",
        "greet",
        "thank",
    }
)
"""What is never taken for an answer, whatever was asked."""

GOES_ON_WITH = frozenset(
    {"order_late", "order_not_received", "refund_status", "return_start", "invoice_request"}
)
"""An order number alone goes on with the last wish when it is one of these, else it asks for the status."""


LIKELY = 3
"""An unsure message that names an order asks for its status when that is among this many likeliest readings."""

CLOSE_BEHIND = 0.2
"""A fault read second with at least this confidence is meant beside a wish for money or a replacement."""


@dataclass(frozen=True)
class Step:
    """One wish to serve. `text` is what was written about it; `pressed`: nothing was (a button, a yes).

    `part` are the wishes that were read beside it and belong to it.
    """

    reason: str
    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    pressed: bool = False
    part: tuple[str, ...] = ()


def plan(
    reason: str, message: Message, memory: dict[str, Any], *, picks: Callable[[dict[str, Any], str], bool]
) -> list[Step]:
    """What to serve for `message`, in order; `reason` is the wish Rasa's rule named.

    `picks(pending, text)` says whether a text names one of what was offered.
    """
    pending = memory.get("pending") or {}
    offered = memory.get("offered")
    if message.foreign and not pending and not message.pressed:
        return [_step("out_of_scope", message)]
    if pending.get("reason") == "clarify":
        return _after_clarifying(reason, message, pending)
    if offered and reason == "affirm" and not message.pressed:
        return [Step(offered["intent"], entities=_entities(offered.get("entities") or {}), pressed=True)]
    if pending and not (offered and reason == "deny") and _goes_on(reason, message, pending, picks):
        return [_step(pending["reason"], message), *rest_of(pending)]
    if reason == "inform" and (message.has("order_id") or message.has("line_id")):
        last = memory.get("last_reason")
        return [_step(last if last in GOES_ON_WITH else "order_status", message)]
    return _fresh(reason, message)


def rest_of(pending: dict[str, Any]) -> list[Step]:
    """The wishes of an earlier message that wait until this question is answered."""
    return [Step(name, pending.get("text", "")) for name in pending.get("rest", ())]


def wishes_of(reason: str, read: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The wishes to serve, as (wish, what is part of it): the main one first, those for a person last."""
    others = [name for name in read if name != reason and name in CONCRETE_REASONS]
    if reason not in CONCRETE_REASONS or not others:
        return [(reason, ())]
    main = next((name for name in others if name in MAIN_OVER.get(reason, ())), reason)
    rest = [name for name in dict.fromkeys([reason, *others]) if name != main and name not in MOODS]
    part = tuple(name for name in rest if name in PART_OF.get(main, ()))
    wishes = [(main, part), *((name, ()) for name in rest if name not in part)]
    return wishes if main == "talk_to_human" else sorted(wishes, key=lambda wish: is_for_a_person(wish[0]))


def is_for_a_person(reason: str) -> bool:
    """Whether a wish usually ends with a person: it is served last, for then the bot falls silent."""
    return OUTCOMES.get(reason) == "agent"


def _fresh(reason: str, message: Message) -> list[Step]:
    """What a message means that stands for itself."""
    if reason in {"clarify", "out_of_scope"} and message.unsure:
        return [_step(_guess(message), message)]
    read = [name for name in message.wishes if not (name == "request_email" and message.has("email"))]
    if reason in MAIN_OVER:  # a fault that comes close behind what is wanted for it
        read += [
            name for name in message.likeliest(2, least=CLOSE_BEHIND) if name in MAIN_OVER[reason] & ITEM
        ]
    return [_step(name, message, part) for name, part in wishes_of(reason, read)]


def _guess(message: Message) -> str:
    """The wish an unsure message still has for certain, else `clarify`.

    Two readings that belong to one matter (a fault and what is wanted for it) count together. A message that
    names an order and may ask for its status is answered with it: that tells nothing but facts.
    """
    concrete = [item for item in message.ranking if item["name"] in CONCRETE_REASONS]
    if len(concrete) > 1 and concrete[0]["confidence"] + concrete[1]["confidence"] >= SURE:
        first, second = concrete[0]["name"], concrete[1]["name"]
        if second in PART_OF.get(first, ()):
            return str(first)
        if first in PART_OF.get(second, ()):
            return str(second)
    likely = [item["name"] for item in concrete[:LIKELY]]
    return "order_status" if message.has("order_id") and "order_status" in likely else "clarify"


def _after_clarifying(reason: str, message: Message, pending: dict[str, Any]) -> list[Step]:
    """What was said before we asked what is meant still counts: with the button pressed, or with the other words."""
    kept = tuple(pending.get("entities") or ())
    if message.pressed and reason != "talk_to_human":
        return [Step(reason, pending.get("text", ""), kept)]
    if reason == "affirm":
        return [_step("clarify", message)]  # yes to which of them?
    names = {entity["entity"] for entity in message.entities}
    carried = tuple(entity for entity in kept if entity["entity"] not in names)
    return [replace(step, entities=(*step.entities, *carried)) for step in _fresh(reason, message)]


def _goes_on(
    reason: str,
    message: Message,
    pending: dict[str, Any],
    picks: Callable[[dict[str, Any], str], bool],
) -> bool:
    """Whether a message answers what was asked, and is no new topic."""
    if message.pressed:
        return reason == pending["reason"]
    detail = pending["detail"]
    if reason == "talk_to_human":
        return False
    if detail in DATA and (message.entities or _NUMBER.search(message.text)):
        return True
    if reason in OBEYED and message.confidence >= SURE:
        return False
    if reason in {"inform", "affirm", "deny", pending["reason"]} or reason in ANSWERED_BY.get(detail, ()):
        return True
    if pending["reason"] in ITEM and reason in WANTED_FOR_A_FAULT:
        return True
    if message.unsure:
        return detail not in TOLD or "?" not in message.text
    return detail in CHOICES and picks(pending, message.text)


def _step(reason: str, message: Message, part: tuple[str, ...] = ()) -> Step:
    return Step(reason, message.text, tuple(message.entities), message.pressed, part)


def _entities(values: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple({"entity": name, "value": value} for name, value in values.items())
