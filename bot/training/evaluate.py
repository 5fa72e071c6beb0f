"""Cross-validation of the reading of reasons: every example is read by a classifier that has not seen it.

A training makes these readings anyway, to calibrate its confidence (`bot.nlu.wishes.WishReader.fit`), and leaves them
in the model; here they become figures. Which fold an example is in follows from the words of its group of near
duplicates, so that adding examples moves hardly any other one.
"""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.base.texts import LOCALES
from bot.nlu.held_out import FOLDS, HELD_OUT
from bot.training.examples import Example
from bot.training.typos import with_typos

BINS = 10
"""Bins of equal width, in confidence, of the expected calibration error."""

LONG = 30
"""Words from which a message counts as long; up to `SHORT` it counts as short."""

SHORT = 8


@dataclass(frozen=True)
class Prediction:
    """An example and what was understood by a classifier that had not seen it."""

    language: str
    intent: str
    text: str
    predicted: str
    confidence: float = 0.0
    also: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


def cross_validate(
    examples: Sequence[Example],
    settings: dict[str, Any],
    *,
    folds: int = FOLDS,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Prediction]:
    """Held-out predictions, in the order of `examples`; `settings` are those of the `WishClassifier`."""
    from bot.nlu.intents import Settings  # scikit-learn takes a second to import: only who trains pays for it
    from bot.nlu.language import identify
    from bot.nlu.wishes import Labelled, WishReader
    from bot.nlu.words import Words

    own = {name: settings[name] for name in ("c", "seed") if name in settings}
    reader = WishReader(Settings(**own), not_wishes=settings.get("not_wishes", ()), words=Words.of_spacy())
    messages = [Labelled(e.plain, identify(e.plain).language, e.intent, e.also) for e in examples]
    readings = reader.fit(messages, folds=folds, progress=progress)
    return [
        Prediction(
            e.language,
            e.intent,
            e.plain,
            *reading.ranking[0],
            e.also,
            tuple(name for name, _ in reading.wishes),
        )
        for e, reading in zip(examples, readings, strict=True)
    ]


def accuracy_with_typos(
    examples: Sequence[Example],
    settings: dict[str, Any],
    *,
    folds: int = FOLDS,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, float]:
    """language → share of hits on copies with typing errors, read by who has not seen the example either."""
    import numpy as np

    from bot.nlu.intents import IntentClassifier, Settings
    from bot.nlu.language import identify
    from bot.nlu.normalise import normalised
    from bot.nlu.wishes import folds_of
    from bot.nlu.words import Words

    own = {name: settings[name] for name in ("c", "seed") if name in settings}
    languages = [identify(e.plain).language for e in examples]
    lines, copies = (
        [(normalised(text, code), code) for text, code in zip(texts, languages, strict=True)]
        for texts in ([e.plain for e in examples], [with_typos(e.plain, e.language) for e in examples])
    )
    classifier = IntentClassifier(Settings(**own), Words.of_spacy())
    held_out = classifier.fit(
        lines,
        [e.intent for e in examples],
        folds=folds_of(lines, folds),
        parts=[[copy] for copy in copies],
        progress=progress,
    )
    right: dict[str, list[bool]] = {}
    for e, scores in zip(examples, held_out.parts, strict=True):
        right.setdefault(e.language, []).append(classifier.classes[int(scores[0].argmax())] == e.intent)
    return {language: round(float(np.mean(hits)), 4) for language, hits in right.items()}


def settings_of(config: Path) -> dict[str, Any]:
    """What a Rasa configuration file says of its `WishClassifier`; empty without one."""
    pipeline = YAML(typ="safe").load(config.read_text(encoding="utf-8")).get("pipeline") or []
    return next((dict(entry) for entry in pipeline if str(entry.get("name")).endswith("WishClassifier")), {})


def predictions_in(model: Path, examples: Sequence[Example]) -> list[Prediction]:
    """The held-out readings a training left in its model; none if its pipeline makes none."""
    known: dict[tuple[str, str], list[Any]] = {}
    with tarfile.open(model) as archive:
        for member in archive:
            file = archive.extractfile(member) if Path(member.name).name == HELD_OUT else None
            if file is not None:
                known = {(row[0], row[1]): row for row in json.load(file)}
    return [
        Prediction(e.language, e.intent, e.plain, row[2], row[3], e.also, tuple(row[4]))
        for e in examples
        if (row := known.get((e.intent, e.plain))) is not None
    ]


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


def calibration_error(predictions: Sequence[Prediction]) -> float:
    """Expected calibration error, 0 … 1: how far confidence lies from the share of hits, over `BINS` bins."""
    bins: dict[int, list[Prediction]] = {}
    for p in predictions:
        bins.setdefault(min(int(p.confidence * BINS), BINS - 1), []).append(p)
    off = sum(abs(sum(p.confidence - (p.intent == p.predicted) for p in own)) for own in bins.values())
    return round(off / len(predictions), 4) if predictions else 0.0


def by_length(predictions: Sequence[Prediction]) -> dict[str, dict[str, Any]]:
    """Figures of short, middle and long messages."""
    kinds: dict[str, list[Prediction]] = {"short": [], "middle": [], "long": []}
    for p in predictions:
        words = len(p.text.split())
        kinds["short" if words <= SHORT else "long" if words > LONG else "middle"].append(p)
    return {kind: _score(own) for kind, own in kinds.items()}


def second_wishes(predictions: Sequence[Prediction], *, not_wishes: Iterable[str] = ()) -> dict[str, Any]:
    """`found`: share of messages with a further wish in which one of those was found (the order does not count);
    `false`: share of messages with one wish in which another was reported."""
    courtesies = set(not_wishes)
    several = [p for p in predictions if p.also]
    single = [p for p in predictions if not p.also and p.intent not in courtesies]
    found = sum(len({p.intent, *p.also} & set(p.wishes)) > 1 for p in several)
    false = sum(len(p.wishes) > 1 for p in single)
    return {
        "messages": len(several),
        "found": round(found / len(several), 4) if several else None,
        "false": round(false / len(single), 4) if single else None,
    }
