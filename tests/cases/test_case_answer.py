"""The seller's answer reaches the customer in the customer's language, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from case_helpers import conversation_of, entries, set_line
from sqlalchemy import select

from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, Conflict, Unknown
from bot.cases import answer, conveyed, store
from bot.cases.answer import AnswerResult
from bot.conversations import control, log
from bot.storage.database import Database
from bot.storage.tables import deadlines

Opened = Callable[..., str]
REFERENCE = "P-7K2M9Q"


def give(database: Database, clock: FrozenClock, **given: Any) -> AnswerResult:
    values = {"seller_id": "s-de", "account_id": 5, "client_id": "k1", **given}
    with database.write() as tx:
        return answer(tx, REFERENCE, now=clock.now(), **values)


def messages(database: Database) -> list[Any]:
    return [entry for entry in entries(database, REFERENCE) if entry.type == "message"]


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("es", ["sobre «Lámpara Duna» (caso P-7K2M9Q)", "Te devolvemos 49,90\xa0€"]),
        ("de", ["zu „Lampe Duna“", "Fall P-7K2M9Q", "Sie erhalten 49,90\xa0€"]),
    ],
)
def test_a_resolution_is_told_by_the_bot_in_the_customers_language(
    shop_database: Database, opened: Opened, clock: FrozenClock, locale: str, told: list[str]
) -> None:
    opened(shop_database, locale=locale)

    result = give(shop_database, clock, resolution="refund")

    (message,) = messages(shop_database)
    assert (message.actor, message.body["lang"], result.kind, result.new) == ("bot", locale, "answered", True)
    assert all(part in message.body["text"] for part in told)
    with shop_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
    assert (case.state, case.resolution, case.told_at) == ("answered", "refund", clock.now())


def test_an_answer_stops_the_clock_of_the_seller(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, resolution="replacement")

    with shop_database.read() as tx:
        clocks = (deadlines.c.done_at.is_(None), deadlines.c.kind.like("case_%"))
        open_kinds = list(tx.execute(select(deadlines.c.kind).where(*clocks)).scalars())
    assert open_kinds == ["case_promise"]


def test_text_in_the_customers_language_is_a_marked_quotation_of_the_seller(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    words = "Lo siento mucho, mañana mismo le enviamos otra lámpara."

    give(shop_database, clock, text=words)

    introduction, quotation = messages(shop_database)
    assert introduction.actor == "bot"
    assert quotation.actor == "seller"
    assert quotation.body["text"] == words
    assert quotation.body["quote_of"] == {"reference": REFERENCE, "source": "Lumen GmbH"}


def test_text_in_another_language_is_conveyed_by_an_agent(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    words = "Wir schicken heute noch eine neue Lampe los."

    give(shop_database, clock, text=words)

    (message,) = messages(shop_database)
    assert "en otro idioma" in message.body["text"]
    assert "4 de marzo de 2026 a las 10:00" in message.body["text"]
    assert words not in str([entry.body for entry in entries(shop_database, REFERENCE)])
    with shop_database.read() as tx:
        conversation = log.get_conversation(tx, conversation_of(tx, REFERENCE))
        assert (conversation.controller, conversation.handoff_reason) == ("queue", "convey_answer")
        assert store.get_case(tx, REFERENCE).told_at is None
        assert store.untold_cases(tx, conversation.id) == [REFERENCE]
    assert words in str([entry.body for entry in entries(shop_database, REFERENCE, "staff")])

    with shop_database.write() as tx:
        assert conveyed(tx, REFERENCE, account_id=9, now=clock.now())
        assert not conveyed(tx, REFERENCE, account_id=9, now=clock.now())
        assert store.get_case(tx, REFERENCE).told_at == clock.now()


def test_a_note_in_another_language_does_not_hold_up_the_resolution(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, resolution="replacement", text="我们今天寄出新的灯，请客户放心。")

    (message,) = messages(shop_database)
    assert "artículo nuevo" in message.body["text"]
    assert "en otro idioma" in message.body["text"]
    with shop_database.read() as tx:
        assert store.get_case(tx, REFERENCE).told_at == clock.now()
        assert log.get_conversation(tx, conversation_of(tx, REFERENCE)).handoff_reason == "convey_answer"


def test_a_tracking_number_needs_no_translation(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, resolution="replacement", text="003404341611")

    assert messages(shop_database)[1].body["text"] == "003404341611"


def test_the_language_detector_is_an_argument(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, text="ok ok", detect=lambda text: "es")

    assert messages(shop_database)[1].actor == "seller"


def test_no_reply_needed_is_told_and_audited(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, no_reply_needed=True)

    assert "no queda nada por responder" in messages(shop_database)[0].body["text"]
    with shop_database.read() as tx:
        case = store.get_case(tx, REFERENCE)
        event = store.events_of(tx, REFERENCE)[-1]
    assert (case.state, case.no_reply_needed) == ("answered", True)
    assert (event.type, event.account_id, event.body["no_reply_needed"]) == ("answered", 5, True)


def test_a_resolution_takes_the_values_it_needs(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    give(shop_database, clock, resolution="partial_refund", amount_cents=1250)

    assert "12,50\xa0€" in messages(shop_database)[0].body["text"]


def test_a_new_delivery_date_is_written_out(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    set_line(shop_database, state="shipped", delivered_at=None)
    opened(shop_database, locale="de", reason="order_late")

    give(shop_database, clock, resolution="wait_new_date", date="2026-03-12")

    assert "spätestens am 12. März 2026" in messages(shop_database)[0].body["text"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "resolution"),
        ({"resolution": "refund", "no_reply_needed": True}, "resolution"),
        ({"text": "hola", "no_reply_needed": True}, "resolution"),
        ({"text": "   "}, "resolution"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"resolution": "refund", "client_id": ""}, "client_id"),
        ({"resolution": "refund", "client_id": "x" * 101}, "client_id"),
        ({"resolution": "person_takes_over"}, "resolution"),
        ({"resolution": "cancel_confirmed"}, "resolution"),
        ({"resolution": "nonsense"}, "resolution"),
        ({"resolution": "partial_refund"}, "amount_cents"),
        ({"resolution": "partial_refund", "amount_cents": 0}, "amount_cents"),
        ({"resolution": "partial_refund", "amount_cents": 4990}, "amount_cents"),
        ({"resolution": "partial_refund", "amount_cents": True}, "amount_cents"),
        ({"resolution": "refund", "amount_cents": 100}, "amount_cents"),
        ({"resolution": "refund", "date": "2026-03-12"}, "date"),
        ({"text": "hola", "amount_cents": 100}, "amount_cents"),
    ],
)
def test_a_wrong_answer_is_refused_and_changes_nothing(
    shop_database: Database, opened: Opened, clock: FrozenClock, given: dict[str, Any], field: str
) -> None:
    opened(shop_database)

    with pytest.raises(BadInput) as refused:
        give(shop_database, clock, **given)

    assert list(refused.value.fields) == [field]
    assert refused.value.as_body("zh")["error"]["fields"][field]
    assert messages(shop_database) == []
    with shop_database.read() as tx:
        assert store.get_case(tx, REFERENCE).state == "opened"
        assert tx.execute(select(deadlines).where(deadlines.c.kind == "case_answer")).first() is not None


@pytest.mark.parametrize("date", ["2026-03-01", "2026-09-01", "mañana", ""])
def test_a_date_that_is_past_far_off_or_none_is_refused(
    shop_database: Database, opened: Opened, clock: FrozenClock, date: str
) -> None:
    set_line(shop_database, state="shipped", delivered_at=None)
    opened(shop_database, reason="order_late")

    with pytest.raises(BadInput):
        give(shop_database, clock, resolution="wait_new_date", date=date)


def test_the_same_request_again_changes_nothing(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    first = give(shop_database, clock, resolution="refund")
    clock.advance(timedelta(hours=30))

    second = give(shop_database, clock, resolution="refund")

    assert (second.kind, second.new, second.last_seq) == ("answered", False, first.last_seq)
    assert len(messages(shop_database)) == 1
    with pytest.raises(Conflict, match="client_id_reused"):
        give(shop_database, clock, resolution="replacement")


def test_a_second_answer_is_refused(shop_database: Database, opened: Opened, clock: FrozenClock) -> None:
    opened(shop_database)
    give(shop_database, clock, resolution="refund")

    with pytest.raises(Conflict, match="case_already_answered"):
        give(shop_database, clock, resolution="replacement", client_id="k2")


def test_another_seller_cannot_answer(shop_database: Database, opened: Opened, clock: FrozenClock) -> None:
    opened(shop_database)

    with pytest.raises(Unknown):
        give(shop_database, clock, resolution="refund", seller_id="s-zh")


def test_under_a_persons_control_the_answer_is_in_the_log_and_marked(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    with shop_database.write() as tx:
        control.claim(tx, conversation_of(tx, REFERENCE), agent_id=3, first_name="Eva", now=clock.now())

    give(shop_database, clock, text="Wir schicken heute noch eine neue Lampe los.")

    assert messages(shop_database)[0].body["during"] == "agent"
    with shop_database.read() as tx:
        conversation = log.get_conversation(tx, conversation_of(tx, REFERENCE))
    assert (conversation.controller, conversation.agent_id) == ("agent", 3)
    note = entries(shop_database, REFERENCE, "staff")[-1]
    assert (note.audience, note.body["attention"]) == ("staff", "convey_answer")


def test_a_closed_conversation_is_opened_again_for_the_agent(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    with shop_database.write() as tx:
        conversation_id = conversation_of(tx, REFERENCE)
        control.claim(tx, conversation_id, agent_id=3, first_name="Eva", now=clock.now())
        control.close(tx, conversation_id, agent_id=3, now=clock.now())

    give(shop_database, clock, text="Wir schicken heute noch eine neue Lampe los.")

    with shop_database.read() as tx:
        assert log.get_conversation(tx, conversation_id).controller == "queue"
