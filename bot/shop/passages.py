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
ANOTHER_WORD = 1.6
"""What each further word counts that names the same property."""

COVERED = 0.6
"""Share of the question a stretch of description must cover to count in full."""

QUESTION_OVERLAP = 0.4
"""Share of an answered question's telling words that must stand in the customer's question."""

_WORD = re.compile(r"\w+")
_STEM = 6
_ALIKE = 0.67
"""Two words whose common beginning is this share of the longer one are forms of one word."""

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
    asked = _content(_without_names(question, page.title.split(",")[0]), language)
    if not asked:
        return None
    passages = _passages(page)
    rarity = _rarity([_content(f"{heading} {text}", page.locale) for _, _, heading, text in passages])
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
    found = _common(_content(f"{heading} {text}", page_locale), asked)
    score = sum(rarity.get(word, 0.0) for word in found)
    if kind == "attribute":
        return score + _property_bonus(asked, key, heading, page_locale, language)
    if kind == "question":
        telling = _content(heading, page_locale)
        share = len(_common(telling, asked)) / max(len(telling), 1)
        return score + ATTRIBUTE_BONUS * share if share >= QUESTION_OVERLAP else score * share
    covered = sum(any(_alike(own, word) for own in found) for word in asked) / len(asked)
    return score * (0.75 if covered >= COVERED else 0.3)


def _property_bonus(asked: set[str], key: str, heading: str, page_locale: str, language: str) -> float:
    """What it counts that a question names a property, by its name or by the words customers use for it."""
    beginnings = _attribute_words().get(key, {}).get(language, ())
    named = {word for word in asked if word.startswith(beginnings)} | _common(
        asked, _content(heading, page_locale)
    )
    return ATTRIBUTE_BONUS + ANOTHER_WORD * (len(named) - 1) if named else 0.0


def _common(words: set[str], others: set[str]) -> set[str]:
    """Those of `words` that stand in `others` too, in whatever form."""
    return {word for word in words if any(_alike(word, other) for other in others)}


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: a long common beginning, or a part of a compound."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _NAME and longer.startswith(shorter):
        return True
    if len(shorter) > _NAME and longer.endswith(shorter):
        return True
    beginning = max(_NAME, int(_ALIKE * len(longer)))
    return len(shorter) >= beginning and one[:beginning] == other[:beginning]


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


def _content(text: str, language: str) -> set[str]:
    """The words of a text that tell something, whole and folded."""
    return {word for word in _WORD.findall(_fold(text)) if word not in _function_words(language)}


def telling_words(text: str, language: str) -> set[str]:
    """The words of a text that tell something, cut to their stems: without function words and courtesies."""
    return {word[:_STEM] for word in _content(text, language)}


def _fold(text: str) -> str:
    text = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@functools.cache
def _function_words(language: str) -> frozenset[str]:
    return frozenset(_table("function_words")[language].split())


@functools.lru_cache(maxsize=1)
def _attribute_words() -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        key: {language: tuple(words) for language, words in table.items()}
        for key, table in _table("attribute_words").items()
    }


def _table(name: str) -> dict[str, Any]:
    """A table of words under data/decisions."""
    table: dict[str, Any] = YAML(typ="safe").load(ROOT / "data" / "decisions" / f"{name}.yml")
    return table
