"""The shipped pipeline on MASSIVE, Spanish and German in one model: `python -m bench.massive [--eval FILE …] [--json FILE]`.

MASSIVE (FitzGerald et al. 2022, CC BY 4.0) is a voice assistant's data: it measures how well the pipeline of
config.yml learns, comparably with others, and says nothing about customer service. It lies outside the project, in
`../shared/benchmarks/massive` or where `--data` says. Trained on the train split, measured on the files given, by
default both dev splits: intents (share of hits), slots (micro F1 of exact spans), seconds, milliseconds a message.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.base.lean_rasa import leave_out
from bot.base.settings import ROOT

DATA = ROOT.parent / "shared" / "benchmarks" / "massive"
TRAIN = ("es-ES.train.jsonl", "de-DE.train.jsonl")
DEV = ("es-ES.dev.jsonl", "de-DE.dev.jsonl")

_SLOT = re.compile(r"\[\s*(?P<name>\w+)\s*:\s*(?P<words>[^\]]+?)\s*\]")

Slot = tuple[str, int, int]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of MASSIVE's format."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def slots_of(annotated: str) -> tuple[str, list[Slot]]:
    """The plain text of `[slot : words]` marks, and its slots in characters."""
    plain, slots, end = "", [], 0
    for match in _SLOT.finditer(annotated):
        plain += annotated[end : match.start()]
        slots.append((match["name"], len(plain), len(plain) + len(match["words"])))
        plain += match["words"]
        end = match.end()
    return plain + annotated[end:], slots


def training_file(rows: list[dict[str, Any]], path: Path) -> None:
    """Write `rows` as Rasa's training data: what has a slot is annotated."""
    by_intent: dict[str, list[str]] = {}
    for row in rows:
        text = _SLOT.sub(lambda m: f"[{m['words']}]({m['name']})", row["annot_utt"])
        by_intent.setdefault(row["intent"], []).append(" ".join(text.split()))
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in sorted(by_intent.items()):
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def trained(folder: Path, data: Path) -> tuple[Path, float, float]:
    """(model, seconds, CPU seconds) of `rasa train nlu` with the shipped config.yml."""
    from rasa.model_training import train_nlu

    training_file([row for name in TRAIN for row in rows_of(data / name)], folder / "nlu.yml")
    began, cpu = time.monotonic(), time.process_time()
    model = train_nlu(
        config=str(ROOT / "config.yml"),
        nlu_data=str(folder / "nlu.yml"),
        output=str(folder),
        fixed_model_name="massive",
    )
    assert model is not None, "Rasa made no model"
    return Path(model), time.monotonic() - began, time.process_time() - cpu


def measure(processor: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of one file: hits, F1 of exact spans, milliseconds (p50, p95) to parse a message with everything."""
    hits, sizes, took = 0, Counter[str](), []
    wrong: Counter[str] = Counter()
    languages, long_enough = 0, 0
    for row in rows:
        text, slots = slots_of(row["annot_utt"])
        began = time.perf_counter()
        parsed = processor.parse(text)
        took.append((time.perf_counter() - began) * 1000)
        intent = next(one["name"] for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback")
        hits += intent == row["intent"]
        if intent != row["intent"]:
            wrong[f"{row['intent']} → {intent}"] += 1
        found = {
            (e["entity"], e["start"], e["end"])
            for e in parsed["entities"]
            if e["extractor"] == "SpanExtractor"
        }
        sizes.update(found=len(found), true=len(slots), right=len(found & set(slots)))
        if len(text.split()) >= 4:
            long_enough += 1
            languages += (parsed.get("language") or {}).get("name") == row["locale"][:2]
    return {
        "messages": len(rows),
        "intents": round(hits / len(rows), 4),
        "slots_f1": round(2 * sizes["right"] / max(1, sizes["found"] + sizes["true"]), 4),
        "language_of_4_words": round(languages / max(1, long_enough), 4),
        "parse_ms_p50": round(statistics.median(took), 3),
        "parse_ms_p95": round(statistics.quantiles(took, n=20)[-1], 3),
        "confused": dict(wrong.most_common(8)),
    }


def intents_alone(processor: Any, rows: list[dict[str, Any]]) -> float:
    """Milliseconds (p50) to find language and intent, without entities and without Rasa's graph."""
    from bot.nlu.language import identify
    from bot.nlu.rasa_components import WishClassifier

    reader = next(
        one.learned for one in processor.graph_runner.components() if isinstance(one, WishClassifier)
    )
    took = []
    for row in rows:
        began = time.perf_counter()
        reader.read(row["utt"], identify(row["utt"]).language)
        took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 3)


def main() -> None:
    """Train, measure, print, and write the figures where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument(
        "--eval", type=Path, nargs="*", help="files of MASSIVE's format; default: both dev splits"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not (options.data / TRAIN[0]).exists():
        parser.exit(
            2, f"bench.massive: no {TRAIN[0]} in {options.data}: say with --data where MASSIVE lies.\n"
        )
    os.environ.update(RASA_TELEMETRY_ENABLED="false", RASA_MAX_CACHE_SIZE="0")
    leave_out(ROOT / "config.yml")
    from rasa_sdk.executor import ActionExecutor

    from bot.rasa_host.processor import Processor
    from bot.serve import configure_logging

    configure_logging("WARNING")
    with tempfile.TemporaryDirectory() as folder:
        model, seconds, cpu = trained(Path(folder), options.data)
        processor = Processor(model, ActionExecutor())
        files = options.eval or [options.data / name for name in DEV]
        figures: dict[str, Any] = {
            "train_seconds": round(seconds, 1),
            "train_cpu_seconds": round(cpu, 1),
            "load_of_machine": os.getloadavg()[0],
            "model_mb": round(model.stat().st_size / 1e6, 1),
            "files": {path.name: measure(processor, rows_of(path)) for path in files},
            "intents_alone_ms_p50": intents_alone(processor, rows_of(files[0])[:1000]),
        }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
