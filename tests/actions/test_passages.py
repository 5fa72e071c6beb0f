"""R16: a product page's passages against questions of customers (page_questions.yml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.demo.load import DATA
from bot.shop.model import Attribute, Page
from bot.shop.passages import best_passage

YAML_FILE = YAML(typ="safe")
QUESTIONS: dict[str, list[dict[str, Any]]] = YAML_FILE.load(Path(__file__).parent / "page_questions.yml")

MIN_PRECISION = 0.95
"""What is shown as the answer has to be one: a wrong passage is worse than asking the seller."""

MIN_RECALL = 0.8


@pytest.fixture(scope="module")
def pages() -> dict[tuple[str, str], Page]:
    """Every product page of the demo shop by (product id, language)."""
    found = {}
    for path in (DATA / "products").glob("*.yml"):
        for product in YAML_FILE.load(path):
            for locale in ("es", "de"):
                found[product["product_id"], locale] = _page(product["product_id"], locale, product[locale])
    return found


@pytest.mark.parametrize("locale", ["es", "de"])
def test_questions_are_answered_by_the_right_passage_or_by_none(
    locale: str, pages: dict[tuple[str, str], Page]
) -> None:
    right, wrong, missed = [], [], []
    for question in QUESTIONS[locale]:
        passage = best_passage(question["asks"], pages[question["product"], locale], locale=locale)
        if passage is None:
            missed += [question["asks"]] if "says" in question else []
            continue
        shown = f"{passage.heading}: {passage.text}"
        good = any(stretch in shown for stretch in question.get("says", ()))
        (right if good else wrong).append(f"{question['asks']} → {shown}")

    assert len(right) / (len(right) + len(wrong)) >= MIN_PRECISION, wrong
    assert len(right) / (len(right) + len(missed)) >= MIN_RECALL, missed


def test_a_page_in_another_language_answers_by_the_properties_customers_words_name(
    pages: dict[tuple[str, str], Page],
) -> None:
    passage = best_passage("Wie schwer ist sie?", pages["PD1001", "es"], locale="de")

    assert passage is not None
    assert passage.text == "1,8 kg"


def test_a_question_of_courtesies_only_has_no_answer(pages: dict[tuple[str, str], Page]) -> None:
    assert best_passage("Hola, buenas tardes, gracias", pages["PD1001", "es"]) is None


def _page(product_id: str, locale: str, content: dict[str, Any]) -> Page:
    return Page(
        product_id=product_id,
        locale=locale,
        title=content["title"],
        description=content["description"],
        attributes=tuple(Attribute(**item) for item in content["attributes"]),
        box=tuple(content["box"]),
        questions=tuple((item["question"], item["answer"]) for item in content["questions"]),
    )
