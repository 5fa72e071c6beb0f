"""Calendar points in Spanish and German text, and the days they mean: "el jueves pasado", "am 12. Mai", "vor zwei Wochen".

What counts as one and how far it reaches follows TIMEX3 (ISO-TimeML) for dates: no leading preposition; in Spanish the
article belongs to it. Durations ("seit drei Wochen", "desde hace dos días") and habits ("samstags") are none.
Times of day widen a date ("ayer por la tarde") and are none alone.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = 3
"""A day that comes is as likely meant as one that is past by so many times as many days."""

LONGEST_NAME = 30
"""Characters before a name in which its first name is looked for."""

Period = tuple[date, date]
"""First and last day."""

Parts = dict[str, str | None]
"""What stood in the text, by the names of a rule's groups."""


@dataclass(frozen=True)
class DateMatch:
    """A stretch of text that names days; `days(today)` are those it means, None when there are none (30 February)."""

    start: int
    end: int
    days: Callable[[date], Period | None]


@dataclass(frozen=True)
class _Rule:
    """A way to name days: `pattern` in flat text (`_flat`), and what its groups mean on a day."""

    pattern: str
    meaning: Callable[[Parts, date], Period | None]


@functools.lru_cache(maxsize=1024)  # looked for by the tagger, then resolved
def find_dates(text: str, language: str | None) -> tuple[DateMatch, ...]:
    """Calendar points in `text`, in order, without overlaps; those of both languages when `language` is None."""
    flat = _flat(text)
    found: list[DateMatch] = []
    for code in [language] if language in _GRAMMARS else _GRAMMARS:
        for one in _GRAMMARS[code].find(flat):
            if not _is_name(text, one.start) and all(
                one.end <= other.start or one.start >= other.end for other in found
            ):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


_NAME = re.compile(r"(?:Julio|Marzo|Abril|Domingo)(?:\s+[A-ZÁÉÍÓÚÑ]\w+|$)")
"""A first name that is also a month's or a day's, with a family name or at the end of a message."""
_FAMILY_NAMES = (
    (
        re.compile(r"Julio|Marzo|Abril|Domingo"),
        re.compile(r"[a-zñ,] (?!El|Del|Al|De)[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+ $"),
    ),
    (re.compile(r"Julio|Abril|Domingo"), re.compile(r"\b(?:llam[ao]|soy|don|señor|sr\.?) $", re.I)),
    (re.compile(r"Mai|März|Sommer|Winter|Herbst|Montag|Freitag|Sonntag"), re.compile(r"\b(?:Frau|Herrn?) $")),
)
"""Names that are also a month's, a season's or a day's, and what stands before them: a first name, a title, "se llama"."""


_STREET = re.compile(
    r"\b(?:calle|c/|av|avda|avenida|colonia|col|plaza|barrio|pasaje|paseo|jir[oó]n|jr|parque|metro|urb\w*|"
    r"stra(?:ß|ss)e des|platz des)"
    r"\.?\s+(?:del?\s+)?$",
    re.I,
)
"""What stands before a place that is named after a day."""


def _is_name(text: str, start: int) -> bool:
    if _NAME.match(text, start):
        return True
    before = text[max(0, start - LONGEST_NAME) : start]
    return bool(_STREET.search(before)) or any(
        name.match(text, start) and behind.search(before) for name, behind in _FAMILY_NAMES
    )


class _Grammar:
    """The rules of a language: of two that match at one place, the first counts.

    `starts` matches wherever one of them may begin: trying all of them at each word would take most of a parse.
    """

    def __init__(self, rules: list[_Rule], starts: str) -> None:
        self._meanings = [rule.meaning for rule in rules]
        patterns = [f"(?P<rule_{n}>{_numbered(rule.pattern, n)})" for n, rule in enumerate(rules)]
        self._any = re.compile(
            rf"(?<!\w)(?<!\w-)(?<!f/)(?={starts})(?:{'|'.join(patterns)})(?!\w|-(?!\d\d?\.))"
        )

    def find(self, flat: str) -> list[DateMatch]:
        return [
            DateMatch(match.start(), match.end(), functools.partial(self._days, match))
            for match in self._any.finditer(flat)
        ]

    def _days(self, match: re.Match[str], today: date) -> Period | None:
        groups = match.groupdict()
        number = next(n for n in range(len(self._meanings)) if groups[f"rule_{n}"] is not None)
        ending = f"_{number}"
        parts = {name.removesuffix(ending): text for name, text in groups.items() if name.endswith(ending)}
        try:
            return self._meanings[number](parts, today)
        except (ValueError, OverflowError):  # 31 June; the year 20000
            return None


def _numbered(pattern: str, number: int) -> str:
    """`pattern` with `number` behind the name of each group: rules share names, one expression may not."""
    return re.sub(r"\(\?P[<=]\w+", lambda group: f"{group.group()}_{number}", pattern)


_FLAT = str.maketrans("áàâäéèêíìóòôöúùûüñ", "aaaaeeeiioooouuuun")


def _flat(text: str) -> str:
    """Small letters without accents, each where it stood."""
    small = text.lower()
    return (small if len(small) == len(text) else text).translate(_FLAT)


# What words mean.

_MONTHS = {
    name: number
    for names in (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "jan feb maerz apr . . . aug sep okt nov dez",
        "ene . mar abr may jun jul ago set oct . dic",
        "janner . . . . juno . . setiembre",
        "jaenner feber . . . . . . sept",
    )
    for number, name in enumerate(names.split(), start=1)
    if name != "."
}
_WEEKDAYS = {
    name: number
    for names in (
        "lunes martes miercoles jueves viernes sabado domingo",
        "lun . mie jue vie sab dom",
        ". . mierc . . . .",
        ". dinstag mitwoch donerstag freitach samtag sontag",
        ". dienstach mittwuch donnertag fr sonabend .",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        ". . . . . sonnabend",
        "mo di mi do fr sa so",
        "mantig zischtig mittwuch dunschtig fritig samschtig sunntig",
        "mandig zischdig . donnschtig friitig samstig sunntag",
    )
    for number, name in enumerate(names.split())
    if name != "."
}
_NUMBERS = {
    name: number
    for names in (
        "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
        "ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn",
        "una par . . fuenf . . . . . . zwoelf . . fuenfzehn",
        "einer paar",
        "einem",
        "eine",
    )
    for number, name in enumerate(names.split(), start=1)
    if name != "."
} | {
    "veinte": 20, "veinticinco": 25, "treinta": 30, "cuarenta": 40,
    "zwanzig": 20, "dreissig": 30, "dreißig": 30, "vierzig": 40,
    "unos": 3, "unas": 3, "varios": 4, "varias": 4, "algunos": 3, "algunas": 3, "pocos": 3, "pocas": 3, "poquitos": 3,
    "einigen": 3, "wenigen": 3, "mehreren": 4, "etlichen": 5, "anderthalb": 1, "eineinhalb": 1, "zweieinhalb": 2,
}  # fmt: skip
"""Counts in words; vague ones as what they usually are."""


def _counted(names: str) -> dict[str, int]:
    """Names in order, from one on; those with a `/` between them have the same number."""
    return {
        name.replace("_", " "): number
        for number, same in enumerate(names.split(), start=1)
        for name in same.split("/")
    }


_DAYS_ES = _counted(
    "uno/primero/1ro/1ero dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro "
    "veinticinco veintiseis veintisiete veintiocho veintinueve treinta treinta_y_uno"
)
_ORDINALS_DE = {
    name + ending: number
    for name, number in _counted(
        "erste zweite dritte vierte funfte/fuenfte sechste siebte achte neunte zehnte elfte zwolfte/zwoelfte dreizehnte "
        "vierzehnte funfzehnte/fuenfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste einundzwanzigste "
        "zweiundzwanzigste dreiundzwanzigste vierundzwanzigste funfundzwanzigste/fuenfundzwanzigste sechsundzwanzigste "
        "siebenundzwanzigste achtundzwanzigste neunundzwanzigste dreissigste/dreißigste einunddreissigste/einunddreißigste"
    ).items()
    for ending in ("", "n", "r")
}
_DAY_WORDS = _DAYS_ES | _ORDINALS_DE


_SOUNDS = str.maketrans("vzc", "bss")


def _sound(name: str) -> str:
    """A name as it is heard: "juebes", "novienbre" and "marso" are what was meant."""
    return name.strip(".").translate(_SOUNDS).replace("nb", "mb")


_MONTHS |= {_sound(name): number for name, number in _MONTHS.items()}
_WEEKDAYS |= {_sound(name): number for name, number in _WEEKDAYS.items()}


def _any_of(words: Iterable[str]) -> str:
    """One of these words; longer ones first."""
    return "|".join(sorted(words, key=len, reverse=True))


_FEASTS = {
    "ano nuevo": (1, 1), "neujahr": (1, 1), "reyes": (1, 6), "san valentin": (2, 14), "valentinstag": (2, 14),
    "dia del padre": (3, 19), "nikolaustag": (12, 6), "stefanitag": (12, 26), "allerheiligen": (11, 1),
    "todos los santos": (11, 1), "martini": (11, 11),
      "sant jordi": (4, 23), "san juan": (6, 24), "nikolaus": (12, 6), "nikolo": (12, 6),
    "nochebuena": (12, 24), "heiligabend": (12, 24), "heilig abend": (12, 24), "navidad": (12, 25), "navidades": (12, 25),
    "weihnachten": (12, 25), "nochevieja": (12, 31), "silvester": (12, 31), "heilige drei konige": (1, 6),
    "dreikonig": (1, 6), "reformationstag": (10, 31), "tag der deutschen einheit": (10, 3), "tag der arbeit": (5, 1),
    "halloween": (10, 31), "san jose": (3, 19), "dia de los muertos": (11, 2), "dia de muertos": (11, 2),
}  # fmt: skip
_OF_EASTER = {
    "palmsonntag": -7, "karwoche": -4,
    "weisser sonntag": 7, "weißer sonntag": 7, "grundonnerstag": -3, "gruendonnerstag": -3,
    "karfreitag": -2, "semana santa": -3, "pascua": 0, "ostern": 0, "ostersonntag": 0, "ostermontag": 1,
    "christi himmelfahrt": 39, "himmelfahrt": 39, "vatertag": 39, "pfingsten": 49, "pfingstsonntag": 49, "pfingstmontag": 50,
    "fronleichnam": 60, "rosenmontag": -48, "faschingsdienstag": -47, "carnaval": -47, "aschermittwoch": -46,
    "miercoles de ceniza": -46, "domingo de ramos": -7, "jueves santo": -3, "viernes santo": -2,
}  # fmt: skip
_UNKNOWN_FEASTS = (
    r"cyber\s?days?|cyber\s+week|hot\s+sale|buen\s+fin|prime\s+days?|singles\s+day|fiestas\s+patrias|dia\s+de\s+las\s+madres|"
    r"dia\s+del\s+nino|dia\s+de\s+(?:la\s+)?(?:constitucion|inmaculada|hispanidad|independencia|canarias|andalucia)|corpus"
)
"""Feasts and days of sale that are another day in each country or year: no day is guessed."""

_ORDER = (
    "prim|1er|1\\.|erst",
    "segund|2do|2\\.|zweit",
    "tercer|3er|3\\.|dritt",
    "cuart|4to|4\\.|viert",
    "quint|5\\.|funft|fuenft",
)
"""How ordinal numbers begin; "last" is none of them."""

_LAST = re.compile(r"pasad|anterior|ultim|let(?:z|sch)t|vorig|vergangen")
_NEXT = re.compile(r"proxim|viene|siguiente|entra|nachs(?:ch)?t|naechst|kommend|folgend")


def _on(day: date) -> Period:
    return day, day


def _nearest(candidates: list[date], today: date) -> date:
    """The likeliest: customers tell of what was half a year ago, and of what comes within weeks."""
    return min(candidates, key=lambda day: (day - today).days * AHEAD if day > today else (today - day).days)


def _direction(parts: Parts) -> int:
    """-1 for "last", 1 for "next", 0 when nothing says."""
    said = parts.get("which") or ""
    return -1 if _LAST.search(said) else 1 if _NEXT.search(said) else 0


def _day_of_month(parts: Parts, today: date) -> Period | None:
    """Day, month and perhaps a year."""
    day = _day_named(parts)
    month = (
        _MONTHS.get(_sound(parts.get("month") or ""))
        or int(parts.get("number") or 0)
        or _DAY_WORDS[parts.get("month_word") or "uno"]
    )
    year = parts.get("year")
    if year:
        return _on(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
    shift = {-1: [-1], 1: [1]}.get(_direction(parts), [-1, 0, 1])
    years = [today.year + n for n in shift if day != 29 or month != 2 or calendar.isleap(today.year + n)]
    return _on(_nearest([date(year, month, day) for year in years], today))


def _day_named(parts: Parts) -> int:
    word = " ".join((parts.get("day_word") or "").split())
    return _DAY_WORDS[word] if word else int(parts.get("day") or 1)


def _week_of(parts: Parts, today: date) -> Period | None:
    """The week that a day with its month lies in."""
    period = _day_of_month(parts, today)
    if period is None:
        return None
    monday = period[0] - timedelta(period[0].weekday())
    return monday, monday + timedelta(6)


def _day_alone(parts: Parts, today: date) -> Period | None:
    """A day of this month, the last or the next one, whichever is nearest and not ruled out."""
    day = _day_named(parts)
    found = []
    for shift in (0,) if parts.get("this") else {-1: (-1,), 1: (1,)}.get(_direction(parts), (-1, 0, 1)):
        year, month = _month_away(today, shift)
        if day <= calendar.monthrange(year, month)[1]:
            found.append(date(year, month, day))
    return _on(_nearest(found, today)) if found else None


def _month_away(today: date, months: int) -> tuple[int, int]:
    number = today.year * 12 + today.month - 1 + months
    return number // 12, number % 12 + 1


def _whole_month(year: int, month: int) -> Period:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _month(parts: Parts, today: date) -> Period | None:
    """A month by its name: the one of `year`, else the nearest one, the past one first."""
    month = _MONTHS[_sound(parts["month"] or "")]
    year = parts.get("year") or parts.get("short")
    if year:
        period = _whole_month(int(year) + (2000 if len(year) == 2 else 0), month)
    else:
        candidates = {-1: [-1, 0], 1: [0, 1]}.get(_direction(parts), [-1, 0, 1])
        firsts = [date(today.year + n, month, 1) for n in candidates]
        if _direction(parts):
            firsts = [day for day in firsts if (day < today.replace(day=1)) == (_direction(parts) < 0)]
        period = _whole_month(_nearest(firsts, today).year, month)
    return _nth(parts, period) if parts.get("nth") else _third(parts, period)


def _nth(parts: Parts, period: Period) -> Period | None:
    """The first, second … or last week, weekend, day or weekday of `period`; None when it has no such one."""
    number = next((n for n, name in enumerate(_ORDER, start=1) if re.match(name, parts["nth"] or "")), 0)
    first, last = period
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    unit = parts.get("part") or parts.get("weekday") or ""
    if unit.startswith(("semana", "woche")):
        step = timedelta(6)
        return (
            (first + timedelta(7 * (number - 1)), first + timedelta(7 * number - 1))
            if number
            else (last - step, last)
        )
    if unit.startswith("quincena"):
        return (first, days[14]) if number == 1 else (days[15], last)
    wanted = 5 if unit.startswith(("fin", "wochenende")) else _WEEKDAYS.get(_sound(unit), -1)
    found = [day for day in days if wanted < 0 or day.weekday() == wanted]
    if number > len(found):
        return None
    begin = found[number - 1]  # the last one where `number` is 0
    return (begin, begin + timedelta(1)) if unit.startswith(("fin", "wochenende")) else _on(begin)


def _nth_of_span(parts: Parts, today: date) -> Period | None:
    """The same of a month or year beside today's, or of a quarter of a year."""
    unit = parts.get("unit") or "mes"
    period = _span_of_time({"unit": unit, "which": parts.get("which")}, today)
    return _nth(parts, period) if period else None


def _quarter(parts: Parts, today: date) -> Period | None:
    """A quarter or half of a year: of `year`, else of this or the last one."""
    number = next((n for n, name in enumerate(_ORDER, start=1) if re.match(name, parts.get("nth") or "")), 0)
    months = 3 if (parts["part"] or "").startswith(("trim", "quart")) else 6
    number = number or int(parts.get("digit") or 12 // months)
    year = int(parts["year"] or 0) if parts.get("year") else today.year + _direction(parts)
    return date(year, months * (number - 1) + 1, 1), _whole_month(year, months * number)[1]


def _no_day(parts: Parts, today: date) -> Period | None:
    """A point in time, but nobody knows which: "the other day"."""
    return None


def _third(parts: Parts, period: Period) -> Period:
    """The beginning, middle or end of `period` where `third` says so."""
    said, (first, last) = parts.get("third") or "", period
    step = (last - first).days // 3
    if re.match(r"prin|prim|anfang", said):
        return first, first + timedelta(step)
    if re.match(r"mediad|mitte", said):
        return first + timedelta(step), last - timedelta(step)
    return (last - timedelta(step), last) if said else period


def _weekday(parts: Parts, today: date) -> Period | None:
    """The last one before today, unless "next" or what stands before (`until`) looks ahead."""
    number = _WEEKDAYS[_sound(parts["weekday"] or "")]
    since = (today.weekday() - number) % 7
    if _direction(parts) > 0 or (parts.get("until") is not None and _direction(parts) == 0):
        return _on(today + timedelta((number - today.weekday()) % 7 or 7))
    return _on(today - timedelta(since or (7 if _direction(parts) < 0 else 0)))


def _weekday_of_week(parts: Parts, today: date) -> Period | None:
    """A day of the last, this or the next week."""
    week = _span_of_time({"unit": "woche", "which": parts["which"]}, today)
    return _on(week[0] + timedelta(_WEEKDAYS[_sound(parts["weekday"] or "")])) if week else None


def _half_a_year_ago(parts: Parts, today: date) -> Period | None:
    return _away({"count": "6", "unit": "mes"}, today, -1)


def _from_today(days: int) -> Callable[[Parts, date], Period]:
    return lambda parts, today: _on(today + timedelta(days))


def _ago(parts: Parts, today: date) -> Period | None:
    return _away(parts, today, -1)


def _ahead(parts: Parts, today: date) -> Period | None:
    return _away(parts, today, 1)


def _beside_today(parts: Parts, today: date) -> Period | None:
    """ "Today in a week", "today a week ago"."""
    return _away(parts, today, 1 if parts["which"] == "in" else -1)


def _away(parts: Parts, today: date, way: int) -> Period | None:
    """As many days, weeks, months or years before (-1) or after (1) today."""
    said = re.findall(r"\w+", parts.get("count") or "par")
    known = [
        int(word) if word.isdigit() else _NUMBERS[word] for word in said if word.isdigit() or word in _NUMBERS
    ]
    count = known[-1]
    unit = parts["unit"] or ""
    if unit.startswith(("dia", "tag")):
        return _on(today + timedelta(way * count))
    if unit.startswith(("semana", "woche")):
        return _on(today + timedelta(way * 7 * count))
    year, month = _month_away(today, way * count * (12 if unit.startswith(("ano", "jahr")) else 1))
    return _on(date(year, month, min(today.day, calendar.monthrange(year, month)[1])))


def _span_of_time(parts: Parts, today: date) -> Period | None:
    """A week, weekend, month or year beside today's."""
    unit, way = parts["unit"] or "", _direction(parts)
    if (parts.get("which") or "").startswith(("vorletzt", "ubernachst", "uebernaechst", "antepasad")):
        way *= 2
    if unit.startswith(("fin", "wochenende", "we")):
        saturday = today - timedelta(today.weekday() - 5)
        saturday += timedelta(7 * way)
        return saturday, saturday + timedelta(1)
    if unit.startswith(("semana", "woche", "wuche")):
        monday = today - timedelta(today.weekday()) + timedelta(7 * way)
        return _third(parts, (monday, monday + timedelta(6)))
    if unit.startswith(("mes", "monat")):
        return _third(parts, _whole_month(*_month_away(today, way)))
    year = today.year + way
    return _third(parts, (date(year, 1, 1), date(year, 12, 31)))


def _weekend(parts: Parts, today: date) -> Period | None:
    """The one of this week."""
    return _span_of_time({"unit": "wochenende"}, today)


def _year(parts: Parts, today: date) -> Period | None:
    year = int(parts.get("year") or today.year)
    return date(year, 1, 1), date(year, 12, 31)


def _first_of_month(parts: Parts, today: date) -> Period | None:
    """The coming one: it is when people are paid."""
    return _on(date(*_month_away(today, 1), 1))


def _season(parts: Parts, today: date) -> Period | None:
    first = {"p": 3, "f": 3, "v": 6, "s": 6, "o": 9, "h": 9, "i": 12, "w": 12}[(parts["season"] or "p")[0]]
    starts = [date(today.year + n, first, 1) for n in (-1, 0, 1)]
    if parts.get("year"):
        start = date(int(parts["year"] or 0), first, 1)
        return start, _whole_month(*_month_away(start, 2))[1]
    way = _direction(parts)
    kept = [day for day in starts if (way < 0 and day < today) or (way > 0 and day > today)] or starts
    start = _nearest(kept, today)
    return start, _whole_month(*_month_away(start, 2))[1]


def _between_the_years(parts: Parts, today: date) -> Period | None:
    """From Christmas to New Year's Eve."""
    first = _nearest([date(today.year + n, 12, 27) for n in (-1, 0, 1)], today)
    return first, date(first.year, 12, 31)


def _feast(parts: Parts, today: date) -> Period | None:
    name = " ".join((parts["feast"] or "").split())
    parts = {**parts, "which": parts.get("which") or parts.get("beside") or parts.get("of_year")}
    days = []
    named = int(parts.get("year") or 0)
    for year in (named,) if named else (today.year - 1, today.year, today.year + 1):
        if name in _FEASTS:
            days.append(date(year, *_FEASTS[name]))
        elif name in _OF_EASTER:
            days.append(_easter(year) + timedelta(_OF_EASTER[name]))
        elif name.endswith("advent"):  # the fourth one is the last Sunday before Christmas
            eve = date(year, 12, 24)
            days.append(eve - timedelta((eve.weekday() + 1) % 7 + 7 * (4 - int(name[0]))))
        elif name in {"black friday", "cyber monday"}:  # after the fourth Thursday of November
            first, after = date(year, 11, 1), 22 if name == "black friday" else 25
            days.append(first + timedelta((3 - first.weekday()) % 7 + after))
        else:  # Mother's Day: the first Sunday of May in Spain, the second one in Germany
            first = date(year, 5, 1)
            days.append(first + timedelta((6 - first.weekday()) % 7 + (7 if name == "muttertag" else 0)))
    way = _direction(parts)
    kept = [day for day in days if (way < 0 and day < today) or (way > 0 and day > today)]
    return _on(_nearest(kept or days, today))


def _easter(year: int) -> date:
    """Easter Sunday (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _calendar_week(parts: Parts, today: date) -> Period | None:
    monday = _nearest(
        [date.fromisocalendar(today.year + n, int(parts["week"] or 1), 1) for n in (-1, 0, 1)], today
    )
    return monday, monday + timedelta(6)


# How they are named. In Spanish "manana" is tomorrow or the morning, in German "morgen" too: what stands before decides.

_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_NUMBER = r"(?P<number>1[0-2]|0?[1-9])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ANY_YEAR = r"(?P<year>(?:19|20)?\d\d)"
_ISO = r"(?P<year>20\d\d)-(?P<number>1[0-2]|0[1-9])-(?P<day>3[01]|[12]\d|0[1-9])"
_ONE_COUNT = rf"(?:\d{{1,3}}|(?:un |ein |einem )?(?:paar|par)(?: de)?|{_any_of(_NUMBERS)})"
_COUNT = rf"(?P<count>{_ONE_COUNT}(?:(?:\s?[-–/]\s?|,?\s+(?:o|u|a|y|oder|bis)\s+|,\s+){_ONE_COUNT})?)"


def _after(*words: str) -> str:
    """Right behind one of these words."""
    return "(?:" + "|".join(rf"(?<=\b{word} )" for word in words) + ")"


def _not_after(*words: str) -> str:
    """Behind none of these words."""
    return "".join(rf"(?<!\b{word} )" for word in words)


_MONTH_ES = (
    r"(?P<month>enero|fe[bv]rero|mar[zs]o|a[bv]ril|mayo|junio|julio|agosto|sep?tie[mn][bv]re|octu[bv]re|no[bv]ie[mn][bv]re|"
    r"di[cs]ie[mn][bv]re)"
)
_WEEKDAY_ES = r"(?P<weekday>lune[sz]|marte[sz]|mier[cs]ole[sz]|jue[vb]e[sz]|[vb]ierne[sz]|sa[bv]ado|domingo)"
_THE_ES = r"(?:(?:el|este|ese|aquel|pasado|proximo)\s+)"
_TIME_ES = (
    r"(?:\s+(?:bien\s+|muy\s+)?(?:tempran(?:o|ito)|a\s+(?:primera|ultima)\s+hora)|"
    r"\s+(?:por|de|en|a)\s+la\s+(?:manana|mananita|tarde|tardecita|noche|madrugada)|\s+al?\s+medio\s?dia|\s+de\s+(?:tarde|noche|manana)(?=\s*[.,!?]|$)|"
    r"\s+(?:tarde|noche)(?=\s*[.,!?]|$))?"
)
_SHORT_WEEKDAY_ES = r"(?P<weekday>lun|mierc?|jue|vie|sab|dom)"
_SHORT_MONTH_ES = (
    r"(?P<month>ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)\b(?:\.(?=\s*(?:de\b|\d{4}|/)))?"
)
_BESIDE_ES = r"(?P<which>pasad[oa]s?|antepasad[oa]|anterior|proxim[oa]s?|siguientes?|que\s+(?:vienen?|entra))"
_NTH_ES = r"(?P<nth>primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|ultim[oa]|1er|1ra|2do|2da|3er|3ra)"
_OF_YEAR_ES = (
    r"(?:\s+(?P<which>del\s+ano\s+pasado|de\s+este\s+ano|pasado|proximo)|\s+del?\s+(?:ano\s+)?(?P<year>(?:19|20)\d\d)|"
    r"\s+del\s+(?P<short>\d\d)(?!\s*(?:de\s|[/.:%€$]|\d)))?"
)
_SPAN_ES = r"(?P<unit>semana|fin\s+de\s+semana|finde|mes|ano)"
_THIRD_ES = r"(?:(?:el|los)\s+)?(?P<third>principios?|primeros|mediados|final(?:es)?|fin(?:es)?)\s+(?:de(?:\s+este)?|del)\s+"
_NO_DAY_ES = (
    r"(?!\s*(?:[%€$]|[.,:/x]\s?\d|euros?|por\s+ciento|unidades?|uds?|cm|mm|kg|gb|tb|ml|litros?|anos?|horas?|h\b|dias?|"
    r"min\w*|pro|plus|max|pulgadas|personas|meses|semanas|piezas|articulos|productos|cajas|de\s+(?:los|las|talla)))"
)
_DAY_WORD_ES = rf"(?P<day_word>{_any_of(_DAYS_ES)})"
_NO_FRACTION = r"(?![\d,]|\.\d|\s*[%€$])"
_SPANISH = [
    _Rule(
        rf"(?:(?:el|la|este|esta)\s+)?{_NTH_ES}\s+(?P<part>semana|quincena|dia|fin\s+de\s+semana|finde)\s+(?:de\s+)?{_MONTH_ES}(?:\s+del?\s+{_YEAR})?",
        _month,
    ),
    _Rule(rf"(?:(?:el|este)\s+)?{_NTH_ES}\s+{_WEEKDAY_ES}\s+de\s+{_MONTH_ES}(?:\s+del?\s+{_YEAR})?", _month),
    _Rule(
        rf"(?:(?:el|la)\s+)?{_NTH_ES}\s+(?:(?P<part>semana|quincena|dia|fin\s+de\s+semana|finde)|{_WEEKDAY_ES})\s+"
        rf"(?:del|de\s+este)\s+(?P<unit>mes|ano)(?:\s+{_BESIDE_ES})?",
        _nth_of_span,
    ),
    _Rule(
        rf"(?:el\s+)?{_NTH_ES}\s+(?P<part>trimestre|semestre)(?:\s+del?\s+(?:ano\s+)?(?:{_YEAR}|(?P<which>pasado|en\s+curso)|este\s+ano))?",
        _quarter,
    ),
    _Rule(r"el\s+otro\s+dia|la\s+otra\s+(?:semana|vez)(?!\s+que)|(?:el\s+)?otro\s+dia", _no_day),
    _Rule(r"hoy\s+en\s+ocho(?:\s+dias)?", _from_today(7)),
    _Rule(r"hoy\s+en\s+quince(?:\s+dias)?", _from_today(14)),
    _Rule(
        rf"{_THE_ES}{{0,2}}{_WEEKDAY_ES},?\s+(?:dia\s+|el\s+)?{_DAY}\.{_NUMBER}(?:\.{_ANY_YEAR}|\.)?{_NO_FRACTION}",
        _day_of_month,
    ),
    _Rule(
        rf"(?:{_THE_ES}|{_after('del', 'al')})(?:dia\s+)?{_DAY}\.(?P<number>1[0-2]|0[1-9])"
        rf"(?:\.{_ANY_YEAR}|\.)?{_NO_FRACTION}",
        _day_of_month,
    ),
    _Rule(
        rf"{_THE_ES}{{0,2}}{_WEEKDAY_ES},?\s+(?:dia\s+|el\s+)?{_DAY}(?P<mark>[/-]){_NUMBER}(?:(?P=mark){_ANY_YEAR})?",
        _day_of_month,
    ),
    _Rule(
        rf"(?:(?:el|este|ese)\s+)?{_WEEKDAY_ES}\s+de\s+(?:la\s+semana\s+{_BESIDE_ES}|(?P<this>esta\s+(?:misma\s+)?semana))",
        _weekday_of_week,
    ),
    _Rule(
        rf"{_THE_ES}{{0,2}}(?:dia\s+)?{_DAY_WORD_ES}\s+de\s+{_MONTH_ES}(?:\s+del?\s+{_YEAR})?", _day_of_month
    ),
    _Rule(rf"(?:el\s+)?dia\s+{_DAY_WORD_ES}(?=\s*[.,;!?]|$)", _day_alone),
    _Rule(
        rf"(?:el\s+)?(?:dia\s+)?{_DAY}\s+(?:del\s+mes\s+(?P<which>pasado|anterior|proximo|que\s+viene)|"
        r"(?P<this>de\s+este\s+mes|del\s+(?:corriente|presente)(?:\s+mes)?))",
        _day_alone,
    ),
    _Rule(rf"(?:el|dia)\s+{_DAY}\s+del\s+{_NUMBER}(?!\d|\s*(?:%|[a-z]))", _day_of_month),
    _Rule(rf"{_MONTH_ES}\s+{_DAY}(?!\d|\s*(?:[.,:/%€$]\s?\d|[%€$]|[a-z]))", _day_of_month),
    _Rule(
        r"(?:(?:el|este)\s+)?(?P<feast>(?:jueves|viernes)\s+santo|domingo\s+de\s+ramos|miercoles\s+de\s+ceniza)", _feast
    ),
    _Rule(
        rf"{_THE_ES}{{0,2}}(?:dia\s+)?(?:{_WEEKDAY_ES},?\s+)?(?:dia\s+|el\s+)?{_DAY}(?:\.?[º°]|e?ro)?(?:\s+del?)?\s+(?:mes\s+de\s+)?{_MONTH_ES}"
        rf"(?:,?\s+(?:del?\s+)?(?:ano\s+)?{_YEAR}|\s+(?P<which>del\s+ano\s+pasado|de\s+este\s+ano|pasado|proximo))?{_TIME_ES}",
        _day_of_month,
    ),
    _Rule(
        rf"(?:el\s+)?{_DAY}(?=(?:\s*,\s*\d\d?)*(?:\s*,|\s+(?:y|o|al?))\s+(?:el\s+)?\d\d?\s+(?:de\s+)?{_MONTH_ES})",
        _day_of_month,
    ),
    _Rule(rf"{_THE_ES}?(?:dia\s+)?{_DAY}(?:\s+de\s+|[\s/-]){_SHORT_MONTH_ES}(?:[\s/-]{_ANY_YEAR})?", _day_of_month),
    _Rule(rf"{_THE_ES}?(?:dia\s+)?{_DAY}(?P<mark>[/.-]){_NUMBER}(?P=mark){_ANY_YEAR}", _day_of_month),
    _Rule(rf"(?:el\s+)?{_ISO}", _day_of_month),
    _Rule(rf"(?:{_THE_ES}(?:dia\s+)?|{_after('del', 'al')}|dia\s+){_DAY}[/-]{_NUMBER}", _day_of_month),
    _Rule(
        rf"{_not_after('acero', 'inoxidable', 'inox')}(?P<day>3[01]|[12]\d|0[1-9])/(?P<number>1[0-2]|0[1-9])",
        _day_of_month,
    ),
    _Rule(rf"{_THE_ES}{{0,2}}dia\s+{_DAY}{_NO_DAY_ES}{_TIME_ES}", _day_alone),
    _Rule(rf"{_THE_ES}{{0,2}}{_WEEKDAY_ES}\s+(?:dia\s+)?{_DAY}{_TIME_ES}{_NO_DAY_ES}", _day_alone),
    _Rule(rf"(?:el|la)\s+semana\s+del\s+{_DAY}\s+(?:de\s+)?{_MONTH_ES}", _week_of),
    _Rule(rf"el\s+(?:pasado\s+)?{_DAY}{_NO_DAY_ES}{_TIME_ES}", _day_alone),
    _Rule(rf"(?<=\bdel ){_DAY}(?=\s+al\s+\d)", _day_alone),
    _Rule(
        rf"(?:{_after('estamos a', 'hoy es', 'ya es', 'antes del', 'despues del', 'partir del')}|(?<=\d al ))"
        rf"{_DAY}{_NO_DAY_ES}",
        _day_alone,
    ),
    _Rule(rf"{_after('en', 'desde', 'hasta', 'en el', 'anteriores a', 'del ano', 'el ano')}{_YEAR}", _year),
    _Rule(
        rf"(?:(?:el|este|ese|aquel)\s+)?(?P<which>pasado|proximo)\s+{_WEEKDAY_ES}{_TIME_ES}", _weekday
    ),
    _Rule(rf"(?:(?:el|este|ese|aquel)\s+)?{_WEEKDAY_ES}\s+{_BESIDE_ES}{_TIME_ES}", _weekday),
    _Rule(rf"{_after('hasta', 'para')}(?P<until>el|este)\s+{_WEEKDAY_ES}{_TIME_ES}", _weekday),
    _Rule(
        rf"{_not_after('cada', 'un', 'los', 'todos los')}(?:(?:el|este|ese|aquel)\s+)?{_WEEKDAY_ES}"
        rf"(?:\s+festivo)?{_TIME_ES}",
        _weekday,
    ),
    _Rule(rf"(?:(?:el|este)\s+)?{_SHORT_WEEKDAY_ES}\.?\s+{_DAY}[/-]{_NUMBER}(?:[/-]{_ANY_YEAR})?", _day_of_month),
    _Rule(rf"(?:el|este)\s+{_SHORT_WEEKDAY_ES}(?=[.,;!?\s]|$)", _weekday),
    _Rule(rf"{_SHORT_MONTH_ES}[/-]{_YEAR}", _month),
    _Rule(rf"hoy(?!\s+en\s+dia)(?:\s+(?:mismo|dia))?{_TIME_ES}", _from_today(0)),
    _Rule(rf"esta\s+(?:misma\s+)?(?:manana|tarde|noche){_TIME_ES}", _from_today(0)),
    _Rule(rf"pasado\s+manana{_TIME_ES}", _from_today(2)),
    _Rule(r"este\s+mediodia", _from_today(0)),
    _Rule(rf"(?:anteayer|antier|antes\s+de\s+(?:ayer|anoche)){_TIME_ES}", _from_today(-2)),
    _Rule(rf"(?:ayer\s+(?:noche|tarde|mismo)|ayer|anoche(?:\s+mismo)?){_TIME_ES}", _from_today(-1)),
    _Rule(
        rf"{_not_after('la', 'por', 'una', 'esa', 'cada', 'media', 'turno')}manana(?:\s+mism[oa])?{_TIME_ES}"
        r"(?!\s+(?:y|o)\s+(?:tarde|noche))",
        _from_today(1),
    ),
    _Rule(rf"{_THIRD_ES}{_MONTH_ES}(?:\s+del?\s+{_YEAR})?", _month),
    _Rule(
        rf"(?!(?:(?:el|los)\s+)?fin(?:es)?\s+de\s+semana){_THIRD_ES}(?:la\s+)?(?P<unit>semana|mes|ano)(?:\s+{_BESIDE_ES})?",
        _span_of_time,
    ),
    _Rule(rf"(?:(?:el|la|este|esta|ese|esa)\s+)?{_SPAN_ES}\s+{_BESIDE_ES}", _span_of_time),
    _Rule(rf"(?:(?:el|la|este|esta)\s+)?(?P<which>pasad[oa]|proxim[oa])\s+{_SPAN_ES}", _span_of_time),
    _Rule(
        rf"{_not_after('buen', 'feliz')}(?:(?:este|el)\s+(?P<unit>fin\s+de\s+semana|finde)|finde(?!\s+semana))", _weekend
    ),
    _Rule(r"(?:este|esta)\s+(?:mism[oa]\s+)?(?P<unit>semana|mes|ano)", _span_of_time),
    _Rule(
        rf"{_not_after('desde', 'dsd', 'desd')}h?a[cs]e\s+(?:(?:ya|como|casi|unos|unas|mas\s+de|menos\s+de|apenas|"
        rf"(?:tan\s+)?solo|aproximadamente|cerca\s+de|alrededor\s+de|cosa\s+de|escasos)\s+){{0,2}}(?:{_COUNT}\s+)?"
        r"(?P<unit>dias?|semanas?|mes(?:es)?|anos?)(?:\s+y\s+medio|\s+y\s+pico)?(?!\s+que\b)",
        _ago,
    ),
    _Rule(r"hace\s+(?:ya\s+|casi\s+)?medio\s+ano(?!\s+que\b)", _half_a_year_ago),
    _Rule(rf"{_COUNT}\s+(?P<unit>dias?|semanas?|mes(?:es)?|anos?)\s+atras", _ago),
    _Rule(rf"dentro\s+de\s+{_COUNT}\s+(?P<unit>dias?|semanas?|mes(?:es)?|anos?)", _ahead),
    _Rule(
        r"(?:el\s+dia\s+de\s+)?(?:(?:el|la|las|est[ae]s?)\s+(?P<which>pasad[oa]s?|proxim[oa]s?)?\s*)?"
        rf"{_not_after('feliz', 'felices')}"
        r"(?P<feast>ano\s+nuevo|san\s+valentin|sant\s+jordi|semana\s+santa|pascua|san\s+juan|nochebuena|navidad(?:es)?|"
        r"nochevieja|black\s+friday|cyber\s+monday|halloween|carnaval|san\s+jose|dia\s+de\s+(?:los\s+)?muertos|dia\s+del\s+padre|dia\s+de\s+la\s+madre|todos\s+los\s+santos(?!\s+dias))"
        rf"(?:\s+(?:{_BESIDE_ES.replace('which', 'beside')}|del\s+(?P<of_year>ano\s+pasado)|de\s+{_YEAR}))?",
        _feast,
    ),
    _Rule(
        rf"(?:(?:el|las|los|este|estas)\s+)?(?:pasado\s+|proximo\s+)?(?:{_UNKNOWN_FEASTS})"
        r"(?:\s+pasad[oa]s?|\s+de\s+este\s+ano)?",
        _no_day,
    ),
    _Rule(
        rf"(?:el|este)\s+puente\s+de\s+(?:{_MONTH_ES}|(?:la\s+)?(?:constitucion|inmaculada|todos\s+los\s+santos|reyes))",
        _no_day,
    ),
    _Rule(r"(?:(?:el|este)\s+)?(?:finde|fin\s+de\s+semana)\s+largo", _weekend),
    _Rule(r"(?:(?:esta|la)\s+(?:proxima\s+)?)quincena(?=\s*[.,;!?]|$|\s+(?:que\s+viene|pasada|y|para))", _no_day),
    _Rule(
        rf"(?:{_after('para', 'en', 'por', 'de', 'hasta')}|(?P<which>los\s+pasados)\s+|los\s+)(?P<feast>reyes)", _feast
    ),
    _Rule(r"(?:(?:el|la|este|esta)\s+)(?P<season>primavera|verano|otono|invierno)\s+" + _BESIDE_ES, _season),
    _Rule(r"(?:este|esta)\s+(?P<season>primavera|verano|otono|invierno)", _season),
    _Rule(rf"{_after('en')}(?P<season>primavera|verano|otono|invierno)", _season),
    _Rule(rf"{_MONTH_ES}{_OF_YEAR_ES}", _month),
]  # fmt: skip

_MONTH_DE = (
    r"(?P<month>januar|jae?nner|februar|feber|mae?rz|april|mai|juni|juno|juli|august|september|oktober|november|"
    r"dezember)"
)
_SHORT_MONTH_DE = (
    r"(?P<month>januar|jae?nner|februar|feber|mae?rz|april|mai|juni|juno|juli|august|september|oktober|november|dezember|"
    r"(?:sept|jan|feb|apr|aug|sep|okt|nov|dez)\b\.?)"
)
_WEEKDAY_DE = (
    r"(?P<weekday>montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|"
    r"dinstag|dienstach|mitwoch|mittwuch|donerstag|donnertag|freitach|samtag|sonabend|sontag|"
    r"man[td]ig|zischt?d?ig|dunschtig|donnschtig|frii?tig|samsc?h?tig|sunnti?a?g)"
)
"""Some as they are often misspelled, or said in Switzerland."""
_BEFORE_DAY_DE = rf"(?:{_WEEKDAY_DE}\s*,?\s+(?:de[nmr]\s+)?|(?:mo|di|mi|do|fr|sa|so)\.?,?\s+(?:de[nmr]\s+)?)?"
_TIME_DE = r"(?:\s*(?:fruh|frueh|morgens?|vormittags?|mittags?|nachmittags?|abends?|nachts?))?"
_WHICH_DE = (
    r"(?P<which>(?:vor)?letzt|vorig|vergangen|(?:uber|ueber)?(?:nachst|naechst)|kommend|folgend|dies|letscht|nachscht)"
    r"e?[nmrs]?\s+"
)
_PART_DE = r"(?:\s+(?:fruh|frueh|morgens|vormittags?|mittags?|nachmittags?|abends?|nachts?)(?!\w))?"
_NTH_DE = r"(?P<nth>(?:erst|zweit|dritt|viert|letzt)e[nrs]?|[1-4]\.)"
_SHORT_ENDS = r"(?=[.,;!?\s]|$)"
_CUE_DE = _after("am", "vom", "zum", "bis", "seit", "ab", "der", "den", "dem", "des")
_NO_DAY_DE = (
    r"(?!\s*\d|\s+(?:mal\b|tag|woche|monat|jahr|versuch|stock|og\b|etage|bestellung|lieferung|paket|artikel|rate|person|adresse|"
    r"anlauf|hand|wahl|platz|klasse|stelle|sendung|teil|anruf|mail|email|e-mail|nachricht|gerat|geraet|ruecksendung|rucksendung|"
    r"reklamation|ersatz|zustell|lieferversuch|foto|bild|rechnung|mahnung|frage|punkt|variante|option|gebot|kauf|kunde|fall|"
    r"geburtstag|generation|gen\b|auflage|band|staffel|fahrer|karton|position|stuck|stueck|exemplar|produkt|ware|schritt|"
    r"klassiker|sitz|satz|advent))"
)
_ORDINAL_DE = rf"(?P<day_word>{_any_of(_ORDINALS_DE)})"
_UNKNOWN_FEASTS_DE = (
    r"black\s+week|cyber\s+week|prime\s+days?|singles\s+day|karneval|fasching|fas(?:t?nacht|net)|nationalfeiertag|bundesfeier(?:tag)?|"
    r"(?:oster|pfingst|weihnachts|sommer|herbst|winter)ferien|buss-?\s?und\s+bettag|totensonntag"
)
_GERMAN = [
    _Rule(
        rf"{_NTH_DE}\s+(?:(?P<part>woche|tag|wochenende)|{_WEEKDAY_DE})\s+(?:im|in|vom|des|von)\s+{_MONTH_DE}s?(?:\s+{_YEAR})?",
        _month,
    ),
    _Rule(rf"{_NTH_DE}\s+{_MONTH_DE}(?P<part>woche|wochenende)", _month),
    _Rule(
        rf"{_NTH_DE}\s+(?:(?P<part>woche|tag|wochenende)|{_WEEKDAY_DE})\s+(?:(?:im|des)\s+|dieses\s+|(?P<which>letzten|nachsten)\s+)"
        r"(?P<unit>monat|jahr)(?:e?s)?",
        _nth_of_span,
    ),
    _Rule(rf"{_NTH_DE}\s+(?P<part>quartal|halbjahr)(?:\s+{_YEAR}|\s+dieses\s+jahres)?", _quarter),
    _Rule(rf"(?:{_WHICH_DE})?(?:{_UNKNOWN_FEASTS_DE})", _no_day),
    _Rule(r"(?:morgen|ubermorgen|uebermorgen)\s+in\s+(?:einer\s+woche|acht\s+tagen)", _from_today(8)),
    _Rule(r"jahres(?P<third>anfang|mitte|ende)", lambda parts, today: _third(parts, _year({}, today) or _on(today))),
    _Rule(rf"{_WHICH_DE}woche\s+(?:am\s+)?{_WEEKDAY_DE}{_TIME_DE}", _weekday_of_week),
    _Rule(rf"{_WEEKDAY_DE}{_TIME_DE}\s+{_WHICH_DE.removesuffix('+')}+woche", _weekday_of_week),
    _Rule(rf"{_BEFORE_DAY_DE}{_ORDINAL_DE}\s+{_MONTH_DE}(?:\s+{_YEAR})?", _day_of_month),
    _Rule(rf"{_after('am', 'vom', 'zum', 'bis')}{_ORDINAL_DE}\s+(?P<month_word>{_any_of(_ORDINALS_DE)})", _day_of_month),
    _Rule(rf"{_CUE_DE}{_DAY}\.?ten(?=\W|$){_NO_DAY_DE}", _day_alone),
    _Rule(r"(?<![\d.,])(?P<day>0[1-9])\.(?P<number>0[1-9]|1[0-2])\.?(?![\d.,]\d|\d|\s*(?:€|eur|uhr|h\b|%))", _day_of_month),
    _Rule(r"vor\s+(?:ca\.?\s+|etwa\s+|gut\s+|(?:u|ue)ber\s+)?einem\s+halben\s+jahr", _half_a_year_ago),
    _Rule(r"vorvorgestern", _from_today(-3)),
    _Rule(r"(?P<week>5[0-3]|[1-4]\d|0?[1-9])\.\s?(?:kw|kalenderwoche)", _calendar_week),
    _Rule(rf"{_WHICH_DE}(?P<weekday>mo|di|mi|do|fr|sa|so){_SHORT_ENDS}", _weekday),
    _Rule(
        rf"{_BEFORE_DAY_DE}{_DAY}\.?\s*{_SHORT_MONTH_DE}(?:\s+{_YEAR}|\s+(?P<which>letzten|dieses|vorigen)\s+jahres)?{_PART_DE}",
        _day_of_month,
    ),
    _Rule(
        rf"{_DAY}\.(?=(?:\s*,?\s*\d\d?\.)*\s*(?:,|und|oder|bis|/|-)\s*(?:zum\s+)?\d\d?\.\s*{_SHORT_MONTH_DE})",
        _day_of_month,
    ),
    _Rule(
        rf"{_DAY}\.(?=(?:\s*,?\s*\d\d?\.)*\s*(?:,|und|oder|bis|/|-)\s*(?:zum\s+)?\d\d?\.\s*{_NUMBER}\.)", _day_of_month
    ),
    _Rule(_ISO, _day_of_month),
    _Rule(rf"{_BEFORE_DAY_DE}{_DAY}\.\s?{_NUMBER}\.\s?{_ANY_YEAR}{_PART_DE}", _day_of_month),
    _Rule(rf"{_DAY}(?P<mark>[/-]){_NUMBER}(?P=mark){_ANY_YEAR}", _day_of_month),
    _Rule(rf"{_BEFORE_DAY_DE}{_DAY}\.\s?{_NUMBER}\.(?!\s?\d){_PART_DE}", _day_of_month),
    _Rule(rf"{_CUE_DE}{_DAY}[./]{_NUMBER}(?!\d|[.,]\d)", _day_of_month),
    _Rule(
        rf"{_CUE_DE}{_DAY}\.\s+(?:d\.\s?m\.?|dieses\s+monats|(?P<which>letzten|naechsten|nachsten)\s+monats)", _day_alone
    ),
    _Rule(rf"{_WEEKDAY_DE}\s*,?\s+(?:de[nmr]\s+)?{_DAY}\.{_NO_DAY_DE}", _day_alone),
    _Rule(rf"{_CUE_DE}{_DAY}\.{_NO_DAY_DE}", _day_alone),
    _Rule(rf"(?:(?<=\d\. oder )|(?<=\d\. bis )){_DAY}\.{_NO_DAY_DE}", _day_alone),
    _Rule(rf"{_after('am', 'zum')}(?P<first>ersten)(?=\s*(?:[.,!?]|$))", _first_of_month),
    _Rule(rf"{_after('im jahr', 'aus', 'seit', 'von', 'im jahre', 'kauf', 'gekauft')}{_YEAR}", _year),
    _Rule(rf"{_after('habe', 'hab', 'haben', 'hatte', 'war', 'waren', 'schon')}{_YEAR}", _year),
    _Rule(rf"{_YEAR}(?=\s+(?:bei|gekauft|bestellt|erworben|war|waren|habe|hab|haben|hatte)\b)", _year),
    _Rule(rf"{_WHICH_DE}jahr\s+(?:zu|an)\s+(?P<feast>weihnachten|ostern|pfingsten|silvester)", _feast),
    _Rule(rf"{_WHICH_DE}{_WEEKDAY_DE}{_TIME_DE}", _weekday),
    _Rule(rf"(?P<until>{_after('bis', 'ab', 'fur', 'fuer', 'zum')}){_WEEKDAY_DE}{_TIME_DE}", _weekday),
    _Rule(rf"{_not_after('jeden', 'palm')}{_WEEKDAY_DE}{_TIME_DE}", _weekday),
    _Rule(rf"(?P<until>{_after('bis', 'ab', 'zum')})(?P<weekday>mo|di|mi|do|fr|sa){_SHORT_ENDS}", _weekday),
    _Rule(
        rf"{_after('am', 'mo oder', 'di oder', 'mi oder', 'do oder', 'fr oder')}"
        rf"(?P<weekday>mo|di|mi|do|fr|sa|so){_SHORT_ENDS}",
        _weekday,
    ),
    _Rule(rf"{_after('am', 'ubers', 'uebers')}(?P<unit>we)(?=[.,;!?\s]|$)", _weekend),
    _Rule(rf"heute\s+(?P<which>in|vor)\s+{_COUNT}\s+(?P<unit>tag(?:en)?|wochen?|monat(?:en)?)", _beside_today),
    _Rule(rf"heut(?:ig\w+\s+tage?s?|e)?{_TIME_DE}|heit|hutt?", _from_today(0)),
    _Rule(rf"vorge(?:stern|schtern?){_TIME_DE}", _from_today(-2)),
    _Rule(rf"geschtern?{_TIME_DE}|gestan", _from_today(-1)),
    _Rule(rf"morn{_TIME_DE}", _from_today(1)),
    _Rule(rf"gest(?:ern|rig\w+\s+tage?s?|rig\w+(?=\s+(?:vor|nach)?mittag|\s+abend)){_TIME_DE}", _from_today(-1)),
    _Rule(rf"(?:uber|ueber)morgen{_TIME_DE}", _from_today(2)),
    _Rule(
        _not_after(
            "guten", "gute", "guata", "guadn", "gueten", "schonen", "schoenen", "schoner", "am", "jeden", "diesen", "der",
            "den", "einen", "eines", "zum", "moin",
        )
        + r"(?<!^)morgen(?:\s+(?:fruh|frueh|vormittag|mittag|nachmittag|abend))?",
        _from_today(1),
    ),
    _Rule(r"^morgen(?!\s*[,!.\n]|\s+(?:zusammen|liebes|ich\b|an\s+alle))", _from_today(1)),
    _Rule(rf"(?P<third>anfang|mitte|ende)\s+{_MONTH_DE}(?:\s+{_YEAR})?", _month),
    _Rule(
        r"(?P<third>anfang|mitte|ende)\s+(?:(?:des|der|dieses|dieser|(?P<which>(?:letzt|nachst|naechst)e[nr]))\s+)?"
        r"(?P<unit>monats?|woche|jahr(?:es)?)",
        _span_of_time,
    ),
    _Rule(rf"{_MONTH_DE}\s+'?(?P<short>2\d)(?=\s*(?:[.,;!?)]|$|gekauft|bestellt))", _month),
    _Rule(r"(?P<unit>monat|jahr)(?:es|s)(?P<third>anfang|mitte|ende)", _span_of_time),
    _Rule(rf"{_WHICH_DE}(?P<unit>wochenende|wo?u?che|we\b|monats?|jahr(?:es)?)", _span_of_time),
    _Rule(rf"{_not_after('schones', 'schoenes', 'schons')}(?P<unit>wochenende)", _weekend),
    _Rule(rf"(?:{_WHICH_DE})?(?:kw|kalenderwoche)\s*(?P<week>5[0-3]|[1-4]\d|0?[1-9])", _calendar_week),
    _Rule(rf"{_WHICH_DE}{_MONTH_DE}", _month),
    _Rule(
        r"vor\s+(?:(?:ca\.?|[cz]irca|zirka|etwa|ungef(?:a|ae)hr|rund|gut|knapp|genau|(?:u|ue)ber|mehr\s+als|fast|bald|schon|erst|so)\s+)?"
        rf"(?:{_COUNT}\s+)?"
        r"(?P<unit>tage?n?|woche?n?|monat(?:en)?|jahr(?:en)?)",
        _ago,
    ),
    _Rule(
        rf"(?:{_WHICH_DE})?{_not_after('frohe', 'schone', 'schoene')}"
        r"(?P<feast>neujahr|valentinstag|nikolaus(?:tag)?|nikolo|karwoche|heilig\s?abend|weihnachten|stefanitag|silvester|palmsonntag|karfreitag|"
        r"gru?e?ndonnerstag|oster(?:n|sonntag|montag)|(?:wei(?:ss|ß)er\s+sonntag)|pfingst(?:en|sonntag|montag)|"
        r"(?:christi\s+)?himmelfahrt|fronleichnam|allerheiligen|vatertag|muttertag|black\s+friday|cyber\s+monday|halloween|reformationstag|"
        r"rosenmontag|faschingsdienstag|aschermittwoch|martini|dreikonig|heilige\s+drei\s+konige|tag\s+der\s+(?:arbeit|deutschen\s+einheit)|[1-4]\.\s+advent)",
        _feast,
    ),
    _Rule(
        rf"(?:{_WHICH_DE}|{_after('im', 'in den', 'bis zum')})"
        r"(?P<season>fruhling|fruehling|fruhjahr|fruehjahr|sommer|herbst|winter)(?!\s+(?:19|20)\d\d)",
        _season,
    ),
    _Rule(rf"(?P<season>fruhling|fruehling|fruhjahr|fruehjahr|sommer|herbst|winter)\s+{_YEAR}", _season),
    _Rule(r"heuer", lambda parts, today: _year({"year": str(today.year)}, today)),
    _Rule(r"zwischen\s+den\s+jahren", _between_the_years),
    _Rule(rf"{_MONTH_DE}(?:\s+{_YEAR}|\s+(?P<which>letzten|vorigen|dieses)\s+jahres)?", _month),
]  # fmt: skip

_BEGIN_ES = (
    r"\d|un\s|un[oa]s?\s|dos|tres|cua|cin|sei|sie|och|nue|die|onc|doc|tre|cat|qui|vei|var|algun|ult|par\s|lun|mar|mie|jue|vie|sab|dom|ene|feb|mar|abr|may|jun|jul|ago|sep|set|oct|nov|dic|pas|pro|hoy|ant|ayer|anoche|man|prin|"
    r"bier|diz|hot|buen|prime|sing|fies|corp|puen|otr|quin|seg|ter|cuart|1er|1ra|2d|3[er]|med|fin|sem|mes|ano|hace\s|san|carn|hal|cy|pascua|noche|nav|black|dia\s|dentro|h?ase\s|ace\s|todos\s+los|rey|ver|inv|oto|pri"
)
_BEGIN_DE = (
    r"\d|mon|die|mit|don|fre|sam|son|jan|jae|feb|mar|mae|apr|mai|jun|jul|aug|sep|okt|nov|dez|heut|gest|vor|ube|uebe|mor|anf|"
    r"hut|gesc|morn|man|mand|zisc|dun|fas|buss|tot|sing|prim|nachsc|let|1\.|viert|mitte|end|jahr|woc|kw|kal|letzt|ver|nach|naech|kom|folg|neuj|val|nik|heil|wei|ste|sil|pal|kar|gr|ost|pfi|chr|fro|all|vat|zwan|drei|vier|funf|fuenf|sech|sieb|acht|neun|zehn|elf|zwol|zwoel|zwei|ein|dri|karw|"
    r"martini|mut|bla|fru|som|her|win|erst|(?:mo|di|mi|do|fr|sa|so)\b|hei|heu|dre|him|zwisch|we\b|din|ref|ros|fas|asch|cy|hal|tag\s"
)
_GRAMMARS = {
    "es": _Grammar(_SPANISH, rf"(?:(?:el|la|las|los|est[ea]|es[ea]|aquel)\s+)?(?:{_BEGIN_ES}|mism|tarde)"),
    "de": _Grammar(_GERMAN, _BEGIN_DE),
}
