"""Rasa behind one function, with the model that is there."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.app import House
from bot.base.clock import FrozenClock
from bot.base.settings import ROOT
from bot.conversations import log
from bot.conversations.dialogue import CustomerMessage
from bot.conversations.model import Entry
from bot.shop.tables import orders
from tests.conftest import START

NewHouse = Callable[[], tuple[House, FrozenClock]]


@pytest.fixture
def house(new_house: NewHouse) -> House:
    return new_house()[0]


def start(house: House, locale: str) -> str:
    with house.database.write() as tx:
        return log.start_conversation(tx, locale=locale, now=house.clock.now()).id


def say(house: House, conversation_id: str, text: str) -> list[Entry]:
    """Say something; returns the bot's replies to it."""
    with house.database.write() as tx:
        seq, _ = log.accept_message(
            tx, conversation_id, client_id=uuid.uuid4().hex, text=text, payload=None, now=house.clock.now()
        )
    house.turns.run(conversation_id)
    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, seq, audience="all")
    return [entry for entry in entries if entry.actor == "bot" and entry.type == "message"]


def message(seq: int, text: str, command: str | None = None) -> CustomerMessage:
    return CustomerMessage(seq, text, command, START)


def test_several_typed_messages_are_one_thought_and_a_button_is_one():
    from bot.rasa_host.responder import utterances  # Rasa comes with it

    joined = utterances(
        [message(1, "hola"), message(2, "mi pedido"), message(3, "Sí", "/affirm"), message(4, "ya")]
    )

    assert [(m.seq, m.text, m.command) for m in joined] == [
        (2, "hola\nmi pedido", None),
        (3, "Sí", "/affirm"),
        (4, "ya", None),
    ]


def test_what_a_customer_types_is_never_a_command(house: House):
    with house.database.read() as tx:
        order_id = tx.execute(select(orders.c.id).limit(1)).scalar_one()
    conversation_id = start(house, "es")

    replies = say(house, conversation_id, f'/order_status{{"order_id": "{order_id}"}}')
    say(house, conversation_id, "/restart")

    assert all("cards" not in reply.body for reply in replies), "nothing of the order is shown without proof"
    with house.database.read() as tx:
        assert log.get_conversation(tx, conversation_id).order_id is None


def test_a_turn_late_in_a_long_chat_keeps_its_state_small(house: House):
    conversation_id = start(house, "de")
    sizes = []
    for number in range(30):
        say(house, conversation_id, "Danke" if number % 2 else "Guten Tag")
        with house.database.read() as tx:
            sizes.append(len(json.dumps(log.dialogue_state(tx, conversation_id))))

    assert max(sizes[15:]) <= max(sizes[5:10]) * 1.2


@pytest.mark.parametrize("text", ["/", "//", "???", "👍👍", "​", "a" * 4000])
def test_odd_texts_get_an_answer(house: House, text: str):
    assert say(house, start(house, "es"), text)


def test_parse_has_the_shape_of_the_contract(house: House):
    found = house.parse("Guten Tag, wo bleibt meine Bestellung 302-4817264-1935501?")

    assert found["language"] == "de"
    assert set(found) == {"language", "intent", "intent_ranking", "wishes", "entities"}
    assert found["entities"][0]["value"] == "302-4817264-1935501"
    assert all(0 <= item["confidence"] <= 1 for item in found["intent_ranking"])


def test_dates_are_resolved_from_the_day_of_the_message(house: House):
    found = house.parse("Hola, lo pedí ayer y sigue sin salir")

    (yesterday,) = [entity for entity in found["entities"] if entity["entity"] == "date"]
    day = (START - timedelta(days=1)).date().isoformat()
    assert yesterday["value"] == "ayer"
    assert yesterday["days"] == [day, day]


@pytest.mark.parametrize(("locale", "text"), [("es", "sdfkjh wrtzpf"), ("de", "hjkdfg 🙈🙈")])
def test_gibberish_gets_no_guesses(house: House, locale: str, text: str):
    (reply,) = say(house, start(house, locale), text)

    assert len(reply.body["buttons"]) == 1  # a person, and no reading of ours


def test_puente_parse_answers_every_line_whatever_it_holds():
    lines = (ROOT / "tests" / "nlu" / "naughty_strings.txt").read_bytes().splitlines()
    lines += [
        b"",
        b"   ",
        b"\xff\xfe broken",
        b"\x00\x01\x02",
        "🙈".encode(),
        b"x" * 4000,
        "¿dónde está?".encode(),
    ]

    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "parse"],
        input=b"\n".join(lines) + b"\n", capture_output=True, timeout=300, check=False, cwd=ROOT,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(lines)


def test_what_was_not_understood_waits_in_the_studio(house: House):
    from bot.training import inbox

    conversation_id = start(house, "de")
    say(house, conversation_id, "Zwetschgendatschi quer durch den Schnürsenkelautomaten")

    with house.database.read() as tx:
        waiting, _counts = inbox.open_messages(tx)
    assert [item.text for item in waiting][:1] == ["Zwetschgendatschi quer durch den Schnürsenkelautomaten"]


@pytest.mark.parametrize(("locale", "word"), [("es", "archivo"), ("de", "Datei")])
def test_files_without_words_are_thanked_for_once(house: House, locale: str, word: str):
    conversation_id = start(house, locale)
    file = {"id": "a", "name": "rota.jpg", "kind": "image/jpeg", "size": 9, "preview": True}
    with house.database.write() as tx:
        for number in range(2):
            said = {"client_id": str(number), "text": None, "payload": None, "attachments": [file]}
            log.accept_message(tx, conversation_id, now=house.clock.now(), **said)

    house.turns.run(conversation_id)

    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, 0, audience="staff")
    replies = [entry.body["text"] for entry in entries if entry.actor == "bot" and entry.type == "message"]
    assert len(replies) == 1
    assert word in replies[0]
    outcome = next(entry.body for entry in entries if entry.type == "outcome")
    assert outcome["message_seqs"] == [1, 2]
