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
_SHORT = 4
"""Entries of a table up to this length stand for the word and its endings, longer ones for all that begins so."""

_ENDINGS = frozenset({"", "s", "es", "n", "en", "e", "er"})


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
    topics = _named(" ".join(words), words, language)
    quantity = bool(_quantity(language).search(" ".join(words)))
    measured = {kind for topic in topics for kind in _measured().get(topic, ())} if quantity else set()
    return Analysed(
        stems={word: root for word, root in telling.items() if len(word) > 1 or word.isdigit()},
        topics=topics,
        units=frozenset(measured) | frozenset(kind for kind, forms in _units().items() if any(word in forms for word in words)),
        numbers=any(word[0].isdigit() for word in words),
        quantity=quantity,
    )


def words_of(text: str, language: str) -> list[str]:
    """All words of a text, folded; figures stay whole."""
    return _WORD.findall(fold(text, language))


def fold(text: str, language: str) -> str:
    """Lower case, without accents and umlauts, however they were typed: "Größe", "Groesse" and "Grosse" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _DIGRAPHS[language].sub(lambda match: match.group()[0], plain)


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


@functools.cache
def broad_topics() -> frozenset[str]:
    """Topics that fit nearly every product, so that sharing one says little."""
    return frozenset(str(_table("units")["broad"]).split())


@functools.cache
def decisive_topics() -> frozenset[str]:
    """Topics that a passage has to speak of to answer a question on them."""
    return frozenset(str(_table("units")["decisive"]).split())


def telling_words(text: str, language: str) -> set[str]:
    """The stems of the words of a text that tell something: without function words and courtesies."""
    fillers = function_words(language)
    return {stem(word, language) for word in words_of(text, language) if word not in fillers}


def _named(text: str, words: list[str], language: str) -> dict[str, frozenset[str]]:
    """The topics a text names, each with the words that name it."""
    found: dict[str, set[str]] = {}
    _, _, expressions = _topic_entries(language)
    padded = f" {text} "
    for word in set(words):
        for topic in _topics_of_word(word, language):
            found.setdefault(topic, set()).add(word)
    for expression, topic in expressions:
        if f" {expression}" in padded:
            found.setdefault(topic, set()).update(expression.split())
    return {topic: frozenset(named) for topic, named in found.items()}


@functools.lru_cache(maxsize=20_000)
def _topics_of_word(word: str, language: str) -> frozenset[str]:
    """The topics whose entries fit a folded word."""
    beginnings, inside, _ = _topic_entries(language)
    found = {
        topic
        for end in range(2, len(word) + 1)
        for topic in beginnings.get(word[:end], ())
        if end > _SHORT or word[end:] in _ENDINGS
    }
    return frozenset(found | {topic for part, topic in inside if part in word})


@functools.cache
def _topic_entries(
    language: str,
) -> tuple[dict[str, list[str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Beginnings of words → topics; (part of a word, topic); (expression of several words, topic)."""
    beginnings: dict[str, list[str]] = {}
    inside: list[tuple[str, str]] = []
    expressions: list[tuple[str, str]] = []
    for topic, entry in _table("attribute_words").items():
        for written in str(entry[language]).split():
            word = fold(written, language)
            if "_" in word:
                expressions.append((word.replace("_", " "), topic))
            elif word.startswith("~"):
                inside.append((word[1:], topic))
            else:
                beginnings.setdefault(word, []).append(topic)
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
