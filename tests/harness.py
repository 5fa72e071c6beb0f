"""What tests that need a whole house are built from: a responder of their own, or the real one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bot.app import House
from bot.base.clock import Clock
from bot.base.settings import Settings
from bot.conversations.dialogue import HandOff, ServedWish, TurnInput, TurnOutput
from bot.conversations.model import Reply
from bot.serve import prepare_database
from bot.storage.bus import Bus
from bot.storage.database import Database

SECRET = "a secret for tests, long enough to be accepted"


class EchoResponder:
    """Answers every turn with the texts it was given: enough for all that is not about what is said."""

    model_name = "echo"

    def __init__(self, *, before: Callable[[TurnInput], None] = lambda turn: None) -> None:
        self.turns: list[TurnInput] = []
        self._before = before

    def respond(self, turn: TurnInput) -> TurnOutput:
        """One reply a turn, naming all its messages."""
        self._before(turn)
        self.turns.append(turn)
        texts = " | ".join(message.text for message in turn.messages)
        return TurnOutput(
            replies=(Reply(f"echo: {texts}", turn.conversation.locale),),
            wishes=(ServedWish("greet", "answered"),),
            locale=turn.conversation.locale,
            state={"turns": len(self.turns)},
        )

    def apologise(self, turn: TurnInput, error_id: str) -> TurnOutput:
        """An apology with the error's id."""
        reply = Reply(f"sorry {error_id}", turn.conversation.locale)
        wish = ServedWish("out_of_scope", "handed_off")
        return TurnOutput((reply,), (wish,), turn.conversation.locale, None, (HandOff("bot_failed"),))

    def parse(self, text: str, today: date) -> dict[str, Any]:
        """Understands nothing."""
        return {
            "language": None,
            "intent": {"name": "greet", "confidence": 1.0},
            "intent_ranking": [],
            "wishes": [],
            "entities": [],
        }

    def follow_model(self) -> None:
        """There is only this one."""


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings of a house that keeps everything in `folder`."""
    values = {"data_dir": str(folder), "secret": SECRET, "models_dir": str(folder / "models"), **changes}
    return Settings(**values)


def house_in(
    folder: Path,
    *,
    responder: Any | None = None,
    database: Database | None = None,
    clock: Clock | None = None,
    bus: Bus | None = None,
    **changes: Any,
) -> House:
    """A whole house on a migrated database, by default with an `EchoResponder`."""
    settings = settings_in(folder, **changes)
    database = database or Database(settings.database)
    prepare_database(settings, database)
    answering = responder or EchoResponder()
    return House(settings, responder=lambda _house: answering, database=database, clock=clock, bus=bus)


def eventually(check: Callable[[], Any], *, seconds: float = 10.0) -> Any:
    """The first true value of `check`; fails when there is none in time."""
    waiting = threading.Event()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        waiting.wait(0.02)
    raise AssertionError(f"nothing came of {check} within {seconds} s")
