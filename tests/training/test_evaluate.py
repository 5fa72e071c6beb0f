"""Cross-validation: nobody reads what they have learned."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.base.settings import ROOT
from bot.training.evaluate import (
    Prediction,
    WishReader,
    confused,
    cross_validate,
    f1_by_intent,
    fold_of,
    scores,
)
from bot.training.examples import Example


def example(text: str, intent: str, language: str = "es") -> Example:
    return Example(text, text, intent, language, "f", 1)


class Recorder:
    """Remembers what it learned and fails when it is asked for that."""

    def __init__(self) -> None:
        self.learned: set[str] = set()

    def learn(self, examples: Sequence[Example]) -> None:
        self.learned = {one.plain for one in examples}

    def read(self, examples: Sequence[Example]) -> list[str]:
        assert not self.learned & {one.plain for one in examples}
        return [one.intent for one in examples]


def test_every_example_is_read_once_by_a_reader_that_has_not_seen_it() -> None:
    examples = [example(f"texto {i}", f"i{i % 3}") for i in range(60)]
    heard: list[float] = []

    predictions = cross_validate(examples, Recorder, progress=heard.append)

    assert [(p.text, p.predicted) for p in predictions] == [(e.plain, e.intent) for e in examples]
    assert heard == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_fold_depends_on_the_words_alone() -> None:
    assert fold_of("¿Dónde está?") == fold_of("donde ESTA")
    assert len({fold_of(f"texto {i}") for i in range(50)}) == 5


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


def test_reader_of_our_configuration_learns() -> None:
    words = {
        "late": "el pedido llega tarde",
        "broken": "la lámpara vino rota",
        "money": "quiero mi reembolso",
    }
    examples = [example(f"{said} {i} veces hoy", intent) for intent, said in words.items() for i in range(20)]
    reader = WishReader.factory(ROOT / "config.yml")()

    reader.learn(examples)

    assert reader.read([example("mi pedido llega muy tarde", "?"), example("vino rota la taza", "?")]) == [
        "late",
        "broken",
    ]
