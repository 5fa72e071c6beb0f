"""Labels, the right reason, and a stop to abuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, Conflict, Forbidden
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations
from bot.desk import marks, work
from bot.storage.database import Database
from bot.training import inbox
from bot.training.effects import note_corrected

Agents = tuple[Account, Account]


def test_labels_are_kept_in_one_spelling_and_counted(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, _ = agents
    with database.write() as tx:
        first = marks.set_labels(
            tx, waiting, ["  Envío  URGENTE", "regalo", "Regalo"], agent=ana, now=clock.now()
        )
        second = marks.set_labels(tx, waiting, ["regalo", "nuevo"], agent=ana, now=clock.now())
        with pytest.raises(BadInput):
            marks.set_labels(tx, waiting, [f"n{i}" for i in range(9)], agent=ana, now=clock.now())

    assert first == ["envío urgente", "regalo"]
    assert second == ["nuevo", "regalo"]
    with database.read() as tx:
        assert marks.labels_of(tx, [waiting]) == {waiting: ["nuevo", "regalo"]}
        assert marks.common_labels(tx) == ["nuevo", "regalo"]


def test_a_blocked_customer_is_not_heard_anywhere_until_the_time_is_over(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    ana, jan = agents
    with database.write() as tx:
        chat = log.start_conversation(tx, locale="es", now=clock.now(), customer_id="c001")
        guest = log.start_conversation(tx, locale="es", now=clock.now())
        log.accept_message(tx, chat.id, client_id="1", text="…", payload=None, now=clock.now())
        work.claim(tx, chat.id, agent=ana, now=clock.now())
        with pytest.raises(Conflict, match="not_yours"):
            marks.block(tx, chat.id, agent=jan, hours=24, now=clock.now())
        with pytest.raises(BadInput):
            marks.block(tx, chat.id, agent=ana, hours=10_000, now=clock.now())
        until = marks.block(tx, chat.id, agent=ana, hours=24, now=clock.now())
        another = log.start_conversation(tx, locale="es", now=clock.now(), customer_id="c001")

    assert until == clock.now() + timedelta(hours=24)

    def write(conversation_id: str) -> None:
        with database.write() as tx:
            log.accept_message(
                tx, conversation_id, client_id=str(clock.now()), text="hola", payload=None, now=clock.now()
            )

    for one in (chat.id, another.id):
        with pytest.raises(Forbidden, match="customer_blocked"):
            write(one)
    write(guest.id)
    clock.advance(timedelta(hours=24))
    write(chat.id)
    write(another.id)


def test_a_corrected_reason_lies_in_the_studio_with_the_agents_word(
    any_database: Database, clock: FrozenClock
) -> None:
    from bot.accounts import store

    words = "La lámpara llegó hecha trizas, escríbeme a marta@example.com"
    with any_database.write() as tx:
        store.add_account(
            tx,
            email="a@example.com",
            name="Ana Prado",
            role="agent",
            password="long enough 1",
            now=clock.now(),
        )
        (ana,) = store.list_accounts(tx)
        chat = log.start_conversation(tx, locale="es", now=clock.now())
        seq, _ = log.accept_message(tx, chat.id, client_id="1", text=words, payload=None, now=clock.now())
        wishes = {"wishes": [{"reason": "order_status", "outcome": "answered"}], "message_seqs": [seq]}
        log.append(tx, chat.id, [NewEntry("outcome", "bot", wishes, audience="staff")], now=clock.now())
        log.accept_message(tx, chat.id, client_id="2", text="una persona", payload=None, now=clock.now())
        tx.execute(update(conversations).where(conversations.c.id == chat.id).values(reason="order_status"))
        with pytest.raises(BadInput):
            marks.correct_reason(tx, chat.id, agent=ana, reason="greet", seq=None, now=clock.now())
        misread = marks.correct_reason(
            tx, chat.id, agent=ana, reason="item_damaged", seq=None, now=clock.now()
        )
        again = marks.correct_reason(tx, chat.id, agent=ana, reason="item_damaged", seq=None, now=clock.now())
        assert misread is not None
        note_corrected(
            tx, chat.id, text=misread.text, language=misread.language, read_as=misread.read_as,
            means=misread.means, seq=misread.seq, model="m", now=clock.now(),
        )  # fmt: skip

    assert again is None
    with any_database.read() as tx:
        (row,), _ = inbox.open_messages(tx)
        assert log.get_conversation(tx, chat.id).reason == "item_damaged"
    assert (row.intent, row.suggested, row.seq) == ("order_status", "item_damaged", seq)
    assert row.ranking[0]["name"] == "item_damaged"
    assert "hecha trizas" in row.text
    assert "marta@" not in row.text
