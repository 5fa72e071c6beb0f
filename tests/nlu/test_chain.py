"""The chain reads what crfsuite would: same labels for the same features."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pycrfsuite
import pytest

from bot.nlu.chain import Chain, code
from bot.nlu.spans import _Joins, _joint, _joint_codes, _Known, _word
from bot.nlu.words import Words

LABELS = ("O", "I-a", "I-b")


def _sequences(chance: random.Random, count: int) -> list[tuple[list[list[str]], list[str]]]:
    made = []
    for _ in range(count):
        labels = [chance.choice(LABELS) for _ in range(chance.randint(1, 9))]
        rows = [[f"f{chance.randrange(40)}", f"{label}{chance.randrange(12)}", "all"] for label in labels]
        made.append((rows, labels))
    return made


def _nothing(chain: Chain, rows: list[list[str]]) -> np.ndarray:
    return np.zeros((len(rows), len(chain.labels)), np.float32)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chain") / "model"
    trainer = pycrfsuite.Trainer(algorithm="ap", params={"max_iterations": 5}, verbose=False)
    for rows, labels in _sequences(random.Random(1), 300):
        trainer.append(rows, labels)
    trainer.train(str(path))
    return path


def test_its_labels_are_those_of_crfsuite(file: Path):
    tagger, chain = pycrfsuite.Tagger(), Chain.of_crfsuite(file)
    tagger.open(str(file))

    for rows, _ in _sequences(random.Random(2), 300):
        words = [word for word, row in enumerate(rows) for _ in [*row, "never seen"]]
        codes = [code(name) for row in rows for name in [*row, "never seen"]]
        assert chain.best(chain.add(_nothing(chain, rows), words, codes)) == tagger.tag(rows)


def test_features_looked_up_together_are_those_looked_up_alone(file: Path):
    chain = Chain.of_crfsuite(file)
    ((rows, _),) = _sequences(random.Random(3), 1)
    words = [word for word, row in enumerate(rows) for _ in row]
    codes = [code(name) for row in rows for name in row]

    together = chain.add(_nothing(chain, rows), words, codes)
    alone = _nothing(chain, rows)
    for one in zip(words, codes, strict=True):
        chain.add(alone, *([value] for value in one))

    assert np.abs(together).sum() > 0
    assert np.allclose(together, alone)


def test_a_saved_chain_is_the_same(file: Path, tmp_path: Path):
    chain = Chain.of_crfsuite(file)
    chain.save(tmp_path / "chain.npz")
    loaded = Chain.load(tmp_path / "chain.npz")

    assert loaded.labels == chain.labels
    for name in ("features", "starts", "label_of", "weights", "transitions"):
        assert np.array_equal(getattr(loaded, name), getattr(chain, name))


def test_features_of_two_words_are_looked_up_by_the_names_they_were_learned_with():
    said = ["die", "lámpara", "?", "die"]
    words = [_word(Words.none(), token, "de") for token in said]
    known = [_Known(w.form, w.cluster, np.zeros(1), _Joins.of(w.form, w.cluster)) for w in words]

    for intent in ("order_status", ""):
        at, codes = _joint_codes(known, intent)
        assert sorted(zip(at, codes, strict=True)) == sorted(
            (i, code(name)) for i, name in _joint(words, intent)
        )
