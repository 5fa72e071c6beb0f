"""R13–R15: which return policy counts, and what no policy can cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.clock import UTC
from bot.service import (
    GoodsState,
    Payer,
    Respect,
    ReturnPolicy,
    ReturnWay,
    RulesError,
    guarantee_until,
    policy_in_force,
    return_rules,
    return_until,
    return_ways,
    withdrawal_until,
    worse_respects,
)

RULES = return_rules()
STANDARD = RULES.standard
SPAIN, GERMANY = RULES.law["ES"], RULES.law["DE"]
POLICIES = st.builds(
    ReturnPolicy,
    window_days=st.integers(0, 400),
    return_paid_by=st.sampled_from(Payer),
    accepts=st.sampled_from(GoodsState),
    refund_within_days=st.integers(0, 60),
    fee_percent=st.integers(0, 100),
)
INSTANTS = st.floats(
    datetime(2024, 1, 1, tzinfo=UTC).timestamp(), datetime(2030, 1, 1, tzinfo=UTC).timestamp()
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("change", "respect"),
    [
        ({"window_days": 29}, Respect.WINDOW_DAYS),
        ({"return_paid_by": Payer.CUSTOMER}, Respect.RETURN_PAID_BY),
        ({"accepts": GoodsState.UNUSED}, Respect.ACCEPTS),
        ({"refund_within_days": 15}, Respect.REFUND_WITHIN_DAYS),
        ({"fee_percent": 1}, Respect.FEE_PERCENT),
    ],
)
def test_one_worse_respect_is_named_and_makes_the_policy_not_count(
    change: dict[str, Any], respect: Respect
) -> None:
    better_elsewhere = replace(STANDARD, window_days=90, refund_within_days=3, accepts=GoodsState.USED)
    policy = replace(better_elsewhere, **change)

    assert worse_respects(policy, STANDARD) == (respect,)
    assert policy_in_force(policy.as_json(), STANDARD) == STANDARD


def test_a_policy_that_is_at_least_as_favourable_counts() -> None:
    policy = replace(STANDARD, window_days=100)

    assert policy_in_force(policy.as_json(), STANDARD) == policy
    assert policy_in_force(STANDARD.as_json(), STANDARD) == STANDARD
    assert policy_in_force(None, STANDARD) == STANDARD


@given(policy=POLICIES)
def test_a_stored_policy_reads_back_the_same(policy: ReturnPolicy) -> None:
    assert ReturnPolicy.from_json(policy.as_json()) == policy


@given(policy=POLICIES, delivered_at=INSTANTS, country=st.sampled_from(["ES", "DE", "FR"]))
def test_no_policy_cuts_the_right_of_withdrawal_or_the_standard(
    policy: ReturnPolicy, delivered_at: datetime, country: str
) -> None:
    law = RULES.law_of(country)
    in_force = policy_in_force(policy.as_json(), STANDARD)

    until = return_until(delivered_at, policy=policy, law=law)
    until_in_force = return_until(delivered_at, policy=in_force, law=law)

    assert until is not None
    assert until >= withdrawal_until(delivered_at, law=law)
    assert until_in_force is not None
    assert until_in_force - delivered_at > timedelta(days=30) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("delivered", "ends"),
    [
        ("2026-03-02T10:00:00+00:00", "2026-03-16T23:00:00+00:00"),  # Monday in two weeks, to its end
        ("2026-03-02T23:30:00+00:00", "2026-03-17T23:00:00+00:00"),  # delivered after midnight, local time
        ("2026-03-07T10:00:00+00:00", "2026-03-23T23:00:00+00:00"),  # a Saturday becomes the Monday
        ("2026-03-20T10:00:00+00:00", "2026-04-03T22:00:00+00:00"),  # over the change to summer time
    ],
)
def test_the_withdrawal_period_ends_with_a_local_day(delivered: str, ends: str) -> None:
    until = withdrawal_until(datetime.fromisoformat(delivered), law=GERMANY)

    assert until == datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    ("law", "months", "ends"),
    [
        (SPAIN, 0, "2027-02-28T23:00:00+00:00"),
        (GERMANY, 0, "2026-02-28T23:00:00+00:00"),
        (GERMANY, 12, "2026-02-28T23:00:00+00:00"),
        (GERMANY, 60, "2029-02-28T23:00:00+00:00"),
    ],
)
def test_the_guarantee_is_the_laws_or_the_sellers_longer_one(law: Any, months: int, ends: str) -> None:
    delivered = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)

    until = guarantee_until(delivered, law=law, seller_months=months)

    assert until == datetime.fromisoformat(ends)


def test_goods_the_law_excepts_have_no_return_period() -> None:
    assert (
        return_until(datetime(2026, 3, 2, tzinfo=UTC), policy=STANDARD, law=SPAIN, returnable=False) is None
    )


def test_where_the_law_is_not_known_the_most_favourable_one_is_taken() -> None:
    assert RULES.law_of("PT") == SPAIN


def test_sellers_abroad_have_ways_of_their_own() -> None:
    home = return_ways(seller_country="ES", customer_country="ES", rules=RULES)
    abroad = return_ways(seller_country="CN", customer_country="ES", rules=RULES)

    assert home == (ReturnWay.PREPAID_LABEL, ReturnWay.SELLER_ADDRESS)
    assert set(abroad) == {
        ReturnWay.LOCAL_ADDRESS,
        ReturnWay.PREPAID_LABEL,
        ReturnWay.REFUND_WITHOUT_RETURN,
    }


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"window_days": -1}, "window_days"),
        ({"window_days": "30"}, "window_days"),
        ({"fee_percent": 101}, "fee_percent"),
        ({"return_paid_by": "nobody"}, "nobody"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused_with_the_respect(change: dict[str, Any], named: str) -> None:
    with pytest.raises(RulesError, match=named):
        ReturnPolicy.from_json({**STANDARD.as_json(), **change})
