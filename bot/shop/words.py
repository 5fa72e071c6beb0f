"""The words of shop texts and of customers' questions, in both languages: folded, stemmed, without fillers, by topic.

A *topic* is what a question or a passage is about (its size, washing, spare parts). Topics are the same in both
languages, so they join a question to a page in the other language, and words to their synonyms.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import Stemmer
from ruamel.yaml import YAML

from bot.base.settings import ROOT

LANGUAGES = ("es", "de")
_STEMMERS = {"es": "spanish", "de": "german"}
_DIGRAPHS = {"es": re.compile(r"(?!)"), "de": re.compile(r"(?<![aeq])ue|(?<!a)ae|(?<!o)oe")}
"""Spellings of umlauts; the vowel that stays is the first letter."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_SHORT = 4
"""Entries of a table up to this length stand for the word and its endings, longer ones for all that begins so."""

_ENDINGS = frozenset({"", "s", "es", "n", "en", "e", "er"})
_CUTS = sorted({len(ending) for ending in _ENDINGS})


@dataclass(frozen=True)
class Analysed:
    """A text as it is compared: its telling words with their stems, and the topics with the words that name them.

    `units`: kinds of measures it speaks of ("length"); `numbers`: whether it holds a figure; `quantity`: whether it
    asks for one ("wie viel").
    """

    stems: Mapping[str, str]
    topics: Mapping[str, frozenset[str]]
    units: frozenset[str]
    numbers: bool
    quantity: bool = False


def analysed(text: str, language: str) -> Analysed:
    """What a text says, to be compared with others. Words are the keys of `stems`, as they stand in the text, folded."""
    words = words_of(text, language)
    telling = {word: stem(word, language) for word in words if word not in function_words(language)}
    topics = _named(words, language, "attribute_words")
    quantity = bool(_quantity(language).search(" ".join(words)))
    measured = {kind for topic in topics for kind in _measured().get(topic, ())} if quantity else set()
    return Analysed(
        stems={word: root for word, root in telling.items() if len(word) > 1 or word.isdigit()},
        topics=topics,
        units=frozenset(measured)
        | frozenset(kind for kind, forms in _units().items() if any(word in forms for word in words)),
        numbers=any(word[0].isdigit() for word in words),
        quantity=quantity,
    )


def words_of(text: str, language: str) -> list[str]:
    """All words of a text, folded; figures stay whole."""
    return _WORD.findall(fold(text, language))


def fold(text: str, language: str) -> str:
    """Lower case, without accents and umlauts, however they were typed: "Größe", "Groesse" and "Grosse" are one."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _COMBINING.sub("", unicodedata.normalize("NFKD", plain))
    return _DIGRAPHS[language].sub(lambda match: match.group()[0], plain)


@functools.lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word (Snowball)."""
    root: str = _stemmer(language).stemWord(word)
    return root


@functools.cache
def function_words(language: str) -> frozenset[str]:
    """Words that say nothing about what a question is about."""
    return frozenset(fold(word, language) for word in _table("function_words")[language].split())


@functools.cache
def topics_of_attribute(key: str) -> frozenset[str]:
    """The topics that an attribute of a product page tells something about."""
    return frozenset(topic for topic, entry in _table("attribute_words").items() if key in entry["keys"])


def telling_words(text: str, language: str) -> set[str]:
    """The stems of the words of a text that tell something: without function words and courtesies."""
    fillers = function_words(language)
    return {stem(word, language) for word in words_of(text, language) if word not in fillers}


def kinds_of(text: str, language: str) -> dict[str, frozenset[str]]:
    """The kinds of things a text is about (lamp, headphones), each with the words that name it.

    Only what the first such word names: a lamp for the table is a lamp, no table.
    """
    words = words_of(text, language)
    named = _named(words, language, "product_kinds")
    head = next((word for word in words if any(word in naming for naming in named.values())), None)
    return {kind: naming for kind, naming in named.items() if head in naming}


@functools.lru_cache(maxsize=20_000)
def before_kind(word: str, language: str) -> str:
    """What stands before the kind in a compound ("eichen" in "Eichentisch"); nothing when the whole word names it."""
    whole, ends = _entries(language, "product_kinds")[:2]
    found = [
        word[: -len(end + ending)] for end, _ in ends for ending in _ENDINGS if word.endswith(end + ending)
    ]
    named = any(
        word == entry + ending
        for ending in _ENDINGS
        for entry in (word.removesuffix(ending),)
        if entry in whole
    )
    return "" if named or not found else min(found, key=len)


@functools.cache
def search_words(language: str) -> frozenset[str]:
    """Words of a search that say nothing about what is looked for ("haben Sie", "precio"), folded."""
    return frozenset(fold(word, language) for word in _table("product_kinds")["asking"][language].split())


def says_own(text: str, language: str) -> bool:
    """Whether a text speaks of the customer's own thing: "my lamp"."""
    own = _table("product_kinds")["own"][language].split()
    return any(word in own for word in words_of(text, language))


def parts_compared(text: str, language: str) -> list[str]:
    """The parts of a text between its "and", "or", "than" when it compares; else nothing."""
    words = " ".join(words_of(text, language))
    table = _table("product_kinds")
    if not re.search(rf"\b(?:{table['comparing'][language]})\b", words):
        return []
    return [part for part in re.split(rf"\b(?:{table['between'][language]})\b", words) if part.strip()]


def _named(words: list[str], language: str, table: str) -> dict[str, frozenset[str]]:
    """What a text names of a table's ideas, each with the words that name it."""
    found: dict[str, set[str]] = {}
    padded = f" {' '.join(words)} "
    for word in set(words):
        for idea in _ideas_of_word(word, language, table):
            found.setdefault(idea, set()).add(word)
    for expression, idea in _entries(language, table)[2]:
        if f" {expression}" in padded:
            found.setdefault(idea, set()).update(expression.split())
    return {idea: frozenset(named) for idea, named in found.items()}


@functools.lru_cache(maxsize=20_000)
def _ideas_of_word(word: str, language: str, table: str) -> frozenset[str]:
    """The ideas of a table whose entries fit a folded word: names of things as they are, other words as beginnings."""
    begun, inside, _ = _entries(language, table)
    names = table == "product_kinds"
    found = {
        idea
        for end in range(2, len(word) + 1)
        for idea in begun.get(word[:end], ())
        if word[end:] in _ENDINGS or (end > _SHORT and not names)
    }
    if names:
        ends = {
            word[start : -cut or None]
            for cut in _CUTS
            if word[-cut:] in _ENDINGS or not cut
            for start in range(len(word))
        }
        return frozenset(found | {idea for part, idea in inside if part in ends})
    found.update(idea for part, idea in inside if part in word)
    return frozenset(found)


@functools.cache
def _entries(
    language: str, table: str
) -> tuple[dict[str, list[str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Words or their beginnings → ideas; (part of a word, idea); (expression of several words, idea)."""
    beginnings: dict[str, list[str]] = {}
    inside: list[tuple[str, str]] = []
    expressions: list[tuple[str, str]] = []
    content = _table(table)
    for idea, entry in content.get("kinds", content).items():
        for written in str(entry[language]).split():
            word = fold(written, language)
            if "_" in word:
                expressions.append((word.replace("_", " "), idea))
            elif word[0] in "~+":
                inside.append((word[1:], idea))
            else:
                beginnings.setdefault(word, []).append(idea)
    return beginnings, inside, expressions


@functools.cache
def _quantity(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_table('units')['asked'][language]})\b")


@functools.cache
def _measured() -> dict[str, tuple[str, ...]]:
    """The kinds of measures a topic is told in."""
    return {topic: tuple(str(kinds).split()) for topic, kinds in _table("units")["told_in"].items()}


@functools.cache
def _units() -> dict[str, frozenset[str]]:
    return {kind: frozenset(str(forms).split()) for kind, forms in _table("units")["measures"].items()}


@functools.cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(_STEMMERS[language])


@functools.cache
def _table(name: str) -> dict[str, Any]:
    """A table of words under data/decisions."""
    table: dict[str, Any] = YAML(typ="safe").load(ROOT / "data" / "decisions" / f"{name}.yml")
    return table
