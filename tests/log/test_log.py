"""The log and who controls it."""

from __future__ import annotations

import threading

import pytest

from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, Conflict, Unknown
from bot.conversations import control, log
from bot.conversations.model import Button, NewEntry, Reply
from bot.storage.database import Database
from bot.turn.commit import reply_body


@pytest.fixture
def conversation_id(database: Database, clock: FrozenClock) -> str:
    return start(database, clock)


def start(database: Database, clock: FrozenClock) -> str:
    with database.write() as tx:
        return log.start_conversation(tx, locale="de", now=clock.now()).id


def accept(
    database: Database, clock: FrozenClock, conversation_id: str, client_id: str, text: str
) -> tuple[int, bool]:
    with database.write() as tx:
        return log.accept_message(
            tx, conversation_id, client_id=client_id, text=text, payload=None, now=clock.now()
        )


def test_the_same_message_again_is_the_same_entry(database, clock, conversation_id):
    first = accept(database, clock, conversation_id, "a", "hallo")
    again = accept(database, clock, conversation_id, "a", "hallo")

    assert first == (1, True)
    assert again == (1, False)


def test_the_same_client_id_with_another_text_is_refused(database, clock, conversation_id):
    accept(database, clock, conversation_id, "a", "hallo")

    with pytest.raises(Conflict):
        accept(database, clock, conversation_id, "a", "anders")

    with database.read() as tx:
        assert len(log.entries_after(tx, conversation_id, 0, audience="staff")) == 1


def test_an_unknown_conversation_is_unknown(database, clock):
    with pytest.raises(Unknown):
        accept(database, clock, "nobody", "a", "hallo")


def test_customers_do_not_see_entries_for_staff(database, clock, conversation_id):
    entries = [
        NewEntry("outcome", "bot", {}, audience="staff"),
        NewEntry("message", "bot", {"text": "x", "lang": "de"}),
    ]
    with database.write() as tx:
        log.append(tx, conversation_id, entries, now=clock.now())

    with database.read() as tx:
        seen = log.entries_after(tx, conversation_id, 0, audience="all")

    assert [entry.seq for entry in seen] == [2]


def test_numbers_stay_dense_and_in_order_under_racing_writers(any_database: Database, clock: FrozenClock):
    conversation_id = start(any_database, clock)

    def write(writer: int) -> None:
        for number in range(25):
            accept(any_database, clock, conversation_id, f"{writer}-{number}", f"{writer}-{number}")

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with any_database.read() as tx:
        entries = log.entries_after(tx, conversation_id, 0, audience="staff", limit=500)
        assert log.get_conversation(tx, conversation_id).customer_seq == 100
    assert [entry.seq for entry in entries] == list(range(1, 101))


def test_a_button_counts_only_in_the_conversation_it_was_issued_in(database, clock, conversation_id):
    with database.write() as tx:
        reply = Reply("¿?", "de", (Button("Ja", "/affirm"),))
        body = reply_body(tx, conversation_id, reply, now=clock.now())
    payload = body["buttons"][0]["payload"]
    other = start(database, clock)

    assert "/affirm" not in str(body), "the customer sees an opaque id"
    with pytest.raises(BadInput), database.write() as tx:
        log.accept_message(tx, other, client_id="a", text=None, payload=payload, now=clock.now())
    with database.write() as tx:
        seq, _ = log.accept_message(
            tx, conversation_id, client_id="a", text=None, payload=payload, now=clock.now()
        )
        assert log.entries_after(tx, conversation_id, seq - 1, audience="all")[0].body["text"] == "Ja"


def test_two_agents_claim_one_wins(any_database: Database, clock: FrozenClock):
    for _ in range(20):
        conversation_id = start(any_database, clock)
        with any_database.write() as tx:
            control.hand_off(tx, conversation_id, reason="talk_to_human", now=clock.now())
        won: list[int] = []

        def claim(agent_id: int, conversation_id: str = conversation_id, won: list[int] = won) -> None:
            try:
                with any_database.write() as tx:
                    control.claim(tx, conversation_id, agent_id=agent_id, first_name="A", now=clock.now())
                won.append(agent_id)
            except Conflict:
                pass

        threads = [threading.Thread(target=claim, args=(agent_id,)) for agent_id in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        with any_database.read() as tx:
            assert [log.get_conversation(tx, conversation_id).agent_id] == won


def test_a_second_handoff_changes_nothing(database, clock, conversation_id):
    with database.write() as tx:
        assert control.hand_off(tx, conversation_id, reason="talk_to_human", now=clock.now())
        queued_at = log.get_conversation(tx, conversation_id).queued_at
    from datetime import timedelta

    clock.advance(timedelta(minutes=5))
    with database.write() as tx:
        assert not control.hand_off(tx, conversation_id, reason="talk_to_human", now=clock.now())
        assert log.get_conversation(tx, conversation_id).queued_at == queued_at


def test_only_the_holder_writes_releases_and_closes(database, clock, conversation_id):
    with database.write() as tx:
        control.claim(tx, conversation_id, agent_id=1, first_name="Clara", now=clock.now())

    with pytest.raises(Conflict), database.write() as tx:
        log.accept_agent_message(
            tx, conversation_id, agent_id=2, client_id="x", body={"text": "no", "lang": "de"}, now=clock.now()
        )
    with pytest.raises(Conflict), database.write() as tx:
        control.release(tx, conversation_id, agent_id=2, to="bot", now=clock.now())
    with pytest.raises(Conflict), database.write() as tx:
        control.close(tx, conversation_id, agent_id=2, now=clock.now())


def test_a_message_to_a_closed_conversation_reopens_it_with_the_bot(database, clock, conversation_id):
    with database.write() as tx:
        control.claim(tx, conversation_id, agent_id=1, first_name="Clara", now=clock.now())
        control.close(tx, conversation_id, agent_id=1, now=clock.now())
    accept(database, clock, conversation_id, "a", "noch etwas")

    with database.read() as tx:
        conversation = log.get_conversation(tx, conversation_id)
    assert conversation.controller == "bot"
    assert conversation.bot_seq < conversation.customer_seq


def test_signing_in_never_moves_a_conversation_to_another_customer(database, clock, conversation_id):
    with database.write() as tx:
        control.sign_in_customer(tx, conversation_id, customer_id="c001", name="Ana")
        control.sign_in_customer(tx, conversation_id, customer_id="c001", name="Ana")

    with pytest.raises(Conflict), database.write() as tx:
        control.sign_in_customer(tx, conversation_id, customer_id="c002", name="Eva")
