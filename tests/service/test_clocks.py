"""R10, R12: the clocks are elapsed hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.base.clock import UTC
from bot.service import answer_by, promised_by, warn_at

INSTANTS = st.floats(
    datetime(2024, 1, 1, tzinfo=UTC).timestamp(), datetime(2040, 1, 1, tzinfo=UTC).timestamp()
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(instant=INSTANTS)
def test_deadlines_are_exact_whatever_the_date(instant: datetime) -> None:
    assert answer_by(instant) - instant == timedelta(seconds=86_400)
    assert promised_by(instant) - instant == timedelta(seconds=172_800)
    assert promised_by(instant) - warn_at(instant) == timedelta(hours=6)
