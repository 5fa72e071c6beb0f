"""Two models compared on the examples both were trained with, each read by folds that had not seen it."""

from __future__ import annotations

from typing import Any

from bot.training.evaluate import Prediction, scores
from bot.training.models import Models

MAX_LISTED = 50
"""Examples named per list; the counts are of all."""


def compare(models: Models, candidate: str, current: str) -> dict[str, Any] | None:
    """What would change if `candidate` answered instead of `current`; None: one of them kept no predictions.

    {candidate, current, languages: {es: {examples, candidate: {accuracy, macro_f1}, current: {…}}},
    fixed, broken: {count, examples: [{language, text, intent, before, after}]},
    added: {count, right}, removed: {count}}.
    """
    new, old = _predictions(models, candidate), _predictions(models, current)
    if new is None or old is None:
        return None
    both = [key for key in new if key in old]
    after, before = [new[key] for key in both], [old[key] for key in both]
    ours, theirs = scores(after), scores(before)
    only_new = [p for key, p in new.items() if key not in old]
    return {
        "candidate": candidate,
        "current": current,
        "languages": {
            language: {
                "examples": ours[language]["examples"],
                "candidate": _shares(ours[language]),
                "current": _shares(theirs[language]),
            }
            for language in ours
        },
        "fixed": _changed(before, after, now_right=True),
        "broken": _changed(before, after, now_right=False),
        "added": {"count": len(only_new), "right": sum(p.intent == p.predicted for p in only_new)},
        "removed": {"count": len(old) - len(both)},
    }


def _predictions(models: Models, name: str) -> dict[tuple[str, str, str], Prediction] | None:
    rows = models.predictions(name)
    if rows is None:
        return None
    return {(row[0], row[1], row[2]): Prediction(row[0], row[1], row[2], row[3]) for row in rows}


def _shares(score: dict[str, Any]) -> dict[str, Any]:
    return {"accuracy": score["accuracy"], "macro_f1": score["macro_f1"]}


def _changed(before: list[Prediction], after: list[Prediction], *, now_right: bool) -> dict[str, Any]:
    found = [
        {
            "language": new.language,
            "text": new.text,
            "intent": new.intent,
            "before": old.predicted,
            "after": new.predicted,
        }
        for old, new in zip(before, after, strict=True)
        if (new.predicted == new.intent) is now_right and (old.predicted == old.intent) is not now_right
    ]
    return {"count": len(found), "examples": found[:MAX_LISTED]}
