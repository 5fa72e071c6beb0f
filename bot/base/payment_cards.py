"""Numbers of payment cards in what a person writes: hidden before anything is stored, all but the last four digits.

A number is one when its digits stand together as on a card, begin like one of the networks' and pass Luhn's check
(ISO/IEC 7812). Numbers of orders, parcels, phones, accounts and articles stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

_HIDDEN = "•••• •••• •••• "
_HIDDEN_NUMBER = re.compile(rf"{_HIDDEN}\d{{4}}")

_BETWEEN = "[\\s.\u00b7_\u2010-\u2015\u200b-\u200d\u2060-]{0,3}"
"""What people put between the groups of a number: blanks, dashes, dots, also what cannot be seen."""

_ORDER = re.compile(rf"(?<!\d)(\d{{3}}{_BETWEEN}\d{{7}}{_BETWEEN}\d{{7}})(?!\d)")
_NUMBER = re.compile(rf"\d(?:{_BETWEEN}\d)*")
_GROUP = re.compile(r"\d+")
_NOT_OF_A_CARD = re.compile(
    r"(?:\+|(?:\b|\d)[a-z]{1,3}|"
    r"\b(?:seguimiento|env[ií]o|paquete|pedido|tracking|sendung\w*|paket\w*|bestell\w*|auftrag\w*|imei|iban|ean|gtin)"
    r"(?:\W+(?:n[uú]mero|n[ºo°]|nummer|nr|id|es|el|ist|lautet|die|der))*\W{0,4})$",
    re.I,
)
"""What stands directly before the number of a phone (`+49`), an account (`ES91`), a parcel or an order."""

_SECURITY_CODE = re.compile(
    r"(\b(?:cv[vc]2?|c[oó]digo de seguridad|pr(?:ü|ue)f(?:ziffer|nummer)|sicherheitscode)\b\D{0,12})\d{3,4}\b",
    re.I,
)

_NETWORKS = (
    (re.compile(r"4"), (13, 16, 19)),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile(r"3[47]"), (15,)),  # American Express
    (re.compile(r"30[0-59]|3[689]"), (14,)),  # Diners Club
    (re.compile(r"6011|64[4-9]|65"), (16, 19)),  # Discover
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),  # JCB
    (re.compile(r"62|81"), (16, 17, 18, 19)),  # UnionPay
    (
        re.compile(r"5018|5020|5038|5893|6304|6759|676[123]"),
        (13, 14, 16, 17, 18, 19),
    ),  # Maestro; 15 is an IMEI
)
"""How a network's numbers begin, and how many digits they have."""

_OTHER_SHAPES = ((4, 6, 5), (4, 6, 4))
"""How American Express and Diners Club print theirs; the others have fours."""


def without_card_numbers(text: str) -> str:
    """`text` with each card number as •••• •••• •••• 1111, and the security code that comes with one hidden too.

    Doing it again changes nothing.
    """
    parts = _ORDER.split(text)
    parts[::2] = map(_hidden_in, parts[::2])
    hidden = "".join(parts)
    return hidden if hidden == text else _SECURITY_CODE.sub(r"\1•••", hidden)


def has_hidden_card(text: str) -> bool:
    """Whether a card number was hidden in `text`."""
    return _HIDDEN_NUMBER.search(text) is not None


def _hidden_in(text: str) -> str:
    parts, end = [], 0
    for number in _NUMBER.finditer(text):
        if len(number.group()) < 13 or _NOT_OF_A_CARD.search(text, 0, number.start()):
            continue
        for start, stop in _cards_in(number):
            digits = _digits(text[start:stop])
            parts += [text[end:start], _HIDDEN, digits[-4:]]
            end = stop
    return "".join([*parts, text[end:]])


def _cards_in(number: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where the card numbers stand in a row of digits: whole groups of it, in the order they come."""
    groups = list(_GROUP.finditer(number.string, number.start(), number.end()))
    first = 0
    while first < len(groups):
        for last in range(first, len(groups)):
            some = groups[first : last + 1]
            sizes = tuple(len(group.group()) for group in some)
            if sum(sizes) > 19:
                break
            is_shape = _is_shape(sizes, whole=len(some) == len(groups))
            if is_shape and _is_card("".join(_digits(group.group()) for group in some)):
                yield some[0].start(), some[-1].end()
                first = last
                break
        first += 1


def _is_shape(sizes: tuple[int, ...], *, whole: bool) -> bool:
    """Whether digits are grouped like a card's: in one piece, in fours, as printed; alike, where nothing else is there."""
    *before, last = sizes
    in_fours = all(size % 4 == 0 for size in before) and (last < 4 or last % 4 == 0)
    alike = whole and len(set(before)) == 1 and last <= before[0]
    return not before or in_fours or sizes in _OTHER_SHAPES or alike


def _is_card(digits: str) -> bool:
    of_network = any(len(digits) in lengths and begins.match(digits) for begins, lengths in _NETWORKS)
    return of_network and _passes_luhn(digits) and not (_is_article(digits) or _is_phone(digits))


def _passes_luhn(digits: str) -> bool:
    """Whether the digits and, of every second from the right, the digits of their doubles add up to whole tens."""
    ones, others = map(int, digits[::-2]), map(int, digits[-2::-2])
    return (sum(ones) + sum(sum(divmod(2 * d, 10)) for d in others)) % 10 == 0


def _is_article(digits: str) -> bool:
    """Whether they are a GTIN of thirteen digits, as the bar code of an article shows it."""
    ones, others = map(int, digits[::-2]), map(int, digits[-2::-2])
    return len(digits) == 13 and (sum(ones) + 3 * sum(others)) % 10 == 0


def _is_phone(digits: str) -> bool:
    """Whether digits are a number somebody has, its country's code without the plus."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _digits(text: str) -> str:
    """The digits of `text` in ASCII, whatever script they were written in."""
    return "".join(str(int(c)) for c in text if c.isdecimal())
