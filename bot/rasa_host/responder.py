"""The function in the middle: a turn's input in, replies and effects out."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.executor import ActionExecutor

from bot.base.clock import local_day
from bot.conversations.dialogue import CustomerMessage, Focus, TurnInput, TurnOutput
from bot.nlu.language import LanguageEvidence, language_of_conversation
from bot.rasa_host import state
from bot.rasa_host.processor import Processor

logger = logging.getLogger(__name__)

_threads = threading.local()


class RasaResponder:
    """Answers turns with the model in use, and takes up another one without a restart.

    `model_in_use` gives the path of the model the pointer names; `actions` is the package of custom actions,
    named and not imported; `begin_turn` opens the actions' view of a turn: a context manager that yields the
    collector of wishes, effects, cards (see `actions.turn`).
    """

    def __init__(
        self, *, model_in_use: Callable[[], Path], actions: str, begin_turn: Callable[..., Any]
    ) -> None:
        self._model_in_use = model_in_use
        self._begin_turn = begin_turn
        self._executor = ActionExecutor()
        self._executor.register_package(actions)
        self._path = model_in_use()
        self._processor = Processor(self._path, self._executor)

    @property
    def model_name(self) -> str:
        """The file name of the model in use."""
        return self._path.name

    def follow_model(self) -> None:
        """Take up the model the pointer names when it is another one; turns under way end with the old one."""
        path = self._model_in_use()
        if path != self._path:
            processor = Processor(path, self._executor)
            self._processor, self._path = processor, path
            logger.info("model in use: %s", path.name)

    def parse(self, text: str, today: date) -> dict[str, Any]:
        """What the model in use understands: {language, intent, intent_ranking, wishes, entities}."""
        return as_parsed(self._processor, text, today)

    def respond(self, turn: TurnInput) -> TurnOutput:
        """Compute a turn: no lock, no transaction, no side effects."""
        return _loop().run_until_complete(self._respond(self._processor, turn))

    def apologise(self, turn: TurnInput, error_id: str) -> TurnOutput:
        """The answer to a turn that failed: an apology, the error's id, and a person who takes over."""
        locale = turn.conversation.locale
        with self._begin_turn(turn, locale=locale, model=self.model_name) as answer:
            answer.apologise(error_id)
        return TurnOutput(
            tuple(answer.replies), tuple(answer.wishes), locale, turn.state, tuple(answer.effects)
        )

    async def _respond(self, processor: Processor, turn: TurnInput) -> TurnOutput:
        tracker = state.tracker_from(turn.state, turn.conversation.id, processor.domain)
        tracker.update(SlotSet("language", turn.conversation.locale), processor.domain)
        locale = turn.conversation.locale
        with self._begin_turn(turn, locale=locale, model=self.model_name) as answer:
            for name, value in answer.overheard_slots().items():
                tracker.update(SlotSet(name, value), processor.domain)
            spoken = [message for message in turn.messages if message.text or message.command]
            if not spoken:
                answer.thank_for_files()
            for message in utterances(spoken):
                user_message = self._read(processor, message, tracker, answer.locale)
                if message.command is None:
                    first = turn.conversation.bot_seq == 0
                    answer.locale = _language(user_message.parse_data, answer.locale, first=first)
                    tracker.update(SlotSet("language", answer.locale), processor.domain)
                before = len(tracker.events)
                await processor.answer(user_message, tracker)
                answer.take_uttered([e for e in list(tracker.events)[before:] if isinstance(e, BotUttered)])
                answer.locale = tracker.get_slot("language") or answer.locale
        return TurnOutput(
            replies=tuple(answer.replies),
            wishes=tuple(answer.wishes),
            locale=answer.locale,
            state=state.state_of(tracker),
            effects=tuple(answer.effects),
            focus=Focus(*(tracker.get_slot(name) for name in ("order_id", "line_id", "product_id"))),
        )

    def _read(
        self, processor: Processor, message: CustomerMessage, tracker: DialogueStateTracker, locale: str
    ) -> UserMessage:
        parsed = (
            _command(message.command)
            if message.command
            else processor.parse(_typed(message.text), local_day(message.created_at, locale))
        )
        parsed["text"] = message.text
        return UserMessage(
            message.text, sender_id=tracker.sender_id, input_channel="puente", parse_data=parsed,
            metadata={"pressed": message.command is not None, "seq": message.seq},
        )  # fmt: skip


def utterances(messages: Sequence[CustomerMessage]) -> list[CustomerMessage]:
    """Messages as they are meant: several typed in a row are one thought, each pressed button is one."""
    joined: list[CustomerMessage] = []
    for message in messages:
        last = joined[-1] if joined else None
        if last is not None and last.command is None and message.command is None:
            joined[-1] = CustomerMessage(
                message.seq, f"{last.text}\n{message.text}", None, message.created_at
            )
        else:
            joined.append(message)
    return joined


def as_parsed(processor: Processor, text: str, today: date) -> dict[str, Any]:
    """What a model understands of a text written `today`, in the wire form of contract.md."""
    parsed = processor.parse(_typed(text), today)
    return {
        "language": (parsed.get("language") or {}).get("name"),
        "intent": _ranked(parsed.get("intent") or {}),
        "intent_ranking": [_ranked(item) for item in parsed.get("intent_ranking", [])],
        "wishes": parsed.get("wishes", []),
        "entities": [
            {k: v for k, v in entity.items() if k in {"entity", "start", "end", "value", "days"}}
            for entity in parsed.get("entities", [])
        ],
    }


def _typed(text: str) -> str:
    """Typed text is text: a leading slash is never a command (only buttons we issued are)."""
    return text.lstrip("/ \t\n") or "?"


def _command(command: str) -> dict[str, Any]:
    """The parse of a button's command, `/intent{"entity": "value"}`."""
    intent, brace, rest = command.removeprefix("/").partition("{")
    entities = json.loads(brace + rest) if brace else {}
    sure = {"name": intent, "confidence": 1.0}
    return {
        "intent": sure,
        "intent_ranking": [sure],
        "wishes": [sure],
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }


def _language(parsed: dict[str, Any] | None, current: str, *, first: bool) -> str:
    found = (parsed or {}).get("language") or {}
    evidence = LanguageEvidence(found.get("name"), found.get("confidence", 0.0), found.get("words", 0))
    return language_of_conversation(current, evidence, first=first)


def _ranked(item: dict[str, Any]) -> dict[str, Any]:
    return {"name": item.get("name"), "confidence": float(item.get("confidence", 0.0))}


def _loop() -> asyncio.AbstractEventLoop:
    """This thread's event loop: turns run in threads, Rasa's methods are coroutines."""
    if not hasattr(_threads, "loop"):
        _threads.loop = asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = _threads.loop
    return loop


__all__ = ["RasaResponder", "utterances"]
