"""What supervisors see: counted right, in days of the shop's own zone."""

from __future__ import annotations

from datetime import date, timedelta

from test_team import claim, queued, two_agents

from bot.base.clock import FrozenClock
from bot.conversations import log
from bot.desk import reports, work
from bot.storage.database import Database


def test_the_load_of_this_moment(any_database: Database, clock: FrozenClock) -> None:
    ana, _ = two_agents(any_database, clock)
    first = queued(any_database, clock)
    since = clock.now()
    clock.advance(timedelta(minutes=5))
    queued(any_database, clock)
    held = queued(any_database, clock)
    claim(any_database, clock, held, ana)

    with any_database.read() as tx:
        found = reports.live(tx, capacity=3, now=clock.now())

    assert (found.waiting.count, found.waiting.since) == (2, since)
    assert {code: one.count for code, one in found.by_language.items()} == {"es": 2}
    assert {code: one.count for code, one in found.by_reason.items()} == {"talk_to_human": 2}
    assert (found.with_agents, found.unanswered) == (1, 1)
    assert [(one.name, one.held) for one in found.people] == [("Ana Prado", 1)]
    assert first != held


def test_conversations_without_a_matter_are_counted_as_such(
    any_database: Database, clock: FrozenClock
) -> None:
    queued(any_database, clock)

    with any_database.read() as tx:
        found = reports.report(tx, days=7, now=clock.now())

    assert found.by_reason == {reports.NO_REASON: (1, 1)}


def test_a_report_counts_days_where_the_customers_are(any_database: Database, clock: FrozenClock) -> None:
    ana, _ = two_agents(any_database, clock)
    clock.advance(timedelta(hours=14, minutes=30))  # 23:30 UTC on 2 March: 00:30 on the 3rd in Madrid
    chats = [queued(any_database, clock) for _ in range(3)]
    with any_database.write() as tx:
        log.start_conversation(tx, locale="de", now=clock.now())  # nothing was said: none
    for chat, minutes in zip(chats, (1, 2, 3), strict=True):
        clock.advance(timedelta(minutes=1))
        claim(any_database, clock, chat, ana)
        assert minutes
    with any_database.write() as tx:
        work.close(tx, chats[0], agent=ana, seen=None, now=clock.now())

    with any_database.read() as tx:
        found = reports.report(tx, days=7, now=clock.now())

    today = found.days[-1]
    assert [day.day for day in found.days] == [date(2026, 2, 25) + timedelta(n) for n in range(7)]
    assert (today.day, today.conversations, today.handed_off, today.claimed) == (date(2026, 3, 3), 3, 3, 3)
    assert (today.closed, today.wait_median, today.wait_p90) == (1, 120, 168)
    assert found.by_language == {"es": (3, 3)}
    assert found.by_agent == {"Ana Prado": (3, 120)}
    assert found.by_hour[0] == 3
    assert sum(day.conversations for day in found.days[:-1]) == 0
