"""Figures of how well reasons are read."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from bot.base.settings import ROOT
from bot.nlu.held_out import HELD_OUT
from bot.training.evaluate import (
    Prediction,
    by_length,
    calibration_error,
    confused,
    cross_validate,
    f1_by_intent,
    predictions_in,
    scores,
    second_wishes,
    settings_of,
)
from bot.training.examples import Example


def example(text: str, intent: str, language: str = "es", also: tuple[str, ...] = ()) -> Example:
    return Example(text, text, intent, language, "f", 1, also)


def test_every_example_is_read_once() -> None:
    words = {"late": "el pedido llega tarde", "broken": "la lámpara vino rota", "money": "mi reembolso"}
    examples = [example(f"{said} {i} veces hoy", intent) for intent, said in words.items() for i in range(20)]
    heard: list[float] = []

    predictions = cross_validate(examples, settings_of(ROOT / "config.yml"), progress=heard.append)

    assert [(p.text, p.intent) for p in predictions] == [(e.plain, e.intent) for e in examples]
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)


def test_readings_are_taken_out_of_a_model(tmp_path: Path) -> None:
    held_out = tmp_path / HELD_OUT
    held_out.write_text(json.dumps([["a", "uno", "b", 0.7, ["b", "c"]], ["a", "nadie", "a", 1.0, ["a"]]]))
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(held_out, arcname=f"components/train_WishClassifier/{HELD_OUT}")

    found = predictions_in(tmp_path / "model.tar.gz", [example("uno", "a", also=("c",)), example("dos", "a")])

    assert found == [Prediction("es", "a", "uno", "b", 0.7, ("c",), ("b", "c"))]


def test_confidence_that_means_a_share_of_hits_has_no_error() -> None:
    sure = [Prediction("es", "a", str(i), "a" if i < 8 else "b", 0.8) for i in range(10)]
    boaster = [Prediction("es", "a", str(i), "b", 0.95) for i in range(10)]

    assert calibration_error(sure) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error(boaster) == pytest.approx(0.95)


def test_second_wishes_count_in_either_order() -> None:
    predictions = [
        Prediction("es", "a", "1", "b", 1.0, ("b",), ("b", "a")),
        Prediction("es", "a", "2", "a", 1.0, ("b",), ("a",)),
        Prediction("es", "a", "3", "a", 1.0, (), ("a", "c")),
        Prediction("es", "a", "4", "a", 1.0, (), ("a",)),
        Prediction("es", "greet", "5", "greet", 1.0, (), ("greet", "c")),
    ]

    assert second_wishes(predictions, not_wishes=["greet"]) == {"messages": 2, "found": 0.5, "false": 0.5}


def test_figures_by_length() -> None:
    short, long = Prediction("es", "a", "hola", "a"), Prediction("es", "a", "muy " * 40, "b")

    figures = by_length([short, long])

    assert figures["short"]["accuracy"] == 1.0
    assert figures["long"]["accuracy"] == 0.0
    assert figures["middle"]["accuracy"] is None


def test_figures() -> None:
    predictions = [
        Prediction("es", "a", "1", "a"),
        Prediction("es", "a", "2", "b"),
        Prediction("es", "b", "3", "b"),
        Prediction("de", "a", "4", "b"),
    ]

    assert f1_by_intent(predictions[:3]) == {"a": pytest.approx(2 / 3), "b": pytest.approx(2 / 3)}
    assert scores(predictions)["es"] == {"examples": 3, "accuracy": 0.6667, "macro_f1": 0.6667}
    assert scores(predictions)["de"] == {"examples": 1, "accuracy": 0.0, "macro_f1": 0.0}
    assert confused(predictions)[0] == {"language": "es", "intent": "a", "predicted": "b", "count": 1}
