"""After erasing, nothing a customer said or gave is anywhere in the database; a seller's record stays without it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from bot import attachments
from bot.app import House
from bot.base.clock import FrozenClock
from bot.base.errors import Unknown
from bot.cases.effects import OpenCase, open_case
from bot.cases.store import get_case
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.desk.effects import GoOnByMail, RequestCallBack, go_on_by_mail, request_callback
from bot.desk.tables import translations
from bot.privacy import conversations_of_customer, erase_conversations, own_data
from bot.privacy.tables import erasures
from bot.service.contact_ways import Window
from bot.shop.sql import add
from bot.shop.tables import sellers
from bot.storage.database import Database
from bot.storage.schema import metadata
from tests.attachments.test_kinds import picture

SECRET = "ZUFALLSWORT"
CUSTOMER = "c-77"


def everything_about(database: Database, clock: FrozenClock) -> tuple[str, str, str]:
    """A customer who has said, given and asked for whatever there is: (with a case, without, file)."""
    now = clock.now()
    with database.write() as tx:
        add(
            tx,
            sellers,
            [
                {
                    "id": "s-lumen",
                    "name": "Lumen",
                    "email": "a@example.de",
                    "country": "DE",
                    "case_language": "de",
                }
            ],
        )
        with_case, without = (
            log.start_conversation(
                tx, locale="de", now=now, customer_id=CUSTOMER, customer_name=SECRET, context={"page": SECRET}
            ).id
            for _ in range(2)
        )
        for one in (with_case, without):
            log.accept_message(tx, one, client_id="1", text=f"{SECRET} kaputt", payload=None, now=now)
            go_on_by_mail(tx, one, GoOnByMail(f"{SECRET}@example.de", SECRET), now)
            request_callback(tx, one, RequestCallBack(f"+49{SECRET}", Window(now, now), "Europe/Berlin"), now)
            log.keep_dialogue_state(tx, one, {"slots": {"name": SECRET}})
            translated = {"conversation_id": one, "seq": 1, "target": "es", "text": SECRET, "created_at": now}
            tx.execute(insert(translations).values(**translated))
        open_case(tx, with_case, _case(now), now)
        file = attachments.checked(picture(), f"{SECRET}.jpg")
        attachments.add(tx, with_case, file, identity="f" * 32, client_id="1", digest="d", now=now)
        log.append(tx, with_case, [NewEntry("message", "agent", {"text": SECRET, "lang": "de"})], now=now)
    return with_case, without, "f" * 32


def _case(now: datetime) -> OpenCase:
    return OpenCase(
        reference="P-ERASE1", reason="item_damaged", seller_id="s-lumen", order_id="o-1", line_id=None, product_id=None,
        customer_words=SECRET, customer_locale="de", started_at=now, details={"description": SECRET},
    )  # fmt: skip


def test_customer_sees_all_and_after_erasing_nothing_is_left(
    any_database: Database, clock: FrozenClock
) -> None:
    with_case, without, file = everything_about(any_database, clock)
    with any_database.write() as tx:
        ids = conversations_of_customer(tx, CUSTOMER)
        shown = own_data(tx, ids)
        assert {one["conversation_id"] for one in shown} == {with_case, without}
        assert str(shown).count(SECRET) >= 8

        erased = erase_conversations(tx, ids, subject=CUSTOMER, by="customer", now=clock.now())

    assert erased.files == [file]
    with any_database.read() as tx:
        left = {
            table.name: [dict(row._mapping) for row in tx.execute(select(table)) if SECRET in str(row)]
            for table in metadata.sorted_tables
        }
        assert {name: rows for name, rows in left.items() if rows} == {}
        if tx.dialect.name == "sqlite":  # the words kept for searching are stems, in a table of their own
            assert tx.execute(text("SELECT count(*) FROM entry_words")).scalar_one() == 0
        assert get_case(tx, "P-ERASE1").state == "closed"
        assert log.get_conversation(tx, with_case).customer_id is None
        for one in (with_case, without):
            with pytest.raises(Unknown):
                log.get_living(tx, one)
        note = tx.execute(select(erasures)).one()
        assert CUSTOMER not in str(note)
        assert note.counts["conversations"] == 2


def test_others_are_untouched(database: Database, clock: FrozenClock) -> None:
    everything_about(database, clock)
    with database.write() as tx:
        other = log.start_conversation(tx, locale="es", now=clock.now(), customer_id="c-78").id
        log.accept_message(tx, other, client_id="1", text="mío", payload=None, now=clock.now())

        erase_conversations(
            tx, conversations_of_customer(tx, CUSTOMER), subject=CUSTOMER, by="operator", now=clock.now()
        )

        assert [entry.body["text"] for entry in log.entries_after(tx, other, 0, audience="all")] == ["mío"]


def test_command_erases_with_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    from bot.commands import db_erase_customer
    from tests.harness import house_in

    clock = FrozenClock(datetime.fromisoformat("2026-03-02T09:00:00+00:00"))
    house: House = house_in(tmp_path, clock=clock)
    _, _, file = everything_about(house.database, clock)
    house.vault.put(file, attachments.checked(picture(), "a.jpg"))

    assert db_erase_customer(house.settings, Namespace(customer_id=CUSTOMER)) == 0
    assert "2 conversations" in capsys.readouterr().out
    with pytest.raises(Unknown):
        house.vault.get(file)
    assert db_erase_customer(house.settings, Namespace(customer_id=CUSTOMER)) == 1
