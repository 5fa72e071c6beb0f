"""R16: the passage of a product page that answers a question, or none.

Candidates are ranked by BM25 over words and topics of the page's passages. Whether the best one answers at all is
decided by a logistic regression on a few traits of question and passage, learned by `bench.passages`.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.model import Page
from bot.shop.ranking import Ranking
from bot.shop.words import Analysed, analysed, broad_topics, decisive_topics, topics_of_attribute

Kind = Literal["attribute", "question", "description", "box"]

WEIGHTS = ROOT / "data" / "decisions" / "passage_weights.yml"
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
class _Read:
    """A passage with what it says; `named` are the topics its heading stands for."""

    passage: Passage
    said: Analysed
    heading: Analysed
    named: frozenset[str]


@dataclass(frozen=True)
class _ReadPage:
    passages: tuple[_Read, ...]
    index: Ranking
    topics: frozenset[str]
    stems: frozenset[str]


def best_passage(question: str, page: Page, *, locale: str | None = None) -> Passage | None:
    """The passage that answers `question` best, or None when the page does not say it."""
    model = _model()
    scored = [
        (float(np.dot(model.weights[passage.kind == "question"], traits)) + model.bias, passage)
        for passage, traits in candidates(question, page, locale=locale or page.locale)
    ]
    score, best = max(scored, key=lambda pair: pair[0], default=(-math.inf, None))
    if best is None or score < model.enough:
        return None
    return replace(best, score=1 / (1 + math.exp(-score)))


def passages_of(page: Page) -> list[Passage]:
    """The passages of a page, in its order: properties, answered questions, sentences, the box."""
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", page.description) if s]
    return [
        *(Passage("attribute", a.name, a.value, 0.0, a.key) for a in page.attributes),
        *(Passage("question", question, answer, 0.0) for question, answer in page.questions),
        *(Passage("description", "", sentence, 0.0) for sentence in sentences),
        *((Passage("box", "", ", ".join(page.box), 0.0),) if page.box else ()),
    ]


TRAITS = (
    "words", "words_share", "topics", "topics_share", "topic_named", "topic_in_heading",
    "named_share", "explained", "unexplained", "unknown_to_page", "heading_covered",
    "heading_apart", "heading_topics_apart", "quantity", "quantity_told", "quantity_apart",
    "narrow_missing", "narrow_nowhere", "narrow_shared", "text_topic", "same_unit",
    "figure_for_figure", "figure_missing", "unit_alone", "topics_missing", "is_question",
    "is_attribute", "is_description", "is_box", "best_words", "best_topics", "asked_words",
    "no_topic", "decisive_missing", "decisive_shared", "other_language",
)  # fmt: skip


def candidates(question: str, page: Page, *, locale: str) -> list[tuple[Passage, np.ndarray]]:
    """All passages of a page with their traits for a question, in the order of `TRAITS`."""
    read = _read(page)
    asked = _without_names(analysed(question, locale), analysed(page.title.split(",")[0], locale))
    if not asked.stems and not asked.topics:
        return []
    by_words = read.index.scores([f"w:{s}" for s in asked.stems.values()])
    by_topics = read.index.scores([f"t:{t}" for t in asked.topics])
    rows = []
    for place, item in enumerate(read.passages):
        pair = (float(by_words[place]), float(by_topics[place]))
        best = (float(by_words.max()), float(by_topics.max()))
        rows.append((item.passage, _traits(asked, item, read, pair, best, locale == page.locale)))
    return rows


def _traits(
    asked: Analysed,
    item: _Read,
    page: _ReadPage,
    scores: tuple[float, float],
    best: tuple[float, float],
    same_language: bool,
) -> np.ndarray:
    passage, said = item.passage, item.said
    own_stems = set(said.stems.values())
    topics = set(said.topics) | item.named
    shared = set(asked.topics) & topics
    by_topic = {word for topic in shared for word in asked.topics[topic]}
    explained = [w for w, s in asked.stems.items() if s in own_stems or w in by_topic]
    unknown = [
        w
        for w, s in asked.stems.items()
        if s not in page.stems and not any(w in words for words in asked.topics.values())
    ]
    elsewhere = [t for t in asked.topics if t not in page.topics]
    heading_stems = set(item.heading.stems.values())
    heading_hits = [
        s
        for w, s in item.heading.stems.items()
        if s in asked.stems.values()
        or any(w in item.heading.topics[t] for t in shared & set(item.heading.topics))
    ]
    count = max(len(asked.stems), 1)
    named = set(asked.topics) & item.named
    decisive = set(asked.topics) & decisive_topics()
    narrow = set(asked.topics) - broad_topics()
    return np.array(
        [
            math.log1p(scores[0]),
            scores[0] / best[0] if best[0] else 0.0,
            math.log1p(scores[1]),
            len(shared) / max(len(asked.topics), 1),
            min(len(named), 3),
            min(len(set(asked.topics) & set(item.heading.topics)), 3),
            len(named) / max(len(asked.topics), 1),
            len(explained) / count,
            min(count - len(explained), 8) / 4,
            len(unknown) / count,
            len(heading_hits) / len(heading_stems) if heading_stems else 0.0,
            min(len(heading_stems) - len(heading_hits), 6) / 3,
            len(set(item.heading.topics) - set(asked.topics)) / max(len(item.heading.topics), 1),
            float(asked.quantity),
            float(asked.quantity and bool(said.units)),
            float(asked.quantity and not said.units),
            min(len(narrow - topics), 3),
            min(len(narrow - page.topics), 3),
            min(len(narrow & topics), 3),
            len(set(asked.topics) & (set(said.topics) - set(item.heading.topics)))
            / max(len(asked.topics), 1),
            float(bool(asked.units & said.units)),
            float(asked.numbers and said.numbers),
            float(bool(asked.units) and not said.numbers),
            float(bool(asked.units) and not (asked.units & said.units)),
            len(elsewhere) / max(len(asked.topics), 1),
            float(passage.kind == "question"),
            float(passage.kind == "attribute"),
            float(passage.kind == "description"),
            float(passage.kind == "box"),
            float(bool(best[0]) and scores[0] == best[0]),
            float(bool(best[1]) and scores[1] == best[1]),
            math.log1p(len(asked.stems)),
            float(not asked.topics),
            float(bool(decisive - topics)),
            float(bool(decisive & topics)),
            float(not same_language),
        ]
    )


def _without_names(asked: Analysed, title: Analysed) -> Analysed:
    """The question without the words that only name the product: those of its title, and parts of its compounds."""
    names = {word for word in title.stems if len(word) > 3}
    heads = set(title.stems.values())
    naming = {
        word
        for word, root in asked.stems.items()
        if root in heads or (len(word) > 3 and any(name.endswith(word) for name in names))
    }
    topics = {topic: words - naming for topic, words in asked.topics.items()}
    return Analysed(
        {word: root for word, root in asked.stems.items() if word not in naming},
        {topic: words for topic, words in topics.items() if words},
        asked.units,
        asked.numbers,
        asked.quantity,
    )


@functools.lru_cache(maxsize=_PAGES_KEPT)
def _read(page: Page) -> _ReadPage:
    items = []
    for passage in passages_of(page):
        heading = analysed(passage.heading, page.locale)
        said = analysed(f"{passage.heading} {passage.text}", page.locale)
        named = topics_of_attribute(passage.key) if passage.key else frozenset[str]()
        if passage.kind == "box":
            named = frozenset({"included"})
        items.append(_Read(passage, said, heading, named))
    documents = [
        [f"w:{s}" for s in i.said.stems.values()] + [f"t:{t}" for t in {*i.said.topics, *i.named}]
        for i in items
    ]
    return _ReadPage(
        tuple(items),
        Ranking(documents),
        frozenset(t for i in items for t in {*i.said.topics, *i.named}),
        frozenset(s for i in items for s in i.said.stems.values()),
    )


@dataclass(frozen=True)
class _Model:
    """Weights of the traits by whether the passage is an answered question; scores from `enough` on are answers."""

    weights: dict[bool, np.ndarray]
    bias: float
    enough: float


@functools.lru_cache(maxsize=1)
def _model() -> _Model:
    content = YAML(typ="safe").load(WEIGHTS)
    weights = {
        is_question: np.array([content[name][trait] for trait in TRAITS])
        for name, is_question in (("question", True), ("other", False))
    }
    return _Model(weights, content["bias"], math.log(content["enough"] / (1 - content["enough"])))
