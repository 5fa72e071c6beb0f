"""Opening a case: two clocks, one mail, one entry; and what goes to the seller's own messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from case_helpers import entries, queued_mails
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.base.clock import UTC, FrozenClock
from bot.base.errors import Unknown
from bot.cases import MessageSeller, case_log, message_seller, new_reference, store
from bot.cases.tables import seller_messages
from bot.conversations import log
from bot.storage.database import Database
from bot.storage.tables import deadlines

Opened = Callable[..., str]


def test_a_reference_is_short_and_has_no_character_that_is_taken_for_another() -> None:
    references = {new_reference() for _ in range(500)}

    assert len(references) == 500
    assert all(re.fullmatch(r"P-[2-9B-HJKMNP-RTVWXYZ]{6}", reference) for reference in references)


def test_opening_sets_both_clocks_to_elapsed_hours(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    started = clock.now() - timedelta(minutes=7)

    opened(shop_database, started_at=started)

    with shop_database.read() as tx:
        due = {row.kind: row.due_at for row in tx.execute(select(deadlines))}
        case = store.get_case(tx, "P-7K2M9Q")
    assert due["case_answer"] == case.answer_by == clock.now() + timedelta(hours=24)
    assert due["case_promise"] == started + timedelta(hours=42)
    assert case.promised_by == started + timedelta(hours=48)


@pytest.mark.parametrize("day", [(2026, 3, 28), (2026, 3, 29), (2026, 10, 24), (2026, 10, 25)])
def test_changes_of_summer_time_do_not_move_a_deadline(
    shop_database: Database, opened: Opened, clock: FrozenClock, day: tuple[int, int, int]
) -> None:
    clock.advance(datetime(*day, 22, 30, tzinfo=UTC) - clock.now())

    opened(shop_database)

    with shop_database.read() as tx:
        case = store.get_case(tx, "P-7K2M9Q")
    assert case.answer_by - case.opened_at == timedelta(seconds=86_400)
    assert case.promised_by - case.opened_at == timedelta(seconds=172_800)


def test_the_customer_sees_reference_and_promise_in_the_log(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    (entry,) = entries(shop_database, "P-7K2M9Q")
    assert entry.type == "case"
    assert entry.body == {
        "reference": "P-7K2M9Q",
        "state": "opened",
        "answer_by": "2026-03-03T09:00:00.000Z",
        "promised_by": "2026-03-04T09:00:00.000Z",
        "reason": "item_damaged",
    }


def test_one_mail_is_queued_and_holds_no_contact_data_of_the_customer(
    shop_database: Database, opened: Opened
) -> None:
    opened(shop_database)

    (mail,) = queued_mails(shop_database)
    assert (mail.key, mail.kind, mail.payload["to"]) == ("case-opened:P-7K2M9Q", "mail", "s-de@example.com")
    stored = json.dumps(mail.payload, ensure_ascii=False)
    assert "ana@example.es" not in stored
    assert "600 111 222" not in stored
    assert "Llegó rota" in stored


def test_the_same_reference_is_refused_and_leaves_nothing(shop_database: Database, opened: Opened) -> None:
    opened(shop_database)

    with pytest.raises(IntegrityError):
        opened(shop_database)

    assert len(queued_mails(shop_database)) == 1


def test_a_case_to_an_unknown_seller_is_opened_without_a_mail(
    shop_database: Database, opened: Opened
) -> None:
    opened(shop_database, seller_id="s-gone")

    with shop_database.read() as tx:
        assert store.get_case(tx, "P-7K2M9Q").state == "opened"
    assert queued_mails(shop_database) == []


def test_another_seller_sees_no_more_than_of_a_case_that_is_not_there(
    shop_database: Database, opened: Opened
) -> None:
    opened(shop_database)

    with shop_database.read() as tx:
        assert store.access_case_by_seller(tx, "P-7K2M9Q", seller_id="s-de").reason == "item_damaged"
        for reference, seller in (("P-7K2M9Q", "s-zh"), ("P-NONE22", "s-de")):
            with pytest.raises(Unknown) as refused:
                store.access_case_by_seller(tx, reference, seller_id=seller)
            assert refused.value.code == "unknown_case"


def test_a_customer_finds_promises_of_other_conversations_only_when_signed_in(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    with shop_database.write() as tx:
        here = log.start_conversation(tx, locale="es", now=clock.now()).id

    with shop_database.read() as tx:
        assert [p.reference for p in store.promises(tx, conversation_id=here, customer_id="c-1")] == [
            "P-7K2M9Q"
        ]
        assert store.promises(tx, conversation_id=here, customer_id=None) == []
        assert store.promises(tx, conversation_id=here, customer_id="c-2") == []
        with pytest.raises(Unknown):
            store.access_case_by_customer(tx, "P-7K2M9Q", conversation_id=here, customer_id=None)
        line = "302-4817264-1935501-1"
        assert (
            store.cases_of_line(tx, line, conversation_id=here, customer_id="c-1")[0].reference == "P-7K2M9Q"
        )
        assert store.cases_of_line(tx, line, conversation_id=here, customer_id=None) == []


def test_the_case_log_shows_the_most_urgent_first_and_counts(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database, "P-222222")
    clock.advance(timedelta(hours=1))
    opened(shop_database, "P-333333")
    opened(shop_database, "P-444444", seller_id="s-zh")
    clock.advance(timedelta(hours=17, minutes=30))

    with shop_database.read() as tx:
        page = case_log.page_of_cases(tx, "s-de", group="open", now=clock.now())
        counts = case_log.group_counts(tx, "s-de", now=clock.now())

    assert [case.reference for case in page.cases] == ["P-222222", "P-333333"]
    assert (counts["open"], counts["soon"], counts["expired"]) == (2, 1, 0)


def test_a_redirected_question_reaches_the_sellers_messages_and_one_mail(
    shop_database: Database, clock: FrozenClock
) -> None:
    effect = MessageSeller("s-zh", "invoice_request", "Necesito factura, ana@example.es", "es", "302", None)

    with shop_database.write() as tx:
        conversation = log.start_conversation(tx, locale="es", now=clock.now())
        message_seller(tx, conversation.id, effect, clock.now())

    with shop_database.read() as tx:
        (row,) = tx.execute(select(seller_messages)).all()
    (mail,) = queued_mails(shop_database)
    assert row.text == "Necesito factura, ana@example.es"
    assert mail.payload["language"] == "zh"
    assert mail.payload["values"]["words"] == "Necesito factura, •••"
