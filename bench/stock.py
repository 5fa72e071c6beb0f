"""Milliseconds to parse a message, beside Rasa's default pipeline: `python -m bench.stock [--json FILE]`.

Both models read the same messages of `tests/nlu/blind` in turn, message by message, each in a process of its own, as
they would be served: whatever else the machine does slows both, and neither's threads or garbage slow the other.
The stock model is trained on `data/nlu` for one epoch; its hits are not looked at.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import tempfile
import time
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.blind import Message, messages_of
from bot.base.settings import ROOT, Settings
from bot.training.models import Models

WORDS = (24, 28)
"""Words of the messages of middle length: the median of real first messages is 26."""


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


class Reader:
    """A model in a process of its own."""

    def __init__(self, model: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(model, there), daemon=True)
        self._process.start()
        self._here.recv()  # it is ready

    def milliseconds(self, text: str) -> float:
        """How long it takes to parse `text`, measured where it is parsed."""
        self._here.send(text)
        return float(self._here.recv())

    def close(self) -> None:
        """End the process."""
        self._here.send(None)
        self._process.join()


def _serve(model: Path, pipe: Connection) -> None:
    """Parse each text that comes, answer with its milliseconds; None ends."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    from rasa_sdk.executor import ActionExecutor

    from bot.rasa_host.processor import Processor
    from bot.serve import configure_logging

    configure_logging("WARNING")
    processor = Processor(model, ActionExecutor())
    pipe.send("ready")
    while (text := pipe.recv()) is not None:
        began = time.perf_counter()
        processor.parse(text)
        pipe.send((time.perf_counter() - began) * 1000)


def measure(models: dict[str, Path], messages: list[Message], before: list[Message]) -> dict[str, Any]:
    """p50 and p95 in milliseconds of each model over `messages`, each read once, in turn, after those of `before`.

    A message read twice would be half remembered; words that other messages had are remembered in life, too.
    """
    readers = {name: Reader(model) for name, model in models.items()}
    took: dict[str, list[float]] = {name: [] for name in readers}
    for message in [*before, *messages]:
        for name, reader in readers.items():
            took[name].append(reader.milliseconds(message.text))
    for reader in readers.values():
        reader.close()
    measured = {name: times[len(before) :] for name, times in took.items()}
    return {
        name: {
            "p50_ms": round(statistics.median(times), 3),
            "p95_ms": round(statistics.quantiles(times, n=20)[-1], 3),
        }
        for name, times in measured.items()
    }


def main() -> None:
    """Train the stock model, measure both, print, and write the figures where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    every = [message for language in ("es", "de") for message in messages_of(language)]
    middle = [message for message in every if WORDS[0] <= len(message.text.split()) <= WORDS[1]]
    others = [message for message in every if message not in middle]
    with tempfile.TemporaryDirectory() as folder:
        models = {
            "puente": Models(Settings.from_environment().models_path).path_in_use(),
            "stock": trained(Path(folder)),
        }
        figures = {
            "messages": len(middle),
            "words": list(WORDS),
            "load_of_machine": os.getloadavg()[0],
            **measure(models, middle, others),
        }
    figures["ratio_of_p50"] = round(figures["puente"]["p50_ms"] / figures["stock"]["p50_ms"], 3)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
