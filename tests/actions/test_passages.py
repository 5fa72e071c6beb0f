"""R16: a product page's passages against questions of customers.

The weights were learned from these very questions (and from questions made up by machine), so this holds what was
learned; how well products do that were not learned from, `python -m bench.passages` says.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bench.passages import pages as demo_pages
from bot.shop.model import Page
from bot.shop.passages import best_passage

RIGHT = 0.9
"""The least share of shown passages that are right."""

INVENTED = 0.05
"""The highest share of unanswered questions that get a passage as their answer."""

FOUND = {"page_questions": 0.65, "page_questions_further": 0.3}
"""The least share of answered questions that are surely answered: what only comes closest is shown as that."""

Pages = dict[tuple[str, str], Page]


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Every product page of the demo shop by (product id, language)."""
    return demo_pages()


@pytest.mark.parametrize("name", sorted(FOUND))
def test_questions_are_answered_by_the_right_passage_or_by_none(name: str, pages: Pages) -> None:
    asked: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(Path(__file__).parent / f"{name}.yml")
    right, wrong, missed, invented, silent = [], [], [], [], []
    for locale, questions in asked.items():
        for question in questions:
            passage = best_passage(question["asks"], pages[question["product"], locale], locale=locale)
            shown = f"{passage.heading}: {passage.text}" if passage else ""
            if passage is None:
                (missed if "says" in question else silent).append(question["asks"])
            elif "says" not in question:
                invented.append(f"{question['asks']} → {shown}")
            else:
                good = any(str(stretch) in shown for stretch in question["says"])
                (right if good else wrong).append(f"{question['asks']} → {shown}")

    assert len(right) >= RIGHT * (len(right) + len(wrong) + len(invented)), wrong + invented
    assert len(invented) <= INVENTED * (len(invented) + len(silent)), invented
    assert len(right) >= FOUND[name] * (len(right) + len(wrong) + len(missed)), missed


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Wie schwer ist sie?", "1,8 kg"), ("¿Cuánto pesa?", "1,8 kg")],
)
@pytest.mark.parametrize("locale", ["es", "de"])
def test_a_page_answers_in_either_language(question: str, answer: str, locale: str, pages: Pages) -> None:
    asked_in = "de" if question.startswith("Wie") else "es"

    passage = best_passage(question, pages["PD1001", locale], locale=asked_in)

    assert passage is not None
    assert passage.text == answer


def test_what_was_taken_off_the_page_is_not_answered_any_more(pages: Pages) -> None:
    page = pages["PD1001", "es"]
    without = replace(page, attributes=tuple(a for a in page.attributes if a.key != "weight"))

    assert best_passage("¿Cuánto pesa?", page) is not None
    assert best_passage("¿Cuánto pesa?", without) is None


def test_a_question_of_courtesies_only_has_no_answer(pages: Pages) -> None:
    assert best_passage("Hola, buenas tardes, gracias", pages["PD1001", "es"]) is None


def test_a_page_without_content_answers_nothing() -> None:
    empty = Page("x", "de", "Etwas", "", (), (), ())

    assert best_passage("Wie schwer ist es?", empty) is None
