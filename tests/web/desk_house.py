"""A house with a responder of the test's own, served on loopback for real: sockets, cookies, threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert, select

from bot.accounts.tables import accounts
from bot.app import House
from bot.base.clock import Clock
from bot.base.settings import Settings
from bot.conversations import log
from bot.conversations.dialogue import HandOff, ServedWish, TurnInput, TurnOutput
from bot.conversations.model import Conversation, Reply
from bot.storage.database import Database
from bot.web import auth, bridge, chat, desk, desk_cases, desk_reports, desk_streams, desk_team, pages, staff
from bot.web.auth import COOKIE
from bot.web.server import build_server
from tests import serving


class ScriptedResponder:
    """Answers every turn alike; `before` is called while the turn is being computed."""

    model_name = "scripted"

    def __init__(self, _house: House | None = None) -> None:
        self.before: Callable[[TurnInput], None] = lambda turn: None
        self.turns: list[TurnInput] = []

    def respond(self, turn: TurnInput) -> TurnOutput:
        """One reply; a hand-off when the customer asks for a person."""
        self.turns.append(turn)
        self.before(turn)
        wants_person = any("persona" in message.text for message in turn.messages)
        wish = (
            ServedWish("talk_to_human", "handed_off")
            if wants_person
            else ServedWish("order_status", "answered")
        )
        effects = (HandOff("talk_to_human"),) if wants_person else ()
        return TurnOutput((Reply("Aquí el bot.", "es"),), (wish,), "es", {}, effects)

    def apologise(self, turn: TurnInput, error_id: str) -> TurnOutput:
        """Never reached in these tests."""
        raise AssertionError(error_id)

    def parse(self, text: str, today: date) -> dict[str, Any]:
        """Nothing is understood."""
        return {"text": text}

    def follow_model(self) -> None:
        """There is one model."""


def house_of(database: Database, clock: Clock, folder: Path) -> House:
    """A composed application with accounts of every role."""
    settings = Settings(data_dir=str(folder), secret="s" * 40, shop_key="k" * 40, desk_capacity=1000)
    house = House(settings, responder=ScriptedResponder, database=database, clock=clock)
    people = [
        ("ana", "agent", "es"),
        ("jan", "agent", "de"),
        ("amy", "supervisor", "en"),
        ("sofia", "supervisor", "es"),
        ("tessa", "trainer", "de"),
        ("sam", "seller", "de"),
    ]
    with database.write() as tx:
        for name, role, locale in people:
            row = {
                "email": f"{name}@example.com",
                "name": f"{name.title()} Test",
                "role": role,
                "locale": locale,
            }
            row |= {"password_hash": "-", "session_epoch": 0, "active": True, "created_at": clock.now()}
            tx.execute(insert(accounts).values(**row, seller_id="s-lumen" if role == "seller" else None))
    return house


@contextmanager
def served(house: House, *more: Any) -> Iterator[str]:
    """Serve on a free port of this machine, with `more` blueprints; yields the address."""
    blueprints = [
        auth.bp,
        bridge.bp,
        pages.bp,
        chat.bp,
        desk.bp,
        desk_cases.bp,
        desk_reports.bp,
        desk_streams.bp,
        desk_team.bp,
        staff.bp,
        *more,
    ]
    with serving.served(build_server(house, blueprints)) as address:
        yield address


class Person:
    """A signed-in account that calls the HTTP interface with its cookie and its page's CSRF token."""

    def __init__(self, house: House, address: str, name: str) -> None:
        with house.database.read() as tx:
            account_id = tx.execute(
                select(accounts.c.id).where(accounts.c.email == f"{name}@example.com")
            ).scalar_one()
        self.address = address
        self.token = house.tokens.for_session(account_id, 0)
        self.session = requests.Session()
        self.session.cookies.set(COOKIE, self.token)
        self.session.headers["X-CSRF-Token"] = house.tokens.csrf(self.token)

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET."""
        return self.session.get(self.address + path, timeout=20, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """POST JSON."""
        return self.session.post(
            self.address + path, json={} if body is None else body, timeout=20, **options
        )


def waiting_conversation(
    house: House, *, text: str = "Quiero una persona", name: str | None = "Marta Ruiz"
) -> str:
    """A conversation that the bot has put into the queue."""
    with house.database.write() as tx:
        conversation: Conversation = log.start_conversation(
            tx, locale="es", now=house.clock.now(), customer_id=None, customer_name=name
        )
    say(house, conversation.id, text)
    house.turns.run(conversation.id)
    return conversation.id


def say(house: House, conversation_id: str, text: str) -> int:
    """A customer's message, accepted; no turn runs."""
    with house.database.write() as tx:
        seq, _ = log.accept_message(
            tx, conversation_id, client_id=f"{conversation_id}-{text}", text=text, payload=None,
            now=house.clock.now(),
        )  # fmt: skip
    return seq
