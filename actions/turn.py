"""The turn as actions see it: what they may look things up in, and where they put what they want done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.base.effect import Effect
from bot.conversations.dialogue import HandOff, ServedWish, TurnInput
from bot.conversations.model import Button, Card, Conversation, Reply
from bot.nlu.entities import find_patterns
from bot.shop.model import Order
from bot.shop.source import Shop, ShopUnavailable
from bot.storage.database import Database


@dataclass(frozen=True)
class Services:
    """What actions look things up in. Reading only."""

    shop: Shop
    database: Database


class Uttered(Protocol):
    """What Rasa keeps of an utterance."""

    text: str | None
    data: dict[str, Any]


@dataclass
class TurnAnswer:
    """One turn under way: what is known, and the replies, wishes and effects collected so far."""

    services: Services
    turn: TurnInput
    locale: str
    model: str
    replies: list[Reply] = field(default_factory=list)
    wishes: list[ServedWish] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def conversation(self) -> Conversation:
        """The conversation as the turn read it."""
        return self.turn.conversation

    @property
    def now(self) -> datetime:
        """The turn's instant."""
        return self.turn.now

    @property
    def hands_off(self) -> bool:
        """Whether this turn already passes the conversation to a person."""
        return any(isinstance(effect, HandOff) for effect in self.effects)

    def may_see(self, order: Order) -> bool:
        """Whether the customer of this turn may hear of an order: it is theirs, or they have proven it."""
        customer_id = self.conversation.customer_id
        return (
            customer_id is not None and order.customer_id == customer_id
        ) or order.id in self.turn.proven_orders

    def titles(self, text: str) -> dict[str, str]:
        """The titles, in the turn's language, of the products that `text` may mean, by product id."""
        return self.services.shop.catalogue().titles(text, self.locale)

    def overheard_slots(self) -> dict[str, Any]:
        """What the customer and a person said while the bot was silent, as far as the dialogue can use it.

        The order named last becomes the one talked about, if this customer may see it. A question the bot had
        put before is not waited for any more.
        """
        if not self.turn.overheard:
            return {}
        numbers = [
            m.value for text in self.turn.overheard for m in find_patterns(text) if m.entity == "order_id"
        ]
        for number in reversed(numbers):
            try:
                order = self.services.shop.order(number)
            except ShopUnavailable:
                break
            if order is not None and self.may_see(order):
                return {"order_id": order.id, "line_id": None, "pending": None, "offered": None}
        return {"pending": None, "offered": None}

    def take_uttered(self, events: Sequence[Uttered]) -> None:
        """Turn what was uttered into replies, in the turn's language."""
        for event in events:
            custom = event.data.get("custom") or {}
            self.replies.append(
                Reply(
                    text=event.text or "",
                    lang=self.locale,
                    buttons=_buttons(event.data.get("buttons")),
                    cards=tuple(_card(card) for card in custom.get("cards", ())),
                    quote=custom.get("quote"),
                )
            )

    def thank_for_files(self) -> None:
        """What is said when the customer sent files and no words: they are here, and what they show can be told."""
        from actions.speech import label

        self.replies.append(Reply(label(self.locale, "files received"), self.locale))
        self.wishes.append(ServedWish("inform", "answered"))

    def apologise(self, error_id: str) -> None:
        """What is said when the turn failed: nothing is lost, a person takes over."""
        from actions.speech import label

        self.replies = [Reply(label(self.locale, "turn failed", id=error_id), self.locale)]
        self.wishes = [ServedWish("out_of_scope", "handed_off")]
        self.effects = [HandOff("bot_failed")]


_current: ContextVar[TurnAnswer | None] = ContextVar("turn", default=None)


def turns_with(services: Services) -> Callable[..., contextlib.AbstractContextManager[TurnAnswer]]:
    """How the house opens the actions' view of a turn: `with begin(turn, locale=…, model=…) as answer`."""

    @contextlib.contextmanager
    def begin(turn: TurnInput, *, locale: str, model: str) -> Iterator[TurnAnswer]:
        answer = TurnAnswer(services, turn, locale, model)
        token = _current.set(answer)
        try:
            with services.shop.limited():
                yield answer
        finally:
            _current.reset(token)

    return begin


def current_turn() -> TurnAnswer | None:
    """The turn under way; None outside of one (`rasa shell` with an action server)."""
    return _current.get()


def _buttons(given: Sequence[dict[str, str]] | None) -> tuple[Button, ...]:
    return tuple(Button(button["title"], button["payload"]) for button in given or ())


def _card(given: dict[str, Any]) -> Card:
    return Card(
        kind=given["kind"],
        title=given["title"],
        subtitle=given.get("subtitle"),
        image=given.get("image"),
        facts=tuple((fact["label"], fact["value"]) for fact in given.get("facts", ())),
        url=given.get("url"),
        buttons=_buttons(given.get("buttons")),
    )
