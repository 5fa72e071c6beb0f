"""The ground floor of data: migrations, deadlines, outbox, limits, the shared clock, hints."""

from __future__ import annotations

import asyncio
import importlib
import json
import shutil
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from bot.base.clock import UTC, FrozenClock
from bot.base.errors import TooMany
from bot.service import policy_in_force, return_rules
from bot.shop.sql import policies_of
from bot.storage import deadlines, limits, migrate, outbox, shared
from bot.storage.bus import Bus
from bot.storage.database import Database
from bot.storage.schema import metadata

ROOMS = (
    "storage",
    "conversations",
    "attachments",
    "accounts",
    "shop",
    "cases",
    "returns",
    "desk",
    "training",
    "privacy",
)


def _is_common(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words is each engine's own: `bot.conversations.words`."""
    return not (name or "").startswith("entry_words")


def test_migrations_give_the_schema_of_the_tables_and_can_be_undone(any_database: Database):
    for room in ROOMS:
        importlib.import_module(f"bot.{room}.tables")
    with any_database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_common})
        assert compare_metadata(context, metadata) == []

    migrate.downgrade(any_database, "base")

    with any_database.read() as connection:
        assert inspect(connection).get_table_names() in (["alembic_version"], [])
    migrate.upgrade(any_database)
    assert migrate.is_current(any_database)


def test_terms_approved_before_policies_had_a_history_count_for_every_order_and_come_back(
    any_database: Database,
):
    terms = {
        "window_days": 60,
        "return_paid_by": "seller",
        "accepts": "tried",
        "refund_within_days": 7,
        "fee_percent": 0,
    }
    migrate.downgrade(any_database, "0001")
    row = f"('s-1', 'Lumen', 'a@example.de', 'DE', 'de', '{json.dumps(terms)}')"
    with any_database.write() as tx:
        tx.exec_driver_sql(
            f"INSERT INTO sellers (id, name, email, country, case_language, return_policy) VALUES {row}"
        )

    migrate.upgrade(any_database)

    with any_database.read() as tx:
        (policy,) = policies_of(tx, ["s-1"])
    standard = return_rules().standard
    at = datetime(2020, 1, 1, tzinfo=UTC)
    assert policy_in_force([policy], standard, at=at) == replace(
        standard, window_days=60, refund_within_days=7
    )
    migrate.downgrade(any_database, "0001")
    with any_database.read() as tx:
        kept = tx.exec_driver_sql("SELECT return_policy FROM sellers").scalar_one()
    assert (json.loads(kept) if isinstance(kept, str) else kept) == terms


def test_answers_that_are_looked_after_stay_so_when_the_desk_comes(any_database: Database):
    migrate.downgrade(any_database, "0004_widget")
    with any_database.write() as tx:
        for subject, due_at in (("c1:3", 10), ("c1:5", 30), ("c2:4", 20)):
            tx.exec_driver_sql(
                f"INSERT INTO deadlines (kind, subject, due_at) VALUES ('answer_unseen', '{subject}', {due_at})"
            )

    migrate.upgrade(any_database)

    with any_database.read() as tx:
        found = tx.exec_driver_sql("SELECT subject, due_at, done_at FROM deadlines ORDER BY subject").all()
    assert [tuple(row) for row in found] == [("c1", 30, None), ("c2", 20, None)]


def test_a_failed_write_leaves_nothing(any_database: Database):
    def write_and_fail() -> None:
        with any_database.write() as tx:
            shared.put(tx, "name", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    with any_database.read() as tx:
        assert shared.get(tx, "name") is None


def test_tidying_brings_what_is_committed_into_the_file_itself(tmp_path: Path, clock: FrozenClock):
    database = Database(f"sqlite:///{tmp_path}/puente.db")
    migrate.upgrade(database)
    with database.write() as tx:
        deadlines.start(tx, kind="k", subject="s", due_at=clock.now())
    alone = tmp_path / "alone.db"

    database.tidy()

    shutil.copy(tmp_path / "puente.db", alone)  # without the log beside it
    with Database(f"sqlite:///{alone}").read() as tx:
        assert deadlines.due(tx, clock.now()) == [("k", "s")]
    database.close()


def test_two_schedulers_do_a_deadline_once(any_database: Database, clock: FrozenClock):
    done: list[str] = []
    with any_database.write() as tx:
        for number in range(20):
            deadlines.start(tx, kind="k", subject=str(number), due_at=clock.now())
    handlers = {"k": lambda tx, subject, now: done.append(subject)}
    threads = [
        threading.Thread(target=deadlines.run_due, args=(any_database, handlers, clock.now()))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(done, key=int) == [str(number) for number in range(20)]


def test_a_deadline_whose_handler_fails_is_tried_again_and_holds_up_no_other(
    database: Database, clock: FrozenClock
):
    calls: list[str] = []

    def handler(tx, subject, now):
        calls.append(subject)
        if subject == "bad" and calls.count("bad") == 1:
            raise ValueError("the first time")

    with database.write() as tx:
        deadlines.start(tx, kind="k", subject="bad", due_at=clock.now())
        deadlines.start(tx, kind="k", subject="good", due_at=clock.now())

    assert deadlines.run_due(database, {"k": handler}, clock.now()).total() == 1
    assert deadlines.run_due(database, {"k": handler}, clock.now()).total() == 1
    assert sorted(calls) == ["bad", "bad", "good"]


def test_a_deadline_is_not_done_before_its_time_nor_after_it_was_cancelled(
    database: Database, clock: FrozenClock
):
    done: list[str] = []
    handlers = {"k": lambda tx, subject, now: done.append(subject)}
    with database.write() as tx:
        deadlines.start(tx, kind="k", subject="a", due_at=clock.now() + timedelta(hours=24))
        deadlines.start(tx, kind="k", subject="b", due_at=clock.now() + timedelta(hours=24))
    clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    deadlines.run_due(database, handlers, clock.now())
    assert done == []

    with database.write() as tx:
        deadlines.cancel(tx, kind="k", subject="b")
    clock.advance(timedelta(microseconds=1))
    deadlines.run_due(database, handlers, clock.now())

    assert done == ["a"]


def test_an_item_of_the_outbox_is_queued_once_and_claimed_by_one(any_database: Database, clock: FrozenClock):
    with any_database.write() as tx:
        outbox.queue(tx, key="mail-1", kind="mail", payload={"a": 1}, now=clock.now())
    with pytest.raises(IntegrityError), any_database.write() as tx:
        outbox.queue(tx, key="mail-1", kind="mail", payload={"a": 2}, now=clock.now())

    first = outbox.claim(any_database, clock.now(), kind="mail")
    assert [item.payload for item in first] == [{"a": 1}]
    assert outbox.claim(any_database, clock.now(), kind="mail") == []

    clock.advance(outbox.LEASE)
    again = outbox.claim(any_database, clock.now(), kind="mail")
    assert [item.key for item in again] == ["mail-1"], "its first sender was killed"
    outbox.sent(any_database, again[0], clock.now())
    clock.advance(outbox.LEASE)
    assert outbox.claim(any_database, clock.now(), kind="mail") == []


def test_limits_count_across_the_window_and_then_start_anew(any_database: Database, clock: FrozenClock):
    limit = limits.Limit("try", 3, timedelta(minutes=1))
    for _ in range(3):
        limits.spend(any_database, {limit: "me"}, clock.now())

    with pytest.raises(TooMany) as refused:
        limits.spend(any_database, {limit: "me"}, clock.now())
    limits.spend(any_database, {limit: "somebody else"}, clock.now())

    assert refused.value.retry_after == 60
    clock.advance(timedelta(minutes=1))
    limits.spend(any_database, {limit: "me"}, clock.now())


def test_the_clock_is_shared_through_the_database(database: Database):
    from bot.base.clock import Clock

    here, there = Clock(), Clock()
    shared.advance_clock(database, here, 3600)
    shared.follow_clock(database, there)

    assert there.offset == here.offset == timedelta(hours=1)


async def test_hints_reach_every_process_through_redis(redis_url: str):
    one, other = Bus(redis_url), Bus(redis_url)
    await one.start()
    await other.start()
    try:
        with other.subscribe("conversation:1") as hints:
            for _ in range(50):  # until the subscription of the other process is there
                await asyncio.get_running_loop().run_in_executor(None, one.publish, "conversation:1", 7)
                note = await hints.next(0.1)
                if note:
                    break
        assert note == ("conversation:1", 7)
    finally:
        await one.stop()
        await other.stop()


async def test_a_hint_that_redis_does_not_take_stays_in_the_process():
    bus = Bus("redis://127.0.0.1:1/0")
    await bus.start()
    try:
        with bus.subscribe("t") as hints:
            bus.publish("t", 1)
            assert await hints.next(1) == ("t", 1)
        assert not bus.redis_is_up()
    finally:
        await bus.stop()
