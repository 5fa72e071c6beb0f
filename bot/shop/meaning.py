"""What words on products mean, as vectors: near each other when people use them for the same things, in both languages.

A word's vector is the weighted sum of those of its stem and of its stretches of letters, so that compounds, endings
and typing errors have one too. `bench.meaning` learns them from questions sorted by topic and from lists of words.
"""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bot.base.settings import ROOT
from bot.shop.words import LANGUAGES, stem

FILE = ROOT / "data" / "products" / "meaning.npz"
PLACES = 2**15
"""Places of pieces of words in a language's table; pieces are spread over them by their checksum."""

_PIECES = (3, 4, 5)
_WORDS_KEPT = 20_000


@dataclass(frozen=True)
class Word:
    """A word's direction (length 1, or 0 when nothing is known of it), and how rare it is."""

    direction: np.ndarray
    rarity: float


@functools.lru_cache(maxsize=50_000)
def pieces(word: str, language: str) -> tuple[int, ...]:
    """The places of a folded word's pieces: its stem, and its stretches of three to five letters."""
    padded = f" {word} "
    parts = [f"={stem(word, language)}"]
    parts += [padded[at : at + size] for size in _PIECES for at in range(len(padded) - size + 1)]
    return tuple(zlib.crc32(part.encode()) % PLACES for part in parts)


@dataclass(frozen=True)
class Pieces:
    """Places of pieces of words, and what each of them counts in a text."""

    places: np.ndarray
    counts: np.ndarray

    def alike(self, others: Iterable[Pieces]) -> float:
        """How like the likest of other texts is worded (0–1)."""
        spread = np.zeros(PLACES)
        spread[self.places] = self.counts
        return max((float(spread[other.places] @ other.counts) for other in others), default=0.0)


@dataclass(frozen=True)
class Meaning:
    """Learned vectors: of pieces of words by language, and of topics."""

    tables: Mapping[str, np.ndarray]
    rarities: Mapping[str, np.ndarray]
    topics: Mapping[str, np.ndarray]

    def word(self, word: str, language: str) -> Word:
        """The meaning of a folded word."""
        places = list(pieces(word, language))
        rarities = self.rarities[language][places]
        total = rarities @ self.tables[language][places]
        rarity = float(rarities[0]) or float(self.rarities[language].max())
        return Word(unit(total), rarity)

    def pieces(self, words: Iterable[str], language: str) -> Pieces:
        """The pieces of a text of folded words, each by its rarity, at length 1: how it is worded, whatever it means."""
        found, times = np.unique(
            np.array([place for word in words for place in pieces(word, language)], dtype=int),
            return_counts=True,
        )
        return Pieces(found, unit((1 + np.log(times)) * self.rarities[language][found]))

    def text(self, words: Iterable[str], language: str) -> np.ndarray:
        """The direction of a text of folded words."""
        places = [place for word in words for place in pieces(word, language)]
        if not places:
            return np.zeros(self.tables[language].shape[1])
        return unit((self.tables[language][places] * self.rarities[language][places][:, None]).sum(axis=0))


def unit(vector: np.ndarray) -> np.ndarray:
    """The vector at length 1; nothing stays nothing."""
    length = math.sqrt(float(vector @ vector))
    return vector / length if length else vector


@functools.lru_cache(maxsize=1)
def meaning() -> Meaning:
    """The learned vectors in data/products."""
    with np.load(FILE) as found:
        tables = {name: found[f"table_{name}"] * found[f"scale_{name}"] for name in LANGUAGES}
        rarities = {name: found[f"rarity_{name}"].astype(np.float64) for name in LANGUAGES}
        topics = dict(zip(found["topic_names"].tolist(), found["topics"].astype(np.float64), strict=True))
    return Meaning(tables, rarities, topics)


@functools.lru_cache(maxsize=_WORDS_KEPT)
def word_meaning(word: str, language: str) -> Word:
    """The meaning of a folded word, kept."""
    return meaning().word(word, language)
