"""R13: return policies: what a seller may promise, when it is at least the standard, and which one counts for an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

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


class RefundMethod(str, Enum):
    """How the money comes back, least favourable first."""

    VOUCHER = "voucher"
    ORIGINAL_PAYMENT = "original_payment"


class Exclusion(str, Enum):
    """A kind of goods that may be kept out of returns; the law of a country says which (`Law.exceptions`)."""

    CUSTOM_MADE = "custom_made"
    PERISHABLE = "perishable"
    SEALED_HYGIENE = "sealed_hygiene"
    INSEPARABLY_MIXED = "inseparably_mixed"
    SEALED_MEDIA = "sealed_media"
    NEWSPAPERS = "newspapers"
    DIGITAL_CONTENT = "digital_content"


class Respect(str, Enum):
    """R13: one respect in which a return policy can be worse than another; named as the policy's field."""

    WINDOW_DAYS = "window_days"
    RETURN_PAID_BY = "return_paid_by"
    ACCEPTS = "accepts"
    REFUND_WITHIN_DAYS = "refund_within_days"
    FEE_PERCENT = "fee_percent"
    EXCLUSIONS = "exclusions"
    REFUND_METHOD = "refund_method"


@dataclass(frozen=True)
class ReturnPolicy:
    """Terms for sending something back after a change of mind.

    `window_days` counts days after the day of delivery, `refund_within_days` days after the goods have
    arrived; `fee_percent` is kept back from the refund; `exclusions` are the kinds of goods not taken back.
    """

    window_days: int
    return_paid_by: Payer
    accepts: GoodsState
    refund_within_days: int
    fee_percent: int
    exclusions: frozenset[Exclusion]
    refund_method: RefundMethod

    @classmethod
    def from_json(cls, given: Mapping[str, Any], *, where: str = "return policy") -> ReturnPolicy:
        """Read stored or submitted terms; raises `RulesError` naming the respect that is wrong."""
        _files.check_keys(where, dict(given), needed={respect.value for respect in Respect})
        for name in ("window_days", "refund_within_days", "fee_percent"):
            if type(given[name]) is not int or not 0 <= given[name] <= 3650:
                raise _files.RulesError(f"{where}: {name} has to be a whole number of 0 or more")
        if given["fee_percent"] > 100:
            raise _files.RulesError(f"{where}: fee_percent cannot be above 100")
        if not isinstance(given["exclusions"], list):
            raise _files.RulesError(f"{where}: exclusions has to be a list")
        try:
            return cls(
                window_days=given["window_days"],
                return_paid_by=Payer(given["return_paid_by"]),
                accepts=GoodsState(given["accepts"]),
                refund_within_days=given["refund_within_days"],
                fee_percent=given["fee_percent"],
                exclusions=frozenset(Exclusion(kind) for kind in given["exclusions"]),
                refund_method=RefundMethod(given["refund_method"]),
            )
        except ValueError as error:
            raise _files.RulesError(f"{where}: {error}") from error

    def as_json(self) -> dict[str, Any]:
        """The form in which a seller's terms are stored."""
        terms = {name: getattr(value, "value", value) for name, value in asdict(self).items()}
        return terms | {"exclusions": sorted(kind.value for kind in self.exclusions)}


class ApprovedPolicy(Protocol):
    """An approved policy of a seller; the shop's `SellerPolicy` is one. `terms` None: back to the standard."""

    @property
    def valid_from(self) -> datetime: ...

    @property
    def terms(self) -> Mapping[str, Any] | None: ...


_PAYERS = [Payer.CUSTOMER, Payer.SELLER]
_STATES = list(GoodsState)
_METHODS = list(RefundMethod)


def refused(policy: ReturnPolicy, standard: ReturnPolicy) -> tuple[Respect, ...]:
    """R13: every respect in which `policy` is not at least as favourable to the customer as `standard`.

    Empty: the policy may be approved. In each respect alone the values are ordered (kinds excluded: by
    inclusion), so "at least as favourable" is a partial order: better here and worse there is refused.
    """
    checks = {
        Respect.WINDOW_DAYS: policy.window_days >= standard.window_days,
        Respect.RETURN_PAID_BY: _PAYERS.index(policy.return_paid_by)
        >= _PAYERS.index(standard.return_paid_by),
        Respect.ACCEPTS: _STATES.index(policy.accepts) >= _STATES.index(standard.accepts),
        Respect.REFUND_WITHIN_DAYS: policy.refund_within_days <= standard.refund_within_days,
        Respect.FEE_PERCENT: policy.fee_percent <= standard.fee_percent,
        Respect.EXCLUSIONS: policy.exclusions <= standard.exclusions,
        Respect.REFUND_METHOD: _METHODS.index(policy.refund_method) >= _METHODS.index(standard.refund_method),
    }
    return tuple(respect for respect, favourable in checks.items() if not favourable)


def policy_in_force(
    approved: Iterable[ApprovedPolicy], standard: ReturnPolicy, *, at: datetime
) -> ReturnPolicy:
    """R13: what applies to an order placed `at` (UTC): the seller's newest policy valid then, else the standard.

    A policy is valid from `valid_from` on until the next one. One that is worse than today's standard in any
    respect does not count: the comparison is made again here, because the standard may have become better
    since the approval. Raises `RulesError` for terms that cannot be read.
    """
    valid = [policy for policy in approved if policy.valid_from <= at]
    newest = max(valid, key=lambda policy: policy.valid_from, default=None)
    if newest is None or newest.terms is None:
        return standard
    policy = ReturnPolicy.from_json(newest.terms)
    return standard if refused(policy, standard) else policy
