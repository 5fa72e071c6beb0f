"""Scores of texts by a linear machine, one message at a time: what a word adds is summed once and kept."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.nlu.features import BLOCKS, Featurizer, Line, Unit, block_factors, tokens

WORDS_REMEMBERED = 20_000
"""Words kept beside those that are prepared, about 600 bytes each."""


class _Word(NamedTuple):
    """What a word adds, blocks × (classes + 1), and the names of its lemma and its cluster."""

    adds: np.ndarray
    keys: tuple[str, str]


class Scorer:
    """The same scores as `featurizer.matrix(lines) @ weights + bias` (columns × classes; classes), sooner."""

    def __init__(self, featurizer: Featurizer, weights: np.ndarray, bias: np.ndarray) -> None:
        self._featurizer = featurizer
        self._bias = bias
        rarity = featurizer.rarity[:, None]
        self._adds = np.hstack([weights * rarity, rarity * rarity]).astype(np.float32)
        """What each column adds to the classes and, last, to the sum of squares."""
        self._shape = (len(BLOCKS), len(bias) + 1)
        prepared = (featurizer.prepared_features @ self._adds).reshape(-1, *self._shape)
        self._prepared = {
            unit: _Word(adds, keys)
            for (unit, keys), adds in zip(featurizer.prepared.items(), prepared, strict=True)
        }
        self._known = dict(self._prepared)

    def scores(self, lines: Sequence[Line]) -> np.ndarray:
        """Scores of some lines, lines × classes. Words that stand in several of them are looked at once."""
        words: dict[Unit, int] = {}
        pairs: dict[tuple[int, int], int] = {}
        rows: list[list[int]] = []
        neighbours: list[list[int]] = []
        for text, language in lines:
            name = language or ""
            here = [words.setdefault((name, word), len(words)) for word in tokens(text)]
            rows.append(here)
            neighbours.append([pairs.setdefault(two, len(pairs)) for two in itertools.pairwise(here)])
        if not words:
            return np.tile(self._bias, (len(lines), 1))
        known = [self._word(unit) for unit in words]
        sums = _incidence(rows, len(words)) @ np.array([word.adds for word in known]).reshape(len(words), -1)
        if pairs:
            adds = self._adds_of_pairs([(known[left].keys, known[right].keys) for left, right in pairs])
            sums += _incidence(neighbours, len(pairs)) @ adds.reshape(len(pairs), -1)
        sums = sums.reshape(len(lines), *self._shape)
        factors = block_factors(sums[:, :, -1])
        return np.asarray((sums[:, :, :-1] * factors[:, :, None]).sum(axis=1) + self._bias)

    def _adds_of_pairs(self, pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]]) -> np.ndarray:
        """What pairs of neighbours add, pairs × blocks × (classes + 1)."""
        adds = np.zeros((len(pairs), *self._shape), np.float32)
        columns = [self._featurizer.pair(left, right) for left, right in pairs]
        for block, of_block in enumerate(zip(*columns, strict=True)):
            at = [i for i, column in enumerate(of_block) if column is not None]
            adds[at, block] = self._adds.take([of_block[i] for i in at], axis=0)
        return adds

    def _word(self, unit: Unit) -> _Word:
        word = self._known.get(unit)
        if word is None:
            if len(self._known) > len(self._prepared) + WORDS_REMEMBERED:
                self._known = dict(self._prepared)
            word = self._known[unit] = self._looked_up(unit)
        return word

    def _looked_up(self, unit: Unit) -> _Word:
        adds = np.zeros(self._shape, np.float32)
        for block, columns in enumerate(self._featurizer.columns(unit)):
            if columns:
                self._adds.take(columns, axis=0).sum(axis=0, out=adds[block])
        return _Word(adds, self._featurizer.keys(*unit))


def _incidence(rows: Sequence[Sequence[int]], columns: int) -> np.ndarray:
    """A matrix with a 1 at each column that stands in a row."""
    has = np.zeros((len(rows), columns), np.float32)
    has[np.arange(len(rows)).repeat([len(row) for row in rows]), [*itertools.chain.from_iterable(rows)]] = 1
    return has
