"""What goes into a turn, and what comes out of it: the boundary between the log and whatever answers.

`respond(TurnInput) -> TurnOutput` is a function without side effects: it may look things up, it writes
nothing. What it wants done it returns as effects, which are carried out in the turn's own commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.base.effect import Effect
from bot.conversations.model import Conversation, Outcome, Reply


@dataclass(frozen=True)
class CustomerMessage:
    """A message the bot has not answered yet. `command` is set when the customer pressed a button of ours.

    `files`: how many came with it; the text may be empty then.
    """

    seq: int
    text: str
    command: str | None
    created_at: datetime
    files: int = 0


@dataclass(frozen=True)
class TurnInput:
    """All a turn may know: a snapshot, what is to be answered, and what was said while a person was in control."""

    conversation: Conversation
    messages: tuple[CustomerMessage, ...]
    overheard: tuple[str, ...]
    proven_orders: frozenset[str]
    state: Any
    now: datetime


@dataclass(frozen=True)
class ServedWish:
    """One wish of a turn and what became of it."""

    reason: str
    outcome: Outcome


@dataclass(frozen=True)
class HandOff(Effect):
    """Put the conversation into the agents' queue. Ends the bot's control."""

    reason: str


@dataclass(frozen=True)
class ProveOrder(Effect):
    """The customer has proven that an order is theirs (number and e-mail or postal code)."""

    order_id: str


@dataclass(frozen=True)
class Focus:
    """What the conversation is about now, for the desk."""

    order_id: str | None = None
    line_id: str | None = None
    product_id: str | None = None


@dataclass(frozen=True)
class TurnOutput:
    """The answer to all of `TurnInput.messages`, as data."""

    replies: tuple[Reply, ...]
    wishes: tuple[ServedWish, ...]
    locale: str
    state: Any
    effects: tuple[Effect, ...] = ()
    focus: Focus = field(default_factory=Focus)


__all__ = [
    "CustomerMessage",
    "Effect",
    "Focus",
    "HandOff",
    "ProveOrder",
    "Respond",
    "ServedWish",
    "TurnInput",
    "TurnOutput",
]

Respond = Callable[[TurnInput], TurnOutput]
