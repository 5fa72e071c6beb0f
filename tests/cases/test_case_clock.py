"""The clock: expiry decides once, a reply that races it has one winner, a late one is kept; the promise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from case_helpers import conversation_of, entries, queued_mails, set_line

from bot.base.clock import FrozenClock
from bot.base.errors import Conflict
from bot.cases import answer, conveyed, deadline_handlers, store
from bot.cases.answer import AnswerResult
from bot.conversations import control, log
from bot.storage import deadlines
from bot.storage.database import Database

Opened = Callable[..., str]
REFERENCE = "P-7K2M9Q"
DAY = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)


def run(database: Database, clock: FrozenClock) -> int:
    return deadlines.run_due(database, deadline_handlers(), clock.now()).total()


def reply(database: Database, clock: FrozenClock, client_id: str = "k1") -> AnswerResult:
    with database.write() as tx:
        return answer(
            tx, REFERENCE, seller_id="s-de", account_id=5, client_id=client_id, resolution="refund",
            now=clock.now(),
        )  # fmt: skip


def kinds(database: Database) -> list[str]:
    with database.read() as tx:
        return [event.type for event in store.events_of(tx, REFERENCE)]


def test_nothing_happens_a_moment_before_the_time_is_over(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    clock.advance(DAY - MOMENT)

    assert run(shop_database, clock) == 0
    assert reply(shop_database, clock).kind == "answered"


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "es",
            [
                "no ha respondido a tiempo",
                "etiqueta de envío ya pagada",
                "49,90\xa0€",
                "El motivo: La garantía",
            ],
        ),
        ("de", ["nicht rechtzeitig", "Rücksendeetikett", "49,90\xa0€", "Der Grund: Die Gewährleistung"]),
    ],
)
def test_expiry_decides_and_tells_both_sides_with_the_reason(
    shop_database: Database, opened: Opened, clock: FrozenClock, locale: str, told: list[str]
) -> None:
    opened(shop_database, locale=locale)
    clock.advance(DAY)

    assert run(shop_database, clock) == 1

    with shop_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
    assert (case.state, case.decided_by, case.resolution) == ("decided", "policy", "return_label")
    assert case.decided_at == case.told_at == clock.now()
    message = entries(shop_database, REFERENCE)[-1]
    assert message.actor == "bot"
    assert all(part in message.body["text"] for part in told)
    assert [mail.key for mail in queued_mails(shop_database)] == [
        "case-opened:P-7K2M9Q",
        "case-decided:P-7K2M9Q",
    ]
    assert kinds(shop_database) == ["opened", "expired", "decided"]


def test_expiry_happens_once_however_often_it_is_tried(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    clock.advance(DAY)
    run(shop_database, clock)
    before = entries(shop_database, REFERENCE, "staff")

    assert run(shop_database, clock) == 0
    with shop_database.write() as tx:
        deadline_handlers()["case_answer"](tx, REFERENCE, clock.now())

    assert entries(shop_database, REFERENCE, "staff") == before
    assert len(queued_mails(shop_database)) == 2


def test_two_schedulers_make_one_decision(
    any_database: Database, stocked: Callable[[Database], Database], opened: Opened, clock: FrozenClock
) -> None:
    references = [f"P-{a}{b}{b}{b}{b}{b}" for a in "23456" for b in "789"]
    stocked(any_database)
    for reference in references:
        opened(any_database, reference)
    clock.advance(DAY)
    heard: list[str] = []
    start = threading.Barrier(2)

    def schedule() -> None:
        handlers = deadline_handlers(changed=lambda conversation, seq: heard.append(conversation))
        start.wait()
        deadlines.run_due(any_database, handlers, clock.now())

    _in_threads(schedule, schedule)

    mails = [mail.key for mail in queued_mails(any_database) if mail.key.startswith("case-decided")]
    assert sorted(mails) == sorted(f"case-decided:{reference}" for reference in references)
    assert len(set(heard)) == len(references)
    for reference in references:
        told = [entry for entry in entries(any_database, reference) if entry.type == "message"]
        assert len(told) == 1


@pytest.mark.parametrize("attempt", range(8))
def test_a_reply_that_races_the_expiry_has_one_winner(
    any_database: Database,
    stocked: Callable[[Database], Database],
    opened: Opened,
    clock: FrozenClock,
    attempt: int,
) -> None:
    stocked(any_database)
    opened(any_database)
    in_time = FrozenClock(clock.now() + DAY - MOMENT)
    over = FrozenClock(clock.now() + DAY)
    results: list[AnswerResult] = []
    start = threading.Barrier(2)

    def seller() -> None:
        start.wait()
        results.append(reply(any_database, in_time))

    def scheduler() -> None:
        start.wait()
        run(any_database, over)

    _in_threads(seller, scheduler)

    told = [entry for entry in entries(any_database, REFERENCE) if entry.type == "message"]
    decided = [mail for mail in queued_mails(any_database) if mail.key.startswith("case-decided")]
    with any_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
    assert len(told) == 1
    if results[0].kind == "answered":
        assert (case.state, len(decided)) == ("answered", 0)
    else:
        assert (case.state, len(decided)) == ("decided", 1)
        assert kinds(any_database)[-1] == "late_answer"


def test_two_replies_at_once_have_one_winner(
    any_database: Database, stocked: Callable[[Database], Database], opened: Opened, clock: FrozenClock
) -> None:
    stocked(any_database)
    opened(any_database)
    results: list[object] = []
    start = threading.Barrier(4)

    def seller(client_id: str) -> None:
        start.wait()
        try:
            results.append(reply(any_database, clock, client_id).new)
        except Conflict as error:
            results.append(error.code)

    _in_threads(*(lambda c=c: seller(c) for c in ("a", "a", "b", "b")))

    assert results.count(True) == 1
    assert results.count(False) == 1
    assert results.count("case_already_answered") == 2


def test_a_late_reply_is_kept_and_marked_and_the_decision_stands(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    clock.advance(DAY)
    run(shop_database, clock)
    seen = entries(shop_database, REFERENCE)

    first = reply(shop_database, clock)
    again = reply(shop_database, clock)

    assert (first.kind, first.new, again.kind, again.new) == ("late", True, "late", False)
    assert entries(shop_database, REFERENCE) == seen
    note = entries(shop_database, REFERENCE, "staff")[-1]
    assert note.body["late"] == {"resolution": "refund"}
    with shop_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
        event = store.events_of(tx, REFERENCE)[-1]
    assert (case.state, case.resolution, case.answered_at) == ("decided", "return_label", None)
    assert (event.type, event.actor, event.body["resolution"]) == ("late_answer", "seller", "refund")


def test_a_reply_after_the_time_is_late_even_before_the_scheduler_comes(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    clock.advance(DAY)

    assert reply(shop_database, clock).kind == "late"
    assert run(shop_database, clock) == 1

    with shop_database.read() as tx:
        assert store.get_case(tx, REFERENCE).state == "decided"


def test_what_needs_a_person_goes_to_the_queue_and_counts_as_untold(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    set_line(shop_database, price_cents=40_000, state="shipped", delivered_at=None)
    opened(shop_database, reason="order_late")
    clock.advance(DAY)

    run(shop_database, clock)

    with shop_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
        conversation = log.get_conversation(tx, case.conversation_id)
    assert (case.state, case.resolution, case.told_at) == ("decided", "person_takes_over", None)
    assert (conversation.controller, conversation.handoff_reason) == ("queue", "decide_case")
    seen = [e.body["state"] for e in entries(shop_database, REFERENCE) if e.type == "case"]
    assert seen == ["opened", "expired"]  # a decision is told when there is one
    told = [e.body["text"] for e in entries(shop_database, REFERENCE) if e.type == "message"][-1]
    assert "no ha respondido a tiempo" in told
    assert "decidido" not in told


def test_an_agent_is_warned_six_hours_before_the_promise_is_over(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database, started_at=clock.now() - timedelta(hours=30))
    clock.advance(timedelta(hours=12) - MOMENT)
    assert run(shop_database, clock) == 0
    clock.advance(MOMENT)

    assert run(shop_database, clock) == 1

    with shop_database.read() as tx:
        conversation = log.get_conversation(tx, conversation_of(tx, REFERENCE))
        assert store.get_case(tx, REFERENCE).state == "opened"
    assert (conversation.controller, conversation.handoff_reason) == ("queue", "promise_due")
    assert kinds(shop_database) == ["opened", "promise_due"]
    assert run(shop_database, clock) == 0


def test_nobody_is_warned_of_a_promise_that_is_kept(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    reply(shop_database, clock)
    clock.advance(timedelta(hours=43))

    run(shop_database, clock)

    with shop_database.read() as tx:
        assert log.get_conversation(tx, conversation_of(tx, REFERENCE)).controller == "bot"


def test_an_agent_who_is_at_it_is_warned_without_losing_the_conversation(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database, started_at=clock.now() - timedelta(hours=42))
    with shop_database.write() as tx:
        control.claim(tx, conversation_of(tx, REFERENCE), agent_id=3, first_name="Eva", now=clock.now())

    run(shop_database, clock)

    with shop_database.read() as tx:
        assert log.get_conversation(tx, conversation_of(tx, REFERENCE)).controller == "agent"
    assert entries(shop_database, REFERENCE, "staff")[-1].body["attention"] == "promise_due"


def test_an_open_case_cannot_be_conveyed(shop_database: Database, opened: Opened, clock: FrozenClock) -> None:
    opened(shop_database)

    with shop_database.write() as tx:
        assert not conveyed(tx, REFERENCE, now=clock.now())
        assert store.get_case(tx, REFERENCE).told_at is None


def _in_threads(*work: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def guarded(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
