"""R13: which return policy counts: a partial order, a history, and no worse one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.clock import UTC
from bot.service import (
    Exclusion,
    GoodsState,
    Payer,
    RefundMethod,
    Respect,
    ReturnPolicy,
    RulesError,
    policy_in_force,
    refused,
    return_rules,
)

STANDARD = return_rules().standard
POLICIES = st.builds(
    ReturnPolicy,
    window_days=st.integers(0, 3),
    return_paid_by=st.sampled_from(Payer),
    accepts=st.sampled_from(GoodsState),
    refund_within_days=st.integers(0, 3),
    fee_percent=st.integers(0, 3),
    exclusions=st.frozensets(st.sampled_from(list(Exclusion)[:3])),
    refund_method=st.sampled_from(RefundMethod),
)
"""Few values each, so that two of them often are comparable."""

ANY_POLICIES = st.builds(
    ReturnPolicy,
    window_days=st.integers(0, 400),
    return_paid_by=st.sampled_from(Payer),
    accepts=st.sampled_from(GoodsState),
    refund_within_days=st.integers(0, 60),
    fee_percent=st.integers(0, 100),
    exclusions=st.frozensets(st.sampled_from(Exclusion)),
    refund_method=st.sampled_from(RefundMethod),
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Approved:
    """An approved policy, as far as the rule looks at it."""

    terms: Mapping[str, Any] | None
    valid_from: datetime = NOW - 100 * DAY


def in_force(policy: ReturnPolicy, *, at: datetime = NOW) -> ReturnPolicy:
    """What applies when `policy` is the only one approved."""
    return policy_in_force([Approved(policy.as_json())], STANDARD, at=at)


@pytest.mark.parametrize(
    ("change", "respect"),
    [
        ({"window_days": 29}, Respect.WINDOW_DAYS),
        ({"return_paid_by": Payer.CUSTOMER}, Respect.RETURN_PAID_BY),
        ({"accepts": GoodsState.UNUSED}, Respect.ACCEPTS),
        ({"refund_within_days": 15}, Respect.REFUND_WITHIN_DAYS),
        ({"fee_percent": 1}, Respect.FEE_PERCENT),
        ({"refund_method": RefundMethod.VOUCHER}, Respect.REFUND_METHOD),
    ],
)
def test_one_worse_respect_is_named_and_makes_the_policy_not_count(
    change: dict[str, Any], respect: Respect
) -> None:
    better_elsewhere = replace(
        STANDARD, window_days=90, refund_within_days=3, accepts=GoodsState.USED, exclusions=frozenset()
    )
    policy = replace(better_elsewhere, **change)

    assert refused(policy, STANDARD) == (respect,)
    assert in_force(policy) == STANDARD


def test_goods_kept_out_beyond_the_standard_are_refused_and_fewer_are_welcome() -> None:
    standard = replace(STANDARD, exclusions=frozenset({Exclusion.CUSTOM_MADE, Exclusion.PERISHABLE}))
    more = replace(standard, exclusions=standard.exclusions | {Exclusion.SEALED_MEDIA})
    other = replace(standard, exclusions=frozenset({Exclusion.SEALED_MEDIA}))
    fewer = replace(standard, exclusions=frozenset({Exclusion.PERISHABLE}))

    assert refused(more, standard) == refused(other, standard) == (Respect.EXCLUSIONS,)
    assert refused(fewer, standard) == ()


def test_every_worse_respect_is_named() -> None:
    worst = ReturnPolicy(
        0, Payer.CUSTOMER, GoodsState.UNUSED, 3650, 100, frozenset(Exclusion), RefundMethod.VOUCHER
    )
    standard = replace(STANDARD, exclusions=frozenset())

    assert set(refused(worst, standard)) == set(Respect)


@given(policy=POLICIES)
def test_a_policy_is_at_least_as_favourable_as_itself(policy: ReturnPolicy) -> None:
    assert refused(policy, policy) == ()


@given(one=POLICIES, other=POLICIES)
def test_two_policies_that_are_each_at_least_as_favourable_are_the_same(
    one: ReturnPolicy, other: ReturnPolicy
) -> None:
    assert (not refused(one, other) and not refused(other, one)) == (one == other)


@given(data=st.data(), lowest=POLICIES)
def test_at_least_as_favourable_is_passed_on(data: st.DataObject, lowest: ReturnPolicy) -> None:
    middle = data.draw(raised(lowest).filter(lambda policy: not refused(policy, lowest)))
    highest = data.draw(raised(middle).filter(lambda policy: not refused(policy, middle)))

    assert refused(highest, lowest) == ()


def raised(policy: ReturnPolicy) -> st.SearchStrategy[ReturnPolicy]:
    """Policies that are often better than `policy`, and sometimes worse in a respect."""
    return st.builds(
        ReturnPolicy,
        window_days=st.integers(0, 2).map(lambda more: policy.window_days + more),
        return_paid_by=st.sampled_from([policy.return_paid_by, Payer.SELLER]),
        accepts=st.sampled_from([policy.accepts, GoodsState.USED]),
        refund_within_days=st.integers(0, 2).map(lambda less: max(0, policy.refund_within_days - less)),
        fee_percent=st.integers(0, policy.fee_percent + 1),
        exclusions=st.sampled_from([policy.exclusions, frozenset(), frozenset({Exclusion.CUSTOM_MADE})]),
        refund_method=st.sampled_from([policy.refund_method, RefundMethod.ORIGINAL_PAYMENT]),
    )


def test_a_policy_that_is_at_least_as_favourable_counts() -> None:
    policy = replace(STANDARD, window_days=100)

    assert in_force(policy) == policy
    assert in_force(STANDARD) == STANDARD
    assert policy_in_force([], STANDARD, at=NOW) == STANDARD


def test_the_policy_in_force_when_the_order_was_placed_applies() -> None:
    first, second = replace(STANDARD, window_days=45), replace(STANDARD, window_days=60)
    history = [
        Approved(second.as_json(), NOW - 10 * DAY),
        Approved(first.as_json(), NOW - 50 * DAY),
        Approved(None, NOW - 2 * DAY),
    ]

    def days(at: datetime) -> int:
        return policy_in_force(history, STANDARD, at=at).window_days

    assert days(NOW - 51 * DAY) == 30
    assert days(NOW - 50 * DAY) == 45  # the very moment counts
    assert days(NOW - 10 * DAY - timedelta(microseconds=1)) == 45
    assert days(NOW - 10 * DAY) == 60
    assert days(NOW) == 30  # back to the standard


@given(policy=ANY_POLICIES, later=ANY_POLICIES)
def test_a_later_policy_never_changes_an_order_placed_before(
    policy: ReturnPolicy, later: ReturnPolicy
) -> None:
    before = [Approved(policy.as_json())]
    after = [*before, Approved(later.as_json(), NOW + DAY)]

    assert policy_in_force(after, STANDARD, at=NOW) == policy_in_force(before, STANDARD, at=NOW)


@given(policy=ANY_POLICIES)
def test_whatever_is_approved_nobody_gets_less_than_the_standard(policy: ReturnPolicy) -> None:
    assert refused(in_force(policy), STANDARD) == ()


@given(policy=ANY_POLICIES)
def test_a_stored_policy_reads_back_the_same(policy: ReturnPolicy) -> None:
    assert ReturnPolicy.from_json(policy.as_json()) == policy


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"window_days": -1}, "window_days"),
        ({"window_days": "30"}, "window_days"),
        ({"fee_percent": 101}, "fee_percent"),
        ({"return_paid_by": "nobody"}, "nobody"),
        ({"exclusions": "custom_made"}, "exclusions"),
        ({"exclusions": ["wine"]}, "wine"),
        ({"refund_method": "gold"}, "gold"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused_with_the_respect(change: dict[str, Any], named: str) -> None:
    with pytest.raises(RulesError, match=named):
        ReturnPolicy.from_json({**STANDARD.as_json(), **change})
