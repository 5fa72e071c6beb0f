"""R5, R6: taking part in the service: who may, from when, for which orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

ACTIVATION = timedelta(hours=1)
"""R5: how long after registering the service is active at the latest."""


class EnrolmentState(str, Enum):
    """What a seller sees of a period."""

    ACTIVATING = "activating"
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True)
class Enrolment:
    """A period in which a seller takes part: UTC, half-open, `ends_at` None while it lasts."""

    starts_at: datetime
    ends_at: datetime | None = None

    def contains(self, instant: datetime) -> bool:
        """Whether an order placed at `instant` falls into the period: its start does, its end does not."""
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)

    @property
    def active_from(self) -> datetime:
        """R5: from then on we answer, also for orders placed since registering."""
        return self.starts_at + ACTIVATION

    def state(self, now: datetime) -> EnrolmentState:
        """R5, R6: what to show of this period at `now`."""
        if self.ends_at is not None and self.ends_at <= now:
            return EnrolmentState.LEFT
        return EnrolmentState.ACTIVE if now >= self.active_from else EnrolmentState.ACTIVATING


class Hindrance(str, Enum):
    """R5: why a seller cannot register."""

    NOT_INVITED = "not_invited"
    TERMS_NOT_ACCEPTED = "terms_not_accepted"
    NO_PROFESSIONAL_PLAN = "no_professional_plan"
    PLAN_NOT_IN_GOOD_STANDING = "plan_not_in_good_standing"
    RETURN_POLICY_TOO_WEAK = "return_policy_too_weak"
    ENROLLED_ALREADY = "enrolled_already"


@dataclass(frozen=True)
class Applicant:
    """What has to be known of a seller who wants to register."""

    invited: bool
    terms_accepted: bool
    professional_plan: bool
    in_good_standing: bool
    return_policy_suffices: bool
    enrolled: bool = False


def hindrances(applicant: Applicant) -> tuple[Hindrance, ...]:
    """R5: everything that stands in the way of registering; empty: the seller may."""
    checks = (
        (applicant.invited, Hindrance.NOT_INVITED),
        (applicant.terms_accepted, Hindrance.TERMS_NOT_ACCEPTED),
        (applicant.professional_plan, Hindrance.NO_PROFESSIONAL_PLAN),
        (applicant.in_good_standing, Hindrance.PLAN_NOT_IN_GOOD_STANDING),
        (applicant.return_policy_suffices, Hindrance.RETURN_POLICY_TOO_WEAK),
        (not applicant.enrolled, Hindrance.ENROLLED_ALREADY),
    )
    return tuple(hindrance for fulfilled, hindrance in checks if not fulfilled)
