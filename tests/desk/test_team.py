"""Who is at the desk, how much they hold, and chats that change hands: by a person, or by the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.errors import Conflict, PuenteError, Unknown
from bot.conversations import control, log
from bot.desk import audit, hand_over, people, work
from bot.desk.queue import invited_of, queue_of
from bot.storage.database import Database

Agents = tuple[Account, Account]
SILENT, GONE = timedelta(minutes=3), timedelta(minutes=1)
CAPACITY = 3


def queued(database: Database, clock: FrozenClock, text: str = "Hola") -> str:
    """A conversation that waits for a person."""
    with database.write() as tx:
        conversation = log.start_conversation(tx, locale="es", now=clock.now())
        log.accept_message(tx, conversation.id, client_id="1", text=text, payload=None, now=clock.now())
        control.hand_off(tx, conversation.id, reason="talk_to_human", now=clock.now())
    return conversation.id


def claim(database: Database, clock: FrozenClock, conversation_id: str, agent: Account) -> None:
    """Take a chat as the desk does."""
    with database.write() as tx:
        work.claim(
            tx, conversation_id, agent=agent, now=clock.now(), capacity=CAPACITY, wall=clock.unshifted()
        )


def reply(
    database: Database, clock: FrozenClock, conversation_id: str, agent: Account, text: str = "Dime"
) -> int:
    """Write to the customer."""
    with database.write() as tx:
        seq, _ = work.reply(
            tx, conversation_id, agent=agent, client_id=text, text=text, conveys=None, now=clock.now()
        )
    return seq


def open_page(database: Database, clock: FrozenClock, agent: Account, session: str = "") -> str:
    """A page of the agent is open."""
    session = session or f"s{agent.id}"
    with database.write() as tx:
        people.arrive(tx, session, agent.id, now=clock.unshifted())
    return session


def sweep(database: Database, clock: FrozenClock) -> dict[str, int]:
    """What the clock brings."""
    return hand_over.back_to_queue(
        database, now=clock.now(), wall=clock.unshifted(), silent_after=SILENT, gone_after=GONE
    )


def at_once(*calls: Callable[[], None]) -> list[PuenteError | None]:
    """Run all at the same moment; what each of them raised."""
    together, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], None]) -> None:
        together.wait()
        try:
            call()
        except PuenteError as error:
            results[index] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("count", [15])
def test_of_two_claims_at_once_one_wins_and_the_loser_is_told_who(
    any_database: Database, clock: FrozenClock, count: int
) -> None:
    ana, jan = two_agents(any_database, clock)
    chats = [queued(any_database, clock) for _ in range(count)]

    for chat in chats:
        raised = at_once(
            *(lambda a=agent, c=chat: _claim_freely(any_database, clock, c, a) for agent in (ana, jan))
        )
        (lost,) = [error for error in raised if error is not None]
        winner = (ana, jan)[raised.index(None)]
        assert lost.code == "claimed_by"
        assert lost.values["name"] == winner.first_name

    with any_database.read() as tx:
        held = sum(one.held for one in people.people(tx, capacity=CAPACITY))
        claims = audit.newest(tx, "claimed", limit=1000)
    assert held == len(claims) == count


def two_agents(database: Database, clock: FrozenClock) -> Agents:
    """Ana and Jan, in a database of any engine."""
    from bot.accounts import store

    with database.write() as tx:
        for name in ("Ana Prado", "Jan Albers"):
            address, password = f"{name[:3]}@example.com", "long enough 1"
            store.add_account(tx, email=address, name=name, role="agent", password=password, now=clock.now())
        ana, jan = store.list_accounts(tx)
    return ana, jan


def _claim_freely(database: Database, clock: FrozenClock, conversation_id: str, agent: Account) -> None:
    with database.write() as tx:
        work.claim(tx, conversation_id, agent=agent, now=clock.now())


def test_an_agent_who_claims_two_chats_at_once_stays_within_capacity(
    any_database: Database, clock: FrozenClock
) -> None:
    ana, _ = two_agents(any_database, clock)
    chats = [queued(any_database, clock) for _ in range(CAPACITY + 1)]
    for chat in chats[: CAPACITY - 1]:
        claim(any_database, clock, chat, ana)

    raised = at_once(*(lambda c=chat: claim(any_database, clock, c, ana) for chat in chats[CAPACITY - 1 :]))

    (refused,) = [error for error in raised if error is not None]
    assert refused.code == "desk_full"
    assert refused.values["count"] == CAPACITY


def test_a_chat_that_comes_to_life_again_counts(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    ana, _ = agents
    chats = [queued(database, clock) for _ in range(CAPACITY)]
    for chat in chats:
        claim(database, clock, chat, ana)
        reply(database, clock, chat, ana)
    clock.advance(timedelta(days=2))  # quiet for long: still in her hands
    with database.write() as tx:
        log.accept_message(
            tx, chats[0], client_id="again", text="Hola otra vez", payload=None, now=clock.now()
        )

    with pytest.raises(Conflict, match="desk_full"):
        claim(database, clock, queued(database, clock), ana)


def test_presence_follows_the_open_pages(database: Database, clock: FrozenClock, agents: Agents) -> None:
    ana, _ = agents

    def state() -> str:
        with database.read() as tx:
            found = people.person(tx, ana.id, capacity=CAPACITY)
        assert found is not None
        return found.state

    first, second = open_page(database, clock, ana, "one"), open_page(database, clock, ana, "two")
    assert state() == "here"
    with database.write() as tx:
        people.set_away(tx, ana.id, True, now=clock.unshifted())
        people.leave(tx, first, now=clock.unshifted())
    assert state() == "away"
    with database.write() as tx:
        people.set_away(tx, ana.id, False, now=clock.unshifted())
    assert state() == "here"
    with database.write() as tx:
        people.leave(tx, second, now=clock.unshifted())
    assert state() == "gone"


def test_a_page_whose_process_was_killed_is_found(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    kept, lost = (open_page(database, clock, agent) for agent in agents)
    clock.advance(people.STALE + timedelta(seconds=1))
    with database.write() as tx:
        people.beat(tx, [kept], now=clock.unshifted())

    with database.read() as tx:
        assert people.stale_sessions(tx, now=clock.unshifted()) == [lost]


def test_a_silent_agents_chat_goes_back_with_the_time_the_customer_waits(
    any_database: Database, clock: FrozenClock
) -> None:
    ana, jan = two_agents(any_database, clock)
    chat, answered = queued(any_database, clock), queued(any_database, clock)
    for one in (chat, answered):
        claim(any_database, clock, one, ana)
        reply(any_database, clock, one, ana)
    clock.advance(timedelta(minutes=1))
    asked_at = clock.now()
    for number in range(3):  # goes on writing: that is no answer
        with any_database.write() as tx:
            log.accept_message(
                tx, chat, client_id=f"more {number}", text="¿Y?", payload=None, now=clock.now()
            )
        assert sweep(any_database, clock) == {}
        clock.advance(timedelta(minutes=1))

    done = sweep(any_database, clock)

    assert list(done) == [chat]
    with any_database.read() as tx:
        waiting = queue_of(tx, jan.id).waiting
        (event,) = audit.newest(tx, "requeued")
        last = log.entries_after(tx, chat, done[chat] - 1, audience="all")
    assert [(row.conversation.id, row.conversation.handoff_reason) for row in waiting] == [
        (chat, "agent_silent")
    ]
    assert waiting[0].conversation.queued_at == asked_at
    assert (event.other, event.body["reason"]) == ("Ana Prado", "agent_silent")
    assert [(entry.type, entry.body["reason"]) for entry in last] == [("handoff", "agent_silent")]
    assert sweep(any_database, clock) == {}


def test_a_chat_claimed_from_the_queue_and_left_alone_goes_back(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    clock.advance(timedelta(minutes=10))
    claim(database, clock, waiting, agents[0])
    clock.advance(SILENT - timedelta(seconds=1))
    assert sweep(database, clock) == {}
    clock.advance(timedelta(seconds=1))

    assert list(sweep(database, clock)) == [waiting]


def test_a_reply_that_comes_first_keeps_the_chat(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    claim(database, clock, waiting, agents[0])
    clock.advance(SILENT)
    with database.read() as tx:
        stale = log.get_conversation(tx, waiting)
    reply(database, clock, waiting, agents[0])

    with database.write() as tx:
        moved = control.requeue(tx, stale, reason="agent_silent", queued_at=clock.now(), now=clock.now())

    assert moved is False
    assert sweep(database, clock) == {}


def test_the_chats_of_who_is_gone_go_back_and_a_reload_is_not_gone(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, _ = agents
    session = open_page(database, clock, ana)
    claim(database, clock, waiting, ana)
    reply(database, clock, waiting, ana)
    with database.write() as tx:
        people.leave(tx, session, now=clock.unshifted())
    clock.advance(GONE / 2)
    session = open_page(database, clock, ana, "reloaded")
    clock.advance(GONE * 2)
    assert sweep(database, clock) == {}

    with database.write() as tx:
        people.leave(tx, session, now=clock.unshifted())
    clock.advance(GONE)

    assert list(sweep(database, clock)) == [waiting]
    with database.read() as tx:
        assert log.get_conversation(tx, waiting).handoff_reason == "agent_gone"


def test_a_chat_is_passed_on_to_who_is_here_and_has_room(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    claim(database, clock, waiting, ana)

    def pass_on(by: Account = ana, to: int = jan.id) -> None:
        with database.write() as tx:
            hand_over.pass_on(
                tx, waiting, agent=by, to=to, capacity=CAPACITY, now=clock.now(), wall=clock.unshifted()
            )

    with pytest.raises(Conflict, match="colleague_not_here"):
        pass_on()
    open_page(database, clock, jan)
    with pytest.raises(Unknown):
        pass_on(to=999)
    pass_on()
    with pytest.raises(Conflict, match="not_yours"):
        reply(database, clock, waiting, ana)
    reply(database, clock, waiting, jan)
    with database.read() as tx:
        entries = log.entries_after(tx, waiting, 0, audience="all")
    assert [entry.body["agent"] for entry in entries if entry.type == "assigned"] == ["Ana", "Jan"]

    open_page(database, clock, ana)
    for _ in range(CAPACITY):
        claim(database, clock, queued(database, clock), ana)
    with pytest.raises(Conflict, match="colleague_full"):
        pass_on(by=jan, to=ana.id)


def test_an_invited_colleague_writes_and_is_out_when_the_chat_is_given_back(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    claim(database, clock, waiting, ana)
    with pytest.raises(Conflict, match="not_yours"):
        reply(database, clock, waiting, jan, "Soy Jan")
    open_page(database, clock, jan)
    with database.write() as tx:
        for _ in range(2):
            hand_over.invite(tx, waiting, agent=ana, to=jan.id, capacity=CAPACITY, now=clock.now())
        assert [row.conversation.id for row in invited_of(tx, jan.id)] == [waiting]

    reply(database, clock, waiting, jan, "Soy Jan")
    with database.write() as tx:
        with pytest.raises(Conflict, match="not_yours"):
            work.close(tx, waiting, agent=jan, seen=None, now=clock.now())
        work.give_back(tx, waiting, agent=ana, to="queue", seen=None, now=clock.now())
        last = log.entries_after(tx, waiting, 0, audience="all")

    assert [entry.body.get("agent") for entry in last if entry.actor == "agent"] == ["Jan"]
    with database.read() as tx:
        assert invited_of(tx, jan.id) == []
    with pytest.raises(Conflict, match="not_yours"):
        reply(database, clock, waiting, jan, "¿Sigo?")


def test_a_supervisor_takes_a_chat_away(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    with database.write() as tx, pytest.raises(Conflict, match="not_with_an_agent"):
        hand_over.take_away(tx, waiting, by=jan, now=clock.now())
    claim(database, clock, waiting, ana)
    with database.write() as tx:
        hand_over.take_away(tx, waiting, by=jan, now=clock.now())

    with database.read() as tx:
        conversation = log.get_conversation(tx, waiting)
    assert (conversation.controller, conversation.handoff_reason) == ("queue", "taken_away")
