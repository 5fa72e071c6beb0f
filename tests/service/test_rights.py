"""R15: what the law gives, and that no policy cuts it."""

from __future__ import annotations

import copy
from dataclasses import replace
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
    ReturnPolicy,
    RulesError,
    _files,
    exclusion_of,
    guarantee_until,
    read_return_rules,
    refund_cents,
    refund_due,
    return_rules,
    return_until,
    send_back_until,
    withdrawal_until,
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
    exclusions=st.frozensets(st.sampled_from(Exclusion)),
    refund_method=st.sampled_from(RefundMethod),
)
INSTANTS = st.floats(
    datetime(2024, 1, 1, tzinfo=UTC).timestamp(), datetime(2030, 1, 1, tzinfo=UTC).timestamp()
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
COUNTRIES = st.sampled_from(["ES", "DE", "FR"])
DAYS = st.timedeltas(timedelta(0), timedelta(days=90))


@given(policy=POLICIES, delivered_at=INSTANTS, country=COUNTRIES)
def test_no_policy_cuts_the_right_of_withdrawal(
    policy: ReturnPolicy, delivered_at: datetime, country: str
) -> None:
    law = RULES.law_of(country)

    until = return_until(delivered_at, policy=policy, law=law)

    assert until is not None
    assert until >= withdrawal_until(delivered_at, law=law)
    assert until - delivered_at > timedelta(days=14) - timedelta(hours=1)


@given(policy=POLICIES, delivered_at=INSTANTS, wait=DAYS, road=DAYS, country=COUNTRIES)
def test_no_policy_delays_the_refund_of_a_withdrawal_or_takes_a_fee_from_it(
    policy: ReturnPolicy, delivered_at: datetime, wait: timedelta, road: timedelta, country: str
) -> None:
    law = RULES.law_of(country)
    declared_at = delivered_at + wait
    received_at = declared_at + road
    if declared_at >= withdrawal_until(delivered_at, law=law):
        return

    due = refund_due(
        delivered_at=delivered_at, declared_at=declared_at, received_at=received_at, policy=policy, law=law
    )
    amount = refund_cents(5000, delivered_at=delivered_at, declared_at=declared_at, policy=policy, law=law)

    assert due > received_at
    assert due <= max(declared_at + timedelta(days=15, hours=1), received_at + timedelta(days=1, hours=1))
    assert amount == 5000


def test_after_the_withdrawal_period_the_policys_own_terms_count() -> None:
    policy = replace(STANDARD, fee_percent=10, refund_within_days=20)
    delivered = datetime(2026, 3, 2, 10, tzinfo=UTC)
    declared, received = delivered + timedelta(days=20), delivered + timedelta(days=25)

    due = refund_due(
        delivered_at=delivered, declared_at=declared, received_at=received, policy=policy, law=SPAIN
    )
    amount = refund_cents(4999, delivered_at=delivered, declared_at=declared, policy=policy, law=SPAIN)

    assert due == datetime.fromisoformat("2026-04-16T22:00:00+00:00")
    assert amount == 4500


def test_the_refund_of_a_withdrawal_may_wait_for_the_goods_and_no_longer() -> None:
    delivered = datetime(2026, 3, 2, 10, tzinfo=UTC)
    declared = delivered + timedelta(days=1)

    early, late = (
        refund_due(
            delivered_at=delivered,
            declared_at=declared,
            received_at=declared + timedelta(days=days),
            policy=STANDARD,
            law=GERMANY,
        )
        for days in (5, 30)
    )

    assert early == datetime.fromisoformat("2026-03-17T23:00:00+00:00")  # 14 days after the declaration
    assert late == datetime.fromisoformat("2026-04-02T22:00:00+00:00")  # the day of its arrival


@given(delivered_at=INSTANTS, wait=DAYS, country=COUNTRIES, policy=POLICIES)
def test_there_are_always_two_weeks_to_send_it_and_never_less_than_the_period(
    delivered_at: datetime, wait: timedelta, country: str, policy: ReturnPolicy
) -> None:
    law = RULES.law_of(country)
    declared_at = delivered_at + wait
    window = return_until(delivered_at, policy=policy, law=law)

    until = send_back_until(declared_at, window_until=window, law=law)

    assert until - declared_at > timedelta(days=14) - timedelta(hours=1)
    assert window is not None
    assert until >= window


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


@pytest.mark.parametrize(
    ("kind", "returnable", "policy", "excluded"),
    [
        (Exclusion.CUSTOM_MADE, False, STANDARD, True),
        (Exclusion.CUSTOM_MADE, False, replace(STANDARD, exclusions=frozenset()), False),  # a better policy
        (Exclusion.CUSTOM_MADE, True, STANDARD, False),
        (None, False, STANDARD, True),
        (None, True, STANDARD, False),
    ],
)
def test_what_is_kept_out_of_returns(
    kind: Exclusion | None, returnable: bool, policy: ReturnPolicy, excluded: bool
) -> None:
    assert exclusion_of(kind, returnable=returnable, policy=policy, law=SPAIN)[0] is excluded


def test_a_policy_cannot_keep_out_what_the_law_does_not() -> None:
    law = replace(SPAIN, exceptions={})

    excluded, _ = exclusion_of(Exclusion.CUSTOM_MADE, returnable=False, policy=STANDARD, law=law)

    assert not excluded


def test_every_right_and_every_exception_has_its_source() -> None:
    for law, code in ((SPAIN, "RDL 1/2007"), (GERMANY, "BGB")):
        assert all(code in source for source in [*law.sources.values(), *law.exceptions.values()])
        assert set(law.exceptions) == set(Exclusion)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("law", "ES", "withdrawal_days"), {"is": 14}, "source"),
        (("law", "ES", "guarantee_years"), {"is": 0, "source": "x"}, "guarantee_years"),
        (("law", "DE", "exceptions"), {"wine": "§ 1"}, "wine"),
        (("law", "DE", "exceptions"), {"newspapers": "§ 312g"}, "the law of DE"),
        (("abroad", "ways"), ["pigeon"], "pigeon"),
        (("centres",), {}, "centres"),
        (("centres", "ES"), {"name": "x"}, "street"),
    ],
)
def test_rules_that_cannot_be_read_are_refused_with_their_place(
    path: tuple[str, ...], value: Any, named: str
) -> None:
    content = copy.deepcopy(_files.read(_files.FOLDER / "returns.yml"))
    at = content
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value

    with pytest.raises(RulesError, match=named):
        read_return_rules(content)


def test_where_the_law_is_not_known_the_most_favourable_one_is_taken() -> None:
    assert RULES.law_of("PT") == SPAIN
