"""How well the model in use reads the blind held-out messages: `python -m bench.held_out [--json FILE]`.

The messages were written without sight of the training data and are never trained or tuned on.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor
from ruamel.yaml import YAML

from bot.base.settings import ROOT, Settings
from bot.rasa_host.processor import Processor
from bot.rasa_host.responder import as_parsed
from bot.serve import configure_logging
from bot.training.evaluate import Prediction, confused, f1_by_intent
from bot.training.models import Models

FOLDER = ROOT / "tests" / "nlu" / "held_out"


def measure(processor: Processor) -> dict[str, Any]:
    """Per language: share of hits, macro F1, share of messages the bot would ask back about, worst intents."""
    figures: dict[str, Any] = {}
    for language in ("es", "de"):
        predictions, asked_back, languages = [], 0, Counter[str | None]()
        for intent, text in _messages(FOLDER / f"{language}.yml"):
            found = as_parsed(processor, text)
            ranking = [item["name"] for item in found["intent_ranking"] if item["name"] != "nlu_fallback"]
            predictions.append(Prediction(language, intent, text, ranking[0]))
            asked_back += found["intent"]["name"] == "nlu_fallback"
            languages[found["language"]] += 1
        f1 = f1_by_intent(predictions)
        hits = sum(p.intent == p.predicted for p in predictions)
        figures[language] = {
            "messages": len(predictions),
            "accuracy": round(hits / len(predictions), 4),
            "macro_f1": round(sum(f1.values()) / len(f1), 4),
            "asked_back": round(asked_back / len(predictions), 4),
            "language_right": round(languages[language] / len(predictions), 4),
            "lowest_f1": {name: round(f1[name], 2) for name in sorted(f1, key=lambda name: f1[name])[:6]},
            "confused": confused(predictions, limit=6),
        }
    return figures


def _messages(path: Path) -> list[tuple[str, str]]:
    content = YAML(typ="safe").load(path)
    return [
        (item["intent"], line.removeprefix("- ").strip())
        for item in content["nlu"]
        for line in item["examples"].splitlines()
        if line.strip()
    ]


def main() -> None:
    """Print the figures, and write them where `--json` says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    configure_logging("WARNING")
    model = Models(Settings.from_environment().models_path).path_in_use()
    figures = {"model": model.name, **measure(Processor(model, ActionExecutor()))}
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
