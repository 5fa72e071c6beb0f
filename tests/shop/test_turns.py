"""The real turn on a shop over HTTP: the same answers, and honest ones while it is silent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from bot.accounts.tokens import demo_customer_token
from bot.app import House
from bot.base.clock import FrozenClock
from bot.cases.tables import cases
from bot.conversations import log
from bot.conversations.model import Entry
from bot.desk.package import package_of, shop_view
from bot.desk.tables import callbacks
from bot.returns.tables import returns
from bot.serve import application
from bot.shop import rows, tables
from bot.shop.calls import BREAKER_SECONDS, Calls
from bot.shop.http import HttpShop
from bot.shop.sql import SqlShop
from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.harness import settings_in
from tests.real_house import SharedResponder
from tests.serving import served
from tests.shop.server import ShopServer, Stopwatch

ASKED = {"es": "¿Dónde está mi pedido {order_id}?", "de": "Wo bleibt meine Bestellung {order_id}?"}
CANNOT_SEE = {"es": "no puedo ver los datos de la tienda", "de": "nicht auf die Daten des Shops zugreifen"}
TRY_AGAIN = {"es": "Inténtalo otra vez", "de": "Noch einmal versuchen"}
CUSTOMERS = {"es": "c001", "de": "c021"}
SHOP_KEY = "a key of the shop for its customers, of tests"


def recover(house: House, server: ShopServer, watch: Stopwatch) -> None:
    """The server answers again, and calls are let through again: none of those that fail is under way any more."""
    house.shop._catalogue.wait()  # type: ignore[attr-defined]
    server.mood = ""
    watch.seconds += BREAKER_SECONDS + 1


class Chat:
    """A signed-in customer's conversation through the real turn."""

    def __init__(self, house: House, locale: str, customer_id: str | None = None) -> None:
        self.house = house
        self.seen = 0
        with house.database.write() as tx:
            self.id = log.start_conversation(
                tx,
                locale=locale,
                now=house.clock.now(),
                customer_id=customer_id or CUSTOMERS[locale],
                customer_name="Ana",
            ).id

    def say(self, text: str) -> list[Entry]:
        """Write something; returns all that came of it."""
        return self._send(text=text)

    def press(self, title: str, entries: list[Entry]) -> list[Entry]:
        """Press the button with this title."""
        buttons = [button for entry in entries for button in entry.body.get("buttons", [])]
        return self._send(payload=next(b["payload"] for b in buttons if b["title"] == title))

    def _send(self, *, text: str | None = None, payload: str | None = None) -> list[Entry]:
        with self.house.database.write() as tx:
            seq, _ = log.accept_message(
                tx,
                self.id,
                client_id=uuid.uuid4().hex,
                text=text,
                payload=payload,
                now=self.house.clock.now(),
            )
        self.house.turns.run(self.id)
        with self.house.database.read() as tx:
            return log.entries_after(tx, self.id, seq, audience="staff")

    @property
    def conversation(self) -> Any:
        """How it stands."""
        with self.house.database.read() as tx:
            return log.get_conversation(tx, self.id)


def said(entries: list[Entry]) -> str:
    """The bot's words."""
    return "\n".join(e.body["text"] for e in entries if e.type == "message" and e.actor == "bot")


def outcomes(entries: list[Entry]) -> list[tuple[str, str]]:
    """(reason, outcome) of each wish."""
    return [(w["reason"], w["outcome"]) for e in entries if e.type == "outcome" for w in e.body["wishes"]]


@pytest.fixture
def house(
    responder: SharedResponder,
    database: Database,
    demo: Database,
    http_shop: HttpShop,
    clock: FrozenClock,
    tmp_path: Path,
) -> Iterator[House]:
    """A house without a shop of its own: sellers and enrolments were loaded, all else is asked over HTTP."""
    own = SqlShop(demo)
    with demo.read() as tx:
        ids = tx.execute(select(tables.sellers.c.id)).scalars().all()
    with database.write() as tx:
        rows.put_sellers(tx, [seller for i in ids if (seller := own.seller(i))])
        rows.put_enrolments(tx, [period for i in ids for period in own.enrolments(i)])
    house = House(
        settings_in(tmp_path, shop_key=SHOP_KEY),
        responder=responder.within,
        database=database,
        clock=clock,
        shop=http_shop,
    )
    yield house
    house.threads.shutdown(wait=False)


def an_order(server: ShopServer, locale: str, **wanted: Any) -> dict[str, Any]:
    """An order of one line of the customer, with such a line."""
    return next(
        order
        for order in server.data["orders"]
        if order["customer_id"] == CUSTOMERS[locale]
        and len(order["lines"]) == 1
        and wanted.items() <= order["lines"][0].items()
    )


@pytest.mark.parametrize("locale", ["es", "de"])
def test_an_order_is_told_from_the_shop(
    house: House, server: ShopServer, demo: Database, locale: str
) -> None:
    order = an_order(server, locale, state="shipped")

    entries = Chat(house, locale).say(ASKED[locale].format(order_id=order["id"]))

    assert outcomes(entries) == [("order_status", "answered")]
    assert order["lines"][0]["tracking_id"] in str([entry.body for entry in entries])
    with house.database.read() as tx:
        assert tx.execute(select(tables.orders.c.id)).first() is None


@pytest.mark.parametrize("locale", ["es", "de"])
def test_a_silent_shop_is_told_and_the_wish_is_kept(
    house: House, server: ShopServer, watch: Stopwatch, locale: str
) -> None:
    order = an_order(server, locale, state="shipped")
    chat = Chat(house, locale)
    server.mood = "500"

    entries = chat.say(ASKED[locale].format(order_id=order["id"]))

    assert CANNOT_SEE[locale] in said(entries)
    assert outcomes(entries) == [("order_status", "asked")]
    assert order["lines"][0]["tracking_id"] not in str([entry.body for entry in entries])
    recover(house, server, watch)
    again = chat.press(TRY_AGAIN[locale], entries)
    assert outcomes(again) == [("order_status", "answered")]
    assert order["lines"][0]["tracking_id"] in str([entry.body for entry in again])


def test_a_yes_tries_it_again(house: House, server: ShopServer, watch: Stopwatch) -> None:
    chat = Chat(house, "es")
    server.mood = "html"
    chat.say("¿Dónde está mi pedido?")
    recover(house, server, watch)

    entries = chat.say("Sí, por favor")

    assert TRY_AGAIN["es"] not in buttons_of(entries)
    assert outcomes(entries)[0][0] == "order_status"


@pytest.mark.parametrize(
    ("locale", "words"),
    [("es", "Quiero hablar con una persona"), ("de", "Ich möchte mit einem Menschen sprechen")],
)
def test_nobody_is_refused_a_person_while_the_shop_is_silent(
    house: House, server: ShopServer, locale: str, words: str
) -> None:
    server.mood = "500"
    chat = Chat(house, locale)
    chat.say(ASKED[locale].format(order_id=""))

    entries = chat.say(words)

    assert outcomes(entries) == [("talk_to_human", "handed_off")]
    assert chat.conversation.controller == "queue"


def test_after_the_third_time_a_person(house: House, server: ShopServer) -> None:
    chat = Chat(house, "es")
    server.mood = "500"

    replies = [chat.say("¿Dónde está mi pedido?") for _ in range(3)]

    assert len({said(entries) for entries in replies}) == 3
    assert [outcomes(entries) for entries in replies] == [
        [("order_status", "asked")],
        [("order_status", "asked")],
        [("order_status", "handed_off")],
    ]
    assert chat.conversation.handoff_reason == "shop_unavailable"


def test_nothing_is_opened_when_the_shop_falls_silent_in_between(
    house: House, server: ShopServer, watch: Stopwatch
) -> None:
    order = an_order(server, "es", state="delivered", fulfilled_by="seller")
    chat = Chat(house, "es")
    chat.say(f"El artículo del pedido {order['id']} ha llegado roto, la pantalla está partida en dos")
    server.mood = "500"
    watch.seconds += 3600

    entries = chat.say("quiero que me devolváis el dinero, no funciona nada")

    assert "answered" not in {outcome for _, outcome in outcomes(entries)}
    with house.database.read() as tx:
        found = tx.execute(select(cases)).all()
    assert len(found) == sum(outcome == "case_opened" for _, outcome in outcomes(entries))


def test_a_case_goes_on_without_the_shop(house: House, server: ShopServer, clock: FrozenClock) -> None:
    spanish = {customer["id"] for customer in server.data["customers"] if customer["locale"] == "es"}
    order = next(
        order
        for order in server.data["orders"]
        if order["customer_id"] in spanish
        and len(order["lines"]) == 1
        and order["lines"][0]["state"] in {"placed", "preparing"}
        and order["lines"][0]["seller_id"] in {"s-hogar", "s-lumen", "s-haoyu"}
    )
    chat = Chat(house, "es", order["customer_id"])
    entries = chat.say(f"Quiero anular el pedido {order['id']}, lo he pedido por error.")
    for _ in range(3):
        if "case_opened" in {outcome for _, outcome in outcomes(entries)}:
            break
        title = next(b["title"] for e in entries for b in e.body.get("buttons", []))
        entries = chat.press(title, entries)

    assert ("order_cancel", "case_opened") in outcomes(entries)
    server.mood = "500"
    asked = len(server.requests)
    clock.advance(timedelta(hours=24, minutes=1))
    house.run_deadlines()

    with house.database.read() as tx:
        case = tx.execute(select(cases)).one()
        mails = tx.execute(select(outbox)).all()
    assert (case.order_id, case.state) == (order["id"], "decided")
    assert len(mails) >= 2
    assert len(server.requests) == asked


def test_the_desk_says_that_the_shop_is_missing(house: House, server: ShopServer, watch: Stopwatch) -> None:
    chat = Chat(house, "es")
    with house.database.read() as tx:
        conversation = package_of(tx, chat.id).conversation

    seen = shop_view(house.shop, conversation)
    server.mood = "500"
    watch.seconds += 60
    missing = shop_view(house.shop, conversation)

    assert (seen.available, bool(seen.recent_orders)) == (True, True)
    assert (missing.available, missing.recent_orders) == (False, [])
    assert not house.shop.answers()


def read_catalogue(house: House) -> None:
    """As after some minutes of running: the index is there."""
    house.shop.prepare()
    house.shop._catalogue.wait()  # type: ignore[attr-defined]


def buttons_of(entries: list[Entry]) -> list[str]:
    """The titles of all buttons."""
    return [button["title"] for entry in entries for button in entry.body.get("buttons", [])]


def nonsense(value: Any) -> Any:
    """An answer of the right shape that says nothing right."""
    if isinstance(value, dict):
        return {name: nonsense(one) for name, one in value.items()}
    if isinstance(value, list):
        return [nonsense(one) for one in value]
    return 7 if isinstance(value, str) else "x"


WISHES = {
    "es": [
        "¿Tenéis lámparas de pie?",
        "Quiero devolver el pedido {order_id}, no me gusta",
        "Quiero anular el pedido {order_id}",
        "¿Dónde está mi pedido {order_id}?",
    ],
    "de": [
        "Haben Sie Stehlampen?",
        "Ich möchte die Bestellung {order_id} zurückgeben, sie gefällt mir nicht",
        "Ich will die Bestellung {order_id} stornieren",
        "Wo ist meine Bestellung {order_id}?",
    ],
}


@pytest.mark.parametrize("locale", ["es", "de"])
@pytest.mark.parametrize("trouble", ["500", "html", "nonsense"])
def test_nothing_is_made_up_whatever_the_shop_says(
    house: House, server: ShopServer, watch: Stopwatch, trouble: str, locale: str
) -> None:
    read_catalogue(house)
    order = next(order for order in server.data["orders"] if order["customer_id"] == CUSTOMERS[locale])
    if trouble == "nonsense":
        server.change = nonsense
    else:
        server.mood = trouble

    for words in WISHES[locale]:
        watch.seconds += BREAKER_SECONDS + 1
        entries = Chat(house, locale).say(words.format(order_id=order["id"]))

        assert [outcome for _, outcome in outcomes(entries)] == ["asked"], words
        assert CANNOT_SEE[locale] in said(entries)
        assert TRY_AGAIN[locale] in buttons_of(entries)
        assert len(buttons_of(entries)) == 2
        assert not [entry for entry in entries if entry.body.get("cards")]
    with house.database.read() as tx:
        assert not tx.execute(select(cases)).all()
        assert not tx.execute(select(returns)).all()
        assert not tx.execute(select(tables.orders)).all()


@pytest.mark.parametrize("locale", ["es", "de"])
def test_a_slow_shop_is_told_within_the_turns_time(
    responder: SharedResponder,
    server: ShopServer,
    database: Database,
    clock: FrozenClock,
    tmp_path: Path,
    locale: str,
) -> None:
    calls = Calls(server.url, "secret", call_seconds=0.2, turn_seconds=0.5)
    shop = HttpShop(calls, SqlShop(database), elapsed=time.monotonic)
    house = House(
        settings_in(tmp_path), responder=responder.within, database=database, clock=clock, shop=shop
    )
    order = next(order for order in server.data["orders"] if order["customer_id"] == CUSTOMERS[locale])
    server.delay = 0.3

    for words in WISHES[locale][1:]:
        server.requests.clear()
        entries = Chat(house, locale).say(words.format(order_id=order["id"]))

        assert CANNOT_SEE[locale] in said(entries)
        asked = [path for path in server.requests if "catalogue" not in path]
        assert len(asked) <= 3, "more tries of 0.2 s than fit into 0.5 s"
    house.threads.shutdown(wait=False)


def test_other_matters_in_between_do_not_lose_the_wish(
    house: House, server: ShopServer, watch: Stopwatch
) -> None:
    order = an_order(server, "es", state="shipped")
    chat = Chat(house, "es")
    server.mood = "500"
    chat.say(ASKED["es"].format(order_id=order["id"]))
    assert outcomes(chat.say("gracias")) == [("thank", "answered")]
    recover(house, server, watch)

    entries = chat.say("sí, inténtalo")

    assert outcomes(entries) == [("order_status", "answered")]
    assert order["lines"][0]["tracking_id"] in str([entry.body for entry in entries])


@pytest.mark.parametrize(("locale", "asked", "answer"), [
    ("es", "¿Es apto para lavavajillas?", "la sartén"),
    ("de", "Ist das spülmaschinenfest?", "die Pfanne"),
])  # fmt: skip
def test_an_answer_that_cannot_be_looked_up_is_kept(
    house: House, server: ShopServer, watch: Stopwatch, locale: str, asked: str, answer: str
) -> None:
    read_catalogue(house)
    chat = Chat(house, locale)
    first = chat.say(asked)
    assert outcomes(first) == [("product_question", "asked")]
    server.mood = "500"
    watch.seconds += 3600 / 2

    told = chat.say(answer)
    assert CANNOT_SEE[locale] in said(told)
    recover(house, server, watch)
    again = chat.press(TRY_AGAIN[locale], told)

    assert [reason for reason, _ in outcomes(again)] == ["product_question"]
    assert TRY_AGAIN[locale] not in buttons_of(again)
    assert said(again) != said(first)


@pytest.mark.parametrize(("locale", "no", "plain"), [
    ("es", "no, esa no, la lámpara", "no, gracias"),
    ("de", "nein, nicht das, die Lampe", "nein danke"),
])  # fmt: skip
def test_another_item_that_cannot_be_looked_up_is_no_mere_no(
    house: House, server: ShopServer, watch: Stopwatch, locale: str, no: str, plain: str
) -> None:
    order = an_order(server, locale)
    chats = [Chat(house, locale), Chat(house, locale)]
    for chat in chats:
        chat.say(ASKED[locale].format(order_id=order["id"]))
    server.mood = "500"
    watch.seconds += 60

    told, politely = (chat.say(text) for chat, text in zip(chats, (no, plain), strict=True))

    assert CANNOT_SEE[locale] in said(told)
    assert TRY_AGAIN[locale] not in buttons_of(politely)


@pytest.mark.parametrize(("locale", "words"), [
    ("es", "quiero que me llaméis al +34 600 123 456 ahora"),
    ("de", "Bitte rufen Sie mich jetzt unter +49 30 901820 an"),
])  # fmt: skip
def test_a_call_back_needs_no_shop(house: House, server: ShopServer, locale: str, words: str) -> None:
    server.mood = "500"

    entries = Chat(house, locale).say(words)

    assert [reason for reason, _ in outcomes(entries)] == ["request_callback"]
    assert CANNOT_SEE[locale] not in said(entries)
    with house.database.read() as tx:
        assert len(tx.execute(select(callbacks)).all()) == 1


def test_a_return_is_authorised_with_what_the_shop_told_and_stays_known(
    house: House, server: ShopServer, watch: Stopwatch, clock: FrozenClock
) -> None:
    products = {product["id"]: product for product in server.data["products"]}
    spanish = {customer["id"] for customer in server.data["customers"] if customer["locale"] == "es"}
    order = next(
        order
        for order in server.data["orders"]
        if order["customer_id"] in spanish
        and order["country"] == "ES"
        and len(order["lines"]) == 1
        and order["lines"][0]["state"] == "delivered"
        and order["lines"][0]["quantity"] == 1
        and order["lines"][0]["fulfilled_by"] == "marketplace"
        and products[order["lines"][0]["product_id"]]["returnable"]
        and datetime.fromisoformat(order["lines"][0]["delivered_at"]) > clock.now() - timedelta(days=14)
    )
    chat = Chat(house, "es", order["customer_id"])
    entries = chat.say(f"Quiero devolver el pedido {order['id']}, no me gusta el color")
    for _ in range(3):
        if "answered" in {outcome for _, outcome in outcomes(entries)}:
            break
        entries = chat.press(buttons_of(entries)[0], entries)
    with house.database.read() as tx:
        given = tx.execute(select(returns)).one()
        kept = tx.execute(select(tables.order_lines)).one()
    watch.seconds += 3600

    seen = house.shop.order(order["id"])

    assert given.order_id == order["id"]
    assert (kept.id, kept.state) == (given.line_id, "return_started")
    assert seen is not None
    assert (seen.lines[0].state, order["lines"][0]["state"]) == ("return_started", "delivered")


def test_the_steps_can_be_gone_without_the_shop(
    house: House, server: ShopServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = demo_customer_token(house.settings.customer_token_key(), CUSTOMERS["es"], name="Ana", locale="es")
    with served(application(house)) as address:
        root = f"{address}/api/v1/conversations"
        began = requests.post(root, json={"locale": "es", "customer_token": token}, timeout=20).json()
        headers = {"Authorization": f"Bearer {began['token']}"}
        path = f"{root}/{began['conversation_id']}/guide"
        before = requests.get(path, headers=headers, timeout=20).json()["lines"]
        server.mood = "html"
        house.shop._moments.clear()  # type: ignore[attr-defined]

        lines = requests.get(path, headers=headers, timeout=20).json()["lines"]
        choices = {"client_id": "a", "topic": "order", "issue": "damaged", "way": "chat"}
        picked = requests.post(
            path, json={**choices, "line_id": before["items"][0]["line_id"]}, headers=headers, timeout=20
        )
        unpicked = requests.post(path, json={**choices, "client_id": "b"}, headers=headers, timeout=20)

    assert (before["available"], before["total"] > 0) == (True, True)
    assert (lines["available"], lines["items"], lines["total"]) == (False, [], 0)
    assert (picked.status_code, picked.json()["error"]["code"]) == (503, "shop_unavailable")
    assert unpicked.status_code == 201
