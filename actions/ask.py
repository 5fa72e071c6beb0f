"""What a customer asks: one wish with everything an action may know of it, and the ways to answer."""

from __future__ import annotations

import itertools
import json
from datetime import date, datetime
from typing import Any

from actions import speech
from actions.heard import Message, without_data
from actions.plan import Step
from actions.turn import TurnAnswer
from bot.base.effect import Effect
from bot.conversations.model import Button, Outcome
from bot.shop.source import Shop

NOT_THE_MATTER = frozenset(
    {"proof", "order", "line", "product", "quantity", "phone", "country", "window", "email", "confirm"}
)
"""Details whose answers say nothing about what is wrong."""

OTHERWISE = "otherwise"
"""Where a message keeps another wording of its text, for when it has to be said again."""


class Ask:
    """One wish under way. Reads the memory (slots), the message and the shop; collects what to say and to do.

    Nothing is written: `say`, `remember` and `want` collect, the action hands it to Rasa and the turn.
    `heard` is the whole message as it was read; `text` and `pressed` say what of it belongs to this wish.
    `assumed` is set when the order line was taken for granted and the customer has others.
    """

    def __init__(self, step: Step, *, heard: Message, memory: dict[str, Any], answer: TurnAnswer) -> None:
        self.reason = step.reason
        self.text = step.text
        self.pressed = step.pressed
        self.part = step.part
        self.heard = heard
        self.memory = memory
        self.answer = answer
        self.assumed = False
        self.messages: list[dict[str, Any]] = []
        self.remembered: dict[str, Any] = {}
        self._entities = step.entities

    @property
    def locale(self) -> str:
        """The language of the conversation."""
        return self.answer.locale

    @property
    def now(self) -> datetime:
        """The turn's instant."""
        return self.answer.now

    @property
    def shop(self) -> Shop:
        """Where orders and products are looked up."""
        return self.answer.services.shop

    @property
    def entities(self) -> tuple[dict[str, Any], ...]:
        """The entities said about this wish."""
        return tuple(self._entities)

    def entity(self, name: str) -> Any:
        """The value of the first entity of this kind in the message, or None."""
        return next((e["value"] for e in self._entities if e["entity"] == name), None)

    def has_entity(self, name: str) -> bool:
        """Whether the message holds an entity of this kind."""
        return self.entity(name) is not None

    @property
    def days(self) -> list[tuple[date, date]]:
        """The days that the dates in the message mean, as (first, last)."""
        return [
            (date.fromisoformat(entity["days"][0]), date.fromisoformat(entity["days"][1]))
            for entity in self._entities
            if entity["entity"] == "date" and entity.get("days")
        ]

    def slot(self, name: str) -> Any:
        """What is remembered, changes of this very turn included."""
        return self.remembered.get(name, self.memory.get(name))

    def remember(self, **slots: Any) -> None:
        """Remember for later turns; None forgets."""
        self.remembered.update(slots)

    @property
    def details(self) -> dict[str, Any]:
        """What the customer has given for the wish under way."""
        return dict(self.slot("details") or {})

    def note(self, **details: Any) -> None:
        """Keep details of the wish under way."""
        self.remember(details={**self.details, **details})

    @property
    def text_without_data(self) -> str:
        """The text without order numbers, addresses of mail and the like."""
        return without_data(self.text)

    def keep_words(self) -> None:
        """Keep what was written about the matter, for whoever reads the case. Proofs and choices are not about it."""
        has_words = self.text and not self.pressed and not speech.says_nothing(self.locale, self.text)
        if has_words and self.pending_detail not in NOT_THE_MATTER:
            self.note(words=[*self.details.get("words", []), self.text])

    def want(self, effect: Effect) -> None:
        """Have something done in the turn's commit."""
        self.answer.effects.append(effect)

    def say(
        self,
        name: str,
        *,
        buttons: list[Button] | None = None,
        cards: list[dict[str, Any]] | None = None,
        quote: dict[str, str] | None = None,
        **values: Any,
    ) -> None:
        """Reply with the response `name`, in a wording that was not said lately."""
        wordings = speech.render(name, self.locale, values)
        last = [message["text"] for message in self.slot("last_reply") or ()]
        just_said = {*last, *itertools.chain(*map(speech.sentences, last))}
        lately = just_said.union(*(self.slot("said") or ()))
        new = (one for said in (lately, just_said) for one in wordings if not speech.is_said(one, said))
        text = next(new, wordings[0])
        message: dict[str, Any] = {
            "text": text,
            "buttons": [_wire(b) for b in buttons or []],
            "json_message": {},
        }
        other = next((one for one in wordings if one != text), None)
        if other is not None:
            message[OTHERWISE] = other
        if cards:
            message["json_message"]["cards"] = cards
        if quote:
            message["json_message"]["quote"] = quote
        self.messages.append(message)

    def repeat(self, message: dict[str, Any]) -> dict[str, Any]:
        """Say an earlier reply again, in other words when there are any; returns what was said."""
        said = dict(message)
        if OTHERWISE in message:
            said |= {"text": message[OTHERWISE], OTHERWISE: message["text"]}
        self.messages.append(said)
        return said

    def wait_for(self, detail: str, **more: Any) -> Outcome:
        """The bot has asked for `detail` of this wish: the next message is looked at in that light.

        Asked in vain, the same question comes with a way to a person.
        """
        before = self.memory.get("pending") or {}
        again = self.pending_detail == detail and not self.taken_up
        times = int(before.get("times") or 1) + 1 if again else 1
        if again and self.messages:
            person = _wire(self.button("talk to a person", "talk_to_human"))
            last = self.messages[-1]
            if person not in last["buttons"]:
                last["buttons"].append(person)
        about = {name: self.slot(name) for name in ("order_id", "line_id", "product_id")}
        self.remember(
            pending={"reason": self.reason, "detail": detail, "times": times, "about": about, **more}
        )
        return "asked"

    @property
    def taken_up(self) -> bool:
        """Whether a question of ours is only put again: nothing that was said or pressed is an answer to it."""
        return self.pressed and not self.text and not self._entities

    @property
    def pending_detail(self) -> str | None:
        """What was asked for this wish in the turn before, if anything."""
        pending = self.memory.get("pending") or {}
        return pending.get("detail") if pending.get("reason") == self.reason else None

    def label(self, msgid: str, **values: Any) -> str:
        """A word in the customer's language."""
        return speech.label(self.locale, msgid, **values)

    def button(self, msgid: str, intent: str, **entities: Any) -> Button:
        """A button that means an intent, with what it carries."""
        return Button(self.label(msgid), command(intent, **entities))

    def day(self, instant: datetime) -> str:
        """A day in the customer's words."""
        return speech.day(self.locale, instant, self.now)

    def date(self, instant: datetime) -> str:
        """A day without its preposition, for after "until" or "for"."""
        return speech.date(self.locale, instant, self.now)

    def moment(self, instant: datetime) -> str:
        """A day and time in the customer's words."""
        return speech.moment(self.locale, instant, self.now)

    def money(self, cents: int) -> str:
        """An amount in the customer's notation."""
        return speech.money(self.locale, cents)


def command(intent: str, **entities: Any) -> str:
    """A button's command: Rasa's notation for an intent with entities."""
    return f"/{intent}{json.dumps(entities)}" if entities else f"/{intent}"


def _wire(button: Button) -> dict[str, str]:
    return {"title": button.title, "payload": button.command}
