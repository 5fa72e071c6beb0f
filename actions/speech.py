"""Words: replies from data/responses, labels from the catalogue `bot`, dates and money as the reader writes them."""

from __future__ import annotations

import string
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency

from bot.base.texts import translate

TIMEZONES = {"es": ZoneInfo("Europe/Madrid"), "de": ZoneInfo("Europe/Berlin")}


class MissingResponse(KeyError):
    """A reply has no text in a language, or a placeholder has no value: a mistake of ours, found by tests."""


def render(domain: dict[str, Any], name: str, locale: str, values: dict[str, Any]) -> str:
    """The text of the response `name` in `locale`, with every placeholder filled. Raises `MissingResponse`.

    The variation is chosen by its condition on the slot `language`, as Rasa's own generator does; unlike it,
    a missing variation or value is an error and never reaches a customer.
    """
    for variation in domain.get("responses", {}).get(name, ()):
        if any(
            c.get("name") == "language" and c.get("value") == locale for c in variation.get("condition", ())
        ):
            try:
                return str(variation["text"]).strip().format(**values)
            except KeyError as error:
                raise MissingResponse(f"{name}/{locale}: no value for {error}") from error
    raise MissingResponse(f"{name} has no text in {locale}")


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def label(locale: str, msgid: str, **values: Any) -> str:
    """A word or a sentence of the bot that is no reply of its own (catalogue `bot`)."""
    return translate("bot", locale, msgid, **values)


def day(locale: str, instant: datetime, now: datetime) -> str:
    """A calendar day as people say it: "hoy", "mañana", "el viernes 6 de marzo"."""
    zone = TIMEZONES[locale]
    there, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
    named = {today - timedelta(days=1): "yesterday", today: "today", today + timedelta(days=1): "tomorrow"}
    if there in named:
        return label(locale, named[there])
    pattern = {"es": "EEEE d 'de' MMMM", "de": "EEEE, d. MMMM"}[locale]
    if there.year != today.year:
        pattern += {"es": " 'de' y", "de": " y"}[locale]
    return label(locale, "on {day}", day=format_date(there, pattern, locale=locale))


def moment(locale: str, instant: datetime, now: datetime) -> str:
    """A day and a time of day."""
    there = instant.astimezone(TIMEZONES[locale])
    time = format_time(there.time(), "HH:mm", locale=locale)
    return label(locale, "{day} at {time}", day=day(locale, instant, now), time=time)


def short_date(locale: str, instant: datetime) -> str:
    """A date for a card: 6 mar 2026."""
    return format_date(instant.astimezone(TIMEZONES[locale]).date(), "medium", locale=locale)


def short_moment(locale: str, instant: datetime) -> str:
    """A date and time for a card."""
    return format_datetime(instant, "d MMM, HH:mm", tzinfo=TIMEZONES[locale], locale=locale)


def money(locale: str, cents: int) -> str:
    """An amount in euros."""
    return format_currency(cents / 100, "EUR", locale=locale)
