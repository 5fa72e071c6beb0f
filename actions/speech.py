"""Words: replies from data/responses, labels from the catalogue `bot`, dates and money as the reader writes them."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Set
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency
from ruamel.yaml import YAML

from bot.base.clock import TIME_ZONES
from bot.base.settings import ROOT
from bot.base.text import folded
from bot.base.texts import translate

NOTICED = 5
"""Words of a sentence from which people notice that they have just read it."""

_SENTENCE = re.compile(r"(?<=[.!?:])(?<!\d\.)\s+(?=[A-ZÁÉÍÓÚÄÖÜ¿¡])")

_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
"""The stop of an abbreviation ("S.L.") ends the sentence, too."""

_DAY = {"es": "EEEE d 'de' MMMM", "de": "EEEE, d. MMMM"}
_DAY_AND_YEAR = {"es": "d 'de' MMMM 'de' y", "de": "d. MMMM y"}


class MissingResponse(KeyError):
    """A reply has no text in a language, or a placeholder has no value: a mistake of ours, found by tests."""


def render(name: str, locale: str, values: dict[str, Any]) -> list[str]:
    """The wordings of the response `name` in `locale`, with every placeholder filled. Raises `MissingResponse`."""
    texts = responses().get(name, {}).get(locale)
    if texts is None:
        raise MissingResponse(f"{name} has no text in {locale}")
    try:
        return [_TWO_STOPS.sub(".", text.strip().format(**values)) for text in texts]
    except KeyError as error:
        raise MissingResponse(f"{name}/{locale}: no value for {error}") from error


@functools.lru_cache(maxsize=1)
def responses() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every reply as response → locale → wordings, read from data/responses: a changed text needs no training.

    A variation is chosen by its condition on the slot `language`, as Rasa's own generator does; unlike it, a
    missing variation or value is an error and never reaches a customer, and of several wordings the first is said
    unless it was said just before.
    """
    texts: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in sorted((ROOT / "data" / "responses").glob("*.yml")):
        for name, variations in YAML(typ="safe").load(path)["responses"].items():
            by_locale = texts[name] = {}
            for variation in variations:
                for condition in variation.get("condition", ()):
                    if condition.get("name") == "language":
                        locale = condition["value"]
                        by_locale[locale] = (*by_locale.get(locale, ()), variation["text"])
    return texts


def sentences(text: str) -> set[str]:
    """The sentences of a reply that are long enough to be noticed when they come again."""
    return {one for one in _SENTENCE.split(text) if len(one.split()) >= NOTICED}


def is_said(text: str, said: Set[str]) -> bool:
    """Whether a reply, or a sentence of it that would be noticed, is among those that were said."""
    return not said.isdisjoint({text, *sentences(text)})


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def label(locale: str, msgid: str, **values: Any) -> str:
    """A word or a sentence of the bot that is no reply of its own (catalogue `bot`)."""
    return translate("bot", locale, msgid, **values)


def says(locale: str, name: str, text: str) -> bool:
    """Whether one of the "words for `name`" (catalogue `bot`, a pattern) stands in a text."""
    return bool(re.search(rf"\b(?:{label(locale, f'words for {name}')})\b", folded(text)))


def begins_with(locale: str, name: str, text: str) -> bool:
    """Whether a text begins with one of the "words for `name`"."""
    return bool(re.match(rf"\W*(?:{label(locale, f'words for {name}')})\b", folded(text)))


def begins_with_yes(locale: str, text: str) -> bool:
    """Whether a text begins with a yes, whatever comes after it but a no ("of course not")."""
    yes, no = label(locale, "words for yes"), label(locale, "words for no")
    return bool(re.match(rf"\W*(?:{yes})\b(?!(?:\s+que)?\s+(?:{no})\b)", folded(text)))


def takes_yes_back(locale: str, text: str) -> bool:
    """Whether a text that begins with a yes goes on to take it back: "yes … wait, no, not for now"."""
    after = re.sub(rf"^\W*(?:{label(locale, 'words for yes')})\b", "", folded(text), count=1)
    return begins_with_yes(locale, text) and says(locale, "taking a yes back", after)


def begins_with_no(locale: str, text: str) -> bool:
    """Whether a text begins with a no that stands for itself: "no, the other", not "no problem"."""
    no = rf"(?:{label(locale, 'words for no')})\b"
    sigh = r"(?:(?:ach|och|naja|na|ay|uy|uf)\W+)?"
    return bool(re.match(rf"\W*{sigh}{no}(?=\s*[,.;:!–-]|\s+{no}|\W*$)", folded(text)))


def is_bare(locale: str, text: str) -> bool:
    """Whether a text is a yes or a no, with thanks or a please, and nothing else."""
    words = "|".join(
        (label(locale, "words for yes"), label(locale, "words for no"), label(locale, "words of courtesy"))
    )
    return bool(re.fullmatch(rf"(?:\W*\b(?:{words})\b)+\W*", folded(text)))


def says_nothing(locale: str, text: str) -> bool:
    """Whether a text is no more than "I do not know", "whatever", "nothing": no matter anybody could answer."""
    words = rf"(?:\W*\b(?:{label(locale, 'words for no matter')})\b)+\W*"
    return re.fullmatch(words, folded(text)) is not None


def day(locale: str, instant: datetime, now: datetime) -> str:
    """When, as people say it: "hoy", "mañana", "el viernes 6 de marzo", "am Freitag, 6. März"."""
    named = _named_day(locale, instant, now)
    return (
        label(locale, named) if named else label(locale, "on {day}", day=_written_day(locale, instant, now))
    )


def date(locale: str, instant: datetime, now: datetime) -> str:
    """The day alone, for after a preposition ("hasta", "bis"): "mañana", "el viernes 6 de marzo", "Freitag, 6. März"."""
    named = _named_day(locale, instant, now)
    return (
        label(locale, named) if named else label(locale, "the {day}", day=_written_day(locale, instant, now))
    )


def moment(locale: str, instant: datetime, now: datetime) -> str:
    """A day and a time of day: "mañana a las 10:00", "am Freitag, 6. März um 10:00 Uhr"."""
    there = instant.astimezone(TIME_ZONES[locale])
    time = format_time(there.time(), "H:mm", locale=locale)
    text = "{day} at {time}, one o'clock" if there.hour == 1 else "{day} at {time}"
    return label(locale, text, day=day(locale, instant, now), time=time)


def _named_day(locale: str, instant: datetime, now: datetime) -> str | None:
    zone = TIME_ZONES[locale]
    ahead = (instant.astimezone(zone).date() - now.astimezone(zone).date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(ahead)


def _written_day(locale: str, instant: datetime, now: datetime) -> str:
    zone = TIME_ZONES[locale]
    there = instant.astimezone(zone).date()
    pattern = _DAY[locale] if there.year == now.astimezone(zone).year else _DAY_AND_YEAR[locale]
    text: str = format_date(there, pattern, locale=locale)
    return text


def short_date(locale: str, instant: datetime) -> str:
    """A date for a card: 6 mar 2026."""
    return format_date(instant.astimezone(TIME_ZONES[locale]).date(), "medium", locale=locale)


def short_moment(locale: str, instant: datetime) -> str:
    """A date and time for a card."""
    return format_datetime(instant, "d MMM, HH:mm", tzinfo=TIME_ZONES[locale], locale=locale)


def money(locale: str, cents: int) -> str:
    """An amount in euros."""
    return format_currency(cents / 100, "EUR", locale=locale)
