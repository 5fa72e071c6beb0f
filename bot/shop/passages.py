"""R16: the passage of a product page that answers a question, or none.

Question and passages are compared by what their words mean (`bot.shop.meaning`): word by word, so that what a passage
leaves unsaid is noticed, and as wholes. From these traits a learned measure (a choice among the passages and "none of
them", `bench.passages`) says how likely each passage is to answer.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.meaning import meaning, word_meaning
from bot.shop.model import Page
from bot.shop.words import Analysed, analysed, topics_of_attribute, words_of

Kind = Literal["attribute", "question", "description", "box"]

WEIGHTS = ROOT / "data" / "products" / "passage_weights.yml"
GROUPS = ("attribute", "question", "other")
"""Kinds of passages with weights of their own."""

OTHER_WORD = 0.9
"""The most that a word counts for another one of the same meaning."""

CLOSE = 0.5
"""Confidence from which a passage that is not surely the answer is still worth being shown as what comes closest."""

_PAGES_KEPT = 500


@dataclass(frozen=True)
class Passage:
    """A stretch of a product page: `text` as it stands there, `heading` what it is under (a property, a question).

    `key` is the attribute's key, if it is one; `score` the confidence (0–1) that it answers.
    """

    kind: Kind
    heading: str
    text: str
    score: float
    key: str = ""


@dataclass(frozen=True)
class _Words:
    """Telling words: their stems, directions (a row each) and rarities."""

    stems: np.ndarray
    directions: np.ndarray
    rarities: np.ndarray


@dataclass(frozen=True)
class _Read:
    """A passage as it is compared: all its words, those of its heading, the directions of both and of its topics."""

    passage: Passage
    said: Analysed
    words: _Words
    heading: _Words
    whole: np.ndarray
    title: np.ndarray
    topics: np.ndarray


def best_passage(question: str, page: Page, *, locale: str | None = None) -> Passage | None:
    """The passage that answers `question` best, or None when the page does not say it."""
    found = likeliest_passage(question, page, locale=locale)
    return found if found and found.score >= _weights().enough else None


def likeliest_passage(question: str, page: Page, *, locale: str | None = None) -> Passage | None:
    """The passage of a page that is likeliest to answer, however unlikely; None for a page without any."""
    found = candidates(question, page, locale=locale or page.locale)
    if not found:
        return None
    weights = _weights()
    scores = np.array([weights.by_group[group_of(passage)] @ traits for passage, traits in found])
    chances = np.exp(scores - max(scores.max(), weights.none))
    chances /= chances.sum() + math.exp(weights.none - max(scores.max(), weights.none))
    best = int(chances.argmax())
    return replace(found[best][0], score=float(chances[best]))


def passages_of(page: Page) -> list[Passage]:
    """The passages of a page, in its order: properties, answered questions, sentences, the box."""
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", page.description) if s]
    return [
        *(Passage("attribute", a.name, a.value, 0.0, a.key) for a in page.attributes),
        *(Passage("question", question, answer, 0.0) for question, answer in page.questions),
        *(Passage("description", "", sentence, 0.0) for sentence in sentences),
        *((Passage("box", "", ", ".join(page.box), 0.0),) if page.box else ()),
    ]


def group_of(passage: Passage) -> str:
    """Which weights a passage is measured by."""
    return passage.kind if passage.kind in GROUPS else "other"


COMPARED = (
    "heading_alike",
    "text_alike",
    "topic_alike",
    "told",
    "told_by_heading",
    "told_exactly",
    "explained",
)
"""Traits that are also taken beside those of the page's other passages."""

TRAITS = (
    *COMPARED,
    "told_rarest", "heading_told", "heading_told_exactly", "untold", "untold_most",
    "quantity", "quantity_told", "quantity_apart", "figure_for_figure", "figure_missing", "same_unit", "unit_alone",
    "asked_words", "is_question", "is_attribute", "is_box", "other_language", "constant",
    *(f"{trait}_beside" for trait in COMPARED), "ahead",
)  # fmt: skip


def candidates(question: str, page: Page, *, locale: str) -> list[tuple[Passage, np.ndarray]]:
    """All passages of a page with their traits for a question, in the order of `TRAITS`; none for mere courtesies."""
    read = _read(page)
    said = analysed(question, locale)
    naming = _naming(said.stems, analysed(page.title.split(",")[0], locale).stems)
    asked = _words({word: stem for word, stem in said.stems.items() if word not in naming}, locale)
    if not len(asked.stems) or not read:
        return []
    whole = meaning().text([word for word in words_of(question, locale) if word not in naming], locale)
    rows = np.array([_traits(asked, said, whole, item, locale != page.locale) for item in read])
    return [
        (item.passage, row) for item, row in zip(read, np.hstack([rows, _beside_others(rows)]), strict=True)
    ]


def _naming(stems: Mapping[str, str], title: Mapping[str, str]) -> set[str]:
    """The words that only name the product: those of its title, and ends of its compounds ("Lampe" of "Tischlampe")."""
    names = set(title.values())
    return {
        word
        for word, root in stems.items()
        if root in names or (len(word) > 3 and any(name.endswith(word) for name in title))
    }


def _traits(asked: _Words, said: Analysed, whole: np.ndarray, item: _Read, foreign: bool) -> list[float]:
    """The traits of one passage by itself."""
    passage = item.passage
    alike, exact = _nearness(asked, item.words)
    by_heading, exact_heading = _nearness(asked, item.heading)
    near = alike.max(axis=1, initial=0.0)
    topics = asked.directions @ item.topics.T
    explained = np.maximum(
        np.maximum(near, asked.directions @ item.whole), topics.max(axis=1, initial=0.0)
    ).clip(0, 1)
    rarity = asked.rarities
    total = rarity.sum()
    told = exact.max(axis=1, initial=0.0)
    heading_total = item.heading.rarities.sum() or 1.0
    return [
        float(whole @ item.title),
        float(whole @ item.whole),
        float((item.topics @ whole).max(initial=0.0)),
        float(near @ rarity / total),
        float(by_heading.max(axis=1, initial=0.0) @ rarity / total),
        float(told @ rarity / total),
        float(explained @ rarity / total),
        float((told * rarity).max()) / 8,
        float(by_heading.max(axis=0, initial=0.0) @ item.heading.rarities / heading_total),
        float(exact_heading.max(axis=0, initial=0.0) @ item.heading.rarities / heading_total),
        float((1 - explained) @ rarity) / 30,
        float(((1 - explained) * rarity).max()) / 8,
        float(said.quantity),
        float(said.quantity and bool(item.said.units)),
        float(said.quantity and not item.said.units),
        float(said.numbers and item.said.numbers),
        float(said.numbers and not item.said.numbers),
        float(bool(said.units & item.said.units)),
        float(bool(said.units) and not (said.units & item.said.units)),
        math.log1p(len(asked.stems)),
        float(passage.kind == "question"),
        float(passage.kind == "attribute"),
        float(passage.kind == "box"),
        float(foreign),
        1.0,
    ]


def _nearness(asked: _Words, others: _Words) -> tuple[np.ndarray, np.ndarray]:
    """How near each asked word is to each of others (0–1), and whether they are forms of one word."""
    if not len(others.stems):
        return np.zeros((len(asked.stems), 0)), np.zeros((len(asked.stems), 0))
    exact = (asked.stems[:, None] == others.stems[None, :]).astype(float)
    alike = OTHER_WORD * (asked.directions @ others.directions.T).clip(0, 1)
    return np.maximum(alike, exact), exact


def _beside_others(rows: np.ndarray) -> np.ndarray:
    """For each compared trait its share of the page's highest; the lead in likeness."""
    compared = rows[:, : len(COMPARED)]
    highest = compared.max(axis=0)
    share = np.where(highest > 0, compared / np.where(highest > 0, highest, 1), 0).clip(-1, 1)
    likeness = compared[:, :3].max(axis=1)
    ranked = np.sort(likeness)[::-1]
    second = ranked[min(1, len(ranked) - 1)]
    ahead = likeness - np.where(likeness == ranked[0], second, ranked[0])
    return np.hstack([share, ahead[:, None]])


@functools.lru_cache(maxsize=_PAGES_KEPT)
def _read(page: Page) -> tuple[_Read, ...]:
    return tuple(_read_passage(passage, page.locale) for passage in passages_of(page))


def _read_passage(passage: Passage, locale: str) -> _Read:
    text = f"{passage.heading} {passage.text}"
    said = analysed(text, locale)
    topics = topics_of_attribute(passage.key) if passage.key else frozenset[str]()
    if passage.kind == "box":
        topics = frozenset({"included"})
    known = meaning()
    directions = [known.topics[topic] for topic in sorted(topics) if topic in known.topics]
    whole = known.text(words_of(text, locale), locale)
    return _Read(
        passage=passage,
        said=said,
        words=_words(said.stems, locale),
        heading=_words(analysed(passage.heading, locale).stems, locale),
        whole=whole,
        title=known.text(words_of(passage.heading, locale), locale),
        topics=np.array(directions) if directions else np.zeros((0, len(whole))),
    )


def _words(stems: Mapping[str, str], locale: str) -> _Words:
    known = [word_meaning(word, locale) for word in stems]
    directions = np.array([word.direction for word in known]) if known else np.zeros((0, 0))
    return _Words(np.array(list(stems.values())), directions, np.array([word.rarity for word in known]))


@dataclass(frozen=True)
class _Weights:
    """Weights of the traits by group of passages; the score of "none of them"; answers are chances from `enough` on."""

    by_group: dict[str, np.ndarray]
    none: float
    enough: float


@functools.lru_cache(maxsize=1)
def _weights() -> _Weights:
    content = YAML(typ="safe").load(WEIGHTS)
    by_group = {group: np.array([content[group][trait] for trait in TRAITS]) for group in GROUPS}
    return _Weights(by_group, content["none"], content["enough"])
