"""The algorithms that read: without Rasa, without a trained model."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from bot.nlu.entities import find_patterns, phone_in
from bot.nlu.intents import LEARNED, IntentClassifier
from bot.nlu.language import identify, language_of_conversation
from bot.nlu.normalise import normalised, sentences
from bot.nlu.wishes import read


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("¿Dónde está mi paquete?", "donde esta mi paquete?", "es"),
        ("q pasa xq no llega", "que pasa porque no llega", "es"),
        ("für die Straße", "fuer die Strasse", "de"),
        ("HALLOOOO", "halloo", "de"),
        ("Bestellung 302-4817264-1935501", "bestellung 30248172641935501", "de"),
        ("mi pedido 302 4817264 1935501", "mi pedido 999-1111111-2222222", "es"),
    ],
)
def test_what_means_the_same_looks_the_same(one: str, other: str, language: str):
    assert normalised(one.replace("¿", ""), language) == normalised(other, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("302-4817264-1935501", [("order_id", "302-4817264-1935501")]),
        ("Nr. 30248172641935501 bitte", [("order_id", "302-4817264-1935501")]),
        ("pedido 302 4817264 1935501", [("order_id", "302-4817264-1935501")]),
        ("llámame al +34 612 345 678", [("phone", "+34612345678")]),
        ("Tel. 030 901820", [("phone", "+4930901820")]),
        ("ana.prado@example.es", [("email", "ana.prado@example.es")]),
        ("cuesta 49,90 €", [("money", "49,90 €")]),
        ("Sendung JJD000390007812345678", [("tracking_id", "JJD000390007812345678")]),
        ("ok, gracias", []),
        ("tengo 3 hijos y 2 perros", []),
    ],
)
def test_entities_with_a_form_are_found(text: str, expected: list[tuple[str, str]]):
    assert [(match.entity, match.value) for match in find_patterns(text)] == expected


def test_matches_never_overlap_and_stand_where_they_say():
    text = "302-4817264-1935501, ana@example.es, +34 612 345 678, 20 €, 1Z12345E0205271688"
    matches = find_patterns(text)

    assert all(a.end <= b.start for a, b in itertools.pairwise(matches))
    assert {match.entity for match in matches} == {"order_id", "email", "phone", "money", "tracking_id"}


def test_an_impossible_phone_number_is_none():
    assert phone_in("123", "ES") is None
    assert phone_in("612 345 678", "ES") == "+34612345678"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿dónde está mi pedido?", "es"),
        ("Wo bleibt meine Bestellung?", "de"),
        ("ok", None),
        ("302-4817264-1935501", None),
        ("👍", None),
    ],
)
def test_the_language_of_a_message(text: str, language: str | None):
    assert identify(text).language == language


def test_a_conversation_changes_language_on_evidence_only():
    german = identify("Guten Tag, ich möchte etwas zurückgeben")

    assert language_of_conversation("es", german, first=False) == "de"
    assert language_of_conversation("es", identify("ok super"), first=False) == "es"
    assert language_of_conversation("es", identify("hallo"), first=False) == "es"


def test_sentences_are_split_at_ends_and_lines():
    assert sentences("Hola. Mi pedido no llega\n¿Dónde está? Gracias") == [
        "Hola.",
        "Mi pedido no llega",
        "¿Dónde está?",
        "Gracias",
    ]


def test_a_second_wish_in_its_own_sentence_is_read_and_courtesies_are_not():
    rankings = {
        "whole": [("order_status", 0.7), ("greet", 0.1)],
        "hallo liebes team vom shop": [("greet", 0.99)],
        "wo ist meine bestellung denn": [("order_status", 0.9)],
        "und ich brauche eine rechnung": [("invoice_request", 0.9)],
    }
    reading = read(
        "whole",
        list(rankings)[1:],
        lambda texts: [rankings[text] for text in texts],
        not_wishes=frozenset({"greet"}),
    )

    assert [name for name, _ in reading.wishes] == ["order_status", "invoice_request"]


@pytest.fixture(scope="module")
def learned() -> tuple[IntentClassifier, list[str], list[str]]:
    chance = random.Random(1)
    words = {
        "a": ["lampe", "kaputt", "defekt"],
        "b": ["rechnung", "steuer", "beleg"],
        "c": ["wo", "paket", "sendung"],
    }
    labels = [chance.choice("abc") for _ in range(90)]
    texts = [" ".join(chance.choices(words[label], k=3)) for label in labels]
    return IntentClassifier().fit(texts, labels), texts, labels


def test_the_classifier_learns_and_its_confidences_add_up(learned):
    classifier, _texts, _labels = learned

    ranking = classifier.rank("die lampe ist defekt")

    assert ranking[0][0] == "a"
    assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-5)


def test_a_saved_classifier_reads_exactly_as_before(learned, tmp_path: Path):
    classifier, texts, _ = learned

    classifier.save(tmp_path)
    loaded = IntentClassifier.load(tmp_path)

    questions = [*texts[:20], "etwas ganz anderes", "", "rechnung paket"]
    assert loaded.rank_all(questions) == classifier.rank_all(questions)


def test_learning_is_deterministic(learned):
    classifier, texts, labels = learned

    again = IntentClassifier().fit(texts, labels)

    assert again.rank_all(texts[:10]) == classifier.rank_all(texts[:10])


def test_a_text_that_was_learned_is_read_as_it_was_taught(learned, tmp_path: Path):
    _, texts, labels = learned
    odd = "das ding macht keinen mucks"  # shares no word with the other texts
    taught = IntentClassifier().fit([*texts, odd, "hm", "hm"], [*labels, "b", "a", "c"])
    taught.save(tmp_path)

    for classifier in (taught, IntentClassifier.load(tmp_path)):
        assert classifier.rank(odd)[0] == ("b", pytest.approx(LEARNED, abs=1e-5))
        assert sum(confidence for _, confidence in classifier.rank(odd)) == pytest.approx(1.0, abs=1e-5)
        assert classifier.rank("hm")[0][1] < LEARNED  # taught both ways: nothing is sure
