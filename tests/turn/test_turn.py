"""The turn: exactly once, whatever happens between read and commit."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import House
from bot.conversations import control, log
from bot.conversations.dialogue import TurnInput
from bot.conversations.model import Entry
from bot.storage.database import Database
from bot.turn import run
from tests.harness import EchoResponder, house_in


@pytest.fixture
def house(tmp_path: Path, clock, bus) -> House:
    return house_in(tmp_path, clock=clock, bus=bus)


def start(house: House) -> str:
    with house.database.write() as tx:
        return log.start_conversation(tx, locale="es", now=house.clock.now()).id


def say(house: House, conversation_id: str, text: str, client_id: str | None = None) -> int:
    with house.database.write() as tx:
        return log.accept_message(
            tx, conversation_id, client_id=client_id or text, text=text, payload=None, now=house.clock.now()
        )[0]


def entries(house: House, conversation_id: str) -> list[Entry]:
    with house.database.read() as tx:
        return log.entries_after(tx, conversation_id, 0, audience="staff")


def bot_texts(house: House, conversation_id: str) -> list[str]:
    return [
        e.body["text"] for e in entries(house, conversation_id) if e.actor == "bot" and e.type == "message"
    ]


def test_messages_that_came_before_the_turn_are_answered_together(house: House):
    conversation_id = start(house)
    first, second = say(house, conversation_id, "hola"), say(house, conversation_id, "¿y mi pedido?")

    house.turns.run(conversation_id)

    assert bot_texts(house, conversation_id) == ["echo: hola | ¿y mi pedido?"]
    outcome = next(e for e in entries(house, conversation_id) if e.type == "outcome")
    assert outcome.body["message_seqs"] == [first, second]
    assert outcome.audience == "staff"


def test_a_turn_with_nothing_to_answer_writes_nothing(house: House):
    conversation_id = start(house)
    say(house, conversation_id, "hola")
    house.turns.run(conversation_id)
    before = entries(house, conversation_id)

    assert house.turns.run(conversation_id) == 0
    assert entries(house, conversation_id) == before


def test_a_message_during_the_turn_is_answered_by_the_next_one(tmp_path: Path, clock, bus):
    late: list[str] = []

    def write_once(turn: TurnInput) -> None:
        if not late:
            late.append("later")
            say(house, turn.conversation.id, "later")

    house = house_in(tmp_path, clock=clock, bus=bus, responder=EchoResponder(before=write_once))
    conversation_id = start(house)
    say(house, conversation_id, "first")

    house.turns.run(conversation_id)

    assert bot_texts(house, conversation_id) == ["echo: first", "echo: later"]


def test_a_claim_in_the_middle_of_a_turn_silences_it(tmp_path: Path, clock, bus):
    def claim(turn: TurnInput) -> None:
        with house.database.write() as tx:
            control.claim(tx, turn.conversation.id, agent_id=1, first_name="Clara", now=clock.now())

    house = house_in(tmp_path, clock=clock, bus=bus, responder=EchoResponder(before=claim))
    for number in range(1000):
        conversation_id = start(house)
        say(house, conversation_id, f"hola {number}")

        house.turns.run(conversation_id)

        found = entries(house, conversation_id)
        assigned = next(e.seq for e in found if e.type == "assigned")
        assert not [e for e in found if e.actor == "bot" and e.seq > assigned]


def test_racing_turns_answer_a_message_once(tmp_path: Path, clock, bus):
    """Two houses on one database, as two processes would be: no lock is shared."""
    chance = random.Random(4)
    houses = [
        house_in(
            tmp_path,
            clock=clock,
            bus=bus,
            responder=EchoResponder(before=lambda turn: time.sleep(chance.random() / 50)),
            database=Database(f"sqlite:///{tmp_path / 'puente.db'}"),
        )
        for _ in range(2)
    ]
    conversation_id = start(houses[0])
    for number in range(20):
        say(houses[0], conversation_id, f"hola {number}")
        threads = [threading.Thread(target=house.turns.run, args=(conversation_id,)) for house in houses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert bot_texts(houses[0], conversation_id) == [f"echo: hola {number}" for number in range(20)]


def failing(times: int) -> Callable[[TurnInput], None]:
    """What makes a turn fail so many times."""
    left = iter(range(times))

    def fail(turn: TurnInput) -> None:
        if next(left, None) is not None:
            raise ValueError("a mistake of ours")

    return fail


def test_a_turn_that_keeps_failing_apologises_once_and_a_person_is_given_the_chat(
    tmp_path: Path, clock, bus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run, "TRY_AGAIN_AFTER", (0.0, 0.0))
    house = house_in(tmp_path, clock=clock, bus=bus, responder=EchoResponder(before=failing(3)))
    conversation_id = start(house)
    say(house, conversation_id, "hola")

    house.turns.run(conversation_id)
    house.turns.run(conversation_id)

    texts = bot_texts(house, conversation_id)
    assert len(texts) == 1
    assert texts[0].startswith("sorry ")
    with house.database.read() as tx:
        conversation = log.get_conversation(tx, conversation_id)
    assert (conversation.controller, conversation.handoff_reason) == ("queue", "bot_failed")


def test_a_turn_that_fails_once_is_computed_again(
    tmp_path: Path, clock, bus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run, "TRY_AGAIN_AFTER", (0.0, 0.0))
    house = house_in(tmp_path, clock=clock, bus=bus, responder=EchoResponder(before=failing(2)))
    conversation_id = start(house)
    say(house, conversation_id, "hola")

    house.turns.run(conversation_id)

    assert bot_texts(house, conversation_id) == ["echo: hola"]


def test_what_a_killed_process_left_is_answered_by_the_sweep(house: House, clock):
    conversation_id = start(house)
    say(house, conversation_id, "hola")

    assert house.turns.sweep(now=clock.now()) == 0, "too fresh: its own process is at it"
    clock.advance(timedelta(seconds=4))
    assert house.turns.sweep(now=clock.now()) == 1
    assert bot_texts(house, conversation_id) == ["echo: hola"]


def test_the_button_for_a_person_needs_no_reading_and_is_known_in_every_chat(tmp_path: Path, clock, bus):
    responder = EchoResponder()
    house = house_in(tmp_path, clock=clock, bus=bus, responder=responder)
    conversation_id = start(house)
    with house.database.write() as tx:
        log.accept_message(
            tx, conversation_id, client_id="1", text=None, payload="person", now=house.clock.now()
        )

    house.turns.run(conversation_id)

    (message,) = responder.turns[0].messages
    assert (message.text, message.command) == ("Hablar con una persona", "/talk_to_human")


def test_after_a_person_gave_back_the_bot_answers_only_what_is_new(house: House, clock):
    conversation_id = start(house)
    say(house, conversation_id, "quiero una persona")
    with house.database.write() as tx:
        control.claim(tx, conversation_id, agent_id=1, first_name="Clara", now=clock.now())
    say(house, conversation_id, "mi pedido es el 302-1234567-1234567")
    house.turns.run(conversation_id)
    with house.database.write() as tx:
        control.release(tx, conversation_id, agent_id=1, to="bot", now=clock.now())
    house.turns.run(conversation_id)

    assert bot_texts(house, conversation_id) == []

    say(house, conversation_id, "gracias")
    house.turns.run(conversation_id)

    assert bot_texts(house, conversation_id) == ["echo: gracias"]
    turn = house.responder.turns[-1]
    assert turn.overheard == ("quiero una persona", "mi pedido es el 302-1234567-1234567")
