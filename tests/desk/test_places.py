"""Places in the queue: one reading for all who wait, told to those whose place changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.settings import Settings
from bot.conversations import control, log
from bot.desk import people, places, waiting, work
from bot.desk.places import Places
from bot.storage.bus import Bus
from bot.storage.database import Database

Agents = tuple[Account, Account]


@dataclass
class Told:
    """A bus that writes down who was told what."""

    notes: dict[str, Any] = field(default_factory=dict)

    def deliver_here(self, topic: str, note: Any = None) -> None:
        """Everybody listens."""
        self.notes[topic.removeprefix("waiting:")] = note

    def taken(self) -> dict[str, Any]:
        """What was told since the last look."""
        notes, self.notes = self.notes, {}
        return notes


@dataclass
class Hearing:
    """What places need of a house."""

    database: Database
    clock: FrozenClock
    bus: Any
    settings: Settings = field(default_factory=lambda: Settings(secret="s" * 40))


def queued(database: Database, clock: FrozenClock, count: int) -> list[str]:
    """Conversations that wait, the longest first."""
    ids = []
    with database.write() as tx:
        for _ in range(count):
            clock.advance(timedelta(seconds=1))
            conversation = log.start_conversation(tx, locale="es", now=clock.now())
            control.hand_off(tx, conversation.id, reason="talk_to_human", now=clock.now())
            ids.append(conversation.id)
    return ids


def at_the_desk(database: Database, clock: FrozenClock, agent: Account) -> None:
    """A page of the agent's is open."""
    with database.write() as tx:
        people.arrive(tx, f"page of {agent.id}", agent.id, now=clock.unshifted())


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that is run from here on."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_only_those_whose_place_changed_are_told(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    first, second, third, fourth = queued(database, clock, 4)
    at_the_desk(database, clock, agents[0])
    told = Told()
    queue = Places(Hearing(database, clock, told))

    queue.tell()
    assert [told.notes[one]["position"] for one in (first, second, third, fourth)] == [1, 2, 3, 4]
    assert told.taken()[first] == {
        "position": 1, "eta_minutes": None, "staffed": True, "open": True, "opens_at": None,
    }  # fmt: skip
    queue.tell()
    assert told.taken() == {}

    with database.write() as tx:
        work.claim(tx, second, agent=agents[0], now=clock.now())
    queue.tell()
    assert {one: note["position"] for one, note in told.taken().items()} == {third: 2, fourth: 3}

    queue.tell(again=True)
    assert set(told.taken()) == {first, third, fourth}
    clock.advance(timedelta(hours=13))
    queue.tell()
    assert told.taken()[first] == {
        "position": 1, "eta_minutes": None, "staffed": True, "open": False, "opens_at": "2026-03-03T08:00:00.000Z",
    }  # fmt: skip


def test_the_time_is_the_one_a_look_of_ones_own_gives(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    ids = queued(database, clock, 6)
    at_the_desk(database, clock, agents[0])
    with database.write() as tx:
        for conversation_id in ids[:3]:
            work.claim(tx, conversation_id, agent=agents[0], now=clock.now())
    told = Told()

    Places(Hearing(database, clock, told)).tell()

    minutes = [told.notes[one]["eta_minutes"] for one in ids[3:]]
    assert minutes == [10, 20, 30]
    with database.read() as tx:
        for conversation_id, eta in zip(ids[3:], minutes, strict=True):
            own = waiting.waiting_of(tx, conversation_id, rules=places.contact_ways().calls, now=clock.now())
            assert own.eta_minutes == eta


def test_whether_somebody_is_there_is_told_by_who_is_at_the_desk(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    (chat,) = queued(database, clock, 1)
    told = Told()
    queue = Places(Hearing(database, clock, told))

    def staffed() -> bool:
        queue.tell()
        return bool(told.notes[chat]["staffed"])

    assert not staffed()
    at_the_desk(database, clock, agents[0])
    assert staffed()
    with database.write() as tx:
        people.set_away(tx, agents[0].id, True, now=clock.unshifted())
    assert not staffed()
    at_the_desk(database, clock, agents[1])
    clock.advance(timedelta(hours=13))
    assert staffed()  # at night, too
    with database.write() as tx:
        people.leave(tx, f"page of {agents[1].id}", now=clock.unshifted())
    assert not staffed()


def test_agents_at_another_desk_are_there_by_the_hours(database: Database, clock: FrozenClock) -> None:
    (chat,) = queued(database, clock, 1)
    told = Told()
    elsewhere = Settings(secret="s" * 40, bridge_url="http://127.0.0.1:1", bridge_secret="s" * 40)
    queue = Places(Hearing(database, clock, told, elsewhere))

    queue.tell()
    assert told.notes[chat]["staffed"]
    clock.advance(timedelta(hours=13))
    queue.tell()
    assert not told.notes[chat]["staffed"]


def test_a_long_queue_costs_no_more_than_a_short_one(
    database: Database, clock: FrozenClock, statements: list[str]
) -> None:
    queue = Places(Hearing(database, clock, Told()))
    costs = []
    for more in (1, 60):
        queued(database, clock, more)
        statements.clear()
        queue.tell()
        costs.append(len([one for one in statements if one.startswith("SELECT")]))

    assert costs == [3, 2]  # the count of chats taken lately is still good the second time
    statements.clear()
    queue.tell(again=True)
    assert len([one for one in statements if one.startswith("SELECT")]) == 2


async def test_hints_that_come_together_are_one_look_and_others_none(
    database: Database, clock: FrozenClock, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "COALESCE_SECONDS", 0.05)
    (chat,) = queued(database, clock, 1)
    bus = Bus()
    await bus.start()
    queue = Places(Hearing(database, clock, bus))
    with ThreadPoolExecutor(1) as threads, bus.subscribe(f"waiting:{chat}") as hints:
        following = asyncio.ensure_future(queue.follow(threads))
        await asyncio.sleep(0)
        statements.clear()
        for slow in (True, False):
            bus.publish("desk", {"id": chat, "agents": [1], "shared": slow, "slow": slow})
        assert await hints.next(0.3) is None
        assert statements == []

        for _ in range(5):
            bus.publish("desk", {"id": chat, "agents": [], "shared": True, "slow": False})
        topic, note = await hints.next(5) or ("", None)
        assert (topic, note["position"]) == (f"waiting:{chat}", 1)
        assert len([one for one in statements if "queued_at" in one and one.startswith("SELECT")]) == 1
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await bus.stop()


def test_at_night_somebody_is_there_while_an_agent_is_at_the_desk(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    clock.advance(timedelta(hours=14))
    [conversation_id] = queued(database, clock, 1)
    told = Told()
    tell = Places(Hearing(database, clock, told)).tell

    tell()
    assert told.taken()[conversation_id]["staffed"] is False
    with database.write() as tx:
        people.arrive(tx, "a page", agents[0].id, now=clock.now())
    tell()
    assert told.taken()[conversation_id]["staffed"] is True
    with database.write() as tx:
        people.set_away(tx, agents[0].id, True, now=clock.now())
    tell()
    found = told.taken()[conversation_id]
    assert (found["staffed"], found["opens_at"]) == (False, "2026-03-03T08:00:00.000Z")
