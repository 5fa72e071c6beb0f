"""R13–R15: return policies, which of them counts, and the rights no policy can cut."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import pytz

from bot.base.clock import UTC
from bot.service import _files


class Payer(str, Enum):
    """Who pays the way back."""

    SELLER = "seller"
    CUSTOMER = "customer"


class GoodsState(str, Enum):
    """The state in which goods are taken back, strictest first."""

    UNUSED = "unused"
    TRIED = "tried"
    USED = "used"


class ReturnWay(str, Enum):
    """R14: how goods go back."""

    SELLER_ADDRESS = "seller_address"
    LOCAL_ADDRESS = "local_address"
    PREPAID_LABEL = "prepaid_label"
    REFUND_WITHOUT_RETURN = "refund_without_return"


class Respect(str, Enum):
    """R13: one respect in which a return policy can be worse than the standard."""

    WINDOW_DAYS = "window_days"
    RETURN_PAID_BY = "return_paid_by"
    ACCEPTS = "accepts"
    REFUND_WITHIN_DAYS = "refund_within_days"
    FEE_PERCENT = "fee_percent"


@dataclass(frozen=True)
class ReturnPolicy:
    """Terms for sending something back after a change of mind.

    `window_days` counts days after the day of delivery, `refund_within_days` days after the goods have
    arrived; `fee_percent` is kept back from the refund.
    """

    window_days: int
    return_paid_by: Payer
    accepts: GoodsState
    refund_within_days: int
    fee_percent: int

    @classmethod
    def from_json(cls, given: Mapping[str, Any], *, where: str = "return policy") -> ReturnPolicy:
        """Read stored or submitted terms; raises `RulesError` naming the respect that is wrong."""
        _files.check_keys(where, dict(given), needed={respect.value for respect in Respect})
        for name in ("window_days", "refund_within_days", "fee_percent"):
            if type(given[name]) is not int or not 0 <= given[name] <= 3650:
                raise _files.RulesError(f"{where}: {name} has to be a whole number of 0 or more")
        if given["fee_percent"] > 100:
            raise _files.RulesError(f"{where}: fee_percent cannot be above 100")
        try:
            payer, accepts = Payer(given["return_paid_by"]), GoodsState(given["accepts"])
        except ValueError as error:
            raise _files.RulesError(f"{where}: {error}") from error
        return cls(given["window_days"], payer, accepts, given["refund_within_days"], given["fee_percent"])

    def as_json(self) -> dict[str, Any]:
        """The form in which a seller's terms are stored."""
        return {name: getattr(value, "value", value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Law:
    """R15: what the law of a country gives every customer. See data/decisions/returns.yml for the sources."""

    time_zone: str
    withdrawal_days: int
    guarantee_years: int
    presumption_months: int


@dataclass(frozen=True)
class ReturnRules:
    """The file returns.yml."""

    standard: ReturnPolicy
    law: Mapping[str, Law]
    ways_abroad: tuple[ReturnWay, ...]
    refund_without_return_below_cents: int

    def law_of(self, country: str) -> Law:
        """The law for a customer in `country`; where we know none, the most favourable one we know."""
        return self.law.get(country) or max(self.law.values(), key=lambda law: law.guarantee_years)


@functools.lru_cache(maxsize=1)
def return_rules() -> ReturnRules:
    """The rules in data/decisions/returns.yml; raises `RulesError`."""
    content = _files.read(_files.FOLDER / "returns.yml")
    _files.check_keys("returns.yml", content, needed={"standard", "law", "abroad"})
    return ReturnRules(
        standard=ReturnPolicy.from_json(content["standard"], where="returns.yml standard"),
        law={country: Law(**values) for country, values in content["law"].items()},
        ways_abroad=tuple(ReturnWay(way) for way in content["abroad"]["ways"]),
        refund_without_return_below_cents=content["abroad"]["refund_without_return_below_cents"],
    )


_STATES = list(GoodsState)


def worse_respects(policy: ReturnPolicy, standard: ReturnPolicy) -> tuple[Respect, ...]:
    """R13: the respects in which `policy` is less favourable to the customer than `standard`."""
    checks = {
        Respect.WINDOW_DAYS: policy.window_days < standard.window_days,
        Respect.RETURN_PAID_BY: (policy.return_paid_by, standard.return_paid_by)
        == (Payer.CUSTOMER, Payer.SELLER),
        Respect.ACCEPTS: _STATES.index(policy.accepts) < _STATES.index(standard.accepts),
        Respect.REFUND_WITHIN_DAYS: policy.refund_within_days > standard.refund_within_days,
        Respect.FEE_PERCENT: policy.fee_percent > standard.fee_percent,
    }
    return tuple(respect for respect, worse in checks.items() if worse)


def policy_in_force(approved: Mapping[str, Any] | None, standard: ReturnPolicy) -> ReturnPolicy:
    """R13: a seller's approved policy when it is at least as favourable in every respect, else the standard.

    The comparison is made again here, because the standard may have become better since the approval.
    """
    if approved is None:
        return standard
    policy = ReturnPolicy.from_json(approved)
    return standard if worse_respects(policy, standard) else policy


def return_until(
    delivered_at: datetime, *, policy: ReturnPolicy, law: Law, returnable: bool = True
) -> datetime | None:
    """R13, R15: the instant (UTC, exclusive) until which a change of mind can be declared.

    Whole local days after the day of delivery, never fewer than the law's withdrawal period. None for goods
    that cannot be returned: they are those the law excepts as well (hygiene, digital, cut to size).
    """
    if not returnable:
        return None
    window = _midnight_after(_local_day(delivered_at, law) + timedelta(days=policy.window_days), law)
    return max(window, withdrawal_until(delivered_at, law=law))


def withdrawal_until(delivered_at: datetime, *, law: Law) -> datetime:
    """R15: the end (UTC, exclusive) of the statutory withdrawal period.

    A period that would end on a Saturday or Sunday ends on the next Monday (Regulation 1182/71, art. 3 (4)).
    """
    last = _local_day(delivered_at, law) + timedelta(days=law.withdrawal_days)
    if last.weekday() >= 5:
        last += timedelta(days=7 - last.weekday())
    return _midnight_after(last, law)


def guarantee_until(delivered_at: datetime, *, law: Law, seller_months: int = 0) -> datetime:
    """R15: the end (UTC, exclusive) of the guarantee: the law's, or the seller's own where that is longer."""
    months = max(law.guarantee_years * 12, seller_months)
    return _midnight_after(_plus_months(_local_day(delivered_at, law), months), law)


def return_ways(*, seller_country: str, customer_country: str, rules: ReturnRules) -> tuple[ReturnWay, ...]:
    """R14: the ways in which goods can go back to a seller, best for the customer first."""
    if seller_country == customer_country:
        return (ReturnWay.PREPAID_LABEL, ReturnWay.SELLER_ADDRESS)
    return rules.ways_abroad


def _local_day(instant: datetime, law: Law) -> date:
    return instant.astimezone(pytz.timezone(law.time_zone)).date()


def _midnight_after(day: date, law: Law) -> datetime:
    following = day + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day)  # noqa: DTZ001 - made local below
    local: datetime = pytz.timezone(law.time_zone).localize(midnight)
    return local.astimezone(UTC)


def _plus_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last day where that does not exist (29 February)."""
    years, month = divmod(day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(day.year + years, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
