"""Milliseconds to parse a message, beside Rasa's default pipeline: `python -m bench.stock [--json FILE]`.

Both models are loaded in one process and read the same messages of `tests/nlu/blind` in turn, so that whatever else
the machine does slows both. The stock model is trained on `data/nlu` for one epoch; its hits are not looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.blind import Message, messages_of
from bot.base.settings import ROOT, Settings
from bot.training.models import Models

WORDS = (24, 28)
"""Words of the messages of middle length: the median of real first messages is 26."""

ROUNDS = 3


def trained(folder: Path) -> Path:
    """Train the stock pipeline; the model's file."""
    from rasa.model_training import train_nlu

    model = train_nlu(
        config=str(ROOT / "bench" / "stock.yml"),
        nlu_data=str(ROOT / "data" / "nlu"),
        output=str(folder),
        fixed_model_name="stock",
    )
    assert model is not None, "Rasa made no model"
    return Path(model)


def measure(processors: dict[str, Any], messages: list[Message]) -> dict[str, Any]:
    """p50 and p95 in milliseconds of each processor over `messages`, read `ROUNDS` times in turn."""
    took: dict[str, list[float]] = {name: [] for name in processors}
    for processor in processors.values():  # what is made at the first message is not measured
        processor.parse(messages[0].text)
    for _ in range(ROUNDS):
        for message in messages:
            for name, processor in processors.items():
                began = time.perf_counter()
                processor.parse(message.text)
                took[name].append((time.perf_counter() - began) * 1000)
    return {
        name: {
            "p50_ms": round(statistics.median(times), 3),
            "p95_ms": round(statistics.quantiles(times, n=20)[-1], 3),
        }
        for name, times in took.items()
    }


def main() -> None:
    """Train the stock model, measure both, print, and write the figures where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rasa_sdk.executor import ActionExecutor

    from bot.rasa_host.processor import Processor
    from bot.serve import configure_logging

    configure_logging("WARNING")
    every = [message for language in ("es", "de") for message in messages_of(language)]
    middle = [message for message in every if WORDS[0] <= len(message.text.split()) <= WORDS[1]]
    with tempfile.TemporaryDirectory() as folder:
        processors = {
            "puente": Processor(
                Models(Settings.from_environment().models_path).path_in_use(), ActionExecutor()
            ),
            "stock": Processor(trained(Path(folder)), ActionExecutor()),
        }
        figures = {
            "messages": len(middle),
            "words": list(WORDS),
            "load_of_machine": os.getloadavg()[0],
            **measure(processors, middle),
        }
    figures["ratio_of_p50"] = round(figures["puente"]["p50_ms"] / figures["stock"]["p50_ms"], 3)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
