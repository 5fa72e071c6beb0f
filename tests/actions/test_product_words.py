"""The tables of words for products: whole, in both languages, and consistent with each other."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.shop.passages import TRAITS, WEIGHTS
from bot.shop.words import LANGUAGES, analysed, fold, stem


def table(name: str) -> dict[str, Any]:
    """A table under data/decisions."""
    content: dict[str, Any] = YAML(typ="safe").load(ROOT / "data" / "decisions" / f"{name}.yml")
    return content


@pytest.mark.parametrize("name", ["attribute_words", "product_kinds"])
def test_every_idea_has_words_in_both_languages(name: str) -> None:
    content = table(name)

    for idea, entry in content.get("kinds", content).items():
        assert all(str(entry[language]).split() for language in LANGUAGES), idea


def test_topics_named_elsewhere_exist() -> None:
    units, topics = table("units"), set(table("attribute_words"))

    assert set(units["told_in"]) <= topics
    assert set(units["broad"].split()) <= topics
    assert set(units["decisive"].split()) <= topics
    assert set(units["told_in"].values()) <= set(units["measures"])


def test_every_trait_has_its_learned_weights() -> None:
    weights = YAML(typ="safe").load(WEIGHTS)

    assert set(weights["question"]) == set(weights["other"]) == set(TRAITS)


@pytest.mark.parametrize("written", ["Größe", "Groesse", "GRÖSSE", "Grösse"])
def test_umlauts_are_one_however_they_are_typed(written: str) -> None:
    assert fold(written, "de") == "grosse"


@pytest.mark.parametrize(("word", "language"), [("neue", "de"), ("Steuer", "de"), ("fuera", "es")])
def test_other_pairs_of_vowels_stay(word: str, language: str) -> None:
    assert fold(word, language) == word.casefold()


def test_forms_of_a_word_have_one_stem() -> None:
    assert stem("lamparas", "es") == stem("lampara", "es")
    assert stem("handtucher", "de") == stem("handtuch", "de")


def test_a_question_on_a_quantity_names_its_measure() -> None:
    asked = analysed("¿Cuánto pesa?", "es")

    assert asked.quantity
    assert asked.units == {"weight"}
