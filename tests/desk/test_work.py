"""What agents do: one winner, nothing lost, nobody else's chat."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.errors import Conflict, Unknown
from bot.cases import OpenCase, answer, open_case
from bot.cases.store import get_case
from bot.conversations import log
from bot.desk import calls, store, work
from bot.desk.effects import RequestCallBack, request_callback
from bot.service.contact_ways import Window
from bot.storage.database import Database

Agents = tuple[Account, Account]


def _conversation(database: Database, conversation_id: str) -> log.Conversation:
    with database.read() as tx:
        return log.get_conversation(tx, conversation_id)


def test_of_many_claims_at_once_one_wins_and_the_others_learn_who(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    won, lost, together = [], [], threading.Barrier(8)

    def claim(agent: Account) -> None:
        together.wait()
        try:
            with database.write() as tx:
                work.claim(tx, waiting, agent=agent, now=clock.now())
            won.append(agent.id)
        except Conflict as conflict:
            lost.append(conflict.values["name"])

    threads = [threading.Thread(target=claim, args=(agents[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = _conversation(database, waiting).agent_id
    assert set(won) == {winner}
    assert lost == [agent.first_name for agent in agents if agent.id == winner] * 4
    with database.read() as tx:
        entries = log.entries_after(tx, waiting, 0, audience="staff")
    assert [entry.type for entry in entries].count("assigned") == 1


def test_a_closed_chat_is_not_claimed(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    with database.write() as tx:
        work.claim(tx, waiting, agent=agents[0], now=clock.now())
        work.close(tx, waiting, agent=agents[0], seen=None, now=clock.now())

    with pytest.raises(Conflict, match="conversation_closed"), database.write() as tx:
        work.claim(tx, waiting, agent=agents[1], now=clock.now())


def test_only_the_holder_replies_gives_back_and_closes(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    with database.write() as tx:
        work.claim(tx, waiting, agent=ana, now=clock.now())

    with pytest.raises(Conflict, match="not_yours"), database.write() as tx:
        work.reply(tx, waiting, agent=jan, client_id="1", text="Hola", conveys=None, now=clock.now())
    with pytest.raises(Conflict, match="not_yours"), database.write() as tx:
        work.give_back(tx, waiting, agent=jan, to="bot", seen=None, now=clock.now())
    with pytest.raises(Conflict, match="not_yours"), database.write() as tx:
        work.close(tx, waiting, agent=jan, seen=None, now=clock.now())
    with database.write() as tx:
        assert work.reply(
            tx, waiting, agent=ana, client_id="1", text="Hola", conveys=None, now=clock.now()
        ) == (4, True)


def test_a_message_the_agent_has_not_seen_keeps_the_chat_with_the_agent(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    with database.write() as tx:
        work.claim(tx, waiting, agent=agents[0], now=clock.now())
        seen = log.get_conversation(tx, waiting).last_seq
        log.accept_message(tx, waiting, client_id="2", text="Una cosa más", payload=None, now=clock.now())

    for leave in (
        lambda tx, seen: work.give_back(tx, waiting, agent=agents[0], to="bot", seen=seen, now=clock.now()),
        lambda tx, seen: work.close(tx, waiting, agent=agents[0], seen=seen, now=clock.now()),
    ):
        with pytest.raises(Conflict, match="customer_wrote"), database.write() as tx:
            leave(tx, seen)
    with database.write() as tx:
        work.give_back(tx, waiting, agent=agents[0], to="bot", seen=seen + 1, now=clock.now())

    conversation = _conversation(database, waiting)
    assert (conversation.controller, conversation.bot_seq) == ("bot", seen + 1)


def test_an_unseen_message_does_not_keep_a_chat_out_of_the_queue(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    with database.write() as tx:
        work.claim(tx, waiting, agent=agents[0], now=clock.now())
        work.give_back(tx, waiting, agent=agents[0], to="queue", seen=0, now=clock.now())

    assert _conversation(database, waiting).controller == "queue"


def _answered_case(database: Database, clock: FrozenClock, conversation_id: str, reference: str) -> None:
    case = OpenCase(
        reference=reference, reason="seller_contact", seller_id="s-none", order_id=None, line_id=None,
        product_id=None, customer_words="¿Cuándo llega?", customer_locale="es", started_at=clock.now(),
    )  # fmt: skip
    with database.write() as tx:
        open_case(tx, conversation_id, case, clock.now())
        answer(
            tx, reference, seller_id="s-none", account_id=None, client_id=reference, text="明天到",
            now=clock.now(), detect=lambda *_args, **_options: "zh",
        )  # fmt: skip


def test_a_reply_conveys_the_answers_it_names(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    _answered_case(database, clock, waiting, "P-AAAAAA")
    _answered_case(database, clock, waiting, "P-BBBBBB")
    with database.write() as tx:
        work.claim(tx, waiting, agent=agents[0], now=clock.now())

    def reply(client_id: str, conveys: list[str] | None) -> list[bool]:
        with database.write() as tx:
            work.reply(
                tx,
                waiting,
                agent=agents[0],
                client_id=client_id,
                text=client_id,
                conveys=conveys,
                now=clock.now(),
            )
            return [get_case(tx, reference).told_at is not None for reference in ("P-AAAAAA", "P-BBBBBB")]

    assert reply("Un momento", []) == [False, False]
    assert reply("Llega mañana", ["P-AAAAAA"]) == [True, False]
    assert reply("Todo", None) == [True, True]


def test_notes_stay_with_staff(database: Database, clock: FrozenClock, agents: Agents, waiting: str) -> None:
    with database.write() as tx:
        work.add_note(tx, waiting, agent=agents[1], text="Cliente enfadado", now=clock.now())

    with database.read() as tx:
        assert [(note.author, note.text) for note in store.notes_of(tx, waiting)] == [
            ("Jan Albers", "Cliente enfadado")
        ]
        assert "enfadado" not in str(log.entries_after(tx, waiting, 0, audience="all"))
    with pytest.raises(Unknown), database.write() as tx:
        work.add_note(tx, "nowhere", agent=agents[1], text="…", now=clock.now())


def call_back(phone: str, clock: FrozenClock) -> RequestCallBack:
    """Within the next half hour."""
    return RequestCallBack(phone, Window(clock.now(), clock.now() + timedelta(minutes=30)), "Europe/Madrid")


def test_a_call_back_asked_for_twice_is_one_with_the_newer_number(
    database: Database, clock: FrozenClock, waiting: str
) -> None:
    with database.write() as tx:
        request_callback(tx, waiting, call_back("+34600111222", clock), clock.now())
    first = clock.now()
    clock.advance(timedelta(minutes=5))
    with database.write() as tx:
        request_callback(tx, waiting, call_back("+34600333444", clock), clock.now())
        (callback,) = store.open_callbacks(tx)

    assert (callback.phone, callback.requested_at) == ("+34600333444", first)


def test_a_call_back_is_done_once(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    with database.write() as tx:
        request_callback(tx, waiting, call_back("+34600111222", clock), clock.now())
        (callback,) = store.open_callbacks(tx)
        calls.done(tx, callback.id, agent=ana, now=clock.now())
        calls.done(tx, callback.id, agent=ana, now=clock.now())

    with pytest.raises(Conflict) as raised, database.write() as tx:
        calls.done(tx, callback.id, agent=jan, now=clock.now())
    assert raised.value.values == {"name": "Ana"}
    with pytest.raises(Unknown), database.write() as tx:
        calls.done(tx, 999, agent=jan, now=clock.now())
    with database.write() as tx:
        assert store.open_callbacks(tx) == []
        request_callback(tx, waiting, call_back("+34600111222", clock), clock.now())
        assert len(store.open_callbacks(tx)) == 1
