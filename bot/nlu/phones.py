"""R18: a phone number to call back: its country, and what is wrong with it when it cannot be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from babel import Locale

from bot.nlu.entities import REGIONS

Wrong = Literal["too_short", "too_long", "no_country_code", "not_assigned", "not_there", "which_country"]
"""What is wrong: digits missing, too many, `+` with a country code nobody has, digits nobody has there, no number at
all, or a number that several other countries could have."""

_DIGITS = re.compile(r"(?:\+|\b00)?\(?\d(?:[\d\s()./–-]*\d)?")
_FEWEST = 4
"""Fewer digits are a time or a quantity, not an attempt at a number."""

_USUAL = (9, 12)
"""Digits a whole national number has in the countries we know."""

_NEAR = ("ES", "DE", "AT", "CH")
"""Countries whose people write to us most: the others' mobile numbers are taken for what they are at home."""

_LENGTHS: dict[int, Wrong] = {
    phonenumbers.ValidationResult.TOO_SHORT: "too_short",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    phonenumbers.ValidationResult.TOO_LONG: "too_long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "no_country_code",
}


@dataclass(frozen=True)
class Phone:
    """A number that can be called: `number` in E.164 form, `country` as two letters (empty: of no single country)."""

    number: str
    country: str


@dataclass(frozen=True)
class NoPhone:
    """Why there is none. `written` is what looked like one; `countries` are those it could be a number of."""

    wrong: Wrong
    written: str = ""
    countries: tuple[str, ...] = ()


def read_phone(text: str, home: str, *, sure: bool = True, country: str | None = None) -> Phone | NoPhone:
    """The number in `text`. Without a country code it is of `country` (named by the customer), else of `home`.

    Where it is no number at home but one of other countries we know, it is asked which; so it is when `home` is
    only a guess (`sure` False) and the number is a mobile one elsewhere but not at home. Nothing is guessed.
    """
    written = written_number(text)
    if not written:
        return NoPhone("not_there")
    where = country or home
    try:
        number = phonenumbers.parse(written, where)
    except phonenumbers.NumberParseException as error:
        wrong = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        return NoPhone("no_country_code" if wrong else "too_short", written)
    others = () if country or is_international(written) else _elsewhere(written, home)
    if phonenumbers.is_valid_number(number):
        mobile = [code for code in others if code in _NEAR and _is_mobile(written, code)]
        if sure or not mobile or _is_mobile(written, home):
            return _phone(number)
        return NoPhone("which_country", written, (home, *mobile))
    if others:
        return NoPhone("which_country", written, others)
    reason = phonenumbers.is_possible_number_with_reason(number)
    return NoPhone(_LENGTHS.get(reason, "not_assigned"), written)


def written_number(text: str) -> str:
    """What looks most like a phone number: the stretch with the most digits, at least four. Empty: there is none."""
    stretches = [match.group().strip() for match in _DIGITS.finditer(text)]
    longest = max(stretches, key=_count, default="")
    return longest if _count(longest) >= _FEWEST else ""


def is_international(written: str) -> bool:
    """Whether a number says its country itself."""
    return written.lstrip("(").startswith(("+", "00"))


def country_named(text: str, language: str) -> str | None:
    """The country a text names, by its name in `language`: "Österreich" → AT. The longest name wins."""
    said = text.casefold()
    names = [(name.casefold(), code) for code, name in _countries(language).items()]
    found = [(len(name), code) for name, code in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)]
    return max(found)[1] if found else None


def country_name(code: str, language: str) -> str:
    """What a country is called; its code when it has no name."""
    return _countries(language).get(code, code)


def _countries(language: str) -> dict[str, str]:
    territories = Locale(language).territories
    return {code: str(name) for code, name in territories.items() if len(code) == 2 and code.isalpha()}


def _elsewhere(written: str, home: str) -> tuple[str, ...]:
    """The other countries whose number it could be; numbers much shorter or longer than usual are just wrong."""
    if not _USUAL[0] <= _count(written) <= _USUAL[1]:
        return ()
    return tuple(code for code in REGIONS if code != home and _valid_in(written, code))


def _is_mobile(written: str, country: str) -> bool:
    return (
        phonenumbers.number_type(phonenumbers.parse(written, country)) == phonenumbers.PhoneNumberType.MOBILE
    )


def _valid_in(written: str, country: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(written, country))


def _phone(number: phonenumbers.PhoneNumber) -> Phone:
    number.extension = None  # E.164 has none
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(form, phonenumbers.region_code_for_number(number) or "")


def _count(text: str) -> int:
    return sum(c.isdigit() for c in text)
