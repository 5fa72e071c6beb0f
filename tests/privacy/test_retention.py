"""What nobody has touched for the period of retention is erased; nothing that somebody still needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import attachments
from bot.base.clock import FrozenClock
from bot.base.errors import Unknown
from bot.base.settings import Settings, SettingsError
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations, log_entries
from bot.desk import audit
from bot.desk.tables import desk_events
from bot.privacy import erase_overdue
from bot.privacy.tables import erasures
from bot.storage.database import Database
from tests.attachments.test_kinds import picture
from tests.harness import house_in
from tests.privacy.test_erase import everything_about

DAYS = 90
LATER = timedelta(DAYS, hours=1)


def _chat(database: Database, clock: FrozenClock) -> str:
    with database.write() as tx:
        found = log.start_conversation(tx, locale="es", now=clock.now())
        log.accept_message(tx, found.id, client_id="1", text="PALABRA", payload=None, now=clock.now())
    return found.id


def _said(database: Database, conversation_id: str) -> list[str]:
    with database.read() as tx:
        query = select(log_entries.c.body).where(log_entries.c.conversation_id == conversation_id)
        return [body.get("text", "") for body in tx.execute(query).scalars()]


def test_what_is_old_goes_and_what_was_touched_since_stays(database: Database, clock: FrozenClock) -> None:
    old, touched = _chat(database, clock), _chat(database, clock)
    clock.advance(LATER)
    with database.write() as tx:
        log.append(
            tx, touched, [NewEntry("message", "bot", {"text": "¿Sigues ahí?", "lang": "es"})], now=clock.now()
        )

    done = erase_overdue(database, days=DAYS, now=clock.now())

    assert len(done) == 1
    assert _said(database, old) == []
    assert "PALABRA" in _said(database, touched)
    with database.read() as tx:
        assert [row.by for row in tx.execute(select(erasures))] == ["retention"]
    assert erase_overdue(database, days=DAYS, now=clock.now()) == []


def test_a_chat_in_hand_and_an_open_case_are_waited_for(database: Database, clock: FrozenClock) -> None:
    with_case, without, _ = everything_about(database, clock)
    waiting = _chat(database, clock)
    with database.write() as tx:
        control.hand_off(tx, waiting, reason="talk_to_human", now=clock.now())
        everywhere = update(conversations).where(conversations.c.id.in_([with_case, without]))
        tx.execute(everywhere.values(controller="bot"))
    clock.advance(LATER)

    erase_overdue(database, days=DAYS, now=clock.now())

    assert _said(database, waiting)
    assert _said(database, with_case), "its case is open"
    assert not _said(database, without)


def test_the_clock_does_it_and_files_go_too(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    house = house_in(tmp_path, database=database, clock=clock, retention_days=DAYS)
    chat, file = _chat(database, clock), attachments.checked(picture(), "a.jpg")
    identity = "f" * 32
    house.vault.put(identity, file)
    with database.write() as tx:
        attachments.add(tx, chat, file, identity=identity, client_id="1", digest="d", now=clock.now())
        audit.note(tx, "viewed", now=clock.now(), conversation_id=chat)
    clock.advance(timedelta(minutes=2))
    house.tick()  # the bot answers
    assert len(_said(database, chat)) > 1
    clock.advance(LATER)

    house.tick()

    assert _said(database, chat) == []
    with pytest.raises(Unknown):
        house.vault.get(identity)
    with database.read() as tx:
        assert not log.exists(tx, chat)
        assert list(tx.execute(select(desk_events.c.kind)).scalars()) == ["viewed"], "the audit stays"


@pytest.mark.parametrize("days", ["1", "59", "-5"])
def test_a_period_that_ends_before_a_customer_may_object_is_refused(days: str) -> None:
    with pytest.raises(SettingsError, match="PUENTE_RETENTION_DAYS"):
        Settings.from_environment({"PUENTE_RETENTION_DAYS": days})
