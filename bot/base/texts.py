"""Texts that people see: gettext catalogues under `locales/<language>/<domain>.po`, one domain per audience."""

from __future__ import annotations

import functools
from typing import Any

from babel.messages.pofile import read_po

from bot.base.settings import ROOT

LOCALES = ("es", "de")
"""The languages customers and trainers use."""

DESK_LOCALES = (*LOCALES, "en")
"""The languages of the desk."""

SELLER_LOCALES = ("de", "zh", "es")
"""R9: the languages in which sellers are written to."""

ALL_LOCALES = (*DESK_LOCALES, "zh")
"""The languages in which errors are told, and in which one signs in."""

DEFAULT_LOCALE = "es"


class MissingText(KeyError):
    """A text has no entry in a catalogue: a mistake of ours, found by the parity test."""


@functools.cache
def catalogue(domain: str, locale: str) -> dict[str, str]:
    """msgid → text of one domain in one language. Raises `FileNotFoundError` for an unknown domain."""
    path = ROOT / "locales" / locale / f"{domain}.po"
    with path.open("rb") as file:
        entries = read_po(file, locale=locale)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def translate(domain: str, locale: str, msgid: str, **values: Any) -> str:
    """The text `msgid` of `domain` in `locale`, with `{placeholders}` filled. Raises `MissingText`."""
    texts = catalogue(domain, locale if locale in ALL_LOCALES else DEFAULT_LOCALE)
    if msgid not in texts:
        raise MissingText(f"{domain}/{locale}: {msgid!r} has no text")
    return texts[msgid].format(**values) if values else texts[msgid]


@functools.cache
def languages_of(domain: str) -> tuple[str, ...]:
    """The languages that have a catalogue `domain`."""
    return tuple(one for one in ALL_LOCALES if (ROOT / "locales" / one / f"{domain}.po").exists())


def locale_of(accept_language: str | None, *, allowed: tuple[str, ...] = LOCALES) -> str:
    """The first language of an Accept-Language header that we speak, else Spanish."""
    for part in (accept_language or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in allowed:
            return language
    return DEFAULT_LOCALE
