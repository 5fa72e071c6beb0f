"""The intent classifier: tf-idf of words and characters, a linear support vector machine, calibrated confidence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

FOLDS = 4
"""Folds of the out-of-fold scores the confidence is calibrated on."""

LEARNED = 0.9
"""Least confidence in a text that was learned word for word: a trainer's correction holds after the training."""


@dataclass(frozen=True)
class Settings:
    """`c` is the SVM's inverse regularisation; n-grams are (shortest, longest)."""

    words: tuple[int, int] = (1, 2)
    characters: tuple[int, int] = (2, 5)
    c: float = 0.6
    seed: int = 7


class IntentClassifier:
    """Reads normalised texts of both languages with one model. Deterministic for a seed."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.classes: list[str] = []
        self._vectorizers: list[TfidfVectorizer] = []
        self._weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)  # features × classes
        self._bias: np.ndarray = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0
        self._learned: dict[str, str] = {}

    @property
    def temperature(self) -> float:
        """The factor on the scores that makes confidence mean a share of hits."""
        return self._temperature

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        progress: Callable[[float], None] | None = None,
        temperature: float | None = None,
    ) -> IntentClassifier:
        """Learn from normalised `texts`. `progress` hears shares of the work done, 0 … 1.

        Confidence is calibrated on scores of texts the scoring model has not seen; a known `temperature` saves
        that (most of the time it takes).
        """
        self._learned = _unambiguous(texts, labels)
        if temperature is not None:
            self._fit(texts, labels)
            self._temperature = temperature
            return self
        held_out, progress = self._out_of_fold(texts, labels, progress or (lambda share: None))
        self._fit(texts, labels)
        self._temperature = _temperature(held_out, np.searchsorted(self.classes, labels))
        progress(1.0)
        return self

    def calibrate(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Set `temperature` on texts that were not learned from; labels that were not learned do not count."""
        known = [i for i, label in enumerate(labels) if label in self.classes]
        if known:
            truth = np.searchsorted(self.classes, [labels[i] for i in known])
            self._temperature = _temperature(self._scores([texts[i] for i in known]), truth)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """(intent, confidence) for a normalised text, best first; confidences add up to 1."""
        return self.rank_all([text])[0]

    def rank_all(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """`rank` for several texts at once."""
        chances = _softmax(self._scores(texts) * self._temperature)
        for text, row in zip(texts, chances, strict=True):
            self._recall(text, row)
        order = np.argsort(-chances, axis=1)
        return [
            [(self.classes[i], float(row[i])) for i in best] for row, best in zip(chances, order, strict=True)
        ]

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
            "settings": vars(self.settings),
            "learned": self._learned,
            "vocabularies": [sorted(v.vocabulary_, key=v.vocabulary_.get) for v in self._vectorizers],
        }
        (folder / "intents.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        arrays = {f"idf{i}": v.idf_ for i, v in enumerate(self._vectorizers)}
        np.savez(folder / "intents.npz", weights=self._weights, bias=self._bias, **arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentClassifier:
        """Read what `save` wrote."""
        description = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        settings = description["settings"]
        loaded = cls(
            Settings(tuple(settings["words"]), tuple(settings["characters"]), settings["c"], settings["seed"])
        )
        loaded.classes = description["classes"]
        loaded._temperature = description["temperature"]
        loaded._learned = description.get("learned", {})  # models before it have none
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            loaded._weights, loaded._bias = arrays["weights"], arrays["bias"]
            for index, vectorizer in enumerate(loaded._new_vectorizers()):
                words = description["vocabularies"][index]
                vectorizer.vocabulary_ = {word: i for i, word in enumerate(words)}
                vectorizer.idf_ = arrays[f"idf{index}"]
                loaded._vectorizers.append(vectorizer)
        return loaded

    def _fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._vectorizers = self._new_vectorizers()
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts)
            vectorizer.idf_ = (
                vectorizer.idf_
            )  # as `load` sets it, so that a loaded model reads alike to the last digit
        machine = LinearSVC(
            C=self.settings.c, random_state=self.settings.seed, class_weight="balanced", tol=1e-3
        )
        machine.fit(self._features(texts), labels)
        self.classes = list(machine.classes_)
        weights, bias = machine.coef_, machine.intercept_
        if len(self.classes) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        self._weights = np.ascontiguousarray(weights.T.astype(np.float32))
        self._bias = bias.astype(np.float32)

    def _new_vectorizers(self) -> list[TfidfVectorizer]:
        common = {"sublinear_tf": True, "lowercase": False, "dtype": np.float32}
        return [
            TfidfVectorizer(ngram_range=self.settings.words, token_pattern=r"\w+|[?!]", **common),  # noqa: S106
            TfidfVectorizer(ngram_range=self.settings.characters, analyzer="char_wb", min_df=2, **common),
        ]

    def _features(self, texts: Sequence[str]):  # type: ignore[no-untyped-def]  # scipy is untyped
        from scipy.sparse import hstack

        return normalize(hstack([v.transform(texts) for v in self._vectorizers], format="csr"))

    def _scores(self, texts: Sequence[str]) -> np.ndarray:
        return np.asarray(self._features(texts) @ self._weights + self._bias)

    def _out_of_fold(
        self, texts: Sequence[str], labels: Sequence[str], progress: Callable[[float], None]
    ) -> tuple[np.ndarray, Callable[[float], None]]:
        names = np.asarray(labels)
        scores = np.zeros((len(texts), len(set(labels))), dtype=np.float32)
        folds = max(2, min(FOLDS, int(np.unique(names, return_counts=True)[1].min())))
        splitter = StratifiedKFold(folds, shuffle=True, random_state=self.settings.seed)

        def score(part: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
            train, test = part
            fold = IntentClassifier(self.settings)
            fold._fit([texts[i] for i in train], names[train])
            return test, fold._scores([texts[i] for i in test])

        with ThreadPoolExecutor(os.cpu_count()) as threads:  # the solver lets other threads run
            for done, (test, found) in enumerate(threads.map(score, splitter.split(texts, names))):
                scores[test] = found
                progress((done + 1) / (folds + 1))
        return scores, progress


def _unambiguous(texts: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """text → label, without texts that were learned with several labels."""
    learned: dict[str, str] = {}
    twofold = set()
    for text, label in zip(texts, labels, strict=True):
        if learned.setdefault(text, label) != label:
            twofold.add(text)
    return {text: label for text, label in learned.items() if text not in twofold}


def _softmax(scores: np.ndarray) -> np.ndarray:
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


def _temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor on the scores under which held-out texts are likeliest: confidence then means a share of hits."""

    def loss(factor: float) -> float:
        chances = _softmax(scores * factor)
        return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.1, 30.0), method="bounded").x)
