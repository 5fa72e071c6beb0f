"""Search: every form of a word, both languages, numbers and names; nothing of a question is read as a command."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from bot.base.clock import FrozenClock
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations
from bot.desk.search import Wanted, search
from bot.storage.database import Database


@pytest.fixture
def chats(any_database: Database, clock: FrozenClock) -> dict[str, str]:
    """Two conversations of several messages, Spanish and German."""
    said = {
        "es": ["Hola, mis lámparas llegaron rotas", "Quiero devolverlas", "El pedido 303-1234567-7654321"],
        "de": ["Guten Tag, die Häuser für Vögel sind beschädigt", "Ich möchte sie zurückschicken"],
    }
    found = {}
    for locale, messages in said.items():
        with any_database.write() as tx:
            chat = log.start_conversation(
                tx, locale=locale, now=clock.now(), customer_name=f"{locale} Gómez_1"
            )
            for number, one in enumerate(messages):
                log.accept_message(
                    tx, chat.id, client_id=str(number), text=one, payload=None, now=clock.now()
                )
            reply = {
                "text": "Ya está de camino el repuesto" if locale == "es" else "Der Ersatz ist unterwegs",
                "lang": locale,
            }
            log.append(tx, chat.id, [NewEntry("message", "agent", reply)], now=clock.now())
        found[locale] = chat.id
        clock.advance(timedelta(hours=1))
    return found


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("lámpara", "es"), ("LAMPARAS rota", "es"), ("devolver lámpara", "es"), ("repuestos", "es"),
        ("Haus", "de"), ("vogel beschädigte", "de"), ("zurückschicken", "de"), ("unterwegs", "de"),
        ("303-1234567-7654321", "es"), ("303 1234567 7654321", "es"), ("es gómez", "es"),
        ("lámpara Vogel", None), ("nada%", None), ("de gómezx1", None),
    ],
)  # fmt: skip
def test_a_conversation_is_found_by_what_was_said_in_it(
    any_database: Database, chats: dict[str, str], words: str, which: str | None
) -> None:
    with any_database.read() as tx:
        found = search(tx, Wanted(words))

    assert [one.row.conversation.id for one in found] == ([chats[which]] if which else [])


def test_the_message_with_the_word_is_shown(any_database: Database, chats: dict[str, str]) -> None:
    with any_database.read() as tx:
        (found,) = search(tx, Wanted("rotas"))
        everything = search(tx, Wanted())
        german = search(tx, Wanted(language="de"))
        none_yet = search(tx, Wanted(since=found.row.conversation.updated_at + timedelta(hours=3)))

    assert (found.seq, found.actor) == (1, "customer")
    assert [one.row.conversation.id for one in everything] == [chats["de"], chats["es"]]
    assert [one.row.conversation.id for one in german] == [chats["de"]]
    assert none_yet == []


@pytest.mark.parametrize("words", ['"', "a AND", "NEAR(", "* OR *", "'; DROP TABLE x; --", "(", "l:*", "\\"])
def test_no_question_breaks_the_search(any_database: Database, chats: dict[str, str], words: str) -> None:
    with any_database.read() as tx:
        search(tx, Wanted(words))


def test_an_order_and_a_label_are_found_and_what_is_erased_is_not(
    any_database: Database, chats: dict[str, str]
) -> None:
    with any_database.write() as tx:
        about = update(conversations).where(conversations.c.id == chats["de"])
        tx.execute(about.values(order_id="303-0000000-0000001"))
        assert [f.row.conversation.id for f in search(tx, Wanted("30300000000000001"))] == [chats["de"]]
        tx.execute(delete(conversations).where(conversations.c.id == chats["es"]))

        assert search(tx, Wanted("lámparas")) == []
        if any_database.is_sqlite:
            left = tx.execute(
                text("SELECT count(*) FROM entry_words_index WHERE entry_words_index MATCH 'lampar'")
            )
            assert left.scalar() == 0
