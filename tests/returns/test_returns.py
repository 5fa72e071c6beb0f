"""A return: what is authorised, once a line, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.base.clock import FrozenClock
from bot.base.errors import Unknown
from bot.returns import (
    AuthoriseReturn,
    authorisation,
    authorise_return,
    refund_without_return,
    return_card,
    withdraw_return,
)
from bot.returns.store import access_return_by_token, open_returns
from bot.service import ReturnWay, return_rules, way_of_label
from bot.shop.tables import order_lines
from bot.storage.database import Database
from tests.returns.conftest import ADDRESS, goods

RULES = return_rules()
LINE = goods().line_id


def planned(clock: FrozenClock, **changes: object) -> AuthoriseReturn:
    """The return of the goods, by a label."""
    what = goods(**changes)
    back = way_of_label(what.sender, customer_country="ES", ways=RULES.ways)
    return authorisation(what, back, now=clock.now(), rules=RULES, case_reference="P-7K2M9Q")


def state_of_line(database: Database) -> str:
    """The state of the order line."""
    with database.read() as tx:
        return str(tx.execute(select(order_lines.c.state)).scalar_one())


def test_a_return_has_its_address_its_deadline_and_its_amount(clock: FrozenClock) -> None:
    one = planned(clock)

    assert (one.way, one.address, one.carrier) == (ReturnWay.PREPAID_LABEL, ADDRESS, "Correos Express")
    assert one.ship_by == datetime.fromisoformat("2026-03-26T23:00:00+00:00")  # 30 days after the delivery
    assert (one.amount_cents, one.quantity, one.refund_by) == (9980, 2, None)
    assert len(one.token) == 43


def test_a_return_at_the_end_of_the_period_still_has_two_weeks(clock: FrozenClock) -> None:
    clock.advance(timedelta(days=24))

    assert planned(clock).ship_by == datetime.fromisoformat("2026-04-09T22:00:00+00:00")


def test_what_is_still_on_its_way_can_be_sent_back_when_it_has_come(clock: FrozenClock) -> None:
    promised = clock.now() + timedelta(days=10)

    one = planned(clock, delivered_at=None, promised_at=promised)

    assert one.ship_by is not None
    assert one.ship_by > promised + timedelta(days=30)


def test_references_and_tokens_are_never_the_same(clock: FrozenClock) -> None:
    many = [planned(clock) for _ in range(200)]

    assert len({one.token for one in many}) == 200
    assert len({one.reference for one in many}) > 195


def test_an_authorised_return_is_found_and_its_line_has_started_to_return(
    any_database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    conversation, one = stocked(any_database), planned(clock)
    with any_database.write() as tx:
        authorise_return(tx, conversation, one, clock.now())

    with any_database.read() as tx:
        known = open_returns(tx, [LINE])[LINE]
    assert (known.reference, known.case_reference, known.way) == (one.reference, "P-7K2M9Q", one.way)
    assert (known.address, known.ship_by, known.opened_at) == (ADDRESS, one.ship_by, clock.now())
    assert state_of_line(any_database) == "return_started"


def test_a_line_has_one_return_at_a_time(
    any_database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    conversation = stocked(any_database)
    with any_database.write() as tx:
        authorise_return(tx, conversation, planned(clock), clock.now())

    with pytest.raises(IntegrityError), any_database.write() as tx:
        authorise_return(tx, conversation, planned(clock), clock.now())


def test_a_line_of_which_a_part_goes_back_stays_delivered(
    database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    conversation = stocked(database)
    with database.write() as tx:
        authorise_return(tx, conversation, planned(clock, quantity=1, amount_cents=4990), clock.now())

    assert state_of_line(database) == "delivered"


def test_a_withdrawn_return_makes_room_for_another(
    any_database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    conversation, one = stocked(any_database), planned(clock)
    with any_database.write() as tx:
        authorise_return(tx, conversation, one, clock.now())

    with any_database.write() as tx:
        assert withdraw_return(tx, LINE, clock.now())
        assert not withdraw_return(tx, LINE, clock.now())
    assert state_of_line(any_database) == "delivered"
    with any_database.write() as tx:
        assert open_returns(tx, [LINE]) == {}
        with pytest.raises(Unknown):
            access_return_by_token(tx, one.reference, one.token)
        keeps = refund_without_return(goods(), now=clock.now(), rules=RULES, case_reference=None)
        authorise_return(tx, conversation, keeps, clock.now())
        assert open_returns(tx, [LINE])[LINE].way is ReturnWay.REFUND_WITHOUT_RETURN
    assert state_of_line(any_database) == "delivered"


def test_a_return_is_opened_by_its_own_token_alone(
    database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    conversation, one, other = stocked(database), planned(clock), planned(clock)
    with database.write() as tx:
        authorise_return(tx, conversation, one, clock.now())

    with database.read() as tx:
        assert access_return_by_token(tx, one.reference, one.token).line_id == LINE
        for reference, token in (
            (one.reference, other.token),
            (one.reference, ""),
            (one.reference, "ñ" * 43),
            (other.reference, one.token),
        ):
            with pytest.raises(Unknown, match="unknown_return"):
                access_return_by_token(tx, reference, token)


@pytest.mark.parametrize(
    ("locale", "title", "day", "amount"),
    [
        ("es", "Devolución", "26 de marzo de 2026", "99,80\xa0€"),
        ("de", "Rücksendung", "26. März 2026", "99,80\xa0€"),
    ],
)
def test_the_card_says_until_when_how_and_how_much(
    clock: FrozenClock, locale: str, title: str, day: str, amount: str
) -> None:
    one = planned(clock)

    card = return_card(one, title="Duna", locale=locale)

    assert (card["kind"], card["title"], card["subtitle"]) == ("return", f"{title} {one.reference}", "Duna")
    assert {day, amount, "2"} <= {fact["value"] for fact in card["facts"]}
    assert card["url"] == f"/{locale}/returns/{one.reference}?token={one.token}"


def test_where_nothing_is_sent_the_card_has_no_label_but_the_day_of_the_money(clock: FrozenClock) -> None:
    one = refund_without_return(goods(), now=clock.now(), rules=RULES, case_reference=None)

    card = return_card(one, title="Duna", locale="es")

    assert "url" not in card
    assert card["facts"][-1] == {"label": "Dinero a más tardar", "value": "16 de marzo de 2026"}
