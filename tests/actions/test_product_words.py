"""The tables of words for products: whole, in both languages, and consistent with each other."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bench.meaning import PRODUCTS
from bench.passages import made_up
from bot.base.settings import ROOT
from bot.shop.meaning import word_meaning
from bot.shop.passages import GROUPS, TRAITS, WEIGHTS, passages_of
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
    assert set(units["told_in"].values()) <= set(units["measures"])


def test_every_trait_has_its_learned_weights() -> None:
    weights = YAML(typ="safe").load(WEIGHTS)

    assert all(set(weights[group]) == set(TRAITS) for group in GROUPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_one_thing_are_nearer_than_words_of_others(language: str) -> None:
    drill, wall, wash = {"es": ("taladrar", "pared", "lavar"), "de": ("bohren", "wand", "waschen")}[language]

    near, far = (
        float(word_meaning(drill, language).direction @ word_meaning(other, language).direction)
        for other in (wall, wash)
    )

    assert near > far + 0.1


def test_both_languages_share_one_space() -> None:
    weight = word_meaning("pesa", "es").direction

    assert weight @ word_meaning("wiegt", "de").direction > weight @ word_meaning("farbe", "de").direction


def test_topics_asked_and_listed_are_in_both_languages() -> None:
    questions = [set(YAML(typ="safe").load(PRODUCTS / "questions" / f"{name}.yml")) for name in LANGUAGES]
    words = YAML(typ="safe").load(PRODUCTS / "words.yml")

    assert questions[0] == questions[1]
    for entry in (*words["topics"].values(), *words["alike"]):
        assert all(str(entry[language]).split() for language in LANGUAGES), entry


def test_what_a_made_up_page_is_said_to_say_stands_on_it() -> None:
    for page, asked in made_up():
        told = [f"{passage.heading}: {passage.text}" for passage in passages_of(page)]
        for question in asked:
            for stretch in question.get("says", []):
                assert any(stretch in text for text in told), (page.title, stretch)


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
