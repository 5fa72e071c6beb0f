"""The tagger of entity spans: without Rasa, on a few texts made here."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from bot.nlu.spans import Settings, Span, SpanTagger
from bot.nlu.words import Words

NAUGHTY = (Path(__file__).parent / "naughty_strings.txt").read_text(encoding="utf-8").splitlines()

PRODUCTS = {"es": ("cafetera", "mochila", "silla gamer"), "de": ("Rührschüssel", "Mütze", "Kopfhörer X3")}
DAYS = {"es": ("ayer", "el lunes"), "de": ("gestern", "am Montag")}
SENTENCES = {
    "es": ("la {product} no llegó {date}", "compré {date} una {product}", "¿dónde está mi {product}?"),
    "de": (
        "die {product} kam {date} nicht an",
        "ich habe {date} eine {product} gekauft",
        "wo ist meine {product}?",
    ),
}


class Clusters:
    """Stands in for `bot.nlu.words.Words`: words of one length are used alike."""

    def cluster(self, word: str, language: str | None) -> int | None:
        return len(word) if language else None

    def lemma(self, word: str, language: str | None) -> str:
        return word.rstrip("s")


def annotated(sentence: str, **values: str) -> tuple[str, list[Span]]:
    """`sentence` with its gaps filled, and where they are."""
    text, spans = sentence, []
    for entity in sorted(values, key=lambda name: sentence.find("{" + name)):
        start = text.find("{" + entity + "}")
        if start >= 0:
            text = text.replace("{" + entity + "}", values[entity])
            spans.append(Span(entity, start, start + len(values[entity])))
    return text, spans


def fitted(settings: Settings | None = None, **more: object) -> SpanTagger:
    rows = [
        (*annotated(sentence, product=product, date=day), language)
        for language, sentences in SENTENCES.items()
        for sentence in sentences
        for product in PRODUCTS[language]
        for day in DAYS[language]
    ]
    texts, spans, languages = zip(*rows, strict=True)
    tagger = SpanTagger(settings)
    return tagger.fit(texts, spans, languages, ["order_late"] * len(rows), words=Clusters(), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tagger() -> SpanTagger:
    return fitted()


def found(tagger: SpanTagger, text: str, language: str | None = "es") -> list[tuple[str, str]]:
    return [(span.entity, text[span.start : span.end]) for span in tagger.find(text, language, "order_late")]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("¿dónde está mi mochila?", "es", [("product", "mochila")]),
        ("compré ayer una silla gamer", "es", [("date", "ayer"), ("product", "silla gamer")]),
        ("wo ist meine Rührschüssel?", "de", [("product", "Rührschüssel")]),
        ("die Mütze kam am Montag nicht an", "de", [("product", "Mütze"), ("date", "am Montag")]),
    ],
)
def test_one_model_finds_spans_of_both_languages(tagger, text, language, expected):
    assert found(tagger, text, language) == expected


def test_known_sentences_show_where_an_unknown_value_stands(tagger):
    assert found(tagger, "¿dónde está mi tostadora?") == [("product", "tostadora")]


@pytest.mark.parametrize("before", ["😡😡 ", "Grüße!\n\n", "👩‍👩‍👧 äöü ß ", "\u00a0\t", "e\u0301 "])
def test_offsets_count_characters_whatever_stands_before(tagger, before):
    text = before + "wo ist meine Rührschüssel?"

    assert ("product", "Rührschüssel") in found(tagger, text, "de")


def test_saved_and_loaded_finds_the_same(tagger, tmp_path):
    texts = [
        *NAUGHTY,
        "la cafetera no llegó el lunes",
        "ich habe gestern einen Kopfhörer X3 gekauft",
        "mi silla",
    ]

    tagger.save(tmp_path / "new" / "folder")
    loaded = SpanTagger.load(tmp_path / "new" / "folder", words=Clusters())

    for text in texts:
        for language in ("es", "de", None):
            assert loaded.find(text, language, "order_late") == tagger.find(text, language, "order_late")
    assert loaded.settings == tagger.settings


def test_learning_twice_gives_the_same_model_byte_for_byte(tmp_path):
    fitted().save(tmp_path / "one")
    fitted().save(tmp_path / "other")

    for name in ("spans.npz", "spans.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_seed_makes_a_model_of_its_own(tmp_path):
    fitted(Settings(seed=1)).save(tmp_path / "one")
    fitted(Settings(seed=2)).save(tmp_path / "other")

    assert (tmp_path / "one" / "spans.npz").read_bytes() != (tmp_path / "other" / "spans.npz").read_bytes()


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0"])
def test_text_without_words_has_no_spans(tagger, text):
    assert tagger.find(text, "es", "order_late") == []


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_text_breaks_the_order_of_spans(tagger, text):
    spans = tagger.find(text + " la cafetera", None, None)

    assert all(0 <= span.start < span.end <= len(text) + 12 for span in spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))


def test_long_text_is_read_to_its_end(tagger):
    text = "¿dónde está mi mochila? " * 170

    assert len(text) > 4000
    assert found(tagger, text) == [("product", "mochila")] * 170


@pytest.mark.parametrize(("language", "intent"), [(None, None), ("fr", "never_heard")])
def test_language_and_intent_that_were_never_learned_do_not_matter(tagger, language, intent):
    text = "la mochila no llegó ayer"

    assert tagger.find(text, language, intent) == [Span("product", 3, 10), Span("date", 20, 24)]


def test_spans_within_words_are_widened_and_of_overlapping_ones_the_first_counts():
    text = "mi superlavadora blanca"
    spans = [Span("product", 8, 14), Span("attribute", 10, 23)]

    tagger = SpanTagger(Settings(begins=True)).fit(
        [text] * 9, [spans] * 9, ["es"] * 9, ["help"] * 9, words=Clusters()
    )

    assert tagger.find(text, "es", "help") == [Span("product", 3, 16)]


def test_neighbouring_spans_of_one_entity_stay_two():
    text, spans = "hoy mañana", [Span("date", 0, 3), Span("date", 4, 10)]

    tagger = SpanTagger(Settings(begins=True)).fit(
        [text] * 9, [spans] * 9, ["es"] * 9, ["help"] * 9, words=Words.none()
    )

    assert tagger.find(text, "es", "help") == spans


def test_without_labels_for_beginnings_neighbours_of_one_entity_are_one_span():
    text, spans = "taza mochila hoy", [Span("product", 0, 4), Span("product", 5, 12), Span("date", 13, 16)]

    tagger = SpanTagger(Settings(begins=False))
    tagger.fit([text] * 9, [spans] * 9, ["es"] * 9, ["help"] * 9, words=Words.none())

    assert tagger.find(text, "es", "help") == [Span("product", 0, 12), Span("date", 13, 16)]


def test_two_dates_taken_for_one_are_two():
    text, spans = "hoy mañana taza", [Span("date", 0, 3), Span("date", 4, 10), Span("product", 11, 15)]

    tagger = SpanTagger(Settings(begins=False))
    tagger.fit([text] * 9, [spans] * 9, ["es"] * 9, ["help"] * 9, words=Words.none())

    assert tagger.find(text, "es", "help") == spans


def test_nothing_annotated_nothing_found(tmp_path):
    tagger = SpanTagger().fit(["hola", ""], [[], []], ["es", None], ["greet", "greet"], words=Clusters())

    tagger.save(tmp_path)

    assert tagger.find("hola", "es", "greet") == []
    assert SpanTagger.load(tmp_path, words=Clusters()).find("hola", "es", "greet") == []


def test_a_tagger_that_learned_nothing_finds_nothing():
    assert SpanTagger().find("hola", "es", "greet") == []


def test_a_number_in_a_pattern_is_not_mistaken_for_another_number():
    numbers = random.Random(5)
    rows = [
        row
        for _ in range(40)
        for row in (
            (f"mira {numbers.randrange(10**16, 10**17)} aquí", []),  # an order number has 17 digits
            (f"mira {numbers.randrange(10**13, 10**14)} aquí", [Span("quantity", 5, 19)]),
        )
    ]
    texts, spans = zip(*rows, strict=True)
    tagger = SpanTagger().fit(texts, spans, ["es"] * 80, ["help"] * 80, words=Words.none())

    assert found(tagger, "mira 99988877766655544 aquí") == []
    assert found(tagger, "mira 99988877766655 aquí") == [("quantity", "99988877766655")]


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError):
        SpanTagger().fit(["hola", "adiós"], [[], []], ["es", "es"], ["greet"], words=Clusters())


def test_progress_goes_up_to_one():
    heard: list[float] = []

    fitted(progress=heard.append)

    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) > Settings().rounds / 2
