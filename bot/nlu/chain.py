"""A trained linear chain, read fast: crfsuite's weights as arrays, its best path by the same sums.

crfsuite takes every feature of every word as a string each time, which is most of a parse. Here what a word adds to
the labels wherever it stands is summed once and kept; only features of two words are looked up per text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pycrfsuite


def code(name: str) -> int:
    """A feature's name as a chain keeps it. `crc32(end, code(beginning))` is the code of both together."""
    return crc32(name.encode())


@dataclass(frozen=True)
class Chain:
    """Weights of features and transitions.

    `features` are the features' names as CRC-32, sorted; the weights of feature i are `weights[starts[i]:starts[i + 1]]`,
    for the labels `label_of` at the same places. `transitions` is labels × labels, from and to.
    """

    labels: tuple[str, ...]
    features: np.ndarray
    starts: np.ndarray
    label_of: np.ndarray
    weights: np.ndarray
    transitions: np.ndarray

    @classmethod
    def of_crfsuite(cls, path: Path) -> Chain:
        """The chain in a file that crfsuite wrote."""
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        info = tagger.info()
        labels = tuple(sorted(info.labels))
        number = {label: i for i, label in enumerate(labels)}
        rows = sorted(
            (code(name), number[label], weight) for (name, label), weight in info.state_features.items()
        )
        codes = np.array([code for code, _, _ in rows], np.uint32)
        features, starts = np.unique(codes, return_index=True)
        transitions = np.zeros((len(labels), len(labels)), np.float32)
        for (before, after), weight in info.transitions.items():
            transitions[number[before], number[after]] = weight
        return cls(
            labels,
            features,
            np.append(starts, len(rows)).astype(np.int32),
            np.array([label for _, label, _ in rows], np.int16),
            np.array([weight for _, _, weight in rows], np.float32),
            transitions,
        )

    def save(self, path: Path) -> None:
        """Write everything to an `.npz` file."""
        arrays = {name: value for name, value in vars(self).items() if name != "labels"}
        np.savez(path, labels=np.array(self.labels), **arrays)

    @classmethod
    def load(cls, path: Path) -> Chain:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        return cls(labels=tuple(found.pop("labels").tolist()), **found)

    def add(self, scores: np.ndarray, words: Sequence[int], codes: Sequence[int]) -> np.ndarray:
        """`scores` (words × labels) with the weights of features added: of each its word, and its name as `code`."""
        if not codes or not len(self.features):
            return scores
        own_codes, own_words = np.array(codes, np.uint32), np.array(words, np.int32)
        at = self.features.searchsorted(own_codes)
        at[at == len(self.features)] = 0
        known = self.features.take(at) == own_codes
        at, own_words = at[known], own_words[known]
        starts = self.starts.take(at)
        lengths = self.starts.take(at + 1) - starts
        ends = lengths.cumsum()
        places = (starts - ends + lengths).repeat(lengths)
        places += np.arange(len(places), dtype=np.int32)
        cells = (own_words * len(self.labels)).repeat(lengths) + self.label_of.take(places)
        sums = np.bincount(cells, self.weights.take(places), minlength=scores.size)
        scores += sums.reshape(scores.shape).astype(np.float32)
        return scores

    def best(self, scores: np.ndarray) -> list[str]:
        """The labels of the path with the highest sum through `scores` (words × labels) and the transitions."""
        arrivals = np.ascontiguousarray(self.transitions.T)
        came_from = np.zeros(scores.shape, np.intp)
        every = np.arange(len(self.labels))
        total = scores[0]
        for word in range(1, len(scores)):
            ways = arrivals + total  # to × from
            best = came_from[word]
            ways.argmax(axis=1, out=best)
            total = ways[every, best] + scores[word]
        label = int(total.argmax())
        path = [label]
        for row in came_from[:0:-1].tolist():
            label = row[label]
            path.append(label)
        return [self.labels[label] for label in reversed(path)]
