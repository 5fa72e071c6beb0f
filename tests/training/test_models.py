"""Models as files: a pointer that only moves to a model as it was trained, and back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.base.clock import UTC
from bot.base.errors import Conflict, Unavailable, Unknown
from bot.training.compare import compare
from bot.training.models import Models

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Three models; `plain` was trained outside the studio and has no report."""
    models = Models(tmp_path)
    for name in ("old", "new", "plain"):
        models.path(name).write_text(name, encoding="ascii")
    models.keep_report(
        "old", {"trained_at": "x"}, [["es", "a", "1", "a"], ["es", "a", "2", "b"], ["de", "b", "3", "b"]]
    )
    models.keep_report(
        "new", {"trained_at": "y"}, [["es", "a", "1", "b"], ["es", "a", "2", "a"], ["es", "b", "4", "b"]]
    )
    return models


def test_pointer_moves_and_goes_back(models: Models) -> None:
    models.put_in_use("old", by="Ana", now=NOW)
    models.put_in_use("new", by="Jan", now=NOW + timedelta(hours=1))
    again = models.put_in_use("new", by="Eva", now=NOW + timedelta(hours=2))
    assert (again.by, again.previous, models.path_in_use()) == ("Jan", "old", models.path("new"))

    models.go_back(by="Ana", now=NOW)

    assert models.path_in_use() == models.path("old")
    assert json.loads((models.folder / "in_use.json").read_text())["previous"] == "new"
    assert [move["model"] for move in models.history()] == ["old", "new", "old"]


def test_changed_or_missing_file_is_not_put_in_use(models: Models) -> None:
    models.put_in_use("old", by="Ana", now=NOW)
    models.path("new").write_text("something else", encoding="ascii")

    with pytest.raises(Conflict, match="model_file_changed"):
        models.put_in_use("new", by="Ana", now=NOW)
    with pytest.raises(Unknown):
        models.put_in_use("../old", by="Ana", now=NOW)
    models.path("new").unlink()
    with pytest.raises(Unknown):
        models.put_in_use("new", by="Ana", now=NOW)

    assert models.path_in_use() == models.path("old")


def test_without_a_pointer_the_newest_answers(models: Models, tmp_path: Path) -> None:
    assert models.path_in_use() == models.path(models.names()[0])
    with pytest.raises(Conflict, match="no_previous_model"):
        models.go_back(by="Ana", now=NOW)
    with pytest.raises(Unavailable):
        Models(tmp_path / "empty").path_in_use()


def test_comparison_is_on_what_both_were_trained_with(models: Models) -> None:
    found = compare(models, "new", "old")

    assert found is not None
    assert found["languages"]["es"]["examples"] == 2
    assert found["languages"]["de"] == {
        "examples": 0,
        "candidate": {"accuracy": None, "macro_f1": None},
        "current": {"accuracy": None, "macro_f1": None},
    }
    assert [one["text"] for one in found["fixed"]["examples"]] == ["2"]
    assert [one["text"] for one in found["broken"]["examples"]] == ["1"]
    assert (found["added"], found["removed"]) == ({"count": 1, "right": 1}, {"count": 1})
    assert compare(models, "plain", "old") is None
