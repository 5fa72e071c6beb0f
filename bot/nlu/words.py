"""What is known of words before any training: their lemmas, and words used alike (Brown clusters).

Both come out of spaCy's lookup tables (package spacy-lookups-data, MIT). A trained model carries an extract, so serving
needs neither spaCy nor the package. Words are compared folded (`bot.nlu.normalise.folded`) and kept as CRC-32
numbers: of 200,000 words about five share a number with another, which costs less than the strings would.
"""

from __future__ import annotations

import functools
import gzip
import json
from importlib import resources
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from bot.nlu.normalise import folded

LANGUAGES = ("es", "de")

MOST_FREQUENT = 200_000
"""Words a language's table holds: a model file grows by about 2 MB for each language."""

NO_CLUSTER = -1


class Words:
    """Lemma and cluster of a word, per language. Made by `Words.of_spacy()` or `Words.load`."""

    def __init__(self, tables: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        self._tables = tables  # language → sorted numbers of words, their clusters, their lemmas' numbers
        self._known: dict[tuple[str, str | None], tuple[int, str]] = {}

    @classmethod
    @functools.lru_cache(maxsize=1)
    def of_spacy(cls) -> Words:
        """The extract of spaCy's tables; takes some seconds, once per process."""
        return cls({language: _extract(language) for language in LANGUAGES})

    @classmethod
    def none(cls) -> Words:
        """Knows nothing: every word is its own lemma."""
        return cls({})

    def cluster(self, word: str, language: str | None) -> int | None:
        """The Brown cluster of a folded word; its low bits are the prefix of its path. None: not known."""
        found = self._look_up(word, language)[0]
        return None if found == NO_CLUSTER else found

    def lemma(self, word: str, language: str | None) -> str:
        """A key that folded words of one lemma share; it is not made to be read."""
        return self._look_up(word, language)[1]

    def save(self, path: Path) -> None:
        """Write the tables to an `.npz` file."""
        arrays = {
            f"{language}_{name}": array
            for language, table in self._tables.items()
            for name, array in zip(("words", "clusters", "lemmas"), table, strict=True)
        }
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            languages = sorted({name.partition("_")[0] for name in arrays.files})
            return cls(
                {
                    language: tuple(arrays[f"{language}_{name}"] for name in ("words", "clusters", "lemmas"))
                    for language in languages
                }
            )

    def _look_up(self, word: str, language: str | None) -> tuple[int, str]:
        key = (word, language)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 100_000:
                self._known.clear()
            known = self._known[key] = self._search(word, language)
        return known

    def _search(self, word: str, language: str | None) -> tuple[int, str]:
        number = crc32(word.encode())
        table = self._tables.get(language or "")
        if table is not None:
            words, clusters, lemmas = table
            at = int(np.searchsorted(words, np.uint32(number)))
            if at < len(words) and words[at] == number:
                return int(clusters[at]), f"{int(lemmas[at]):x}"
        return NO_CLUSTER, f"{number:x}"


def _extract(language: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    brown = _table(f"{language}_lexeme_cluster")  # in the order of frequency, as the test checks
    lemmas = _table(f"{language}_lemma_lookup")
    rows: dict[int, tuple[int, int]] = {}
    for word, cluster in brown.items():
        number = crc32(folded(word).encode())
        if number not in rows:  # the most frequent spelling speaks for all that fold alike
            rows[number] = cluster, crc32(folded(lemmas.get(word, word)).encode())
            if len(rows) == MOST_FREQUENT:
                break
    words = np.array(sorted(rows), dtype=np.uint32)
    return (
        words,
        np.array([rows[int(number)][0] for number in words], dtype=np.int32),
        np.array([rows[int(number)][1] for number in words], dtype=np.uint32),
    )


def _table(name: str) -> dict[str, Any]:
    file = resources.files("spacy_lookups_data") / "data" / f"{name}.json.gz"
    with file.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8") as text:
        table: dict[str, Any] = json.load(text)
        return table
