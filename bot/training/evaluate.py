"""Cross-validation of the reading of reasons: every example is read by a classifier that has not seen it.

Which fold an example is in follows from its text alone, so adding examples moves no other one, and texts that
differ only in case, accents or punctuation are never on both sides.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ruamel.yaml import YAML

from bot.base.texts import LOCALES
from bot.training.examples import Example
from bot.training.wording import comparable

if TYPE_CHECKING:  # scikit-learn takes a second to import: only who trains pays for it
    from bot.nlu.intents import IntentClassifier

FOLDS = 5


class Reader(Protocol):
    """Learns from examples and names the reasons of texts; a fresh one per fold."""

    def learn(self, examples: Sequence[Example]) -> None:
        """Learn."""

    def read(self, examples: Sequence[Example]) -> list[str]:
        """The intent understood for each example's text."""


@dataclass(frozen=True)
class Prediction:
    """An example and what was understood by a classifier that had not seen it."""

    language: str
    intent: str
    text: str
    predicted: str


class WishReader:
    """Reads as the pipeline of `config.yml` does: language, normalisation, classifier, wishes.

    `known` is shared by the readers of one cross-validation: the first one finds out how scores become
    confidence, on examples it keeps apart, and the others take that over.
    """

    def __init__(self, settings: dict[str, Any], known: dict[str, float]) -> None:
        self._not_wishes = frozenset(settings.get("not_wishes", ()))
        self._settings = {name: settings[name] for name in ("c", "seed") if name in settings}
        self._known = known

    @classmethod
    def factory(cls, config: Path) -> Callable[[], WishReader]:
        """Makes readers with the settings of the `WishClassifier` in a Rasa configuration file."""
        pipeline = YAML(typ="safe").load(config.read_text(encoding="utf-8")).get("pipeline") or []
        named = (entry for entry in pipeline if str(entry.get("name")).endswith("WishClassifier"))
        own: dict[str, Any] = next(named, {})
        known: dict[str, float] = {}
        return lambda: cls(own, known)

    def learn(self, examples: Sequence[Example]) -> None:
        """Fit the classifier."""
        texts = [_normalised(example.plain) for example in examples]
        labels = [example.intent for example in examples]
        if "temperature" not in self._known:
            self._known["temperature"] = self._temperature(texts, labels)
        self._classifier = self._new().fit(texts, labels, temperature=self._known["temperature"])

    def _temperature(self, texts: list[str], labels: list[str]) -> float:
        apart = [fold_of(text, FOLDS + 2) == 0 for text in texts]
        learned = [i for i, one in enumerate(apart) if not one]
        asked = [i for i, one in enumerate(apart) if one]
        probe = self._new().fit([texts[i] for i in learned], [labels[i] for i in learned], temperature=1.0)
        probe.calibrate([texts[i] for i in asked], [labels[i] for i in asked])
        return probe.temperature

    def _new(self) -> IntentClassifier:
        from bot.nlu.intents import IntentClassifier, Settings

        return IntentClassifier(Settings(**self._settings))

    def read(self, examples: Sequence[Example]) -> list[str]:
        """The first wish of each text, read whole and sentence by sentence."""
        from bot.nlu import wishes
        from bot.nlu.normalise import sentences

        parts = [[_normalised(p) for p in sentences(example.plain)] for example in examples]
        wholes = [_normalised(example.plain) for example in examples]
        texts = sorted({*wholes, *(text for one in parts for text in one)})
        ranked = dict(zip(texts, self._classifier.rank_all(texts), strict=True))
        return [
            wishes.read(
                whole, one, lambda asked: [ranked[text] for text in asked], not_wishes=self._not_wishes
            ).ranking[0][0]
            for whole, one in zip(wholes, parts, strict=True)
        ]


def cross_validate(
    examples: Sequence[Example],
    new_reader: Callable[[], Reader],
    *,
    folds: int = FOLDS,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Prediction]:
    """Out-of-fold predictions, in the order of `examples`. `progress` hears shares done, 0 … 1."""
    by_fold = [fold_of(example.plain, folds) for example in examples]
    readers = [new_reader() for _ in range(folds)]
    predicted: dict[int, str] = {}

    def read_fold(fold: int) -> list[tuple[int, str]]:
        unseen = [i for i, own in enumerate(by_fold) if own == fold]
        if not unseen:
            return []
        learned = [example for example, own in zip(examples, by_fold, strict=True) if own != fold]
        readers[fold].learn(learned)
        understood = readers[fold].read([examples[i] for i in unseen])
        return list(zip(unseen, understood, strict=True))

    predicted.update(read_fold(0))  # alone: what it learns of confidence, the others take over
    progress(1 / folds)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, found in enumerate(threads.map(read_fold, range(1, folds)), start=2):
            predicted.update(found)
            progress(done / folds)
    return [Prediction(e.language, e.intent, e.plain, predicted[i]) for i, e in enumerate(examples)]


def fold_of(text: str, folds: int = FOLDS) -> int:
    """The fold of a text: the same in every version of the data."""
    return int.from_bytes(hashlib.sha256(comparable(text).encode()).digest()[:4], "big") % folds


def scores(predictions: Sequence[Prediction]) -> dict[str, dict[str, Any]]:
    """language → {examples, accuracy, macro_f1}; accuracy and F1 are shares, 0 … 1."""
    return {language: _score([p for p in predictions if p.language == language]) for language in LOCALES}


def f1_by_intent(predictions: Iterable[Prediction]) -> dict[str, float]:
    """intent → F1, for every intent that occurs as truth."""
    truth: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for p in predictions:
        truth[p.intent] += 1
        said[p.predicted] += 1
        right[p.intent] += p.intent == p.predicted
    return {intent: 2 * right[intent] / (truth[intent] + said[intent]) for intent in truth}


def confused(predictions: Iterable[Prediction], *, limit: int = 20) -> list[dict[str, Any]]:
    """The pairs mistaken most often: [{language, intent, predicted, count}]."""
    pairs = Counter((p.language, p.intent, p.predicted) for p in predictions if p.intent != p.predicted)
    names = ("language", "intent", "predicted")
    return [
        {**dict(zip(names, pair, strict=True)), "count": count} for pair, count in pairs.most_common(limit)
    ]


def _score(predictions: Sequence[Prediction]) -> dict[str, Any]:
    if not predictions:
        return {"examples": 0, "accuracy": None, "macro_f1": None}
    f1 = f1_by_intent(predictions)
    right = sum(p.intent == p.predicted for p in predictions)
    return {
        "examples": len(predictions),
        "accuracy": round(right / len(predictions), 4),
        "macro_f1": round(sum(f1.values()) / len(f1), 4),
    }


@functools.lru_cache(maxsize=200_000)
def _normalised(text: str) -> str:
    """As the pipeline sees `text`. Kept, because every fold asks for the same texts again."""
    from bot.nlu.language import identify
    from bot.nlu.normalise import normalised

    return normalised(text, identify(text).language)
