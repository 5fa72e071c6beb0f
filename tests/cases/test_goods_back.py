"""What a resolution means for the goods: a label is there when one is promised, and ends when nothing goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from case_helpers import entries, set_line
from sqlalchemy import select

from bot.base.clock import FrozenClock
from bot.cases import answer, deadline_handlers, store
from bot.returns.model import Return
from bot.returns.store import open_returns
from bot.shop.tables import order_lines
from bot.storage import deadlines
from bot.storage.database import Database

Opened = Callable[..., str]
REFERENCE = "P-7K2M9Q"
LINE = "302-4817264-1935501-1"
DAY = timedelta(hours=24)


def reply(
    database: Database, clock: FrozenClock, resolution: str, reference: str = REFERENCE, **values: Any
) -> None:
    """The seller's answer."""
    with database.write() as tx:
        answer(
            tx, reference, seller_id="s-de", account_id=5, client_id=reference, resolution=resolution,
            now=clock.now(), **values,
        )  # fmt: skip


def run(database: Database, clock: FrozenClock) -> None:
    """Let the clock do what is due."""
    deadlines.run_due(database, deadline_handlers(), clock.now())


def standing(database: Database) -> Return | None:
    """The return of the line."""
    with database.read() as tx:
        return open_returns(tx, [LINE]).get(LINE)


def cards(database: Database, reference: str = REFERENCE) -> list[dict[str, Any]]:
    """The cards shown in the conversation of the case."""
    return [card for entry in entries(database, reference) for card in entry.body.get("cards", ())]


def state_of_line(database: Database) -> str:
    """The state of the order line."""
    with database.read() as tx:
        return str(tx.execute(select(order_lines.c.state)).scalar_one())


def test_a_sellers_label_is_a_return_with_address_and_deadline(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)

    reply(shop_database, clock, "return_label")

    one = standing(shop_database)
    assert one is not None
    assert (one.case_reference, one.amount_cents, one.quantity) == (REFERENCE, 4990, 1)
    assert one.address is not None
    assert one.address["city"] == "Getafe"  # the seller abroad has given no address: the marketplace's centre
    assert one.may_be_sent(clock.now() + 14 * DAY)
    assert [card["url"] for card in cards(shop_database)] == [
        f"/es/returns/{one.reference}?token={one.token}"
    ]
    assert state_of_line(shop_database) == "return_started"


def test_a_decided_label_is_a_return_too_and_a_second_case_shows_the_same_one(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    opened(shop_database, "P-222222")
    clock.advance(DAY)

    run(shop_database, clock)

    one = standing(shop_database)
    assert one is not None
    first, second = cards(shop_database), cards(shop_database, "P-222222")
    assert first == second
    assert one.reference in first[0]["title"]


def test_a_decision_that_changes_nothing_says_that_the_return_stands(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    reply(shop_database, clock, "return_label")
    opened(shop_database, "P-222222", reason="return_start", locale="de")
    clock.advance(DAY)

    run(shop_database, clock)

    one, text = standing(shop_database), entries(shop_database, "P-222222")[-1].body["text"]
    assert one is not None
    assert f"Es bleibt bei Ihrer Rücksendung {one.reference}" in text
    assert "Der Grund: Die Rückgabefrist" in text
    assert "nicht rechtzeitig" not in text


def test_a_refund_ends_the_label_and_says_until_when_the_money_comes(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    opened(shop_database)
    reply(shop_database, clock, "return_label")
    opened(shop_database, "P-222222")

    reply(shop_database, clock, "refund", "P-222222")

    one = standing(shop_database)
    assert one is not None
    assert (one.ship_by, one.address, one.amount_cents) == (None, None, 4990)
    assert one.refund_by is not None
    assert one.refund_by > clock.now() + 13 * DAY
    assert "url" not in cards(shop_database, "P-222222")[0]
    assert state_of_line(shop_database) == "delivered"


@pytest.mark.parametrize(
    ("resolution", "values"), [("replacement", {}), ("partial_refund", {"amount_cents": 900})]
)
def test_other_answers_leave_a_label_alone(
    shop_database: Database, opened: Opened, clock: FrozenClock, resolution: str, values: dict[str, Any]
) -> None:
    opened(shop_database)
    reply(shop_database, clock, "return_label")
    before = standing(shop_database)
    opened(shop_database, "P-222222")

    reply(shop_database, clock, resolution, "P-222222", **values)

    assert before is not None
    assert standing(shop_database) == before
    assert cards(shop_database, "P-222222") == []


def test_a_refund_for_what_never_came_is_no_return(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    set_line(shop_database, state="shipped", delivered_at=None)
    opened(shop_database, reason="order_not_received")

    reply(shop_database, clock, "refund")

    assert standing(shop_database) is None


def test_the_time_a_seller_takes_is_not_taken_from_the_return_period(
    shop_database: Database, opened: Opened, clock: FrozenClock
) -> None:
    set_line(shop_database, delivered_at=clock.now() - 30 * DAY)  # the last day of the period
    opened(shop_database, reason="return_start")
    clock.advance(DAY)

    run(shop_database, clock)

    with shop_database.read() as tx:
        assert store.get_case(tx, REFERENCE).resolution == "return_label"
    assert standing(shop_database) is not None
