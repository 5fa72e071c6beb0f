"""R1–R7: whether customer service answers for the seller, per order line, and where a question goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.service.enrolment import Enrolment


class Fulfilment(str, Enum):
    """Who sends an order line."""

    SELLER = "seller"
    MARKETPLACE = "marketplace"


class CoverageReason(str, Enum):
    """Why a question is, or is not, ours to handle."""

    SELLER_FULFILLED = "seller_fulfilled"
    OUTSIDE_SERVICE = "outside_service"
    BEFORE_ORDER = "before_order"
    MARKETPLACE_FULFILLED = "marketplace_fulfilled"
    NOT_ENROLLED_THEN = "not_enrolled_then"
    NOT_ACTIVE_YET = "not_active_yet"


class Route(str, Enum):
    """Where what we cannot answer goes."""

    CASE = "case"
    SELLER_MESSAGES = "seller_messages"
    OURSELVES = "ourselves"


class OrderedLine(Protocol):
    """What coverage has to know of an order line; the shop's `OrderLine` is one."""

    @property
    def fulfilled_by(self) -> str: ...

    @property
    def ordered_at(self) -> datetime: ...


class Period(Protocol):
    """A period of enrolment: the shop's `EnrolmentPeriod`, or an `Enrolment`."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Topic:
    """What a question is about, as far as coverage depends on it (R2)."""

    reason: str
    outside_service: bool = False
    before_order: bool = False


@dataclass(frozen=True)
class Coverage:
    """Why a question about an order line is, or is not, ours to handle."""

    covered: bool
    reason: CoverageReason


_OUTSIDE_SERVICE = frozenset({"invoice_request", "customization_request"})
_BEFORE_ORDER = frozenset({"preorder_question"})


def topic_of(reason: str) -> Topic:
    """R2: the topic of a contact reason."""
    return Topic(reason, outside_service=reason in _OUTSIDE_SERVICE, before_order=reason in _BEFORE_ORDER)


def coverage_of(
    line: OrderedLine | None, enrolments: Iterable[Period], topic: Topic, *, now: datetime
) -> Coverage:
    """R1–R6: decide whether customer service answers for the seller.

    `line` is None for a question that is about no order. `enrolments` are the seller's periods, UTC,
    half-open; a line ordered at the very moment a period begins is covered, from the hour on in which the
    service becomes active. Leaving does not end the coverage of lines ordered before. Raises nothing: an
    unknown seller has no enrolments.
    """
    if topic.outside_service:  # R2
        return Coverage(False, CoverageReason.OUTSIDE_SERVICE)
    if topic.before_order or line is None:  # R2
        return Coverage(False, CoverageReason.BEFORE_ORDER)
    if Fulfilment(line.fulfilled_by) is Fulfilment.MARKETPLACE:  # R3
        return Coverage(False, CoverageReason.MARKETPLACE_FULFILLED)
    periods = [Enrolment(period.starts_at, period.ends_at) for period in enrolments]
    then = [period for period in periods if period.contains(line.ordered_at)]
    if not then:  # R4, R6
        return Coverage(False, CoverageReason.NOT_ENROLLED_THEN)
    if not any(period.active_from <= now for period in then):  # R5
        return Coverage(False, CoverageReason.NOT_ACTIVE_YET)
    return Coverage(True, CoverageReason.SELLER_FULFILLED)


def route_of(coverage: Coverage, *, only_seller_knows: bool = False) -> Route:
    """R2–R4, R7: where a question goes that we cannot answer ourselves.

    `only_seller_knows`: nobody but the seller can say it; that sends even a line of the marketplace to the
    seller's messages (R3), never to a case.
    """
    if coverage.covered:
        return Route.CASE
    if coverage.reason is CoverageReason.MARKETPLACE_FULFILLED and not only_seller_knows:
        return Route.OURSELVES
    return Route.SELLER_MESSAGES
