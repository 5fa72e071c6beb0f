"""R15: the rights the law gives every customer, which no policy cuts, and the periods that follow from both."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytz

from bot.base.clock import UTC
from bot.service import _files
from bot.service.policies import Exclusion, ReturnPolicy
from bot.service.return_ways import ReturnWays, read_ways


@dataclass(frozen=True)
class Law:
    """R15: what the law of a country gives every customer who received goods there.

    `sources` and `exceptions` name the article of each right and of each exception to the withdrawal.
    Whole days; `send_back_days` counts from the withdrawal, `refund_days` too.
    """

    time_zone: str
    withdrawal_days: int
    send_back_days: int
    refund_days: int
    guarantee_years: int
    presumption_months: int
    sources: Mapping[str, str]
    exceptions: Mapping[Exclusion, str]


@dataclass(frozen=True)
class ReturnRules:
    """The file returns.yml."""

    standard: ReturnPolicy
    law: Mapping[str, Law]
    ways: ReturnWays

    def law_of(self, country: str) -> Law:
        """The law for a customer in `country`; where we know none, the most favourable one we know."""
        return self.law.get(country) or max(self.law.values(), key=lambda law: law.guarantee_years)


@functools.lru_cache(maxsize=1)
def return_rules() -> ReturnRules:
    """The rules in data/decisions/returns.yml; raises `RulesError`."""
    return read_return_rules(_files.read(_files.FOLDER / "returns.yml"))


def read_return_rules(content: dict[str, Any]) -> ReturnRules:
    """Check the content of returns.yml; raises `RulesError` naming the object at fault."""
    _files.check_keys("returns.yml", content, needed={"standard", "law", "abroad", "centres", "carriers"})
    rules = ReturnRules(
        standard=ReturnPolicy.from_json(content["standard"], where="returns.yml standard"),
        law={country: _law(f"returns.yml law {country}", given) for country, given in content["law"].items()},
        ways=read_ways(content),
    )
    for country, law in rules.law.items():
        if not rules.standard.exclusions <= set(law.exceptions):
            raise _files.RulesError(f"returns.yml standard: excludes what the law of {country} does not")
    return rules


def exclusion_of(
    kind: Exclusion | None, *, returnable: bool, policy: ReturnPolicy, law: Law
) -> tuple[bool, Exclusion | None]:
    """R13, R15: whether goods are kept out of returns, and as what (None: the shop does not say as what).

    `kind` and `returnable` are the shop's word on the product. Both the policy and the law have to except the
    kind: a policy may take back what the law excepts, and cannot keep out what the law does not.
    """
    if returnable:
        return False, None
    if kind is None:
        return True, None
    return kind in policy.exclusions and kind in law.exceptions, kind


def return_until(
    delivered_at: datetime, *, policy: ReturnPolicy, law: Law, returnable: bool = True
) -> datetime | None:
    """R13, R15: the instant (UTC, exclusive) until which a change of mind can be declared.

    Whole local days after the day of delivery, never fewer than the law's withdrawal period. None for goods
    that cannot be returned (`exclusion_of`).
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
    return _midnight_after(_working_day(last), law)


def send_back_until(declared_at: datetime, *, window_until: datetime | None, law: Law) -> datetime:
    """R13, R15: until when (UTC, exclusive) goods have to be sent after a return was declared.

    The law's days from the declaration, and never less than what is left of the return period.
    """
    last = _working_day(_local_day(declared_at, law) + timedelta(days=law.send_back_days))
    lawful = _midnight_after(last, law)
    return lawful if window_until is None else max(lawful, window_until)


def refund_due(
    *,
    delivered_at: datetime | None,
    declared_at: datetime,
    received_at: datetime,
    policy: ReturnPolicy,
    law: Law,
) -> datetime:
    """R13, R15: until when (UTC, exclusive) the money has to be on its way once the goods have arrived.

    The policy's days from the arrival. After a withdrawal in time the law counts from the declaration; the
    seller may wait for the goods, no longer (RDL 1/2007 art. 107; BGB § 357 (1), (4)). The earlier counts.
    """
    arrived = _local_day(received_at, law)
    due = _midnight_after(arrived + timedelta(days=policy.refund_within_days), law)
    if delivered_at is None or declared_at >= withdrawal_until(delivered_at, law=law):
        return due
    declared = _local_day(declared_at, law)
    return min(due, _midnight_after(max(arrived, declared + timedelta(days=law.refund_days)), law))


def refund_cents(
    value_cents: int, *, delivered_at: datetime | None, declared_at: datetime, policy: ReturnPolicy, law: Law
) -> int:
    """R13, R15: what comes back of the price paid (euro cents): all of it after a withdrawal in time, else less the fee."""
    if delivered_at is None or declared_at < withdrawal_until(delivered_at, law=law):
        return value_cents
    return value_cents - value_cents * policy.fee_percent // 100


def guarantee_until(delivered_at: datetime, *, law: Law, seller_months: int = 0) -> datetime:
    """R15: the end (UTC, exclusive) of the guarantee: the law's, or the seller's own where that is longer."""
    months = max(law.guarantee_years * 12, seller_months)
    return _midnight_after(_plus_months(_local_day(delivered_at, law), months), law)


_RIGHTS = ("withdrawal_days", "send_back_days", "refund_days", "guarantee_years", "presumption_months")


def _law(where: str, given: dict[str, Any]) -> Law:
    _files.check_keys(where, given, needed={"time_zone", "exceptions", *_RIGHTS})
    for name in _RIGHTS:
        _files.check_keys(f"{where} {name}", given[name], needed={"is", "source"})
        if type(given[name]["is"]) is not int or given[name]["is"] < 1:
            raise _files.RulesError(f"{where} {name}: has to be a whole number of 1 or more")
    try:
        exceptions = {Exclusion(kind): str(source) for kind, source in given["exceptions"].items()}
    except ValueError as error:
        raise _files.RulesError(f"{where} exceptions: {error}") from error
    return Law(
        time_zone=given["time_zone"],
        sources={name: str(given[name]["source"]) for name in _RIGHTS},
        exceptions=exceptions,
        **{name: given[name]["is"] for name in _RIGHTS},
    )


def _local_day(instant: datetime, law: Law) -> date:
    return instant.astimezone(pytz.timezone(law.time_zone)).date()


def _working_day(day: date) -> date:
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())


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
