"""R18: the ways to go on: when customers are called back, and what helps in a mail."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.base.clock import UTC
from bot.service import _files


@dataclass(frozen=True)
class Window:
    """When a customer is called: from `start` until before `end`, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class CallTime:
    """When a customer wants to be called, as they said it, by their clock.

    `day` None: the next day on which it is possible. `start` and `end` None: any time of that day.
    """

    now: bool = False
    day: date | None = None
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True)
class CallRules:
    """The part `call_back` of contact.yml. `days`: ISO week day → (from, until) by the clock of `zone`."""

    zone: ZoneInfo
    days: Mapping[int, tuple[time, time]]
    closed: frozenset[tuple[int, int]]
    window: timedelta
    offered: int
    now_within: timedelta
    ahead: timedelta
    tries: int
    retry_after: timedelta
    zones: Mapping[str, ZoneInfo]

    def open_on(self, day: date) -> Window | None:
        """When somebody calls on a day of `zone`; None: nobody does."""
        hours = self.days.get(day.isoweekday())
        if hours is None or (day.month, day.day) in self.closed:
            return None
        start, end = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in hours)
        return Window(start, end)

    def openings(self, now: datetime) -> Iterator[Window]:
        """What is left of the service hours from `now` on, day by day, as far ahead as anything is promised."""
        today = now.astimezone(self.zone).date()
        for ahead in range(self.ahead.days + 1):
            hours = self.open_on(today + timedelta(ahead))
            if hours is not None and hours.end > now:
                yield Window(max(hours.start, now), hours.end)


@dataclass(frozen=True)
class ContactWays:
    """The file contact.yml."""

    calls: CallRules
    mail_hints: Mapping[str, str]
    otherwise: str
    asked_after: frozenset[str]

    def hint_for(self, reason: str | None) -> str:
        """R18: what helps in a mail about `reason`, as the name of a hint."""
        return self.mail_hints.get(reason or "", self.otherwise)


def call_now(rules: CallRules, now: datetime) -> Window | None:
    """R18, "call me now": the next minutes, or None outside the service hours."""
    first = next(rules.openings(now), None)
    if first is None or first.start > now:
        return None
    return Window(now, min(first.end, now + rules.now_within))


def next_windows(rules: CallRules, now: datetime) -> list[Window]:
    """The next windows to choose from, in order. One that has begun is offered while half of it is left."""
    found: list[Window] = []
    for opening in rules.openings(now):
        day = opening.start.astimezone(rules.zone).date()
        start = datetime.combine(day, time(), rules.zone).astimezone(UTC)
        while start < opening.end and len(found) < rules.offered:
            window = Window(max(start, opening.start), min(start + rules.window, opening.end))
            if window.end - window.start >= rules.window / 2:
                found.append(window)
            start += rules.window
        if len(found) == rules.offered:
            break
    return found


def window_for(wish: CallTime, rules: CallRules, now: datetime, zone: ZoneInfo) -> Window | None:
    """R18: the window a customer whose clock is that of `zone` asked for, within the service hours from `now` on.

    None when nobody calls then, or when it is over.
    """
    if wish.now:
        return call_now(rules, now)
    today = now.astimezone(zone).date()
    days = [wish.day] if wish.day else [today + timedelta(ahead) for ahead in range(rules.ahead.days + 1)]
    openings = list(rules.openings(now))
    for day in days:
        start = datetime.combine(day, wish.start or time(), zone).astimezone(UTC)
        until = datetime.combine(day, wish.end, zone) if wish.end else _midnight_after(day, zone)
        end = until.astimezone(UTC)
        for opening in openings:
            window = Window(max(start, opening.start), min(end, opening.end))
            if window.start < window.end:
                return window
    return None


def next_try(rules: CallRules, now: datetime) -> Window | None:
    """When we call again a customer who was not reached at `now`."""
    after = now + rules.retry_after
    first = next(rules.openings(after), None)
    return Window(first.start, min(first.end, first.start + rules.window)) if first else None


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(1), time(), zone)


@functools.cache
def contact_ways(path: Path = _files.FOLDER / "contact.yml") -> ContactWays:
    """The rules in `path`; raises `RulesError`, naming what is wrong."""
    content = _files.read(path)
    _files.check_keys(path.name, content, needed={"call_back", "mail_hints", "otherwise", "asked_after"})
    return ContactWays(
        _call_rules(f"{path.name}: call_back", content["call_back"]),
        dict(content["mail_hints"]),
        str(content["otherwise"]),
        frozenset(content["asked_after"]),
    )


def _call_rules(where: str, given: dict[str, Any]) -> CallRules:
    numbers = {
        "window_minutes",
        "offered",
        "now_within_minutes",
        "ahead_days",
        "tries",
        "retry_after_minutes",
    }
    _files.check_keys(where, given, needed={"zone", "days", "closed", "zones", *numbers})
    for name in sorted(numbers):
        if not isinstance(given[name], int) or given[name] < 1:
            raise _files.RulesError(f"{where}: {name} has to be a whole number from 1 on")
    try:
        days = {
            int(day): (time.fromisoformat(a), time.fromisoformat(b)) for day, (a, b) in given["days"].items()
        }
        closed = frozenset((int(one[:2]), int(one[3:])) for one in given["closed"])
        zones = {country: ZoneInfo(name) for country, name in given["zones"].items()}
        zone = ZoneInfo(given["zone"])
    except (ValueError, KeyError, TypeError) as error:
        raise _files.RulesError(f"{where}: {error}") from error
    if not days or any(start >= end for start, end in days.values()):
        raise _files.RulesError(f"{where}: days: every day needs a beginning before its end")
    return CallRules(
        zone=zone,
        days=days,
        closed=closed,
        window=timedelta(minutes=given["window_minutes"]),
        offered=given["offered"],
        now_within=timedelta(minutes=given["now_within_minutes"]),
        ahead=timedelta(days=given["ahead_days"]),
        tries=given["tries"],
        retry_after=timedelta(minutes=given["retry_after_minutes"]),
        zones=zones,
    )
