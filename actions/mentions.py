"""What a text points at: a product by the words of its title, one of a list by its place, a number of pieces."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz

from bot.base.text import folded
from bot.base.texts import translate
from bot.shop.words import LANGUAGES, kinds_of

ALIKE = 4
"""Titles whose scores differ by less fit a text equally well."""

ENOUGH = 72
"""How alike (0–100) a text and a title must be for the text to mean it."""

BEGINNING = 4
"""Letters two words must share at their beginning to be forms, or a part and its compound, of one."""

FORM = 2
"""Letters by which the forms of a word differ at their ends."""

DENIED_IN = 5
"""Words of a clause that does nothing but say no to something, at most."""

_SAME_WORD = 85
_CLAUSES = re.compile(r"[,.;:!?…–]+")
_FIRST_PART = re.compile(r"\b\w+-(?=\w)")
_WORDS = re.compile(r"\w{3,}")
_NAMES = re.compile(r"(?<=\s)[A-ZÁÉÍÓÚÑÄÖÜ]\w{2,}")
_DIGIT = re.compile(r"(?<![\w,.-])(\d{1,2})(?![\w,.-]*\d)")
_COMMON = frozenset(
    {
        "para",
        "por",
        "con",
        "sin",
        "del",
        "los",
        "las",
        "una",
        "uno",
        "dos",
        "par",
        "juego",
        "pedido",
        "algo",
        "hay",
        "esta",
        "foto",
        "fotos",
    }
    | {
        "der",
        "die",
        "das",
        "und",
        "mit",
        "von",
        "fur",
        "furs",
        "aus",
        "nach",
        "ohne",
        "paar",
        "set",
        "bestellung",
        "konto",
        "foto",
        "fotos",
        "kurz",
        "laut",
    }
)
"""Words of titles that say nothing about which product it is."""


def mentioned(text: str, titles: Mapping[str, str], *, firm: bool = False) -> list[str]:
    """The keys of the titles that `text` means, best first: several when it fits them alike. Titles: key → title.

    `firm`: something else is meant unless this is clear, so the first part of a compound does not count: who asks
    on a lamp's page whether it may stand in the garden does not mean the garden shears.
    """
    words = [word for word in _WORDS.findall(folded(text)) if word not in _COMMON]
    if not words:
        return []
    scores = sorted(
        (
            (0.0 if _is_another_kind(words, text, title) else _likeness(words, title, firm), key)
            for key, title in titles.items()
        ),
        reverse=True,
    )
    best = scores[0][0] if scores else 0.0
    named = [key for score, key in scores if score >= ENOUGH and best - score < ALIKE]
    return named if named or firm else _of_kind(text, titles)


def corrected(text: str, locale: str) -> str:
    """What comes after the last "no," of a text that corrects itself ("the table … no, the other one, the mirror")."""
    parts = re.split(rf"[,.;…]\s*(?:{translate('bot', locale, 'words for correcting')})\s+", text, flags=re.I)
    return parts[-1] if len(parts[-1].split()) > 1 else text


def without_denied(text: str, locale: str) -> str:
    """A text without the clauses that only say no to something ("the lamp not, the other one: the keys")."""
    no = translate("bot", locale, "words for no")
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    denied = re.compile(rf"(?:.*\b)?(?:{no})|(?:{no})\b.*")
    kept = [
        clause
        for clause in clauses
        if len(clause.split()) > DENIED_IN or not denied.fullmatch(folded(clause).strip())
    ]
    return ", ".join(kept) if kept and len(kept) < len(clauses) else text


def missing(text: str, titles: Mapping[str, str], locale: str) -> list[str]:
    """The keys of what a text says is not there; without such, the only one it does not say has come."""
    lacking = re.compile(rf"\b(?:{translate('bot', locale, 'words for lacking')})\b")
    but = re.compile(rf"\b(?:{translate('bot', locale, 'words for but')})\b")
    there = re.compile(rf"\b(?:{translate('bot', locale, 'words for having come')})\b")
    came: set[str] = set()
    for clause in (part for one in _CLAUSES.split(text) for part in but.split(folded(one))):
        named = mentioned(clause, titles)
        if lacking.search(clause):
            if named:
                return named
        elif there.search(clause):
            came.update(named)
    rest = [key for key in titles if key not in came]
    return rest if came and len(rest) == 1 else []


def _of_kind(text: str, titles: Mapping[str, str]) -> list[str]:
    """The titles of the kind of thing that a text names by another word ("Kopfhörer", "Ohrhörer")."""
    kinds = _kinds(text)
    return [key for key, title in titles.items() if kinds and kinds <= _kinds(title)]


def of_another_kind(text: str, titles: Iterable[str]) -> bool:
    """Whether a text names a kind of thing that none of the titles is of ("the fridge", where a lamp was bought)."""
    kinds = _kinds(text)
    return bool(kinds) and all((own := _kinds_of_title(title)) and kinds.isdisjoint(own) for title in titles)


def _is_another_kind(words: list[str], text: str, title: str) -> bool:
    """Whether a text about other things shares only describing words with a title ("portable"), or those of its own kind."""
    kinds, own = _kinds(text), _kinds_of_title(title)
    if not kinds or not own or not kinds.isdisjoint(own):
        return False
    name = title.split(",")[0]
    naming = {word for language in LANGUAGES for found in kinds_of(text, language).values() for word in found}
    telling = {folded(word) for word in _NAMES.findall(name)} | {
        word for word in _WORDS.findall(folded(name)) if not own.isdisjoint(_kinds(word))
    }
    return not any(
        _word_likeness(one, word, firm=True) >= _SAME_WORD
        for one in telling
        for word in words
        if word not in naming
    )


def _kinds_of_title(title: str) -> frozenset[str]:
    """The kinds of things a title names; the last part of a compound with hyphens names one, too."""
    return _kinds(title) | _kinds(title.split(",")[0].split()[0].rpartition("-")[2])


@functools.lru_cache(maxsize=5000)
def _kinds(text: str) -> frozenset[str]:
    """The kinds of things a text or title names, in either language."""
    name = text.split(",")[0]
    return frozenset(kind for language in LANGUAGES for kind in kinds_of(name, language))


def place_in(text: str, locale: str, *, count: int) -> int | None:
    """Which of `count` listed things a short answer means ("the second one", "2"), counted from 0."""
    words = folded(text)
    if len(words.split()) > 5:
        return None
    places = translate("bot", locale, "words for places").split(",")
    for place, forms in enumerate(places[:count]):
        if re.search(rf"\b(?:{forms})\b", words):
            return place
    if re.search(rf"\b(?:{translate('bot', locale, 'words for the last')})\b", words):
        return count - 1
    return None


def pieces_in(text: str, locale: str, *, ordered: int, asked: bool) -> int | None:
    """How many of `ordered` pieces a text speaks of. Bare numbers count only in the answer to our question."""
    words = folded(text)
    whole = ["words for all pieces", "words for all"] if asked else ["words for all pieces"]
    if any(re.search(rf"\b(?:{translate('bot', locale, name)})\b", words) for name in whole):
        return ordered
    if re.search(rf"\b(?:{translate('bot', locale, 'words for one piece')})\b", words):
        return 1
    found = _DIGIT.search(words) if asked else None
    if found is None:
        return (
            1 if asked and re.search(rf"\b(?:{translate('bot', locale, 'words for one')})\b", words) else None
        )
    return int(found.group(1)) if 0 < int(found.group(1)) <= ordered else None


def _likeness(words: list[str], title: str, firm: bool) -> float:
    """How well a title's telling words stand in the text: the best hit weighs most, then how many there are."""
    name = folded(title.split(",")[0])
    telling = [
        word for word in _WORDS.findall(_FIRST_PART.sub("", name) if firm else name) if word not in _COMMON
    ]
    best = [max(_word_likeness(own, word, firm) for word in words) for own in telling]
    hits = [score for score in best if score >= _SAME_WORD]
    return max(hits) * 0.75 + 25 * len(hits) / len(telling) if hits else 0.0


def _word_likeness(own: str, word: str, firm: bool) -> float:
    """Forms of a word (plural, case) and the parts of a German compound count nearly as much as the same word."""
    shorter, longer = sorted((own, word), key=len)
    more = len(longer) - len(shorter)
    if len(shorter) >= BEGINNING and longer.startswith(shorter) and (more <= FORM or not firm):
        return 92.0
    if len(shorter) > BEGINNING and longer.endswith(shorter):
        return 92.0
    return float(fuzz.ratio(own, word)) if len(shorter) > BEGINNING else 100.0 * (own == word)
