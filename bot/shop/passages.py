"""R16: the passage of a product page that answers a question, or none.

A question is compared with every passage of the page (property, answered question, description, box). Words
count by how rare they are on the page; a property is also found by the words customers use for it.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.model import Page

Kind = Literal["attribute", "question", "description", "box"]

ENOUGH = 1.6
"""A passage below this score does not answer the question: better to ask the seller than to guess."""

ATTRIBUTE_BONUS = 2.2
QUESTION_OVERLAP = 0.4
"""Share of an answered question's telling words that must stand in the customer's question."""

_WORD = re.compile(r"\w+")
_STEM = 6
_NAME = 4
"""Shorter words are no parts of a compound."""


@dataclass(frozen=True)
class Passage:
    """A stretch of a product page: `text` as it stands there, `heading` what it is under (a property, a question)."""

    kind: Kind
    heading: str
    text: str
    score: float


def best_passage(question: str, page: Page, *, locale: str | None = None) -> Passage | None:
    """The passage that answers `question` best, or None when the page does not say it."""
    language = locale or page.locale
    asked = telling_words(_without_names(question, page.title), language)
    if not asked:
        return None
    passages = _passages(page)
    rarity = _rarity([telling_words(f"{heading} {text}", page.locale) for _, _, heading, text in passages])
    scored = [
        Passage(kind, heading, text, _score(asked, kind, key, heading, text, page.locale, language, rarity))
        for kind, key, heading, text in passages
    ]
    best = max(scored, key=lambda passage: passage.score, default=None)
    return best if best is not None and best.score >= ENOUGH else None


def _score(
    asked: set[str],
    kind: Kind,
    key: str,
    heading: str,
    text: str,
    page_locale: str,
    language: str,
    rarity: dict[str, float],
) -> float:
    own = telling_words(f"{heading} {text}", page_locale)
    score = sum(rarity.get(word, 0.0) for word in asked & own)
    if kind == "attribute":
        customers_words = _attribute_words().get(key, {}).get(language, ())
        named = any(word.startswith(tuple(customers_words)) for word in asked) if customers_words else False
        if named or asked & telling_words(heading, page_locale):
            score += ATTRIBUTE_BONUS
    if kind == "question":
        telling = telling_words(heading, page_locale)
        share = len(asked & telling) / max(len(telling), 1)
        score = score + share if share >= QUESTION_OVERLAP else score * share
    if kind in {"description", "box"}:
        score *= 0.75
    return score


def _passages(page: Page) -> list[tuple[Kind, str, str, str]]:
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", page.description) if s]
    return [
        *(("attribute", a.key, a.name, a.value) for a in page.attributes),
        *(("question", "", question, answer) for question, answer in page.questions),
        *(("description", "", "", sentence) for sentence in sentences),
        *((("box", "", "", ", ".join(page.box)),) if page.box else ()),
    ]


def _rarity(documents: list[set[str]]) -> dict[str, float]:
    counts = Counter(word for words in documents for word in words)
    return {word: math.log(1 + len(documents) / count) for word, count in counts.items()}


def _without_names(question: str, title: str) -> str:
    """The question without words that only name the product: those of the title, and the last part of its compounds.

    "Lampe" tells nothing on the page of a "Tischlampe".
    """
    names = [word for word in _WORD.findall(_fold(title)) if len(word) >= _NAME]
    stems = {word[:_STEM] for word in _WORD.findall(_fold(title))}
    return " ".join(
        word
        for word in _WORD.findall(_fold(question))
        if word[:_STEM] not in stems and not (len(word) >= _NAME and any(n.endswith(word) for n in names))
    )


def telling_words(text: str, language: str) -> set[str]:
    """The words of a text that tell something, cut to their stems: without function words and courtesies."""
    return {word[:_STEM] for word in _WORD.findall(_fold(text)) if word not in _function_words(language)}


def _fold(text: str) -> str:
    text = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@functools.cache
def _function_words(language: str) -> frozenset[str]:
    return frozenset(_table("function_words")[language].split())


@functools.lru_cache(maxsize=1)
def _attribute_words() -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        key: {language: tuple(word[:_STEM] for word in words) for language, words in table.items()}
        for key, table in _table("attribute_words").items()
    }


def _table(name: str) -> dict[str, Any]:
    """A table of words under data/decisions."""
    table: dict[str, Any] = YAML(typ="safe").load(ROOT / "data" / "decisions" / f"{name}.yml")
    return table
