"""Entities with a form: order numbers, addresses of mail, phone numbers, money, tracking numbers.

A pattern that comes first wins where two overlap: an order number is never read as a phone number.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import phonenumbers

REGIONS = ("DE", "ES", "AT", "CH", "MX", "AR", "CO", "CL", "PE")
"""Countries whose national way of writing phone numbers is understood."""


SHORTEST_PHONE = 7
"""Digits below which nothing is looked for as a phone number: looking takes longer than all the rest."""


@dataclass(frozen=True)
class EntityMatch:
    """A stretch of text and what it is; `value` is the canonical form."""

    entity: str
    start: int
    end: int
    value: str


_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ORDER = re.compile(r"(?<![0-9A-Za-z-])(\d{3})[-– ./]?(\d{7})[-– ./]?(\d{7})(?![\w-])")
_TRACKING = re.compile(
    r"(?<![\w-])(?=[A-Z0-9]*\d)(?:[A-Z]{2}\d{9}[A-Z]{2}|1Z[A-Z0-9]{16}|[A-Z]{2,4}\d{8,18}|JJD\d{12,20})(?![\w-])"
)
_EXTENSION = re.compile(r"[\s,;]*(?:ext\w*|durchwahl|anexo|x|#)\.?\s*\d+$", re.I)
_NO_PHONE = re.compile(r"(?:(?<![\w.])\d{1,3}(?:\.\d{3})+|\b[A-Z]-?\d{7,8})$")
"""A price of thousands, and a Spanish tax number, where they end."""

_MONEY = re.compile(
    r"(?:(?:€|EUR|eur)\s?\d{1,6}(?:[.,]\d{1,2})?)"
    r"|(?:\d{1,3}(?:[. ]\d{3})*(?:,\d{1,2})?|\d+(?:[.,]\d{1,2})?)\s?(?:€|euros?\b|eur\b)",
    re.I,
)


@functools.lru_cache(maxsize=1024)  # language, reasons and entities of one message each ask for them
def find_patterns(text: str) -> tuple[EntityMatch, ...]:
    """Entities with a form in `text`, in order, without overlaps."""
    found: list[EntityMatch] = []
    if "@" in text:
        _take(
            found,
            [EntityMatch("email", m.start(), m.end(), m.group().lower()) for m in _EMAIL.finditer(text)],
        )
    if not _DIGIT.search(text):
        return tuple(found)
    _take(
        found,
        [EntityMatch("order_id", m.start(), m.end(), "-".join(m.groups())) for m in _ORDER.finditer(text)],
    )
    _take(
        found, [EntityMatch("tracking_id", m.start(), m.end(), m.group()) for m in _TRACKING.finditer(text)]
    )
    _take(found, [EntityMatch("money", m.start(), m.end(), m.group().strip()) for m in _MONEY.finditer(text)])
    rest = _without(found, text)
    if sum(c.isdigit() for c in rest) >= SHORTEST_PHONE:
        _take(found, _phones(rest))
    return tuple(sorted(found, key=lambda match: match.start))


def phone_in(text: str, region: str) -> str | None:
    """The first valid phone number in `text` as E.164; numbers without a country code are of `region`."""
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _phones(text: str) -> list[EntityMatch]:
    for region in REGIONS:
        matches = [
            _phone(m)
            for m in phonenumbers.PhoneNumberMatcher(text, region)
            if not _NO_PHONE.search(text, 0, m.end)
        ]
        if matches:
            return matches
    return []


def _phone(match: phonenumbers.PhoneNumberMatch) -> EntityMatch:
    """The number alone: without an extension, without brackets around all of it."""
    raw = _EXTENSION.sub("", match.raw_string) if match.number.extension else match.raw_string
    around = raw.startswith("(") and (raw.count("(") > raw.count(")") or raw.endswith(")"))
    start = match.start + around
    end = match.start + len(raw) - (around and raw.endswith(")"))
    form = phonenumbers.PhoneNumberFormat.E164
    number = match.number
    number.extension = None  # E.164 has none
    return EntityMatch("phone", start, end, phonenumbers.format_number(number, form))


def _without(found: list[EntityMatch], text: str) -> str:
    """`text` with what was found left blank, so that all offsets stay."""
    for match in found:
        text = text[: match.start] + " " * (match.end - match.start) + text[match.end :]
    return text


def _take(found: list[EntityMatch], candidates: list[EntityMatch]) -> None:
    for candidate in candidates:
        if all(candidate.end <= match.start or candidate.start >= match.end for match in found):
            found.append(candidate)
