"""Trains one model, in a process of its own: `python -m bot.training.train --out models/<name>.tar.gz`.

Progress goes to standard output, one JSON object per line: {stage, percent}, at last {stage: done, …report}
or {stage: failed, code, values}. Everything else that Rasa has to say goes to standard error. Importing this
module is cheap; running it imports Rasa, with TensorFlow only if config.yml needs it.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.base.clock import UTC, isoformat
from bot.base.errors import BadInput, PuenteError
from bot.base.lean_rasa import leave_out
from bot.nlu.held_out import FOLDS
from bot.training.check import check_examples
from bot.training.evaluate import Prediction, confused, predictions_in, scores
from bot.training.examples import Example, Examples
from bot.training.models import SUFFIX, Models

Progress = Callable[[str, int], None]
"""(stage, percent): reading, training, checking."""

_LEARNED = re.compile(r"learned (\d+) % of (\w+)")
_SHARES = {"reasons": (5, 60), "spans": (60, 88)}
"""From which to which percent of a training the parts of reading are learned: only the progress bar hangs on it."""


def train(
    *, config: Path, data: Path, domain: Path, out: Path, by: str, progress: Progress
) -> dict[str, Any]:
    """Train NLU and dialogue into `out`, write the report with its cross-validation beside it.

    Returns the report: {name, sha256, trained_at, trained_by, seconds, examples: {es, de}, folds, scores,
    confused}. Nothing is left at `out` unless everything went well. Raises `Conflict` for a data file that
    cannot be read or names what the domain does not know, and `BadInput` when Rasa makes no model, or one that
    does not read.
    """
    began = time.monotonic()
    progress("reading", 1)
    examples = Examples(data / "nlu").all()
    check_examples(examples, domain)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".training-") as folder:
        made = _rasa_train(config, data, domain, Path(folder), progress)
        progress("checking", 92)
        _check_that_it_reads(made, examples)
        predictions = predictions_in(made, examples)
        made.replace(out)
    report = {
        "trained_at": isoformat(datetime.now(UTC)),
        "trained_by": by,
        "seconds": round(time.monotonic() - began, 1),
        "folds": FOLDS,
        **_figures(predictions),
    }
    rows = [[p.language, p.intent, p.text, p.predicted] for p in predictions]
    return Models(out.parent).keep_report(out.name.removesuffix(SUFFIX), report, rows)


def _figures(predictions: list[Prediction]) -> dict[str, Any]:
    found = scores(predictions)
    examples = {language: score["examples"] for language, score in found.items()}
    return {"examples": examples, "scores": found, "confused": confused(predictions)}


def _rasa_train(config: Path, data: Path, domain: Path, folder: Path, progress: Progress) -> Path:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["RASA_CACHE_DIRECTORY"] = str(folder / "cache")
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["LOG_LEVEL"] = "WARNING"  # no progress bars of Rasa's among ours
    progress("training", 3)
    leave_out(config)
    import rasa.model_training
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

    said = redirect_stdout(io.StringIO())  # where the file is, which is not where it will be
    with said, _without_fingerprints(), _heard(lambda percent: progress("training", percent)):
        result = rasa.model_training.train(
            domain=str(domain),
            config=str(config),
            training_files=[str(data)],
            output=str(folder),
            fixed_model_name="model",
            force_training=True,
        )
    if result.code or not result.model:
        raise BadInput("training_failed")
    return Path(result.model)


@contextmanager
def _without_fingerprints() -> Iterator[None]:
    """Rasa hashes all examples before and after each component, for a cache that we do not keep.

    It also does so in each of a dozen copies, to find doubles: there a message's content, written out, tells as much.
    """
    from rasa.engine.training import graph_trainer, hooks
    from rasa.shared.nlu.training_data.message import Message

    class NoHook(hooks.TrainingHook):
        def on_before_node(self, *args: Any, **named: Any) -> dict[str, Any]:
            return {}

        def on_after_node(self, *args: Any, **named: Any) -> None:
            return None

    by_fingerprint = Message.__hash__
    graph_trainer.TrainingHook = NoHook
    Message.__hash__ = lambda message: hash(repr(message.data))
    try:
        yield
    finally:
        graph_trainer.TrainingHook = hooks.TrainingHook
        Message.__hash__ = by_fingerprint


@contextmanager
def _heard(progress: Callable[[int], None]):  # type: ignore[no-untyped-def]  # a generator of nothing
    """Hear how far the components have come from what they log."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found = _LEARNED.search(record.getMessage())
            if found and found[2] in _SHARES:
                start, end = _SHARES[found[2]]
                progress(start + int(found[1]) * (end - start) // 100)

    components = logging.getLogger("bot.nlu.rasa_components")
    listener = Listener()
    components.addHandler(listener)
    components.setLevel(logging.INFO)
    components.propagate = False
    try:
        yield
    finally:
        components.removeHandler(listener)
        components.propagate = True


def _check_that_it_reads(model: Path, examples: list[Example]) -> None:
    """Load the model and read some of what it learned: a model that does not must never come into use."""
    import asyncio

    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    asked = examples[:: max(1, len(examples) // 40)]
    right = 0
    for example in asked:
        parsed = asyncio.run(agent.parse_message(example.plain))
        right += any(one["name"] == example.intent for one in parsed.get("intent_ranking", [])[:3])
    if right * 2 < len(asked):
        raise BadInput("model_does_not_read", right=right, asked=len(asked))


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.train", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--domain", type=Path, default=Path("domain.yml"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--by", default="–", help="who asked for it, for the report")
    given = parser.parse_args(arguments)
    os.nice(10)  # the turns of customers on the same machine come first
    say = _lines_on_stdout()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        report = train(
            config=given.config.resolve(),
            data=given.data.resolve(),
            domain=given.domain.resolve(),
            out=given.out.resolve(),
            by=given.by,
            progress=lambda stage, percent: say({"stage": stage, "percent": percent}),
        )
    except PuenteError as error:
        say({"stage": "failed", "code": error.code, "values": error.values})
        return 1
    except Exception:
        logging.exception("training failed")
        say({"stage": "failed", "code": "training_failed", "values": {}})
        return 1
    figures = {name: report[name] for name in ("name", "seconds", "examples", "scores")}
    say({"stage": "done", "percent": 100, **figures})
    return 0


def _lines_on_stdout() -> Callable[[dict[str, Any]], None]:
    """Keep standard output for our lines; what others print goes to standard error."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    sys.stdout.flush()
    os.dup2(2, 1)
    return lambda line: print(json.dumps(line, ensure_ascii=False), file=lines)


if __name__ == "__main__":
    sys.exit(main())
