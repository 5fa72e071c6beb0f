"""What a conversation is made of. Everything here is immutable; changes go through `log` and `control`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.base.clock import isoformat

ERASED = "erased"
"""Namespace of a conversation of which only the frame of a case or return is left."""

Controller = Literal["bot", "queue", "agent", "closed"]
Actor = Literal["customer", "bot", "agent", "seller", "system"]
Audience = Literal["all", "staff"]
EntryType = Literal["message", "case", "handoff", "assigned", "language", "outcome", "closed"]
Outcome = Literal["answered", "asked", "case_opened", "redirected", "handed_off", "not_understood"]


@dataclass(frozen=True)
class Conversation:
    """The counters and the control of one conversation, as read at one moment.

    `customer_seq` is the newest message of the customer, `bot_seq` the newest one a turn has taken:
    the bot owes an answer while `bot_seq < customer_seq` and it is in control. `control_epoch` rises with every
    change of control; a turn computed under an older epoch is void.
    """

    id: str
    namespace: str
    locale: str
    customer_id: str | None
    customer_name: str | None
    context: dict[str, Any]
    controller: Controller
    agent_id: int | None
    control_epoch: int
    last_seq: int
    customer_seq: int
    bot_seq: int
    reason: str | None
    order_id: str | None
    line_id: str | None
    product_id: str | None
    handoff_reason: str | None
    queued_at: datetime | None
    created_at: datetime
    updated_at: datetime
    claimed_at: datetime | None = None
    blocked_until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One numbered entry of the log."""

    seq: int
    type: EntryType
    actor: Actor
    audience: Audience
    body: dict[str, Any]
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The wire form of contract.md."""
        return {
            "seq": self.seq,
            "type": self.type,
            "actor": self.actor,
            "created_at": isoformat(self.created_at),
            "body": self.body,
        }


@dataclass(frozen=True)
class NewEntry:
    """An entry before it has a number."""

    type: EntryType
    actor: Actor
    body: dict[str, Any]
    audience: Audience = "all"
    client_id: str | None = None


@dataclass(frozen=True)
class Button:
    """A choice offered to the customer. `command` is what it means to the bot; the customer gets an opaque id."""

    title: str
    command: str


@dataclass(frozen=True)
class Card:
    """A thing shown as a card: an order, a product, a return, a case. `facts` are (label, value) pairs."""

    kind: Literal["order", "product", "return", "case"]
    title: str
    subtitle: str | None = None
    image: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    url: str | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Reply:
    """One message of the bot. `quote` is a passage shown as a quotation: {text, source, url?}."""

    text: str
    lang: str
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    quote: dict[str, str] | None = field(default=None, hash=False)
