"""The clocks of a case: elapsed hours in UTC, so that weekends, holidays and clock changes do not matter."""

from __future__ import annotations

from datetime import datetime, timedelta

ANSWER_WITHIN = timedelta(hours=24)
"""R10: what the seller has, from the opening of the case."""

PROMISE_WITHIN = timedelta(hours=48)
"""R12: what the customer is promised, from the message that started the case."""

WARN_BEFORE = timedelta(hours=6)
"""R12: how long before the promise is over an agent is warned."""

SOON = timedelta(hours=6)
"""With this much left or less, the case log shows a case as urgent."""


def answer_by(opened_at: datetime) -> datetime:
    """R10: when the seller's time is over, UTC."""
    return opened_at + ANSWER_WITHIN


def promised_by(started_at: datetime) -> datetime:
    """R12: until when the customer is promised an answer, UTC. Further questions do not restart it."""
    return started_at + PROMISE_WITHIN


def warn_at(started_at: datetime) -> datetime:
    """R12: when an agent is warned that the promise is about to be missed, UTC."""
    return promised_by(started_at) - WARN_BEFORE
