"""The intent classifier: sparse features, a linear support vector machine, calibrated confidence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.nlu.features import Featurizer, Line
from bot.nlu.held_out import FOLDS
from bot.nlu.scorer import Scorer
from bot.nlu.words import Words

LEARNED = 0.9
"""Least confidence in a text that was learned word for word: a trainer's correction holds after the training."""

Ranking = list[tuple[str, float]]
"""(intent, confidence), the surest first; confidences add up to 1."""


@dataclass(frozen=True)
class Settings:
    """`c` is the SVM's inverse regularisation."""

    c: float = 1.0
    seed: int = 7


@dataclass(frozen=True)
class HeldOut:
    """Scores (rows × classes) of lines by classifiers that had not seen them, and of parts of those lines."""

    lines: np.ndarray
    parts: list[np.ndarray]


class IntentClassifier:
    """Reads normalised lines of both languages with one model. Deterministic for a seed."""

    def __init__(self, settings: Settings | None = None, words: Words | None = None) -> None:
        self.settings = settings or Settings()
        self.classes: list[str] = []
        self._featurizer = Featurizer(words or Words.none())
        self._weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)  # features × classes
        self._bias: np.ndarray = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0
        self._learned: dict[str, str] = {}
        self._scorer: Scorer | None = None

    @property
    def temperature(self) -> float:
        """The factor on the scores that makes confidence mean a share of hits."""
        return self._temperature

    def fit(
        self,
        lines: Sequence[Line],
        labels: Sequence[str],
        *,
        folds: Sequence[int] | None = None,
        parts: Sequence[Sequence[Line]] | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> HeldOut:
        """Learn from `lines`; returns scores of each by a classifier that had not seen its fold.

        `folds` gives each line's fold (near duplicates belong in one; default: in turn), `parts` the sentences
        of each line, which are scored with it. `progress` hears shares of the work done, 0 … 1. Confidence is
        calibrated on the held-out scores.
        """
        self._learned = _unambiguous([text for text, _ in lines], labels)
        self.classes = sorted(set(labels))
        truth = np.searchsorted(self.classes, labels)
        matrix = self._featurizer.fit(lines)
        progress(0.1)
        self._weights, self._bias = self._machine(matrix, truth)
        self._scorer = None
        progress(0.25)
        held_out = self._held_out(
            matrix, truth, lines, folds, parts, lambda share: progress(0.25 + share * 0.75)
        )
        self._temperature = _temperature(held_out.lines, truth)
        return held_out

    def rank(self, line: Line) -> Ranking:
        """The ranking of one line."""
        return self.ranking(self.confidences(self.scores([line]), [line])[0])

    def ranking(self, confidences: np.ndarray) -> Ranking:
        """One row of confidences as a ranking."""
        return [(self.classes[i], float(confidences[i])) for i in np.argsort(-confidences, kind="stable")]

    def scores(self, lines: Sequence[Line]) -> np.ndarray:
        """Scores before calibration, lines × classes."""
        if self._scorer is None:
            self._scorer = Scorer(self._featurizer, self._weights, self._bias)
        return self._scorer.scores(lines)

    def confidences(self, scores: np.ndarray, lines: Sequence[Line] = ()) -> np.ndarray:
        """Confidences of scores; with their `lines`, what was learned word for word is recalled."""
        chances = softmax(scores * self._temperature)
        for row, (text, _language) in enumerate(lines):
            self._recall(text, chances[row])
        return chances

    def readable(self, line: Line) -> bool:
        """Whether the line says anything: it was learned word for word, or is familiar."""
        return line[0] in self._learned or self._featurizer.familiar(line)

    def _recall(self, text: str, chances: np.ndarray) -> None:
        """Raise the label `text` was learned with to `LEARNED`; the others share what is left as before."""
        label = self._learned.get(text)
        if label is None:
            return
        index = self.classes.index(label)
        if chances[index] < LEARNED:
            chances *= (1 - LEARNED) / (1 - chances[index])
            chances[index] = LEARNED

    def save(self, folder: Path) -> None:
        """Write the model as JSON and arrays; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        description = {
            "classes": self.classes,
            "temperature": self._temperature,
            "settings": asdict(self.settings),
            "learned": self._learned,
        }
        (folder / "intents.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "intents.npz", weights=self._weights, bias=self._bias)
        self._featurizer.save(folder)
        self._featurizer.words.save(folder / "words.npz")

    @classmethod
    def load(cls, folder: Path) -> IntentClassifier:
        """Read what `save` wrote."""
        description = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        loaded = cls(Settings(**description["settings"]))
        loaded._featurizer = Featurizer.load(folder, Words.load(folder / "words.npz"))
        loaded.classes = description["classes"]
        loaded._temperature = description["temperature"]
        loaded._learned = description["learned"]
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            loaded._weights, loaded._bias = arrays["weights"], arrays["bias"]
        loaded._scorer = Scorer(loaded._featurizer, loaded._weights, loaded._bias)
        return loaded

    def _machine(self, matrix: csr_matrix, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(weights, bias) of a machine that learned the rows of `matrix`, for all classes."""
        machine = LinearSVC(C=self.settings.c, random_state=self.settings.seed, tol=1e-3).fit(matrix, truth)
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        all_weights = np.zeros((matrix.shape[1], len(self.classes)), dtype=np.float32)
        all_bias = np.full(
            len(self.classes), -2.0, dtype=np.float32
        )  # a class that was not there is unlikely
        all_weights[:, machine.classes_] = weights.T
        all_bias[machine.classes_] = bias
        return all_weights, all_bias

    def _held_out(
        self,
        matrix: csr_matrix,
        truth: np.ndarray,
        lines: Sequence[Line],
        folds: Sequence[int] | None,
        parts: Sequence[Sequence[Line]] | None,
        progress: Callable[[float], None],
    ) -> HeldOut:
        fold_of = np.asarray(folds if folds is not None else [i % FOLDS for i in range(len(lines))])
        scores = np.zeros((len(lines), len(self.classes)), dtype=np.float32)
        of_parts = [np.zeros((0, len(self.classes)), dtype=np.float32) for _ in lines]
        numbers = sorted(set(fold_of.tolist()))

        def score(fold: int) -> None:
            asked = np.flatnonzero(fold_of == fold)
            learned = np.flatnonzero(fold_of != fold)
            if not len(learned) or len(set(truth[learned].tolist())) < 2:
                return
            weights, bias = self._machine(matrix[learned], truth[learned])
            scores[asked] = matrix[asked] @ weights + bias
            if parts is not None:
                own = self._featurizer.matrix([part for i in asked for part in parts[i]]) @ weights + bias
                ends = np.cumsum([len(parts[i]) for i in asked])
                for i, of_line in zip(asked, np.split(own, ends[:-1]), strict=True):
                    of_parts[i] = of_line

        with ThreadPoolExecutor(os.cpu_count()) as threads:  # the solver lets other threads run
            for done, _ in enumerate(threads.map(score, numbers), start=1):
                progress(done / len(numbers))
        return HeldOut(scores, of_parts)


def _unambiguous(texts: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """text → label, without texts that were learned with several labels."""
    learned: dict[str, str] = {}
    twofold = set()
    for text, label in zip(texts, labels, strict=True):
        if learned.setdefault(text, label) != label:
            twofold.add(text)
    return {text: label for text, label in learned.items() if text not in twofold}


def softmax(scores: np.ndarray) -> np.ndarray:
    """Each row as shares that add up to 1."""
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


def _temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor on the scores under which held-out texts are likeliest: confidence then means a share of hits."""

    def loss(factor: float) -> float:
        chances = softmax(scores * factor)
        return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.1, 30.0), method="bounded").x)
