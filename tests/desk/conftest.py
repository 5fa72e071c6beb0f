"""Agents, and a conversation that waits for one."""

from __future__ import annotations

import pytest

from bot.accounts import store
from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.conversations import control, log
from bot.storage.database import Database


@pytest.fixture
def agents(database: Database, clock: FrozenClock) -> tuple[Account, Account]:
    """Ana and Jan."""
    with database.write() as tx:
        for name in ("Ana Prado", "Jan Albers"):
            store.add_account(
                tx, email=f"{name[:3]}@example.com", name=name, role="agent", password="long enough 1",
                now=clock.now(),
            )  # fmt: skip
        ana, jan = store.list_accounts(tx)
    return ana, jan


@pytest.fixture
def waiting(database: Database, clock: FrozenClock) -> str:
    """A conversation in the queue since 09:00, with one message of the customer."""
    with database.write() as tx:
        conversation = log.start_conversation(tx, locale="es", now=clock.now(), customer_name="Marta Ruiz")
        log.accept_message(
            tx, conversation.id, client_id="1", text="Hola, mi lámpara", payload=None, now=clock.now()
        )
        control.hand_off(tx, conversation.id, reason="talk_to_human", now=clock.now())
    return conversation.id
