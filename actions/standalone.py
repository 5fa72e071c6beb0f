"""Actions outside of a turn: `rasa shell` with an action server. Their effects commit alone, at once."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

from rasa_sdk import Tracker

from actions.turn import Services, TurnAnswer
from bot.base.clock import Clock
from bot.base.settings import Settings
from bot.conversations import log
from bot.conversations.dialogue import CustomerMessage, TurnInput
from bot.conversations.tables import conversations
from bot.effects import APPLIERS
from bot.returns.store import returned_lines
from bot.shop.choose import shop_of
from bot.storage import migrate
from bot.storage.database import Database


@contextlib.contextmanager
def turn_outside_puente(tracker: Tracker) -> Iterator[TurnAnswer]:
    """A turn for a conversation of Rasa's own channels; its effects are committed when the action ends."""
    services, clock = _services()
    conversation_id = f"shell-{tracker.sender_id}"[:32]
    found = (tracker.latest_message.get("language") or {}).get("name")
    locale = found or tracker.get_slot("language") or "es"
    with services.database.write() as tx:
        if not tx.execute(conversations.select().where(conversations.c.id == conversation_id)).first():
            log.start_conversation(
                tx, locale=locale, now=clock.now(), namespace="shell", conversation_id=conversation_id
            )
        conversation = log.get_conversation(tx, conversation_id)
    message = CustomerMessage(0, tracker.latest_message.get("text") or "", None, clock.now())
    answer = TurnAnswer(
        services,
        TurnInput(conversation, (message,), (), frozenset(), None, clock.now()),
        locale,
        "shell",
    )
    yield answer
    with services.database.write() as tx:
        for effect in answer.effects:
            APPLIERS[type(effect)](tx, conversation_id, effect, clock.now())


@functools.lru_cache(maxsize=1)
def _services() -> tuple[Services, Clock]:
    settings = Settings.from_environment()
    database = Database(settings.database)
    migrate.upgrade(database)
    return Services(shop_of(settings, database, started=returned_lines(database)), database), Clock()
