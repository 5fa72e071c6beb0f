"""When the shop does not answer: what was asked is kept, nothing is told about it, and the ways on are offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from actions.ask import Ask, command
from actions.heard import Message
from actions.plan import Step, rest_of
from bot.base.effect import Effect
from bot.conversations.model import Button
from bot.shop.source import Shop, ShopUnavailable

T = TypeVar("T")

SHOP = "shop"
"""The detail that is waited for: the shop."""

TRY_AGAIN = frozenset({"affirm", "repeat"})
"""How customers say that they want it tried again."""


def without_shop(ask: Ask, step: Step, stalled: dict[str, Any]) -> int:
    """Say that the shop cannot be asked, and keep the wish as it was; returns how often in a row that was said.

    `stalled` is the wish that was kept in the turn before, if any. `was` is the question that this message answered.
    """
    times = int(stalled.get("times", 0)) + 1
    buttons = [
        Button(ask.label("try again"), command(ask.reason)),
        ask.button("talk to a person", "talk_to_human"),
    ]
    ask.say("utter_shop_unavailable", buttons=buttons)
    ask.remember(
        pending={
            "reason": ask.reason,
            "detail": SHOP,
            "times": times,
            "said": step.text,
            "entities": list(step.entities),
            "pressed": step.pressed,
            "was": ask.memory.get("pending"),
        }
    )
    return times


def is_again(reason: str, message: Message, stalled: dict[str, Any]) -> bool:
    """Whether the message wants the kept wish tried again."""
    if message.pressed and not message.entities:
        return reason == stalled.get("reason")
    return bool(stalled) and reason in TRY_AGAIN


def kept_steps(stalled: dict[str, Any]) -> list[Step]:
    """The kept wish, as it was said, and the wishes that waited for it."""
    kept = Step(stalled["reason"], stalled["said"], tuple(stalled["entities"]), stalled["pressed"])
    return [kept, *rest_of(stalled)]


def in_passing(look: Callable[[], T], *, otherwise: T) -> T:
    """What is looked up to understand a message: a silent shop is told where a wish is served, not here.

    `otherwise`: what then leads to where it is told, or does without.
    """
    try:
        return look()
    except ShopUnavailable:
        return otherwise


def copies_for(shop: Shop, effects: Sequence[Effect]) -> list[Effect]:
    """What has to be kept of the shop before these effects are carried out, so that they go on without it."""
    copies: list[Effect] = []
    for effect in effects:
        names = {name: getattr(effect, name, None) for name in ("order_id", "product_id", "seller_id")}
        copy = shop.copy_of(**names) if any(names.values()) else None
        if copy is not None and copy not in copies:
            copies.append(copy)
    return copies
