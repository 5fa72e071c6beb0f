"""Texts as sparse vectors: lemmas, clusters of words and pieces of words, weighted by how rare they are.

A text is the set of its words and of its pairs of neighbours, and each of these is a set of features. So a vector is a
sum over words, and so is every score of it: what a word adds is computed once (`bot.nlu.scorer`).
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

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
_WEIGHTS = np.array([block.weight for block in BLOCKS], np.float32)
_PIECE = 2

RARITY = 1.2
"""Power of a feature's inverse document frequency; 1 is that of tf-idf."""

_TINY = 1e-30

UNFAMILIAR = 0.3
"""Share of pieces of a text that were ever learned, below which it is gibberish unless it has a known word."""

PIECES = (3, 6)
"""Shortest and longest run of characters within a word (with blanks around it) that is a feature."""

Unit = tuple[str, ...]
"""What a text is made of: a word as (language, word), or two neighbours as (language, word, word)."""

_Grams = tuple[Collection[str], ...]
"""Names of features, by block."""


def tokens(text: str) -> list[str]:
    """The words of a normalised text, and its question and exclamation marks."""
    return _TOKEN.findall(text)


def units(line: Line) -> dict[Unit, None]:
    """What a line is made of, each once, in order."""
    text, language = line
    words = tokens(text)
    name = language or ""
    return dict.fromkeys(
        itertools.chain(((name, word) for word in words), ((name, *two) for two in itertools.pairwise(words)))
    )


class Featurizer:
    """Learns which features occur and how rare they are; then turns texts into vectors of a length near 1."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.vocabularies: list[dict[str, int]] = [{} for _ in BLOCKS]  # feature → column
        self.rarity = np.zeros(0, np.float32)  # of each column
        self.prepared: dict[Unit, tuple[str, str]] = {}
        """The words of the texts learned from, with their `keys`: most of a message are among them, so reading is short."""
        self.prepared_features = _binary([], 0)
        """Which column each of those has, (words × blocks) × columns: all blocks of a word, then those of the next."""

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.rarity)

    @property
    def block_starts(self) -> list[int]:
        """The first column of each block, and the end of the last one."""
        return [0, *itertools.accumulate(len(vocabulary) for vocabulary in self.vocabularies)]

    def fit(self, lines: Sequence[Line]) -> csr_matrix:
        """Learn the vocabulary from `lines`; returns their vectors, one row each."""
        made_of, has = _made_of(lines)
        grams = [self._grams(unit) for unit in made_of]
        rarity: list[float] = []
        for number, block in enumerate(BLOCKS):
            found = {
                gram: i
                for i, gram in enumerate(sorted({gram for of_unit in grams for gram in of_unit[number]}))
            }
            columns = [[found[gram] for gram in of_unit[number]] for of_unit in grams]
            texts = np.bincount((has @ _binary(columns, len(found))).indices, minlength=len(found)).tolist()
            kept = [gram for gram, i in found.items() if texts[i] >= block.min_texts]
            self.vocabularies[number] = {gram: len(rarity) + i for i, gram in enumerate(kept)}
            rarity += [(math.log((1 + len(lines)) / (1 + texts[found[gram]])) + 1) ** RARITY for gram in kept]
        self.rarity = np.array(rarity, np.float32)
        self._prepare([unit for unit in made_of if len(unit) == 2])
        return self._vectors(has, made_of)

    def matrix(self, lines: Sequence[Line]) -> csr_matrix:
        """The vectors of `lines`, one row each; a row is empty when nothing is known in its text."""
        made_of, has = _made_of(lines)
        return self._vectors(has, made_of)

    def columns(self, unit: Unit) -> list[list[int]]:
        """The columns of what is known of a word or a pair, by block."""
        return [
            [column for gram in grams if (column := vocabulary.get(gram)) is not None]
            for vocabulary, grams in zip(self.vocabularies, self._grams(unit), strict=True)
        ]

    def pair(self, left: tuple[str, str], right: tuple[str, str]) -> tuple[int | None, int | None]:
        """The columns of two neighbours, each (lemma, cluster) as from `keys`: theirs by lemma, and by cluster."""
        by_lemma, by_cluster, _ = self.vocabularies
        return by_lemma.get(f"{left[0]} {right[0]}"), by_cluster.get(f"{left[1]} {right[1]}")

    def keys(self, language: str, word: str) -> tuple[str, str]:
        """The names of a word's lemma and of its cluster."""
        known = language or None
        return self.words.lemma(word, known), f"{known}{self.words.cluster(word, known)}"

    def familiar(self, line: Line) -> bool:
        """Whether the text has a word of the language, or is spelled like the texts learned from: "asdfgh" is not."""
        found = tokens(line[0])
        words = (word for word in found if len(word) > 1 and word.isalpha())
        if any(self.words.cluster(word, language) is not None for word in words for language in LANGUAGES):
            return True
        pieces = [piece for word in found if word not in "?!" for piece in _pieces(word)]
        return sum(piece in self.vocabularies[_PIECE] for piece in pieces) > len(pieces) * UNFAMILIAR

    def save(self, folder: Path) -> None:
        """Write `features.json` and `features.npz`; `words` are not written."""
        description = {
            "vocabularies": [list(vocabulary) for vocabulary in self.vocabularies],
            "prepared": [[*unit, *keys] for unit, keys in self.prepared.items()],
        }
        (folder / "features.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        prepared = self.prepared_features
        np.savez(
            folder / "features.npz", rarity=self.rarity, columns=prepared.indices, starts=prepared.indptr
        )

    @classmethod
    def load(cls, folder: Path, words: Words) -> Featurizer:
        """Read what `save` wrote; `words` must be those it was fitted with."""
        description = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        loaded = cls(words)
        start = 0
        for number, features in enumerate(description["vocabularies"]):
            loaded.vocabularies[number] = {feature: start + i for i, feature in enumerate(features)}
            start += len(features)
        loaded.prepared = {
            (language, word): (lemma, cluster) for language, word, lemma, cluster in description["prepared"]
        }
        with np.load(folder / "features.npz", allow_pickle=False) as arrays:
            loaded.rarity = arrays["rarity"]
            loaded.prepared_features = _ones(arrays["columns"], arrays["starts"], loaded.size)
        return loaded

    def _prepare(self, words: Sequence[Unit]) -> None:
        self.prepared = {word: self.keys(*word) for word in words}
        self.prepared_features = _binary(
            [columns for word in words for columns in self.columns(word)], self.size
        )

    def _vectors(self, has: csr_matrix, made_of: Sequence[Unit]) -> csr_matrix:
        """`has` (lines × units) as vectors."""
        features = _binary([[*itertools.chain(*self.columns(unit))] for unit in made_of], self.size)
        features.data = self.rarity.take(features.indices)
        starts = self.block_starts
        squares = np.stack(
            [
                np.asarray(features[:, start:end].power(2).sum(axis=1)).ravel()
                for start, end in itertools.pairwise(starts)
            ],
            axis=1,
        )
        factors = block_factors(np.asarray(has @ squares, np.float32))
        blocks = (
            diags(factors[:, number]) @ (has @ features[:, start:end])
            for number, (start, end) in enumerate(itertools.pairwise(starts))
        )
        return _side_by_side(list(blocks))

    def _grams(self, unit: Unit) -> _Grams:
        """The names of a word's or a pair's features, by block, each once."""
        language, *words = unit
        keys = [self.keys(language, word) for word in words]
        lemma, cluster = (" ".join(names) for names in zip(*keys, strict=True))
        return (lemma,), (cluster,), _pieces(words[0]) if len(words) == 1 else ()


def block_factors(squares: np.ndarray) -> np.ndarray:
    """By what each block of a text is multiplied, rows × blocks, so that blocks with something in them weigh as they
    should and the vector's length is near 1. `squares` are the sums of the squares of what the text is made of.
    """
    weights = _WEIGHTS * (squares > 0)
    weights /= np.sqrt((weights * weights).sum(axis=1, keepdims=True) + _TINY)
    return np.asarray(weights / np.sqrt(squares + _TINY), np.float32)


def _made_of(lines: Sequence[Line]) -> tuple[list[Unit], csr_matrix]:
    """Every unit of some lines, and which line has which (lines × units)."""
    number: dict[Unit, int] = {}
    rows = [[number.setdefault(unit, len(number)) for unit in units(line)] for line in lines]
    return list(number), _binary(rows, len(number))


def _binary(rows: Sequence[Sequence[int]], columns: int) -> csr_matrix:
    """A matrix with a 1 at each column that stands in a row."""
    found = np.fromiter(itertools.chain.from_iterable(rows), np.int32)
    return _ones(found, np.cumsum([0, *map(len, rows)], dtype=np.int32), columns)


def _ones(found: np.ndarray, starts: np.ndarray, columns: int) -> csr_matrix:
    return csr_matrix((np.ones(len(found), np.float32), found, starts), shape=(len(starts) - 1, columns))


def _side_by_side(blocks: Sequence[csr_matrix]) -> csr_matrix:
    joined = csr_matrix(hstack(blocks), dtype=np.float32)
    joined.sort_indices()
    return joined


def _pieces(word: str) -> dict[str, None]:
    shortest, longest = PIECES
    padded = f" {word} "
    length = len(padded)
    return dict.fromkeys(
        padded[at : at + size] for size in range(shortest, longest + 1) for at in range(length - size + 1)
    )
