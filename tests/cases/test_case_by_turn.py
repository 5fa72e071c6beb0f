"""What a customer says to the bot about an open case: it goes to the case, or takes it back, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from case_helpers import conversation_of, entries, queued_mails

from bot.base.clock import FrozenClock
from bot.base.errors import Conflict, Unknown
from bot.cases import deadline_handlers, store
from bot.cases.customer import add_to_case, withdraw_case
from bot.cases.effects import AddToCase, WithdrawCase
from bot.conversations import log
from bot.storage import deadlines
from bot.storage.database import Database

Opened = Callable[..., str]


def test_further_words_go_to_the_seller_and_the_clock_runs_on(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    reference = opened(shop_database)
    with shop_database.write() as tx:
        before = store.get_case(tx, reference)
        effect = AddToCase(reference, "El cable también está roto", 3)
        add_to_case(tx, before.conversation_id, effect, clock.now())

    with shop_database.read() as tx:
        assert store.get_case(tx, reference) == before
        added = store.events_of(tx, reference)[-1]
    assert (added.type, added.actor, added.body["text"]) == (
        "facts",
        "customer",
        "El cable también está roto",
    )
    assert queued_mails(shop_database)[-1].key == f"case-facts:{reference}:3"


def test_a_case_taken_back_is_closed_and_its_clocks_stop(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    reference = opened(shop_database)
    with shop_database.write() as tx:
        withdraw_case(tx, conversation_of(tx, reference), WithdrawCase(reference, 3), clock.now())
    clock.advance(timedelta(days=3))

    assert not deadlines.run_due(shop_database, deadline_handlers(), clock.now()).total()
    with shop_database.read() as tx:
        assert store.get_case(tx, reference).state == "closed"
    states = [entry.body["state"] for entry in entries(shop_database, reference) if entry.type == "case"]
    assert states == ["opened", "closed"]
    assert queued_mails(shop_database)[-1].key == f"case-withdrawn:{reference}"


@pytest.mark.parametrize(("carry_out", "effect"), [
    (add_to_case, AddToCase("P-7K2M9Q", "noch etwas", 5)),
    (withdraw_case, WithdrawCase("P-7K2M9Q", 5)),
])  # fmt: skip
def test_a_case_that_has_ended_or_is_somebody_elses_is_refused(
    shop_database: Database,
    opened: Opened,
    clock: FrozenClock,
    carry_out: Callable[..., None],
    effect: object,
) -> None:
    reference = opened(shop_database)
    with shop_database.write() as tx:
        stranger = log.start_conversation(tx, locale="de", now=clock.now()).id
    with pytest.raises(Unknown), shop_database.write() as tx:
        carry_out(tx, stranger, effect, clock.now())
    with shop_database.write() as tx:
        withdraw_case(tx, conversation_of(tx, reference), WithdrawCase(reference, 3), clock.now())

    with pytest.raises(Conflict), shop_database.write() as tx:
        carry_out(tx, conversation_of(tx, reference), effect, clock.now())
