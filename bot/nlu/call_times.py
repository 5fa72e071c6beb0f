"""When somebody wants to be called: "ahora", "mañana entre 10 y 12", "heute Nachmittag", "ab 16 Uhr".

Days come from `bot.nlu.dates`; here are the times of day. What a language says stands in its table, the logic is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.nlu.dates import find_dates
from bot.service.contact_ways import CallTime

_HOUR = r"(?P<{0}>[01]?\d|2[0-3])(?:[:.h](?P<{0}m>[0-5]\d))?(?:\s*(?:uhr|h(?:oras)?\b))?(?:\s*(?P<{0}p>{1}))?"


@dataclass(frozen=True)
class _Words:
    """How a language names times, in small letters without accents; `parts` are (pattern, from, until)."""

    now: str
    between: tuple[str, ...]
    from_: str
    until: str
    at: str
    later: str
    parts: tuple[tuple[str, str, str], ...]
    week_day: str
    not_a_day: str = r"(?!x)x"


_LATER_ES, _LATER_DE = "de la tarde|de la noche|pm|p\\.m\\.", "nachmittags|abends"

_WORDS: Mapping[str, _Words] = {
    "es": _Words(
        now=r"\b(?:ahora(?:\s+mismo)?|ya(?:\s+mismo)?|en\s?seguida|cuanto antes|lo antes posible|inmediatamente)\b",
        between=(
            r"\b(?:entre|de|desde)\s+(?:las?\s+)?{start}\s*(?:y|a|hasta|-|–)\s*(?:las?\s+)?{end}",
            r"\b{start}\s*[-–]\s*{end}",
        ),
        from_=r"\b(?:a partir de|despues de|desde|pasadas)\s+(?:las?\s+)?{start}",
        until=r"\b(?:antes de|hasta|no mas tarde de)\s+(?:las?\s+)?{end}",
        at=r"\b(?:a|sobre|hacia)\s+(?:eso de\s+)?(?:las?\s+){start}",
        later=_LATER_ES,
        parts=(
            (r"\b(?:por|de|en) la manana\b|\besta manana\b|\bmananas\b", "08:00", "12:00"),
            (r"\bal? mediodia\b", "12:00", "15:00"),
            (r"\b(?:por|en) la tarde\b|\besta tarde\b|\btardes?\b", "15:00", "20:00"),
            (r"\b(?:por|en) la noche\b|\besta noche\b", "20:00", "23:00"),
        ),
        week_day=r"lunes|martes|miercoles|jueves|viernes|sabado|domingo",
        not_a_day=r"\b(?:por|de|en) la manana\b",
    ),
    "de": _Words(
        now=r"\b(?:jetzt(?:\s+gleich)?|sofort|gleich|umgehend|so(?:\s+)?bald wie moglich|schnellstmoglich)\b",
        between=(
            r"\b(?:zwischen|von)\s+{start}\s*(?:und|bis|-|–)\s*{end}",
            r"\b{start}\s*(?:bis|-|–)\s*{end}",
        ),
        from_=r"\b(?:ab|nach)\s+{start}",
        until=r"\b(?:vor|bis)\s+{end}",
        at=r"\b(?:um|gegen)\s+{start}",
        later=_LATER_DE,
        parts=(
            (r"vormittags?\b|\bfruh\b|\bmorgens\b|\bmorgen fruh\b|\bam morgen\b", "08:00", "12:00"),
            (r"(?<!vor)(?<!nach)mittags?\b", "12:00", "15:00"),
            (r"nachmittags?\b", "15:00", "18:00"),
            (r"abends?\b", "18:00", "21:00"),
        ),
        week_day=r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend",
        not_a_day=r"\bam morgen\b",
    ),
}

_FLAT = str.maketrans("áàâäéèêíìóòôöúùûüñ", "aaaaeeeiioooouuuun")
_OFFICE_FROM = 8
"""An hour before this, said without more, is one of the afternoon: nobody asks to be called at four in the morning."""


def call_time_in(text: str, language: str, *, today: date) -> CallTime | None:
    """When the writer wants to be called, by their clock; None: the text names no such time.

    `today` is the day it is where the writer is. A single hour ("a las 10") means the hour that begins then.
    """
    words = _WORDS[language]
    small = text.lower()
    flat = (small if len(small) == len(text) else text).translate(_FLAT)
    day = _day(text, flat, language, today)
    start, end = _hours(flat, words)
    if start is None and end is None:
        start, end = _part_of_day(flat, words)
    if day is None and start is None and end is None:
        return CallTime(now=True) if re.search(words.now, flat) else None
    if day is None and re.search(r"\best[ae] |\bheute\b", flat):
        day = today
    return CallTime(day=day, start=start, end=end)


def _day(text: str, flat: str, language: str, today: date) -> date | None:
    """The first day that is not over yet. A week day means the next one, whatever stands before it."""
    part_of_day = re.search(_WORDS[language].not_a_day, flat)
    for match in find_dates(text, language):
        if part_of_day and part_of_day.start() <= match.start < part_of_day.end():
            continue
        days = match.days(today)
        if days is None:
            continue
        if days[1] >= today:
            return max(days[0], today)
        named = flat[match.start : match.end]
        if (today - days[0]).days < 7 and re.search(_WORDS[language].week_day, named):
            return days[0] + timedelta(7)
    return None


def _hours(flat: str, words: _Words) -> tuple[time | None, time | None]:
    start_, end_ = _HOUR.format("s", words.later), _HOUR.format("e", words.later)
    for pattern in words.between:
        if found := re.search(pattern.format(start=start_, end=end_) + r"(?!\d)", flat):
            later = bool(found["ep"])
            start, end = _clock(found, "s", later=later), _clock(found, "e")
            return (start, end) if start < end else (None, None)
    if found := re.search(words.from_.format(start=start_) + r"(?!\d)", flat):
        return _clock(found, "s"), None
    if found := re.search(words.until.format(end=end_) + r"(?!\d)", flat):
        return None, _clock(found, "e")
    if found := re.search(words.at.format(start=start_) + r"(?!\d)", flat):
        start = _clock(found, "s")
        return start, time(min(start.hour + 1, 23), start.minute)
    return None, None


def _clock(found: re.Match[str], name: str, *, later: bool = False) -> time:
    hour = int(found[name])
    afternoon = bool(found[f"{name}p"]) or later or hour < _OFFICE_FROM
    return time(hour + 12 if afternoon and 0 < hour < 12 else hour, int(found[f"{name}m"] or 0))


def _part_of_day(flat: str, words: _Words) -> tuple[time | None, time | None]:
    for pattern, start, end in words.parts:
        if re.search(pattern, flat):
            return time.fromisoformat(start), time.fromisoformat(end)
    return None, None
