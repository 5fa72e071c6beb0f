"""R1–R7: who answers for the seller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.clock import UTC
from bot.service import (
    Applicant,
    Coverage,
    CoverageReason,
    Enrolment,
    EnrolmentState,
    Hindrance,
    Route,
    Topic,
    coverage_of,
    hindrances,
    route_of,
    topic_of,
)
from bot.service.reasons import OUTCOMES

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
END = START + timedelta(days=30)
LATER = START + timedelta(days=400)
MOMENT = timedelta(microseconds=1)
AFTER_ORDER = topic_of("item_damaged")
INSTANTS = st.floats(
    datetime(2025, 1, 1, tzinfo=UTC).timestamp(), datetime(2027, 1, 1, tzinfo=UTC).timestamp()
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@dataclass(frozen=True)
class Line:
    """An order line, as far as coverage looks at it."""

    ordered_at: datetime
    fulfilled_by: str = "seller"


@pytest.mark.parametrize(
    ("ordered_at", "covered"),
    [
        (START - MOMENT, False),
        (START, True),
        (START + timedelta(minutes=30), True),
        (END - MOMENT, True),
        (END, False),
        (END + timedelta(days=1), False),
    ],
)
def test_a_line_is_covered_when_it_was_ordered_within_the_period(ordered_at: datetime, covered: bool) -> None:
    coverage = coverage_of(Line(ordered_at), [Enrolment(START, END)], AFTER_ORDER, now=LATER)

    assert coverage.covered is covered
    assert coverage.reason is (
        CoverageReason.SELLER_FULFILLED if covered else CoverageReason.NOT_ENROLLED_THEN
    )


def test_the_service_becomes_active_within_an_hour_and_then_covers_orders_since_registering() -> None:
    line = Line(START + timedelta(minutes=10))
    period = [Enrolment(START)]

    before = coverage_of(line, period, AFTER_ORDER, now=START + timedelta(minutes=59))
    after = coverage_of(line, period, AFTER_ORDER, now=START + timedelta(hours=1))

    assert before == Coverage(False, CoverageReason.NOT_ACTIVE_YET)
    assert after.covered


def test_a_seller_who_left_and_came_back_is_covered_in_both_periods_and_not_between() -> None:
    periods = [Enrolment(START, END), Enrolment(END + timedelta(days=10))]

    covered = [
        coverage_of(Line(at), periods, AFTER_ORDER, now=LATER).covered
        for at in (START, END + timedelta(days=5), END + timedelta(days=10))
    ]

    assert covered == [True, False, True]


@pytest.mark.parametrize(
    ("line", "topic", "reason", "only_seller_knows", "route"),
    [
        (
            Line(START),
            topic_of("invoice_request"),
            CoverageReason.OUTSIDE_SERVICE,
            False,
            Route.SELLER_MESSAGES,
        ),
        (
            Line(START),
            topic_of("customization_request"),
            CoverageReason.OUTSIDE_SERVICE,
            False,
            Route.SELLER_MESSAGES,
        ),
        (None, topic_of("preorder_question"), CoverageReason.BEFORE_ORDER, False, Route.SELLER_MESSAGES),
        (None, topic_of("product_question"), CoverageReason.BEFORE_ORDER, False, Route.SELLER_MESSAGES),
        (
            Line(START, "marketplace"),
            AFTER_ORDER,
            CoverageReason.MARKETPLACE_FULFILLED,
            False,
            Route.OURSELVES,
        ),
        (
            Line(START, "marketplace"),
            AFTER_ORDER,
            CoverageReason.MARKETPLACE_FULFILLED,
            True,
            Route.SELLER_MESSAGES,
        ),
        (Line(START), AFTER_ORDER, CoverageReason.SELLER_FULFILLED, True, Route.CASE),
        (Line(START - MOMENT), AFTER_ORDER, CoverageReason.NOT_ENROLLED_THEN, False, Route.SELLER_MESSAGES),
    ],
)
def test_where_a_question_goes(
    line: Line | None, topic: Topic, reason: CoverageReason, only_seller_knows: bool, route: Route
) -> None:
    coverage = coverage_of(line, [Enrolment(START)], topic, now=LATER)

    assert coverage.reason is reason
    assert route_of(coverage, only_seller_knows=only_seller_knows) is route


@given(ordered_at=INSTANTS, starts_at=INSTANTS, left_after=st.timedeltas(timedelta(0), timedelta(days=300)))
def test_leaving_never_uncovers_an_order_placed_before(
    ordered_at: datetime, starts_at: datetime, left_after: timedelta
) -> None:
    left_at = starts_at + left_after
    now = left_at + timedelta(days=900)

    staying = coverage_of(Line(ordered_at), [Enrolment(starts_at)], AFTER_ORDER, now=now)
    left = coverage_of(Line(ordered_at), [Enrolment(starts_at, left_at)], AFTER_ORDER, now=now)

    assert left.covered == (staying.covered and ordered_at < left_at)


@given(
    ordered_at=INSTANTS,
    starts_at=INSTANTS,
    left_after=st.timedeltas(timedelta(microseconds=1), timedelta(days=300)),
    asked_after=st.timedeltas(timedelta(0), timedelta(days=900)),
    reason=st.sampled_from(sorted(OUTCOMES)),
)
def test_coverage_never_changes_by_leaving_or_coming_back_later(
    ordered_at: datetime, starts_at: datetime, left_after: timedelta, asked_after: timedelta, reason: str
) -> None:
    left_at = max(ordered_at, starts_at) + left_after
    histories = (
        [Enrolment(starts_at)],
        [Enrolment(starts_at, left_at)],
        [Enrolment(starts_at, left_at), Enrolment(left_at + left_after)],
    )

    found = {
        coverage_of(Line(ordered_at), periods, topic_of(reason), now=ordered_at + asked_after)
        for periods in histories
    }

    assert len(found) == 1


@given(ordered_at=INSTANTS, reason=st.sampled_from(sorted(OUTCOMES)))
def test_marketplace_lines_and_strangers_never_become_a_case(ordered_at: datetime, reason: str) -> None:
    topic = topic_of(reason)
    for line, periods in ((Line(ordered_at, "marketplace"), [Enrolment(START)]), (Line(ordered_at), [])):
        assert route_of(coverage_of(line, periods, topic, now=LATER)) is not Route.CASE


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (START, EnrolmentState.ACTIVATING),
        (START + timedelta(hours=1), EnrolmentState.ACTIVE),
        (END - MOMENT, EnrolmentState.ACTIVE),
        (END, EnrolmentState.LEFT),
    ],
)
def test_the_state_of_an_enrolment(now: datetime, state: EnrolmentState) -> None:
    assert Enrolment(START, END).state(now) is state


def test_every_hindrance_to_registering_is_named() -> None:
    nothing = Applicant(False, False, False, False, False, enrolled=True)
    everything = Applicant(True, True, True, True, True)

    assert set(hindrances(nothing)) == set(Hindrance)
    assert hindrances(everything) == ()
