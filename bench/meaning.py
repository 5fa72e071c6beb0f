"""Learn what words on products mean (bot.shop.meaning): ridge regression from pieces of words to topics.

Learned from: data/products/questions (questions by topic), data/products/words.yml (words by topic, words for the
same thing), data/decisions/attribute_words.yml, and the names of properties on product pages. A topic is one place of
the answer, a group of words for the same thing too; both languages share them, which is what joins the languages.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import scipy.sparse as sp
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.meaning import FILE, PLACES, Meaning, pieces
from bot.shop.model import Page
from bot.shop.words import LANGUAGES, topics_of_attribute, words_of

PRODUCTS = ROOT / "data" / "products"
DIMENSIONS = 200
RIDGE = 2.0
WORD_COUNTS = 0.6
"""What a single word counts against a question."""

SEEN = 2
"""Pieces seen in fewer texts tell nothing."""

Example = tuple[str, str, float]
_YAML = YAML(typ="safe")


def learned(pages: Iterable[Page]) -> Meaning:
    """The vectors, learned from the files and the names of the pages' properties."""
    pages = list(pages)
    examples = {language: list(_examples(language, pages)) for language in LANGUAGES}
    topics = sorted({topic for found in examples.values() for _, topic, _ in found} - {"none"})
    place = {topic: at for at, topic in enumerate(topics)}
    solved = {language: _solve(found, language, place) for language, found in examples.items()}
    together = sum(weights.T @ weights for weights, _ in solved.values())
    basis = np.linalg.eigh(together)[1][:, ::-1][:, :DIMENSIONS]
    return Meaning(
        {language: weights @ basis for language, (weights, _) in solved.items()},
        {language: rarity for language, (_, rarity) in solved.items()},
        dict(zip(topics, basis / np.linalg.norm(basis, axis=1, keepdims=True), strict=True)),
    )


def write(meaning: Meaning) -> None:
    """Put the vectors into their file, in 8 bits a number."""
    content: dict[str, np.ndarray] = {
        "topic_names": np.array(list(meaning.topics)),
        "topics": np.array(list(meaning.topics.values()), dtype=np.float16),
    }
    for language, table in meaning.tables.items():
        scale = np.abs(table).max(axis=0) / 127
        content[f"table_{language}"] = np.round(table / scale).astype(np.int8)
        content[f"scale_{language}"] = scale.astype(np.float32)
        content[f"rarity_{language}"] = meaning.rarities[language].astype(np.float16)
    np.savez_compressed(FILE, **content)


def _examples(language: str, pages: list[Page]) -> Iterator[Example]:
    """Texts with a topic each and what they count."""
    for topic, asked in _YAML.load(PRODUCTS / "questions" / f"{language}.yml").items():
        yield from ((question, topic, 1.0) for question in asked)
    words = _YAML.load(PRODUCTS / "words.yml")
    for topic, entry in words["topics"].items():
        yield from ((word, topic, WORD_COUNTS) for word in _words(entry[language]))
    for number, entry in enumerate(words["alike"]):
        yield from ((word, f"alike {number}", WORD_COUNTS) for word in _words(entry[language]))
    for topic, entry in _YAML.load(ROOT / "data" / "decisions" / "attribute_words.yml").items():
        yield from ((word.strip("~+"), topic, WORD_COUNTS) for word in _words(entry[language]))
    names = {(a.name, a.key) for page in pages if page.locale == language for a in page.attributes}
    for name, key in sorted(names):
        yield from ((name, topic, WORD_COUNTS) for topic in sorted(topics_of_attribute(key)))


def _words(listed: str) -> list[str]:
    return [word.replace("_", " ") for word in str(listed).split()]


def _solve(examples: list[Example], language: str, place: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Weights of pieces for topics, and the pieces' rarities (inverse document frequency)."""
    named: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, float] = {}
    for text, topic, weight in examples:
        named[text].add(topic)
        counts.setdefault(text, weight)
    texts = list(named)
    rows = _counted(texts, language)
    seen = np.asarray((rows > 0).sum(axis=0)).ravel()
    rarity = np.where(seen >= SEEN, np.log((1 + len(texts)) / (1 + seen)) + 1, 0.0)
    rows = rows @ sp.diags(rarity)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows = (sp.diags(1 / np.maximum(lengths, 1e-9)) @ rows).astype(np.float32)
    targets = np.zeros((len(texts), len(place)), dtype=np.float32)
    for at, text in enumerate(texts):
        targets[at, [place[topic] for topic in named[text] if topic in place]] = 1
    weight = np.sqrt(np.array([counts[text] for text in texts], dtype=np.float32))
    targets -= (targets * weight[:, None] ** 2).sum(axis=0) / (weight**2).sum()
    rows = (sp.diags(weight) @ rows).astype(np.float32)
    kernel = (rows @ rows.T).toarray()
    kernel[np.diag_indices_from(kernel)] += RIDGE
    solution = np.linalg.solve(kernel, targets * weight[:, None])
    return np.asarray(rows.T @ solution), rarity


def _counted(texts: list[str], language: str) -> sp.csr_matrix:
    """How often pieces occur in texts, damped."""
    places, owners = [], []
    for at, text in enumerate(texts):
        found = [place for word in words_of(text, language) for place in pieces(word, language)]
        places += found
        owners += [at] * len(found)
    rows = sp.csr_matrix((np.ones(len(places)), (owners, places)), shape=(len(texts), PLACES))
    rows.sum_duplicates()
    rows.data = 1 + np.vectorize(math.log)(rows.data)
    return rows
