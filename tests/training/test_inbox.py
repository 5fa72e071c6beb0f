"""The inbox: identical texts are one row; one trainer handles it, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, Conflict, Unknown
from bot.storage.database import Database
from bot.training import inbox
from bot.training.effects import RANKING_LENGTH, NoteUnsure, note_unsure
from bot.training.examples import Examples

RANKING = tuple({"name": f"intent_{i}", "confidence": 0.3 - i / 50} for i in range(12))


def unsure(text: str, *, language: str = "es", model: str = "m1", seq: int = 1) -> NoteUnsure:
    return NoteUnsure(text, language, "order_late", 0.3, RANKING, model, seq)


def note(database: Database, clock: FrozenClock, effect: NoteUnsure, conversation: str = "c1") -> None:
    with database.write() as tx:
        note_unsure(tx, conversation, effect, clock.now())


def open_rows(database: Database, **only) -> list[inbox.UnsureMessage]:
    with database.read() as tx:
        return inbox.open_messages(tx, **only)[0]


def test_identical_texts_are_one_row_with_a_count(database: Database, clock: FrozenClock) -> None:
    note(database, clock, unsure("¿Y mi paquete?"))
    clock.advance(timedelta(hours=1))
    note(database, clock, unsure("y mi PAQUETE", seq=7), "c2")
    note(database, clock, unsure("y mi paquete", language="de"))

    spanish = open_rows(database, language="es")
    assert [(m.text, m.count, m.conversation_id, m.seq) for m in spanish] == [("¿Y mi paquete?", 2, "c2", 7)]
    assert spanish[0].last_seen_at - spanish[0].first_seen_at == timedelta(hours=1)
    assert len(spanish[0].ranking) == RANKING_LENGTH
    with database.read() as tx:
        assert inbox.open_messages(tx)[1] == {"es": 1, "de": 1}


def test_contact_data_is_not_kept(database: Database, clock: FrozenClock) -> None:
    note(database, clock, unsure("soy ana@correo.es y mi número es 612 345 678"))

    assert open_rows(database)[0].text == "soy cliente@example.com y mi número es +34 600 000 000"


def test_correcting_writes_the_example_and_closes_the_row(database, clock, examples: Examples) -> None:
    note(database, clock, unsure("¿y mi paquete?"))
    row = open_rows(database)[0]

    written = inbox.correct(database, examples, row.id, intent="order_status", by=3, now=clock.now())

    assert written.added
    assert examples.all(language="es", intent="order_status")[-1].text == "¿y mi paquete?"
    assert open_rows(database) == []


def test_second_trainer_is_told_and_writes_nothing(database, clock, examples: Examples) -> None:
    note(database, clock, unsure("¿y mi paquete?"))
    row = open_rows(database)[0]
    inbox.correct(database, examples, row.id, intent="order_status", by=3, now=clock.now())
    before = examples.counts()

    with pytest.raises(Conflict) as refused:
        inbox.correct(database, examples, row.id, intent="order_late", by=4, now=clock.now())

    assert refused.value.code == "already_handled"
    assert examples.counts() == before


def test_refused_example_leaves_the_row_open(database, clock, examples: Examples) -> None:
    note(database, clock, unsure("dónde está mi pedido"))
    row = open_rows(database)[0]

    with pytest.raises(Conflict, match="example_elsewhere"):
        inbox.correct(database, examples, row.id, intent="order_late", by=3, now=clock.now())
    with pytest.raises(BadInput):
        inbox.correct(database, examples, row.id, intent="no_such", by=3, now=clock.now())

    assert [m.id for m in open_rows(database)] == [row.id]


def test_correcting_again_after_a_lost_commit_finds_the_line(database, clock, examples: Examples) -> None:
    note(database, clock, unsure("¿y mi paquete?"))
    examples.add(language="es", intent="order_status", text="¿y mi paquete?")

    written = inbox.correct(
        database, examples, open_rows(database)[0].id, intent="order_status", by=3, now=clock.now()
    )

    assert not written.added
    assert open_rows(database) == []


def test_skipped_text_stays_away_and_corrected_one_returns_with_a_later_model(
    database, clock, examples
) -> None:
    note(database, clock, unsure("bla bla"))
    note(database, clock, unsure("¿y mi paquete?"))
    rows = {m.text: m.id for m in open_rows(database)}
    with database.write() as tx:
        inbox.skip(tx, rows["bla bla"], by=3, now=clock.now())
    inbox.correct(database, examples, rows["¿y mi paquete?"], intent="order_status", by=3, now=clock.now())

    note(database, clock, unsure("¿y mi paquete?"))
    same_model = open_rows(database)
    note(database, clock, unsure("bla bla", model="m2"))
    note(database, clock, unsure("¿y mi paquete?", model="m2"))

    assert same_model == []
    assert [m.text for m in open_rows(database)] == ["¿y mi paquete?"]


def test_unknown_row(database: Database, clock: FrozenClock) -> None:
    with pytest.raises(Unknown), database.write() as tx:
        inbox.skip(tx, 99, by=1, now=clock.now())
