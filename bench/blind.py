"""How well a model reads the blind messages: `python -m bench.blind [--model FILE] [--json FILE]`.

The messages of `tests/nlu/blind` were written without sight of the training data and are never trained or tuned on.
`<language>.yml` has reasons, further wishes and entities, `<language>.reasons.yml` reasons alone, `<language>.data.txt`
dates, phone numbers and amounts of money.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.base.lean_rasa import leave_out
from bot.base.settings import ROOT, Settings
from bot.training.evaluate import (
    Prediction,
    calibration_error,
    confused,
    f1_by_intent,
    second_wishes,
    settings_of,
)
from bot.training.models import Models
from bot.training.typos import with_typos
from bot.training.wording import annotated_spans, plain_text

DATA = ("date", "money", "phone")
FOLDER = ROOT / "tests" / "nlu" / "blind"


@dataclass(frozen=True)
class Message:
    """A blind message: `spans` are (entity, start, end), None where entities are not annotated."""

    language: str
    intent: str
    text: str
    also: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    spans: frozenset[tuple[str, int, int]] | None = None


def messages_of(language: str) -> Iterator[Message]:
    """All blind messages of a language."""
    for one in YAML(typ="safe").load(FOLDER / f"{language}.yml"):
        also, acceptable = tuple(one.get("also", ())), tuple(one.get("acceptable", ()))
        text = plain_text(one["text"])
        yield Message(language, one["intent"], text, also, acceptable, annotated_spans(one["text"]))
    for item in YAML(typ="safe").load(FOLDER / f"{language}.reasons.yml")["nlu"]:
        for line in item["examples"].splitlines():
            if line.strip():
                yield Message(language, item["intent"], line.removeprefix("- ").strip())


def data_messages_of(language: str) -> Iterator[tuple[str, frozenset[tuple[str, int, int]]]]:
    """The messages full of data, as (text, what is marked in it); none where nobody has written any."""
    file = FOLDER / f"{language}.data.txt"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        yield plain_text(line), annotated_spans(line)


def measure_data(processor: Any, language: str) -> dict[str, Any]:
    """F1 of exact spans of dates, phone numbers and money, in messages with many of them and of what looks alike."""
    entities: dict[str, Counter[str]] = {}
    for text, spans in data_messages_of(language):
        found = {(e["entity"], e["start"], e["end"]) for e in processor.parse(text)["entities"]}
        _count(entities, spans, {span for span in found if span[0] in DATA})
    return {name: _f1(counts) for name, counts in sorted(entities.items())}


def measure(processor: Any, messages: list[Message], not_wishes: list[str]) -> dict[str, Any]:
    """Figures of one language: reasons, calibration, second wishes, entities, typing errors, milliseconds."""
    predictions, took, asked_back, language_right, acceptable = [], [], 0, 0, 0
    entities: dict[str, Counter[str]] = {}
    for message in messages:
        began = time.perf_counter()
        parsed = processor.parse(message.text)
        took.append((time.perf_counter() - began) * 1000)
        predictions.append(_prediction(message, parsed))
        acceptable += predictions[-1].predicted in (message.intent, *message.acceptable)
        asked_back += parsed["intent"]["name"] == "nlu_fallback"
        language_right += (parsed.get("language") or {}).get("name") in (message.language, None)
        if message.spans is not None:
            _count(entities, message.spans, {(e["entity"], e["start"], e["end"]) for e in parsed["entities"]})
    f1 = f1_by_intent(predictions)
    hits = sum(p.intent == p.predicted for p in predictions)
    full = [p for p, message in zip(predictions, messages, strict=True) if message.spans is not None]
    typed = [_prediction(m, processor.parse(with_typos(m.text, m.language))) for m in messages]
    return {
        "messages": len(messages),
        "right": round(hits / len(messages), 4),
        "right_or_acceptable": round(acceptable / len(messages), 4),
        "macro_f1": round(sum(f1.values()) / len(f1), 4),
        "asked_back": round(asked_back / len(messages), 4),
        "calibration_error": calibration_error(predictions),
        "right_with_typos": round(sum(p.intent == p.predicted for p in typed) / len(typed), 4),
        "second_wishes": second_wishes(full, not_wishes=not_wishes),
        "language_right_or_open": round(language_right / len(messages), 4),
        "entities_f1": {name: _f1(counts) for name, counts in sorted(entities.items())},
        "parse_ms_p50": round(statistics.median(took), 2),
        "lowest_f1": {name: round(f1[name], 2) for name in sorted(f1, key=lambda name: f1[name])[:6]},
        "confused": confused(predictions, limit=6),
    }


def _prediction(message: Message, parsed: dict[str, Any]) -> Prediction:
    first = next(one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback")
    wishes = tuple(one["name"] for one in parsed.get("wishes", ()))
    return Prediction(
        message.language,
        message.intent,
        message.text,
        first["name"],
        first["confidence"],
        message.also,
        wishes,
    )


def _count(
    entities: dict[str, Counter[str]], true: frozenset[tuple[str, int, int]], found: set[tuple[str, int, int]]
) -> None:
    for kind, spans in (("true", true), ("found", found), ("right", true & found)):
        for name, _, _ in spans:
            entities.setdefault(name, Counter())[kind] += 1


def _f1(counts: Counter[str]) -> dict[str, float]:
    return {"f1": round(2 * counts["right"] / (counts["true"] + counts["found"]), 3), "true": counts["true"]}


def main() -> None:
    """Print the figures, and write them where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="default: the model in use")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    leave_out(ROOT / "config.yml")
    from rasa_sdk.executor import ActionExecutor

    from bot.rasa_host.processor import Processor
    from bot.serve import configure_logging

    configure_logging("WARNING")
    model = options.model or Models(Settings.from_environment().models_path).path_in_use()
    processor = Processor(model, ActionExecutor())
    not_wishes = settings_of(ROOT / "config.yml").get("not_wishes", [])
    figures: dict[str, Any] = {"model": model.name, "load_of_machine": os.getloadavg()[0]}
    figures |= {
        language: {
            **measure(processor, list(messages_of(language)), not_wishes),
            "data_f1": measure_data(processor, language),
        }
        for language in ("es", "de")
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
