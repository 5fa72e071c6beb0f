"""Data that would train into something else than its writer meant is refused, with file, line and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.base.errors import Conflict
from bot.base.settings import ROOT
from bot.training.check import check_examples
from bot.training.examples import Example, Examples


def _example(text: str, intent: str = "order_late", also: tuple[str, ...] = ()) -> Example:
    return Example(text, text, intent, "es", "data/nlu/es/order.yml", 7, also)


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    path = tmp_path / "domain.yml"
    path.write_text("intents: [order_late, {order_status: {use_entities: []}}]\nentities: [product]\n")
    return path


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        (_example("llega tarde", "order_lat"), "order_lat is no intent of domain.yml; did you mean order_late?"),
        (_example("llega tarde", also=("zzz",)), "zzz is no intent of domain.yml"),
        (_example("mi [tele](produt)"), "produt is no entity of domain.yml; did you mean product?"),
        (_example("mi [tele(product)"), "a mark is written [text](entity), and text has no other square brackets"),
    ],
)  # fmt: skip
def test_the_first_mistake_is_told_with_what_to_write(domain: Path, example: Example, problem: str):
    with pytest.raises(Conflict) as refused:
        check_examples([_example("bien"), example], domain)

    assert refused.value.code == "data_file_broken"
    assert refused.value.values == {"file": "data/nlu/es/order.yml", "line": 7, "problem": problem}


def test_the_data_of_the_project_has_no_mistakes():
    check_examples(Examples(ROOT / "data" / "nlu").all(), ROOT / "domain.yml")
