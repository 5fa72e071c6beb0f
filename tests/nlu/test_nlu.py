"""The algorithms that read: without Rasa, without a trained model."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pytest

from bot.base.settings import ROOT
from bot.nlu.entities import find_patterns, phone_in
from bot.nlu.features import Featurizer, Line
from bot.nlu.intents import LEARNED
from bot.nlu.language import identify, language_of_conversation
from bot.nlu.normalise import clauses, normalised, sentences, stretches
from bot.nlu.scorer import Scorer
from bot.nlu.wishes import Labelled, WishReader, after_courtesies, folds_of
from bot.nlu.words import Words
from bot.training.examples import Examples


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
        ("otro teléfono (600 271 845) y ya", [("phone", "+34600271845")]),
        ("al 934 000 561, extensión 12", [("phone", "+34934000561")]),
        ("al 318 555 0147", [("phone", "+573185550147")]),
        ("mi móvil es el 000 11 22 33 44, no 8", [("phone", "00011223344")]),
        ("neu 0041 79 336 12 08, alt 079 221 45 90", [("phone", "+41793361208"), ("phone", "+41792214590")]),
        ("Konto DE44 5005 0201 0012 3456 78, kostete 119 euronen", [("money", "119 euronen")]),
        ("CIF G-09812345, por 399.000 pesos", [("money", "399.000 pesos")]),
        ("nº305 1104738 8829960", [("order_id", "305-1104738-8829960")]),
        ("ana.prado@example.es", [("email", "ana.prado@example.es")]),
        ("cuesta 49,90 €", [("money", "49,90 €")]),
        ("stand 25,- da, jetzt 31,50", [("money", "25,-"), ("money", "31,50")]),
        ("CHF 84.50 statt $8,999", [("money", "CHF 84.50"), ("money", "$8,999")]),
        ("kostet 2,50 und ist 1,80 hoch, 10,25 Zoll, 19,30 Uhr", [("money", "2,50")]),
        ("son mil doscientos euros, kein Euro mehr", [("money", "mil doscientos euros")]),
        ("Lieferung am 03.03.2023, Tracking 01234567890123", []),
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


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Where is my order please, it has not arrived", "en"),
        ("Bonjour, je n'ai toujours pas reçu mon colis", "fr"),
        ("我的订单在哪里", "?"),
        ("где мой заказ", "?"),
        ("el tracking dice delivered pero no tengo nada en casa", None),
        ("moin, wo bleibt mein Paket, digga", None),
        ("mi pedido del Xbox Game Pass no va", None),
        ("Samsung Galaxy Watch Classic", None),
        ("🙂🙂", None),
    ],
)
def test_a_language_we_do_not_speak_is_known(text: str, foreign: str | None):
    assert identify(text).foreign == foreign


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


def test_long_sentences_are_read_clause_by_clause_as_well():
    text = "Mi lámpara llegó rota por un lado y también quiero saber dónde está mi factura. Gracias"

    assert clauses(text) == [
        "Mi lámpara llegó rota por un lado y también quiero saber dónde está mi factura.",
        "Mi lámpara llegó rota por un lado",
        "y también quiero saber dónde está mi factura.",
        "Gracias",
    ]


FAULT, BILL, WHERE = "die lampe ist kaputt", "ich brauche eine rechnung", "wo ist meine sendung denn"


@pytest.fixture(scope="module")
def messages() -> list[Labelled]:
    chance = random.Random(1)
    words = {
        "fault": "lampe kaputt defekt bruch",
        "bill": "rechnung steuer beleg",
        "where": "wo paket sendung",
    }

    def said(intent: str) -> str:
        besides = [f"nebenbei{chance.randrange(400)}" for _ in range(4)]  # or all would be near duplicates
        return " ".join([*chance.choices(words[intent].split(), k=3), *besides])

    single = [Labelled(said(intent), "de", intent) for intent in words for _ in range(60)]
    several = [
        Labelled(f"{said(one)}. {said(other)}", "de", one, (other,))
        for one in words
        for other in words
        if one != other
        for _ in range(12)
    ]
    return [*single, *several, *(Labelled(f"hallo guten tag {i}", "de", "greet") for i in range(20))]


@pytest.fixture(scope="module")
def reader(messages: list[Labelled]) -> WishReader:
    reader = WishReader(not_wishes={"greet"})
    reader.fit(messages)
    return reader


def test_further_wishes_are_learned_from_messages_that_have_them(reader: WishReader):
    two = "lampe kaputt defekt bruch. rechnung steuer beleg rechnung"
    assert {name for name, _ in reader.read(two, "de").wishes} == {"fault", "bill"}
    assert [name for name, _ in reader.read(f"{WHERE}. Hallo guten Tag zusammen", "de").wishes] == ["where"]


def test_readings_of_the_training_are_by_readers_that_had_not_seen_the_message(messages: list[Labelled]):
    odd = Labelled("xylophon quarkspeise", "de", "bill")
    readings = WishReader(not_wishes={"greet"}).fit([*messages, odd])

    assert len(readings) == len(messages) + 1
    assert readings[-1].ranking[0][1] < LEARNED, "who had seen it would be sure"


def test_near_duplicates_are_in_one_fold():
    lines = [
        (
            f"guten tag die lampe aus dem {room} ist leider kaputt angekommen und flackert beim einschalten",
            "de",
        )
        for room in ("flur", "keller", "bad", "gang")
    ]
    others = [(f"thema {i} hat mit wort {i * 7} nichts gemein {i * 31}", "de") for i in range(40)]

    folds = folds_of([*lines, *others], 5)

    assert len(set(folds[: len(lines)])) == 1
    assert len(set(folds[len(lines) :])) == 5


def test_a_saved_reader_reads_exactly_as_before(reader: WishReader, tmp_path: Path):
    reader.save(tmp_path)
    loaded = WishReader.load(tmp_path)

    for text in (FAULT, f"{WHERE}? {BILL}!", "etwas ganz anderes", "", "👍", "\u0000"):
        assert loaded.read(text, "de") == reader.read(text, "de")


def test_learning_is_deterministic(reader: WishReader, messages: list[Labelled]):
    again = WishReader(not_wishes={"greet"})
    again.fit(messages)

    assert again.read(f"{FAULT}. {BILL}", "de") == reader.read(f"{FAULT}. {BILL}", "de")


def test_confidences_add_up(reader: WishReader):
    assert sum(c for _, c in reader.read(FAULT, "de").ranking) == pytest.approx(1.0, abs=1e-5)


def test_a_text_that_was_learned_is_read_as_it_was_taught(messages: list[Labelled], tmp_path: Path):
    odd = "das ding macht keinen mucks"  # shares no word with the other texts
    taught = WishReader(not_wishes={"greet"})
    taught.fit(
        [*messages, Labelled(odd, "de", "bill"), Labelled("hm", "de", "fault"), Labelled("hm", "de", "where")]
    )
    taught.save(tmp_path)

    for reader in (taught, WishReader.load(tmp_path)):
        ranking = reader.read(odd, "de").ranking
        assert ranking[0] == ("bill", pytest.approx(LEARNED, abs=1e-5))
        assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-5)
        assert reader.read("hm", "de").ranking[0][1] < LEARNED  # taught both ways: nothing is sure


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.of_spacy()


def test_words_have_the_lemma_of_their_forms_and_the_cluster_of_their_like(words: Words):
    assert words.lemma("paquetes", "es") == words.lemma("paquete", "es")
    assert words.lemma("kuchens", "de") == words.lemma("kuchen", "de")
    assert words.lemma("paquetes", "es") != words.lemma("cartas", "es")
    assert words.cluster("lunes", "es") == words.cluster("martes", "es")
    assert words.cluster("xqzwk", "es") is None
    assert words.cluster("lunes", None) is None


def test_saved_words_are_the_same(words: Words, tmp_path: Path):
    words.save(tmp_path / "words.npz")
    loaded = Words.load(tmp_path / "words.npz")

    for word in ("paquetes", "straße", "schicken", "xqzwk"):
        for language in ("es", "de", None):
            assert loaded.cluster(word, language) == words.cluster(word, language)
            assert loaded.lemma(word, language) == words.lemma(word, language)


def test_vectors_have_a_length_near_one_and_nothing_is_an_empty_one(words: Words):
    lines: list[Line] = [("die lampe ist kaputt", "de"), ("wo ist die lampe", "de"), ("die rechnung", "de")]
    featurizer = Featurizer(words)

    matrix = featurizer.fit(lines)

    assert matrix.shape == (3, featurizer.size)
    assert np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel() == pytest.approx([1, 1, 1], abs=0.15)
    assert (featurizer.matrix(lines) != matrix).nnz == 0
    assert featurizer.matrix([("", "de")]).nnz == 0
    assert featurizer.matrix([]).shape == (0, featurizer.size)


def test_scores_of_one_message_are_those_of_its_vector(words: Words, tmp_path: Path):
    lines: list[Line] = [
        ("die lampe ist kaputt, und die lampe ist alt!", "de"),
        ("la lampara llega", "es"),
        ("ja", None),
    ]
    featurizer = Featurizer(words)
    featurizer.fit(lines * 2)
    chance = np.random.default_rng(1)
    weights, bias = (
        chance.normal(size=(featurizer.size, 5)).astype(np.float32),
        np.arange(5, dtype=np.float32),
    )
    asked = [*lines, ("die lampen sind unbekannt, oder?", "de"), ("", "de")]
    featurizer.save(tmp_path)

    for one in (featurizer, Featurizer.load(tmp_path, words)):
        scores = Scorer(one, weights, bias).scores(asked)
        assert scores == pytest.approx(featurizer.matrix(asked) @ weights + bias, abs=1e-4)


@pytest.mark.parametrize("text", ["asdfgh jkl", "hjkhjk", "", "   ", "🙈", "?!", "\u0001\u0002", "x" * 4000])
def test_gibberish_is_not_read(reader: WishReader, text: str):
    reading = reader.read(text, None)

    assert not reading.readable
    assert reading.wishes == ()
    assert reading.ranking[0][1] < 0.4
    assert sum(confidence for _, confidence in reading.ranking) == pytest.approx(1.0)


def test_short_and_misspelled_texts_are_familiar(words: Words):
    featurizer = Featurizer(words)
    featurizer.fit(
        [(normalised(e.plain, e.language), e.language) for e in Examples(ROOT / "data" / "nlu").all()[::5]]
    )

    for text in ("bestelung?", "👍", "mi peddido", "302-4817264-1935501", "7", "mhm"):
        assert featurizer.familiar((normalised(text, "es"), "es")), text
    for text in ("sdfsdf wrtzp", "🙈", ""):
        assert not featurizer.familiar((normalised(text, "es"), "es")), text


def test_each_of_several_wishes_is_known_by_what_was_said_about_it(reader: WishReader):
    text = "lampe kaputt defekt bruch. rechnung steuer beleg rechnung"

    said = reader.read(text, "de").said

    assert {name: [text[start:end].strip() for start, end in places] for name, places in said.items()} == {
        "fault": ["lampe kaputt defekt bruch."],
        "bill": ["rechnung steuer beleg rechnung"],
    }
    assert not reader.read("lampe kaputt defekt bruch", "de").said


@pytest.mark.parametrize(("text", "expected"), [
    ("danke, und wo ist meine decke?", ["und wo ist meine decke?"]),
    ("gracias. ¿y el edredon cuando llega?", ["¿y el edredon cuando llega?"]),
    ("danke, das reicht mir schon", []),
    ("danke, und nun?", []),
    ("hallo", []),
])  # fmt: skip
def test_a_courtesy_may_be_followed_by_a_question(text: str, expected: list[str]):
    assert after_courtesies(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Die Lampe ist kaputt, und wo bleibt die Bettdecke?", ["Die Lampe ist kaputt, ", "und wo bleibt die Bettdecke?"]),
    ("Hola. Quiero devolver la mesa. Gracias", ["Hola. Quiero devolver la mesa. Gracias"]),
    ("Eins", ["Eins"]),
    ("", []),
])  # fmt: skip
def test_stretches_cover_a_text_and_none_is_too_short(text: str, expected: list[str]):
    assert [text[start:end] for start, end in stretches(text)] == expected
