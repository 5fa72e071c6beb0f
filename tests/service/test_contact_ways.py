"""R18, R20: when customers are called back, what helps in a mail, when they are asked whether it was solved."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.clock import UTC
from bot.service import RulesError
from bot.service.contact_ways import (
    CallTime,
    Window,
    call_now,
    contact_ways,
    next_try,
    next_windows,
    window_for,
)
from bot.service.reasons import OUTCOMES
from bot.service.satisfaction import served_reason

MADRID = ZoneInfo("Europe/Madrid")
RULES = contact_ways().calls
START = datetime.fromisoformat("2026-01-01T00:00")


def at(text: str) -> datetime:
    """An instant by the clock of Madrid."""
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


def window(day: str, start: str, end: str) -> Window:
    return Window(at(f"{day}T{start}"), at(f"{day}T{end}"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T10:00", ("10:00", "10:30")),
        ("2026-03-02T19:45", ("19:45", "20:00")),
        ("2026-03-02T20:00", None),
        ("2026-03-01T12:00", None),  # a Sunday
        ("2026-01-01T12:00", None),  # closed every year
    ],
)
def test_now_is_within_the_service_hours(now: str, expected: tuple[str, str] | None) -> None:
    found = call_now(RULES, at(now))

    assert found == (window(now[:10], *expected) if expected else None)


def test_the_windows_offered_go_on_after_the_weekend() -> None:
    found = next_windows(RULES, at("2026-02-28T12:30"))  # a Saturday, open until 14:00

    assert found == [
        window("2026-02-28", "12:30", "14:00"),
        window("2026-03-02", "09:00", "10:00"),
        window("2026-03-02", "10:00", "12:00"),
    ]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (CallTime(day=date(2026, 3, 3), start=time(10), end=time(12)), ("2026-03-03", "10:00", "12:00")),
        (CallTime(start=time(15), end=time(20)), ("2026-03-02", "15:00", "20:00")),
        (CallTime(start=time(8), end=time(9, 30)), ("2026-03-03", "09:00", "09:30")),  # over for today
        (CallTime(day=date(2026, 3, 2), start=time(19)), ("2026-03-02", "19:00", "20:00")),
        (CallTime(day=date(2026, 3, 2), start=time(21), end=time(22)), None),
        (CallTime(day=date(2026, 3, 8)), None),
        (CallTime(day=date(2026, 6, 1)), None),  # further ahead than we promise
    ],
)
def test_a_wish_is_cut_to_the_service_hours(wish: CallTime, expected: tuple[str, str, str] | None) -> None:
    found = window_for(wish, RULES, at("2026-03-02T10:00"), MADRID)

    assert found == (window(*expected) if expected else None)


def test_a_wish_is_understood_by_the_customers_own_clock() -> None:
    wish = CallTime(day=date(2026, 3, 2), start=time(9), end=time(11))

    found = window_for(wish, RULES, at("2026-03-02T10:00"), ZoneInfo("America/Mexico_City"))

    assert found == window("2026-03-02", "16:00", "18:00")


@given(st.datetimes(START, START + timedelta(days=330)))
def test_nobody_is_promised_a_call_when_nobody_calls(local: datetime) -> None:
    now = local.replace(tzinfo=MADRID).astimezone(UTC)

    for found in [*next_windows(RULES, now), *filter(None, [next_try(RULES, now), call_now(RULES, now)])]:
        hours = RULES.open_on(found.start.astimezone(MADRID).date())
        assert hours is not None
        assert now <= found.start < found.end
        assert hours.start <= found.start
        assert found.end <= hours.end


def test_the_next_try_is_later() -> None:
    assert next_try(RULES, at("2026-03-02T19:30")) == window("2026-03-03", "09:00", "11:00")


def test_every_hint_is_for_a_reason_there_is() -> None:
    assert set(contact_ways().mail_hints) <= set(OUTCOMES)
    assert contact_ways().hint_for(None) == contact_ways().otherwise


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("tries: 3", "tries: 0", "tries"),
        ('["09:00", "20:00"]', '["20:00", "09:00"]', "beginning before its end"),
        ("zone: Europe/Madrid", "zone: Nowhere/Land", "call_back"),
        ("offered: 3", "offered: 3\n  colour: red", "colour is unknown"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, wrong: str) -> None:
    text = (Path("data") / "decisions" / "contact.yml").read_text(encoding="utf-8")
    path = tmp_path / "contact.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(RulesError, match=wrong):
        contact_ways(path)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("order_status", "answered")], "order_status"),
        ([("order_status", "answered"), ("greet", "answered")], "order_status"),
        ([("order_status", "answered"), ("item_damaged", "case_opened")], None),
        ([("order_status", "answered"), ("feedback_negative", "answered")], None),
        ([("feedback_negative", "answered"), ("return_policy", "answered")], "return_policy"),
        ([("order_status", "asked")], None),
        ([("greet", "answered")], None),
        ([], None),
    ],
)
def test_only_what_was_served_last_is_asked_about(steps: list[tuple[str, str]], expected: str | None) -> None:
    assert served_reason(steps, asked_after=contact_ways().asked_after) == expected


def test_a_call_at_once_is_soon() -> None:
    assert timedelta(minutes=5) <= RULES.now_within <= timedelta(hours=1)
