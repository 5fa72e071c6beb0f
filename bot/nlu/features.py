"""Texts as sparse vectors: lemmas, clusters of words and pieces of words, weighted by tf-idf.

The same as scikit-learn's `TfidfVectorizer` per block, written for one message at a time: a tenth of its time,
because nothing is validated or wrapped between the words and the numbers.
"""

from __future__ import annotations

import itertools
import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.words import LANGUAGES, Words

Line = tuple[str, str | None]
"""A normalised text (`bot.nlu.normalise.normalised`) and its language, None when it is not known."""

_TOKEN = re.compile(r"\w+|[?!]")


@dataclass(frozen=True)
class Block:
    """One kind of features: `weight` against the other blocks, and in how many texts one must occur to count."""

    name: str
    weight: float
    min_texts: int


BLOCKS = (Block("lemma", 1.0, 1), Block("cluster", 0.7, 1), Block("piece", 1.0, 2))
_PIECE = 2
UNFAMILIAR = 0.3
"""Share of pieces of a text that were ever learned, below which it is gibberish unless it has a known word."""

PIECES = (3, 6)
"""Shortest and longest run of characters within a word (with the blanks around it) that is a feature."""


class Featurizer:
    """Learns which features occur and how rare they are; then turns texts into vectors of length 1."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.vocabularies: list[dict[str, int]] = [{} for _ in BLOCKS]  # feature → column
        self.idf = np.zeros(0, dtype=np.float32)

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.idf)

    def fit(self, lines: Sequence[Line]) -> csr_matrix:
        """Learn the vocabulary from `lines`; returns their vectors, one row each."""
        texts_with: list[dict[str, int]] = [{} for _ in BLOCKS]
        for line in lines:
            for counts, grams in zip(texts_with, self._grams(line), strict=True):
                for gram in set(grams):
                    counts[gram] = counts.get(gram, 0) + 1
        idf: list[float] = []
        for number, (block, counts) in enumerate(zip(BLOCKS, texts_with, strict=True)):
            kept = sorted(gram for gram, texts in counts.items() if texts >= block.min_texts)
            self.vocabularies[number] = {gram: len(idf) + i for i, gram in enumerate(kept)}
            idf += [math.log((1 + len(lines)) / (1 + counts[gram])) + 1 for gram in kept]
        self.idf = np.array(idf, dtype=np.float32)
        return self.matrix(lines)

    def restore(self, vocabularies: Sequence[Sequence[str]], idf: np.ndarray) -> None:
        """Take over what another one learned: the features of each block in the order of their columns, and `idf`."""
        start = 0
        for number, features in enumerate(vocabularies):
            self.vocabularies[number] = {feature: start + i for i, feature in enumerate(features)}
            start += len(features)
        self.idf = idf

    def matrix(self, lines: Sequence[Line]) -> csr_matrix:
        """The vectors of `lines`, one row each."""
        columns, values, ends = array("i"), array("f"), [0]
        for line in lines:
            found, weights = self.vector(line)
            columns.frombytes(found.tobytes())
            values.frombytes(weights.tobytes())
            ends.append(len(columns))
        parts = (np.frombuffer(values, np.float32), np.frombuffer(columns, np.int32), np.array(ends))
        return csr_matrix(
            parts if len(columns) else ((), (), ends), shape=(len(lines), self.size), dtype=np.float32
        )

    def vector(self, line: Line) -> tuple[np.ndarray, np.ndarray]:
        """(columns, values) of one text: int32 and float32, of one length; empty when nothing is known in it."""
        columns: list[np.ndarray] = []
        values: list[np.ndarray] = []
        for block, vocabulary, grams in zip(BLOCKS, self.vocabularies, self._grams(line), strict=True):
            counts: dict[int, int] = {}
            for gram in grams:
                column = vocabulary.get(gram)
                if column is not None:
                    counts[column] = counts.get(column, 0) + 1
            if counts:
                found = np.fromiter(counts.keys(), np.int32, len(counts))
                weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[
                    found
                ]
                columns.append(found)
                values.append(weights * (block.weight / math.sqrt(float(weights @ weights))))
        if not columns:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        together = np.concatenate(values)
        return np.concatenate(columns), together / math.sqrt(float(together @ together))

    def familiar(self, line: Line) -> bool:
        """Whether the text has a word of the language, or is spelled like the texts learned from: "asdfgh" is not."""
        text, _language = line
        words = [word for word in _TOKEN.findall(text) if len(word) > 1 and word.isalpha()]
        if any(self.words.cluster(word, language) is not None for word in words for language in LANGUAGES):
            return True
        pieces = _pieces(text) if any(c.isalnum() for c in text) else []
        return sum(piece in self.vocabularies[_PIECE] for piece in pieces) > len(pieces) * UNFAMILIAR

    def _grams(self, line: Line) -> tuple[list[str], list[str], list[str]]:
        """The features of a text by block, in the order of `BLOCKS`, each as often as it occurs."""
        text, language = line
        tokens = _TOKEN.findall(text)
        lemmas = [self.words.lemma(token, language) for token in tokens]
        clusters = [f"{language}{self.words.cluster(token, language)}" for token in tokens]
        return _with_pairs(lemmas), _with_pairs(clusters), _pieces(text)


def _with_pairs(tokens: list[str]) -> list[str]:
    return [*tokens, *(f"{one} {two}" for one, two in itertools.pairwise(tokens))]


def _pieces(text: str) -> list[str]:
    shortest, longest = PIECES
    found = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        found += [
            padded[at : at + size] for size in range(shortest, longest + 1) for at in range(length - size + 1)
        ]
    return found
