"""What the desk shows, as data without a language: the web puts the words to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.model import Conversation, Entry
from bot.desk.people import Person
from bot.shop.model import Customer, Order, OrderLine, Page, Product


@dataclass(frozen=True)
class CaseSummary:
    """A case to a seller as the desk needs it. `told_at` None: the customer does not know the end yet."""

    reference: str
    conversation_id: str
    seller_id: str
    reason: str
    state: str
    opened_at: datetime
    answer_by: datetime
    promised_by: datetime
    answered_at: datetime | None
    resolution: str | None
    answer_text: str | None
    decided_at: datetime | None
    told_at: datetime | None

    @property
    def waits_to_be_told(self) -> bool:
        """Whether there is an answer or a decision that an agent has to convey (as `untold_cases`)."""
        return self.state in ("answered", "decided") and self.told_at is None


@dataclass(frozen=True)
class Row:
    """A conversation in one of the queue's lists. `answer_by`: its customer waits for a mail, until then."""

    conversation: Conversation
    agent_name: str | None
    last_text: str | None
    last_text_at: datetime | None
    customer_waits: bool
    case: CaseSummary | None
    labels: tuple[str, ...] = ()
    answer_by: datetime | None = None


@dataclass(frozen=True)
class CallBack:
    """A customer who wants to be called, from `window_start` until `window_end`, by the clock of `zone`.

    `tries` counts calls that reached nobody; `taken_by` is who has it in hand. `wrote` is what the customer has written
    in the chat, where nobody answers them, since they wait for the call.
    """

    id: int
    conversation_id: str
    customer_name: str | None
    locale: str
    reason: str | None
    phone: str
    zone: str
    requested_at: datetime
    window_start: datetime
    window_end: datetime
    tries: int
    taken_by: int | None
    taken_name: str | None
    wrote: str | None = None
    wrote_at: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the time in which the customer was to be called is over."""
        return now >= self.window_end


@dataclass(frozen=True)
class SharedQueue:
    """What everybody at the desk sees alike. `waiting_count` also counts those who are not shown."""

    waiting: list[Row]
    waiting_count: int
    held: list[Row]
    bot: list[Row]
    callbacks: list[CallBack]
    people: list[Person]


@dataclass(frozen=True)
class Queue:
    """What an agent chooses from: who waits (longest first), what is theirs, what others and the bot do."""

    waiting: list[Row]
    mine: list[Row]
    invited: list[Row]
    others: list[Row]
    bot: list[Row]
    callbacks: list[CallBack]
    shared: SharedQueue


@dataclass(frozen=True)
class Note:
    """A private note; customers never see it."""

    id: int
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Step:
    """One wish the bot served, and what became of it."""

    reason: str
    outcome: str
    at: datetime


@dataclass(frozen=True)
class ShopView:
    """What the shop knows of the matter. `pages` by product id, in the customer's language if possible.

    Not `available`: the shop did not answer, and nothing here says that there is no order.
    """

    customer: Customer | None
    order: Order | None
    line: OrderLine | None
    product: Product | None
    pages: dict[str, Page]
    sellers: dict[str, str]
    recent_orders: list[Order]
    available: bool = True


@dataclass(frozen=True)
class Package:
    """Everything about a conversation, so that the customer never says it twice (R17)."""

    conversation: Conversation
    agent_name: str | None
    entries: list[Entry]
    steps: list[Step]
    guided: list[Entry]
    passage: dict[str, Any] | None
    cases: list[CaseSummary]
    notes: list[Note]
    callbacks: list[CallBack]
    mail_address: str | None
    others: list[Row]
    order_proven: bool
    labels: list[str]
    common_labels: list[str]
    guests: list[tuple[int, str]]
    people: list[Person]
    waits_since: datetime | None
    answer_by: datetime | None
