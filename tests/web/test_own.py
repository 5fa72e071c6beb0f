"""What is the customer's own, by HTTP: cases, transcript, mail, the way back, data, erasing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.accounts.tokens import demo_customer_token
from bot.base.clock import FrozenClock
from bot.cases.effects import OpenCase, open_case
from bot.cases.expire import expire_case
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.conversations.visits import UNSEEN_AFTER
from bot.serve import application
from bot.shop.sql import add
from bot.shop.tables import sellers
from tests.conftest import START
from tests.harness import eventually, house_in
from tests.serving import served

REFERENCE = "P-OWN123"


class Customer:
    """A program with the token of one conversation."""

    def __init__(self, address: str, house: Any, clock: FrozenClock, folder: Path) -> None:
        self.house, self.clock, self.folder, self.address = house, clock, folder, address
        self.api = f"{address}/api/v1/conversations"
        started = requests.post(self.api, json={"locale": "es"}, timeout=10).json()
        self.id = started["conversation_id"]
        self.headers = {"authorization": f"Bearer {started['token']}"}

    def call(self, method: str, path: str, expect: int, **body: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.api}/{self.id}/{path}",
            json=body if method != "GET" else None,
            headers=self.headers,
            timeout=10,
        )
        assert answer.status_code == expect, answer.text
        return answer.json() if "json" in answer.headers["content-type"] else answer.text

    def texts(self, actor: str) -> list[str]:
        events = self.call("GET", "events?after=0", 200)["events"]
        return [one["body"]["text"] for one in events if one["type"] == "message" and one["actor"] == actor]

    def open_case(self) -> None:
        effect = OpenCase(
            reference=REFERENCE, reason="item_damaged", seller_id="s-lumen", order_id=None, line_id=None, product_id=None,
            customer_words="rota", customer_locale="es", started_at=self.clock.now(),
        )  # fmt: skip
        with self.house.database.write() as tx:
            open_case(tx, self.id, effect, self.clock.now())

    def mails(self) -> list[str]:
        self.house.tick()
        return [file.read_text(errors="replace") for file in sorted((self.folder / "mail").glob("*.eml"))]


@pytest.fixture
def customer(tmp_path: Path) -> Iterator[Customer]:
    clock = FrozenClock(START)
    house = house_in(tmp_path, clock=clock, shop_key="a key of the shop, long enough to be one")
    seller = {"id": "s-lumen", "name": "Lumen", "email": "a@example.de", "country": "DE"}
    with house.database.write() as tx:
        add(tx, sellers, [{**seller, "case_language": "de"}])
    with served(application(house)) as address:
        yield Customer(address, house, clock, tmp_path)


def test_facts_reach_the_seller_once(customer: Customer) -> None:
    customer.open_case()
    assert customer.call("GET", "cases", 200)["cases"][0]["steps"] == ["add", "withdraw"]
    body = {"client_id": "1", "text": "Llámame al +34 600 111 222"}

    seq = customer.call("POST", f"cases/{REFERENCE}/facts", 201, **body)
    assert customer.call("POST", f"cases/{REFERENCE}/facts", 200, **body) == seq
    customer.call("POST", f"cases/{REFERENCE}/facts", 409, **{**body, "text": "otra cosa"})

    mails = [mail for mail in customer.mails() if "etwas hinzugef" in mail]
    assert len(mails) == 1
    assert "600 111 222" not in mails[0]
    assert customer.texts("customer") == [body["text"]]
    assert REFERENCE in customer.texts("bot")[0]


def test_withdrawn_case_stops_its_clocks_and_is_over(customer: Customer) -> None:
    customer.open_case()
    customer.call("POST", f"cases/{REFERENCE}/withdraw", 201, client_id="1")
    customer.call("POST", f"cases/{REFERENCE}/withdraw", 200, client_id="1")
    customer.call("POST", f"cases/{REFERENCE}/facts", 409, client_id="2", text="más")

    customer.clock.advance(timedelta(hours=60))
    customer.house.tick()

    case = customer.call("GET", "cases", 200)["cases"][0]
    assert (case["state"], case["steps"]) == ("closed", [])


def test_objection_brings_in_a_person_once(customer: Customer) -> None:
    customer.open_case()
    customer.call("POST", f"cases/{REFERENCE}/object", 409, client_id="0", text="no")
    customer.clock.advance(timedelta(hours=25))
    with customer.house.database.write() as tx:
        expire_case(tx, REFERENCE, customer.clock.now())
    assert customer.call("GET", "cases", 200)["cases"][0]["steps"] == ["object"]

    customer.call("POST", f"cases/{REFERENCE}/object", 201, client_id="1", text="No estoy de acuerdo")
    customer.call("POST", f"cases/{REFERENCE}/object", 200, client_id="1", text="No estoy de acuerdo")
    customer.call("POST", f"cases/{REFERENCE}/object", 409, client_id="2", text="De verdad que no")

    with customer.house.database.read() as tx:
        found = log.get_conversation(tx, customer.id)
    assert (found.controller, found.handoff_reason) in {("queue", "case_objection"), ("queue", "decide_case")}
    assert customer.call("GET", "cases", 200)["cases"][0]["objected"]


def test_foreign_cases_are_unknown(customer: Customer) -> None:
    customer.open_case()
    other = Customer(customer.address, customer.house, customer.clock, customer.folder)

    for step, body in (("facts", {"text": "x"}), ("withdraw", {}), ("object", {"text": "x"})):
        other.call("POST", f"cases/{REFERENCE}/{step}", 404, client_id="1", **body)
    assert other.call("GET", "cases", 200)["cases"] == []


def test_answer_nobody_looked_at_is_mailed_with_a_way_back(customer: Customer) -> None:
    customer.call("PUT", "mail", 200, address="ana@example.com")
    customer.call("PUT", "mail", 400, address="no address")
    customer.call("POST", "signals", 200, seen=1)
    with customer.house.database.write() as tx:
        entry = NewEntry("message", "seller", {"text": "Le envío otra pantalla", "lang": "es"})
        log.append(tx, customer.id, [entry], now=customer.clock.now())
    assert customer.mails() == []

    customer.clock.advance(UNSEEN_AFTER)
    customer.house.run_deadlines()

    (mail,) = customer.mails()
    assert "To: ana@example.com" in mail
    assert "otra pantalla" in mail
    key = re.search(r"#puente=3D([\w.=\-\n]+?)\n\n", mail.replace("=\n", ""))
    found = (
        key.group(1)
        if key
        else re.search(r"#puente=([\w.-]+)", mail.replace("=\n", "").replace("=3D", "=")).group(1)
    )  # type: ignore[union-attr]
    back = requests.post(f"{customer.api}/return", json={"key": found}, timeout=10)
    assert back.json()["conversation_id"] == customer.id
    assert requests.post(f"{customer.api}/return", json={"key": f"{found}x"}, timeout=10).status_code == 401
    token = customer.headers["authorization"].removeprefix("Bearer ")
    assert requests.post(f"{customer.api}/return", json={"key": token}, timeout=10).status_code == 401


def test_answer_that_was_seen_is_not_mailed(customer: Customer) -> None:
    customer.call("PUT", "mail", 200, address="ana@example.com")
    with customer.house.database.write() as tx:
        entry = NewEntry("message", "seller", {"text": "Le envío otra", "lang": "es"})
        seq = log.append(tx, customer.id, [entry], now=customer.clock.now())
    customer.call("POST", "signals", 200, seen=seq)

    customer.clock.advance(UNSEEN_AFTER)
    customer.house.run_deadlines()

    assert customer.mails() == []


def test_transcript_is_saved_and_mailed(customer: Customer) -> None:
    customer.call("POST", "messages", 201, client_id="1", text="Está rota")
    eventually(lambda: customer.texts("bot"))

    text = customer.call("GET", "transcript", 200)
    assert "Tú: Está rota" in text
    assert "Asistente automático: echo: Está rota" in text
    customer.call("POST", "transcript", 400)
    customer.call("POST", "transcript", 202, address="ana@example.com")
    (mail,) = customer.mails()
    assert "To: ana@example.com" in mail
    for _ in range(3):
        customer.call("POST", "transcript", 202, address="ana@example.com")
    customer.call("POST", "transcript", 429, address="ana@example.com")


def test_waiting_says_place_hours_and_whether_we_can_write(customer: Customer) -> None:
    from bot.conversations import control

    with customer.house.database.write() as tx:
        control.hand_off(tx, customer.id, reason="talk_to_human", now=customer.clock.now())
    first = customer.call("GET", "waiting", 200)
    assert first == {
        "position": 1, "eta_minutes": None, "staffed": False, "open": True, "opens_at": None, "has_address": False,
    }  # fmt: skip

    customer.clock.advance(timedelta(hours=13))
    customer.call("PUT", "mail", 200, address="ana@example.com")
    at_night = customer.call("GET", "waiting", 200)

    assert (at_night["open"], at_night["has_address"]) == (False, True)
    assert at_night["opens_at"] == "2026-03-03T08:00:00.000Z"


def test_data_and_erasing_are_about_this_conversation_or_with_the_shops_token_about_all(
    customer: Customer,
) -> None:
    def token(subject: str) -> str:
        key = customer.house.settings.customer_token_key()
        return demo_customer_token(key, subject, name="Ana", locale="es")

    other = Customer(customer.address, customer.house, customer.clock, customer.folder)
    for one in (customer, other):
        one.call("PUT", "customer", 200, customer_token=token("c-9"))
        one.call("POST", "messages", 201, client_id="1", text="hola")
    assert len(customer.call("POST", "data", 200)["conversations"]) == 1
    assert len(customer.call("POST", "data", 200, customer_token=token("c-9"))["conversations"]) == 2
    customer.call("POST", "data", 409, customer_token=token("c-8"))

    assert customer.call("POST", "erase", 200, customer_token=token("c-9")) == {"erased": 2}

    for one in (customer, other):
        one.call("GET", "events?after=0", 404)
        one.call("POST", "messages", 404, client_id="2", text="hola")
