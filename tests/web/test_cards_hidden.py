"""A customer's card number: hidden before it is stored anywhere, whichever way it comes, and told once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.base.clock import FrozenClock
from bot.cases.effects import OpenCase, open_case
from bot.conversations import control, log
from bot.serve import application
from bot.shop.sql import add
from bot.shop.tables import sellers
from tests.conftest import START
from tests.harness import eventually, house_in
from tests.serving import served

CARD = "4111 1111 1111 1111"
SOLID = CARD.replace(" ", "")
HIDDEN = "•••• •••• •••• 1111"
REFERENCE = "P-CARD23"


class Chat:
    """One conversation, called over HTTP."""

    def __init__(self, address: str, house: Any, locale: str = "es") -> None:
        self.house, self.root = house, f"{address}/api/v1/conversations"
        began = requests.post(self.root, json={"locale": locale}, timeout=10).json()
        self.id, self.headers = began["conversation_id"], {"authorization": f"Bearer {began['token']}"}

    def post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.root}/{self.id}/{path}", json=body, headers=self.headers, timeout=10)

    def say(self, text: str, client_id: str) -> int:
        """Send, and wait for the answer of the bot where it has one to give. Returns the status."""
        answer = self.post("messages", client_id=client_id, text=text)
        eventually(lambda: not self.waits())
        return answer.status_code

    def waits(self) -> bool:
        with self.house.database.read() as tx:
            found = log.get_conversation(tx, self.id)
        return found.controller == "bot" and found.bot_seq < found.customer_seq

    def texts(self, actor: str) -> list[str]:
        answer = requests.get(f"{self.root}/{self.id}/events", headers=self.headers, timeout=10).json()
        return [
            one["body"]["text"] for one in answer["events"] if one["actor"] == actor and "text" in one["body"]
        ]


@pytest.fixture
def house(tmp_path: Path) -> Any:
    house = house_in(tmp_path, clock=FrozenClock(START), rest_token="t" * 20)
    with house.database.write() as tx:
        seller = {"id": "s-lumen", "name": "Lumen", "email": "a@example.de", "country": "DE"}
        add(tx, sellers, [{**seller, "case_language": "de"}])
    return house


@pytest.fixture
def address(house: Any) -> Iterator[str]:
    with served(application(house)) as url:
        yield url


def test_the_digits_are_stored_nowhere(
    house: Any, address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = Chat(address, house)
    case = OpenCase(
        reference=REFERENCE, reason="payment_problem", seller_id="s-lumen", order_id=None, line_id=None, product_id=None,
        customer_words="cobro doble", customer_locale="es", started_at=START,
    )  # fmt: skip
    with house.database.write() as tx:
        open_case(tx, chat.id, case, START)

    assert chat.say(f"Me habéis cobrado dos veces en la {CARD}", "one") == 201
    guided = {"topic": "other", "issue": "suspicious_message", "way": "chat", "text": f"Piden la {SOLID}"}
    assert chat.post("guide", client_id="two", **guided).status_code == 201
    facts = {"client_id": "three", "text": f"Fue la {SOLID}"}
    assert chat.post(f"cases/{REFERENCE}/facts", **facts).status_code == 201
    assert chat.post(f"cases/{REFERENCE}/facts", **facts).status_code == 200
    hook = f"{address}/webhooks/rest/webhook"
    sent = {"sender": "x", "message": f"la {SOLID}"}
    told = requests.post(hook, json=sent, headers={"authorization": "Bearer " + "t" * 20}, timeout=10).json()
    with house.database.write() as tx:
        control.hand_off(tx, chat.id, reason="talk_to_human", now=START)
    assert chat.say(f"¿Sigue ahí? {CARD}", "four") == 201
    house.tick()

    assert [text.count(HIDDEN) for text in chat.texts("customer")] == [1, 1, 1, 1]
    assert any("tarjeta" in one["text"] for one in told)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = b"".join(path.read_bytes() for path in kept) + caplog.text.encode()
    assert b"cobrado dos veces" in whole
    assert [one for one in (SOLID, CARD) if one.encode() in whole] == []


@pytest.mark.parametrize(("locale", "word"), [("es", "tarjeta"), ("de", "Kartennummer")])
def test_it_is_said_once_that_card_numbers_are_never_needed(
    house: Any, address: str, locale: str, word: str
) -> None:
    chat = Chat(address, house, locale)

    assert chat.say(CARD, "one") == 201
    assert chat.say(CARD, "one") == 200  # the same message again
    assert chat.say(SOLID, "two") == 201

    said = [text for text in chat.texts("bot") if not text.startswith("echo")]
    assert [word in one for one in said] == [True]
    assert chat.texts("customer") == [HIDDEN, HIDDEN]


def test_it_is_said_at_once_while_the_customer_waits_for_a_person(house: Any, address: str) -> None:
    chat = Chat(address, house)
    with house.database.write() as tx:
        control.hand_off(tx, chat.id, reason="talk_to_human", now=START)

    chat.say(CARD, "one")

    assert ["tarjeta" in one for one in chat.texts("bot")] == [True]
