"""The one clock. Every instant in Puente is an aware UTC datetime that came from here."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc

TIME_ZONES = {
    "de": ZoneInfo("Europe/Berlin"),
    "es": ZoneInfo("Europe/Madrid"),
    "zh": ZoneInfo("Asia/Shanghai"),
}
"""The zone in which a reader of a language is told times."""


class Clock:
    """Wall-clock time, shifted by an offset that only the demo shop and tests move.

    Processes that share a database share the offset: `bot.storage.shared_clock` keeps it up to date.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC) + self.offset

    def unshifted(self) -> datetime:
        """The present instant of the machine, whatever the demo shop's clock says: for who is at their desk."""
        return datetime.now(UTC)

    def timestamp(self) -> float:
        """The present instant in seconds since 1970 (Rasa's unit for event times)."""
        return time.time() + self.offset.total_seconds()


class FrozenClock(Clock):
    """A clock for tests: stands still until it is advanced."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at + self.offset

    def unshifted(self) -> datetime:
        return self.now()

    def timestamp(self) -> float:
        return self.now().timestamp()

    def advance(self, by: timedelta) -> None:
        """Move the hands forward."""
        self.offset += by


def local_day(instant: datetime, language: str) -> date:
    """The day it is at `instant` where `language` is spoken."""
    return instant.astimezone(TIME_ZONES[language]).date()


def isoformat(instant: datetime) -> str:
    """The wire form of an instant: ISO 8601 in UTC with milliseconds and `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
