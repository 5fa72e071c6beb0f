"""A case opened by an agent, a decision by a person, and a translation beside the original."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.errors import Conflict, Unavailable, Unknown
from bot.cases import expire, store
from bot.cases.decide import decidable, decide_case
from bot.conversations import log
from bot.demo.load import load_shop
from bot.desk import work
from bot.desk.ask_seller import ask_seller, way_of
from bot.desk.tables import translations
from bot.desk.translate import LibreTranslate, translated
from bot.service import Route
from bot.shop.sql import SqlShop
from bot.storage.database import Database
from bot.storage.tables import outbox

Agents = tuple[Account, Account]


@pytest.fixture
def shop(database: Database, clock: FrozenClock) -> SqlShop:
    """The demo shop."""
    with database.write() as tx:
        load_shop(tx, now=clock.now())
    return SqlShop(database)


def a_line(shop: SqlShop, clock: FrozenClock, route: Route, state: str = "delivered") -> tuple[str, str, str]:
    """(customer, order, line) of a delivered item whose questions go that way."""
    for number in range(1, 41):
        for order in shop.orders_of(f"c{number:03}"):
            for line in order.lines:
                found = way_of(shop, order.id, line.id, "item_damaged", now=clock.now())
                if found.route is route and line.state == state:
                    return f"c{number:03}", order.id, line.id
    raise LookupError(route)


def held(database: Database, clock: FrozenClock, agent: Account, customer_id: str) -> str:
    """A chat of this customer in the agent's hands."""
    with database.write() as tx:
        chat = log.start_conversation(tx, locale="es", now=clock.now(), customer_id=customer_id)
        log.accept_message(tx, chat.id, client_id="1", text="Llegó rota", payload=None, now=clock.now())
        work.claim(tx, chat.id, agent=agent, now=clock.now())
    return chat.id


def test_an_agent_asks_the_seller_by_the_same_rules(
    database: Database, clock: FrozenClock, agents: Agents, shop: SqlShop
) -> None:
    ana, jan = agents
    customer, order, line = a_line(shop, clock, Route.CASE)
    chat = held(database, clock, ana, customer)
    way = way_of(shop, order, line, "item_damaged", now=clock.now())
    with pytest.raises(Unknown):
        way_of(shop, order, "another", "item_damaged", now=clock.now())
    clock.advance(timedelta(minutes=10))

    def ask(agent: Account = ana, to: object = way) -> object:
        with database.write() as tx:
            return ask_seller(
                tx, chat, to, agent=agent, reason="item_damaged", text="¿Otra?", now=clock.now()
            )  # type: ignore[arg-type]

    with pytest.raises(Conflict, match="not_yours"):
        ask(jan)
    asked = ask()
    with pytest.raises(Conflict, match="case_open_already"):
        ask()
    with database.read() as tx:
        (case,) = store.cases_of_conversation(tx, chat)
        kinds = [entry.type for entry in log.entries_after(tx, chat, 0, audience="all")]
    assert (case.reference, case.customer_words, case.details["description"]) == (
        asked.reference, "Llegó rota", "¿Otra?",  # type: ignore[attr-defined]
    )  # fmt: skip
    assert case.promised_by == clock.now() + timedelta(hours=48) - timedelta(minutes=10)
    assert kinds[-1] == "case"

    _, order, line = a_line(shop, clock, Route.OURSELVES)
    with pytest.raises(Conflict, match="case_is_ours"):
        ask(to=way_of(shop, order, line, "item_damaged", now=clock.now()))
    _, order, line = a_line(shop, clock, Route.SELLER_MESSAGES)
    assert ask(to=way_of(shop, order, line, "item_damaged", now=clock.now())).route == "seller_messages"  # type: ignore[attr-defined]


def test_a_person_decides_what_the_policy_left_to_a_person_and_both_sides_hear_it_once(
    database: Database, clock: FrozenClock, agents: Agents, shop: SqlShop
) -> None:
    ana, _ = agents
    customer, order, line = a_line(shop, clock, Route.CASE)
    chat = held(database, clock, ana, customer)
    way = way_of(shop, order, line, "item_damaged", now=clock.now())
    with database.write() as tx:
        asked = ask_seller(tx, chat, way, agent=ana, reason="item_damaged", text="¿?", now=clock.now())
    reference = str(asked.reference)
    with database.read() as tx, pytest.raises(Conflict, match="case_not_to_decide"):
        decidable(tx, reference, now=clock.now())  # the seller still has time
    clock.advance(timedelta(hours=25))
    with database.write() as tx:
        expire.expire_case(tx, reference, clock.now())
        before = log.get_conversation(tx, chat).last_seq
    clock.advance(timedelta(minutes=5))

    with database.write() as tx:
        _, offered = decidable(tx, reference, now=clock.now())
        decide_case(
            tx,
            reference,
            account_id=ana.id,
            resolution="replacement",
            amount_cents=None,
            date=None,
            now=clock.now(),
        )

    assert "replacement" in {one.name for one in offered}
    with database.read() as tx:
        case = store.get_case(tx, reference)
        told = log.entries_after(tx, chat, before, audience="all")
        mails = [row.payload for row in tx.execute(select(outbox).order_by(outbox.c.id))]
    assert (case.resolution, case.decided_by, case.told_at) == ("replacement", "agent", clock.now())
    assert [(entry.type, entry.actor) for entry in told] == [("case", "agent"), ("message", "agent")]
    assert mails[-1]["template"] == "case_decided"


class Translator:
    """A LibreTranslate server of the test's own."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.answer = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(json.loads(request.content))
        texts = [f"[{self.asked[-1]['target']}] {text}" for text in self.asked[-1]["q"]]
        return httpx.Response(self.answer, json={"translatedText": texts})


def test_translations_stand_beside_the_original_and_are_asked_for_once(
    database: Database, clock: FrozenClock, waiting: str
) -> None:
    server = Translator()
    translate = LibreTranslate("http://127.0.0.1:9/", "key", transport=httpx.MockTransport(server))
    with database.write() as tx:
        log.accept_message(tx, waiting, client_id="2", text="¿Hay alguien?", payload=None, now=clock.now())
    for _ in range(2):
        found = translated(database, translate, waiting, [1, 3, 99], target="de", now=clock.now())

    assert found == {1: "[de] Hola, mi lámpara", 3: "[de] ¿Hay alguien?"}
    assert server.asked == [
        {
            "q": ["Hola, mi lámpara", "¿Hay alguien?"],
            "source": "es",
            "target": "de",
            "format": "text",
            "api_key": "key",
        }
    ]
    assert translated(database, translate, waiting, [1], target="es", now=clock.now()) == {}
    with database.read() as tx:
        assert log.entries_after(tx, waiting, 0, audience="all")[0].body["text"] == "Hola, mi lámpara"
        assert len(tx.execute(select(translations)).all()) == 2
    server.answer = 500
    with pytest.raises(Unavailable, match="translator_down"):
        translate(["Hola"], "es", "de")
