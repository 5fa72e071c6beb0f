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
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?\d{4}){3,7}(?: ?\d{1,3})?\b")
_EXTENSION = re.compile(r"[\s,;]*(?:ext\w*|durchwahl|anexo|x|#)\.?\s*\d+$", re.I)
_NO_PHONE = re.compile(
    r"(?:(?<![\w.])\d{1,3}(?:\.\d{3})+(?:-[\dk])?|\b[A-Z]-?\d{7,8}|(?<!\d)\d\d?\.\d\d?\.(?:19|20)\d\d|"
    r"\b(?:tracking|seguimiento|env[ií]o|sendung\w*|paket\w*|serien\w*|serie|artikel\w*|caso|ticket|expediente|folio|gu[ií]a|nit|rut|"
    r"cuit|cuil|ruc|rfc|dni|nif|cif|ci|c[eé]dula|referencia|ref|incidencia|contrato|factura|orden|pedido|cliente|vorgang\w*|"
    r"bestell\w*|auftrag\w*|kunden\w*|rechnung\w*|referenz\w*|vertrag\w*|ust\W?id\w*|steuer\w*|fall\w*)"
    r"(?:\W+(?!tel|cel|m[oó]v|fon|handy|mobil|nummer\b.*\bunter)[^\W\d]{1,8}){0,2}?\W{1,3}\d[\d .-]{6,})$",
    re.I,
)
"""Where they end: a price of thousands, a tax number, a day with its year, the number of a parcel, a case, an article."""

_CALLED = re.compile(
    r"\b(?:tel(?:[eé]fono|efon(?:nummer)?)?|tlfn?o?|m[oó]vil|celu?(?:lar)?|whatsapp|wasap|wsp|handy(?:nummer)?|mobil(?:nummer)?|"
    r"fono|fijo|telf|t[eé]l|ll[aá]m\w+|m[aá]r[qc]\w+ al|comun[ií][cq]\w+ al|(?:mi|otro|nuevo|este) n[uú]mero|"
    r"rufnummer|festnetz|(?:meine|neue|alte) nummer|(?:erreichbar|anrufen|rufen|an) unter)\.?:?\s+"
    r"(?:(?:es|ist|lautet|de contacto|n[uú]mero|nuevo|neue?|al|ahora)\s+){0,2}(?:el\s+|die\s+)?"
    r"(?P<number>(?:\+|\()?\d(?:[\s()/.-]{0,2}\d){6,13})(?![\w-])",
    re.I,
)
"""A number that is said to be one to call: people also write numbers that no country has."""

_ABROAD = re.compile(r"(?<![\w+])(?P<number>\+\d{1,3}(?:[\s()./-]{0,2}\d){7,12})(?![\w-])")
_TWICE_FOUR = re.compile(r"\b(?:al|tel\.?|unter|fono)\s+(?P<number>\d{4}[- ]\d{4})(?![\w-])", re.I)
"""Numbers by their form alone: with a country code; of Central America, where they are to be called."""

_CURRENCY = (
    r"€|euro(?:s|nen)?\b|eur\b|[öo]cken\b|chf\b|franken\b|sfr\b|fr\.|pavos\b|pes(?:o|ito)s?\b|lu[ck]as\b|mangos\b|soles\b|[vb]aros\b|"
    r"d[oó]lares\b|usd\b|mxn\b|cop\b|clp\b|ars\b|pen\b|uyu\b|eurill?[oa]s?\b|eurazos?\b|leuros\b|palos?\b|gambas\b|"
    r"bol[ií]vares\b|bolivianos\b|colones\b|quetzales\b|lempiras\b|guaran[ií]es\b|rappen\b|stutz\b|fr[äa]nkli\b|euronen\b|"
    r"eier\b(?=\s*(?:[.,;!?]|$|bezahlt|gezahlt|gekostet|kostet|weg|los|ausgegeben|teurer))"
)
_AMOUNT = r"\d{1,3}(?:[., '’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = r"kg|k?wh?|gb|tb|g|gr|mg|[cmk]?m|m[²23]|l|ml|cl|zoll|pulgadas|uhr|horas|h|v|a|hz"
_PAYING = (
    "kostet", "kostete", "kosten", "bezahlt", "gezahlt", "preis von", "gebühr von",
    "cuesta", "costaba", "pagué", "pague", "cobraron", "precio de", "por los",
)  # fmt: skip
_PAID = "(?:" + "|".join(rf"(?<={word} )" for word in _PAYING) + ")"
_MONEY = re.compile(
    rf"(?:€|\beur|\bchf|\bcop|\bclp|\bars|\bmxn|\busd|us\$|\$|\bs/\.?|\bfr\.|\bbs\.?|\brd\$|\bq)\s?(?:{_AMOUNT})(?:,[-–])?(?!\d)"
    rf"|(?:{_AMOUNT})(?:,[-–])?\s?(?:mil(?:\s+|\b))?(?:{_CURRENCY})"
    rf"|{_PAID}\d{{1,4}}[.,]\d\d(?![\d,]|\.\d|\s?(?:[%\"”″x×/]|(?:{_UNIT})\b))"
    rf"|(?<![\w.,/:-])(?:[1-9]\d{{1,3}}|[5-9]),\d\d(?![\d,]|\.\d|\s?(?:[%\"”″x×/]|(?:{_UNIT})\b))"
    r"|(?<![\w.,/:-])\d{1,4},[-–](?!\d)",
    re.I,
)
"""An amount with its currency; without one only with cents ("39,90"), or the dash that stands for them ("25,-").

Of less than five, which may be metres, only behind a word of paying.
"""

_COUNTED = re.compile(
    r"[^\d\W] (?:eur|pesos|soles|franken|pavos|luca|varos|palo|mangos|gambas|d[oó]lares)", re.I
)
"""Where an amount may end that is written in words: looking for the words takes longer."""

_NUMBER_IN_WORDS = (
    r"(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+|veint\w+|treinta|cuarenta|"
    r"cincuenta|sesenta|setenta|ochenta|noventa|pico|cien|ciento|\w+cientos|quinientos|mil|"
    r"\w*(?:(?<!k)ein|zwei|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun|zehn|elf|zw(?:ö|oe)lf|zig|(?:ß|ss)ig|hundert|tausend))"
)
_MONEY_IN_WORDS = re.compile(
    rf"\b(?:(?:{_NUMBER_IN_WORDS}|\d{{1,3}}(?= mil)) (?:y )?){{0,4}}{_NUMBER_IN_WORDS} "
    r"(?:euros?|eurillos|pesos|soles|franken|pavos|lucas|varos|palos|mangos|gambas|d[oó]lares)\b|"
    r"\b(?:una?|media) (?:palo|luca)(?: y medi[oa])?\b",
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
    if _COUNTED.search(text):
        words = _MONEY_IN_WORDS.finditer(text)
        _take(found, [EntityMatch("money", m.start(), m.end(), m.group()) for m in words])
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
    rest = _IBAN.sub(lambda match: " " * len(match.group()), _without(found, text))
    if sum(c.isdigit() for c in rest) >= SHORTEST_PHONE:
        _take(found, _phones(rest))
    return tuple(sorted(found, key=lambda match: match.start))


def phone_in(text: str, region: str) -> str | None:
    """The first valid phone number in `text` as E.164; numbers without a country code are of `region`."""
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _phones(text: str) -> list[EntityMatch]:
    """Phone numbers of the first country that knows them; what is left is looked at with the next one."""
    found: list[EntityMatch] = []
    for region in REGIONS:
        here = [
            _phone(m)
            for m in phonenumbers.PhoneNumberMatcher(text, region)
            if not _NO_PHONE.search(text, 0, m.end)
        ]
        found += here
        text = _without(here, text)
        if sum(c.isdigit() for c in text) < SHORTEST_PHONE:
            return found
    return found + [
        EntityMatch("phone", m.start("number"), m.end("number"), re.sub(r"[^\d+]", "", m["number"]))
        for pattern in (_ABROAD, _CALLED, _TWICE_FOUR)
        for m in pattern.finditer(text)
        if not _NO_PHONE.search(text, 0, m.end("number"))
    ]


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
