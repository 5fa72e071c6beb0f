"""Texts as sparse vectors: lemmas, clusters of words and pieces of words, weighted by tf-idf.

The same as scikit-learn's `TfidfVectorizer` per block, written for one message at a time: a tenth of its time,
because nothing is validated or wrapped between the words and the numbers.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

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
_WEIGHTS = np.array([block.weight for block in BLOCKS])
_PIECE = 2

CHUNK = 500
"""Lines that are turned into vectors at once."""

WORDS_REMEMBERED = 20_000
"""Words whose pieces are kept between texts, about 300 bytes each: most words of a message came before."""

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
        self._tokens_known: dict[tuple[str, str | None], tuple[str, str]] = {}  # word → its lemma and cluster
        self._pieces_known: dict[str, np.ndarray] = {}  # word → columns of its pieces

    @property
    def _starts(self) -> np.ndarray:
        """The first column of each block."""
        return np.cumsum([0, *map(len, self.vocabularies[:-1])])

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
        self._pieces_known.clear()
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
        self._pieces_known.clear()
        for number, features in enumerate(vocabularies):
            self.vocabularies[number] = {feature: start + i for i, feature in enumerate(features)}
            start += len(features)
        self.idf = idf

    def matrix(self, lines: Sequence[Line]) -> csr_matrix:
        """The vectors of `lines`, one row each; a row is empty when nothing is known in its text."""
        chunks = [self._chunk(lines[at : at + CHUNK]) for at in range(0, len(lines), CHUNK)]
        return chunks[0] if len(chunks) == 1 else vstack(chunks, format="csr") if chunks else self._chunk([])

    def _chunk(self, lines: Sequence[Line]) -> csr_matrix:
        """The vectors of some lines, all at once: numpy's calls cost more than what they compute for one line."""
        columns = [self._columns(line) for line in lines]
        keys = np.concatenate([np.zeros(0, np.int64), *columns])
        keys += np.repeat(np.arange(len(lines)) * self.size, [len(found) for found in columns])
        keys.sort()
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        counts = np.diff(np.append(first, len(keys)))
        rows, found = np.divmod(keys[first], max(self.size, 1))
        values = (1 + np.log(counts)) * self.idf[found]
        blocks = rows * len(BLOCKS) + np.searchsorted(self._starts, found, side="right") - 1
        lengths = np.bincount(blocks, values * values, minlength=len(lines) * len(BLOCKS))
        values *= _WEIGHTS[blocks % len(BLOCKS)] / np.sqrt(lengths[blocks])
        values /= np.sqrt(np.bincount(rows, values * values, minlength=len(lines))[rows])
        ends = np.searchsorted(rows, np.arange(len(lines) + 1))
        return csr_matrix(
            (values.astype(np.float32), found.astype(np.int32), ends.astype(np.int32)),
            shape=(len(lines), self.size),
        )

    def _columns(self, line: Line) -> np.ndarray:
        """Columns of the known features of a text, each as often as it occurs."""
        lemmas, clusters = self._tokens(line)
        by_name = [
            column
            for known, grams in zip(
                self.vocabularies[:_PIECE], (_with_pairs(lemmas), _with_pairs(clusters)), strict=True
            )
            for gram in grams
            if (column := known.get(gram)) is not None
        ]
        return np.concatenate([np.array(by_name, np.int64), *map(self._columns_of_word, line[0].split())])

    def _columns_of_word(self, word: str) -> np.ndarray:
        found = self._pieces_known.get(word)
        if found is None:
            if len(self._pieces_known) >= WORDS_REMEMBERED:
                self._pieces_known.clear()
            known = self.vocabularies[_PIECE]
            columns = [column for piece in _pieces(word) if (column := known.get(piece)) is not None]
            found = self._pieces_known[word] = np.array(columns, np.int64)
        return found

    def familiar(self, line: Line) -> bool:
        """Whether the text has a word of the language, or is spelled like the texts learned from: "asdfgh" is not."""
        text, _language = line
        words = (word for word in _TOKEN.findall(text) if len(word) > 1 and word.isalpha())
        if any(self.words.cluster(word, language) is not None for word in words for language in LANGUAGES):
            return True
        pieces = _pieces(text) if any(c.isalnum() for c in text) else []
        return sum(piece in self.vocabularies[_PIECE] for piece in pieces) > len(pieces) * UNFAMILIAR

    def _grams(self, line: Line) -> tuple[list[str], list[str], list[str]]:
        """The features of a text by block, in the order of `BLOCKS`, each as often as it occurs."""
        lemmas, clusters = self._tokens(line)
        return _with_pairs(lemmas), _with_pairs(clusters), _pieces(line[0])

    def _tokens(self, line: Line) -> tuple[list[str], list[str]]:
        """(lemmas, clusters) of a text's words."""
        text, language = line
        if len(self._tokens_known) >= WORDS_REMEMBERED:
            self._tokens_known = {}
        known, lemmas, clusters = self._tokens_known, [], []
        for token in _TOKEN.findall(text):
            names = known.get((token, language))
            if names is None:
                names = self.words.lemma(token, language), f"{language}{self.words.cluster(token, language)}"
                known[token, language] = names
            lemmas.append(names[0])
            clusters.append(names[1])
        return lemmas, clusters


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
