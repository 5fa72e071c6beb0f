"""R18: call-backs: in the order of their windows, one winner, and the customer hears what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.errors import Conflict, Unknown
from bot.conversations import log
from bot.desk import calls, store
from bot.desk.effects import RequestCallBack, request_callback
from bot.service.contact_ways import Window, contact_ways
from bot.storage.database import Database

Agents = tuple[Account, Account]
RULES = contact_ways().calls


def ask_for(database: Database, clock: FrozenClock, conversation_id: str, *, after: timedelta) -> int:
    """A call-back within two hours from `after` on; returns its id."""
    start = clock.now() + after
    window = Window(start, start + timedelta(hours=2))
    with database.write() as tx:
        effect = RequestCallBack("+34612345678", window, "Europe/Madrid")
        request_callback(tx, conversation_id, effect, clock.now())
        return store.open_callbacks(tx, conversation_id=conversation_id)[0].id


def told(database: Database, conversation_id: str) -> list[str]:
    """What the bot said in a conversation."""
    with database.read() as tx:
        entries = log.entries_after(tx, conversation_id, 0, audience="all")
    return [entry.body["text"] for entry in entries if entry.type == "message" and entry.actor == "bot"]


def test_the_list_follows_the_windows_and_shows_what_is_overdue(
    database: Database, clock: FrozenClock, waiting: str
) -> None:
    with database.write() as tx:
        other = log.start_conversation(tx, locale="de", now=clock.now()).id
    later = ask_for(database, clock, waiting, after=timedelta(hours=4))
    sooner = ask_for(database, clock, other, after=timedelta(0))
    clock.advance(timedelta(hours=3))

    with database.read() as tx:
        found = store.open_callbacks(tx)

    assert [(one.id, one.is_overdue(clock.now())) for one in found] == [(sooner, True), (later, False)]


def test_one_agent_takes_it_and_the_others_learn_who(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    call = ask_for(database, clock, waiting, after=timedelta(0))
    with database.write() as tx:
        calls.take(tx, call, agent=ana, now=clock.now())
        calls.take(tx, call, agent=ana, now=clock.now())

    for move in (
        lambda tx: calls.take(tx, call, agent=jan, now=clock.now()),
        lambda tx: calls.done(tx, call, agent=jan, now=clock.now()),
        lambda tx: calls.not_reached(tx, call, agent=jan, rules=RULES, now=clock.now()),
        lambda tx: calls.put_back(tx, call, agent=jan),
    ):
        with pytest.raises(Conflict, match="callback_taken_by") as raised, database.write() as tx:
            move(tx)
        assert raised.value.values == {"name": "Ana"}

    with database.write() as tx:
        calls.put_back(tx, call, agent=ana)
        assert calls.take(tx, call, agent=jan, now=clock.now()) == waiting


def test_who_was_not_reached_is_told_and_called_again_until_the_last_try(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    call = ask_for(database, clock, waiting, after=timedelta(0))

    for _ in range(RULES.tries):
        with database.write() as tx:
            calls.take(tx, call, agent=agents[0], now=clock.now())
            calls.not_reached(tx, call, agent=agents[0], rules=RULES, now=clock.now())
        with pytest.raises(Conflict), database.write() as tx:  # the second click
            calls.not_reached(tx, call, agent=agents[0], rules=RULES, now=clock.now())
        clock.advance(timedelta(hours=1))

    said = told(database, waiting)
    assert said[0] == (
        "Te hemos llamado al +34612345678 a las 10:00 y no hemos podido hablar contigo. "
        "Lo intentamos otra vez hoy entre las 11:00 y las 13:00."
    )
    assert "Escríbenos aquí" in said[-1]
    assert len(said) == RULES.tries
    with database.read() as tx:
        assert store.open_callbacks(tx) == []


def test_who_was_reached_sees_it_in_the_conversation_once(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    call = ask_for(database, clock, waiting, after=timedelta(0))

    with database.write() as tx:
        calls.take(tx, call, agent=agents[0], now=clock.now())
        calls.done(tx, call, agent=agents[0], now=clock.now())
        calls.done(tx, call, agent=agents[0], now=clock.now())

    assert told(database, waiting) == ["Ana, de nuestro equipo, ha hablado contigo por teléfono."]
    with pytest.raises(Unknown), database.write() as tx:
        calls.take(tx, 999, agent=agents[0], now=clock.now())


def test_a_new_wish_frees_a_call_back_that_was_taken(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    call = ask_for(database, clock, waiting, after=timedelta(0))
    with database.write() as tx:
        calls.take(tx, call, agent=agents[0], now=clock.now())

    assert ask_for(database, clock, waiting, after=timedelta(hours=3)) == call

    with database.write() as tx:
        calls.take(tx, call, agent=agents[1], now=clock.now())
