"""R16: the passage of a product page that answers a question, or none.

Question and passages are compared by what their words mean (`bot.shop.meaning`): word by word, so that what a passage
leaves unsaid is noticed, and as wholes. From these traits a learned measure (a choice among the passages and "none of
them", `bench.passages`) says how likely each passage is to answer.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.meaning import Pieces, meaning, word_meaning
from bot.shop.model import Page
from bot.shop.words import Analysed, analysed, telling_words, topics_of_attribute, words_of

Kind = Literal["attribute", "question", "description", "box"]

WEIGHTS = ROOT / "data" / "products" / "passage_weights.yml"
GROUPS = ("attribute", "question", "other")
"""Kinds of passages with weights of their own."""

OTHER_WORD = 0.9
"""The most that a word counts for another one of the same meaning."""

CLOSE = 0.2
"""Confidence from which a passage that is not surely the answer is still worth being shown as what comes closest."""

CLOSEST = 3
"""Passages that are shown as what comes closest, at most …"""

NEARLY_AS_CLOSE = 0.25
"""… and how likely each has to be against the likeliest."""

_PAGES_KEPT = 500
_QUESTIONS_KEPT = 20_000


@dataclass(frozen=True)
class Passage:
    """A stretch of a product page: `text` as it stands there, `heading` what it is under (a property, a question).

    `key` is the attribute's key, if it is one; `score` the confidence (0–1) that it answers, `sure` whether that is enough.
    """

    kind: Kind
    heading: str
    text: str
    score: float
    key: str = ""
    sure: bool = False


@dataclass(frozen=True)
class _Words:
    """Telling words: their stems, directions (a row each) and rarities."""

    stems: np.ndarray
    directions: np.ndarray
    rarities: np.ndarray


@dataclass(frozen=True)
class _Question:
    """A question as it is compared: its telling words, its direction as a whole, and how it is worded."""

    words: _Words
    whole: np.ndarray
    pieces: Pieces


@dataclass(frozen=True)
class _Read:
    """A passage as it is compared: all its words, those of its heading, the directions of both and of its topics.

    `answered` are the questions it has answered before.
    """

    passage: Passage
    said: Analysed
    words: _Words
    heading: _Words
    whole: np.ndarray
    pieces: Pieces
    title: np.ndarray
    topics: np.ndarray
    answered: tuple[_Question, ...]


def best_passage(question: str, page: Page, *, locale: str | None = None) -> Passage | None:
    """The passage that answers `question` best, or None when the page does not say it."""
    ranked = ranked_passages(question, page, locale=locale)
    return ranked[0] if ranked and ranked[0].sure else None


def closest_passages(question: str, page: Page, *, locale: str | None = None) -> list[Passage]:
    """What of a page to show for a question: the one passage that surely answers, else those that come closest, or none."""
    ranked = ranked_passages(question, page, locale=locale)
    if not ranked or ranked[0].score < CLOSE:
        return []
    if ranked[0].sure:
        return ranked[:1]
    return [one for one in ranked[:CLOSEST] if one.score >= NEARLY_AS_CLOSE * ranked[0].score]


def ranked_passages(question: str, page: Page, *, locale: str | None = None) -> list[Passage]:
    """The passages of a page, the likeliest to answer first, however unlikely; what is missing to 1 is that none does."""
    found = candidates(question, page, locale=locale or page.locale)
    if not found:
        return []
    if known := _word_for_word(question, page):
        return [replace(known, score=1.0, sure=True)]
    weights = _weights()
    scores = np.array([weights.by_group[group_of(passage)] @ traits for passage, traits in found])
    chances = np.exp(scores - max(scores.max(), weights.none))
    chances /= chances.sum() + math.exp(weights.none - max(scores.max(), weights.none))
    order = np.argsort(-chances, kind="stable")
    enough = weights.enough if page.asked else weights.enough_unasked
    return [replace(found[at][0], score=float(chances[at]), sure=bool(chances[at] >= enough)) for at in order]


def _word_for_word(question: str, page: Page) -> Passage | None:
    """The passage that has answered a question of the same telling words; None when there is none, or more than one."""
    telling = telling_words(question, page.locale)
    answered = [passage for passage in passages_of(page) if passage.kind == "question"]
    same = {
        passage for passage in answered if telling and telling_words(passage.heading, page.locale) == telling
    }
    return same.pop() if len(same) == 1 else None


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
    "worded_alike",
    "asked_alike",
    "asked_told",
    "asked_worded",
)
"""Traits that are also taken beside those of the page's other passages."""

TRAITS = (
    *COMPARED,
    "told_rarest", "heading_told", "heading_told_exactly", "untold", "untold_most",
    "quantity", "quantity_told", "quantity_apart", "figure_for_figure", "figure_missing", "same_unit", "unit_alone",
    "asked_words", "is_question", "is_attribute", "is_box", "other_language", "constant",
    "unanswered_alike", "unanswered_told", "unanswered_worded", "asked_known",
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
    pieces = meaning().pieces((word for word in said.stems if word not in naming), locale)
    new = _Question(asked, whole, pieces)
    unanswered = _likeness(new, _unanswered(page))
    rows = np.array(
        [
            [
                *_traits(new, said, item),
                float(locale != page.locale),
                1.0,
                *unanswered,
                float(bool(page.asked)),
            ]
            for item in read
        ]
    )
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


def _traits(question: _Question, said: Analysed, item: _Read) -> list[float]:
    """The traits of one passage by itself."""
    asked, whole = question.words, question.whole
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
        question.pieces.alike([item.pieces]),
        *_likeness(question, item.answered),
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
    ]


def _likeness(question: _Question, earlier: Sequence[_Question]) -> tuple[float, float, float]:
    """How like the likest of earlier questions is: in what it means, word by word in both directions, in its wording."""
    if not earlier:
        return 0.0, 0.0, 0.0
    return (
        max(float(question.whole @ one.whole) for one in earlier),
        max(_told_both_ways(question.words, one.words) for one in earlier),
        question.pieces.alike(one.pieces for one in earlier),
    )


def _told_both_ways(words: _Words, others: _Words) -> float:
    """How much of either text the other one tells (0–1)."""
    near, _ = _nearness(words, others)
    there = near.max(axis=1, initial=0.0) @ words.rarities / words.rarities.sum()
    back = near.max(axis=0, initial=0.0) @ others.rarities / (others.rarities.sum() or 1.0)
    return math.sqrt(max(there * back, 0.0))


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
    passages = passages_of(page)
    answered: list[list[str]] = [[] for _ in passages]
    for asked in page.asked:
        for at in saying(passages, asked.says):
            answered[at].append(asked.question)
    return tuple(
        _read_passage(passage, page.locale, questions)
        for passage, questions in zip(passages, answered, strict=True)
    )


@functools.lru_cache(maxsize=_PAGES_KEPT)
def _unanswered(page: Page) -> tuple[_Question, ...]:
    return tuple(_read_question(asked.question, page.locale) for asked in page.asked if not asked.says)


@functools.lru_cache(maxsize=_QUESTIONS_KEPT)
def _read_question(question: str, locale: str) -> _Question:
    stems = analysed(question, locale).stems
    known = meaning()
    return _Question(
        _words(stems, locale),
        known.text(words_of(question, locale), locale),
        known.pieces(stems, locale),
    )


def saying(passages: Sequence[Passage], stretch: str) -> list[int]:
    """Where a stretch of a page's text stands among its passages: where it is all there is, else where it occurs."""
    if not stretch:
        return []
    whole = [at for at, passage in enumerate(passages) if passage.text == stretch]
    return whole or [
        at for at, passage in enumerate(passages) if stretch in f"{passage.heading}: {passage.text}"
    ]


def _read_passage(passage: Passage, locale: str, answered: list[str]) -> _Read:
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
        pieces=known.pieces(said.stems, locale),
        title=known.text(words_of(passage.heading, locale), locale),
        topics=np.array(directions) if directions else np.zeros((0, len(whole))),
        answered=tuple(_read_question(question, locale) for question in answered),
    )


def _words(stems: Mapping[str, str], locale: str) -> _Words:
    known = [word_meaning(word, locale) for word in stems]
    directions = np.array([word.direction for word in known]) if known else np.zeros((0, 0))
    return _Words(np.array(list(stems.values())), directions, np.array([word.rarity for word in known]))


@dataclass(frozen=True)
class _Weights:
    """Weights of the traits by group of passages; the score of "none of them".

    Answers are chances from `enough` on, from `enough_unasked` on pages where nothing was asked before.
    """

    by_group: dict[str, np.ndarray]
    none: float
    enough: float
    enough_unasked: float


@functools.lru_cache(maxsize=1)
def _weights() -> _Weights:
    content = YAML(typ="safe").load(WEIGHTS)
    by_group = {group: np.array([content[group][trait] for trait in TRAITS]) for group in GROUPS}
    return _Weights(by_group, content["none"], content["enough"], content["enough_unasked"])
