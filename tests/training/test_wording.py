"""What may become an example."""

from __future__ import annotations

import pytest

from bot.base.settings import ROOT
from bot.training.wording import (
    annotated_spans,
    comparable,
    example_from_message,
    plain_text,
    without_personal_data,
)


@pytest.mark.parametrize(
    ("language", "text", "neutral"),
    [
        (
            "es",
            "soy ana.perez@correo.es, tel. +34 612 345 678",
            "soy cliente@example.com, tel. +34 600 000 000",
        ),
        ("de", "rufen Sie 0171 2345678 an", "rufen Sie +49 151 00000000 an"),
        ("de", "Bestellung 305 1234567 7654321 für 12,90 €", "Bestellung 302-0000000-0000000 für 12,90 €"),
        ("es", "el 2 de marzo compré 3 lámparas", "el 2 de marzo compré 3 lámparas"),
    ],
)
def test_personal_data_is_replaced_by_neutral_data(language: str, text: str, neutral: str) -> None:
    assert without_personal_data(text, language) == neutral
    assert without_personal_data(neutral, language) == neutral


def test_what_has_a_form_is_annotated() -> None:
    text = "pedido 305-1234567-7654321, escribid a x@y.es"

    example = example_from_message(text, "es")

    assert example == "pedido [302-0000000-0000000](order_id), escribid a [cliente@example.com](email)"
    assert plain_text(example) == without_personal_data(text, "es")


def test_comparing_ignores_case_accents_and_punctuation() -> None:
    assert comparable("¿Dónde ESTÁ, mi pedido?!") == comparable("donde esta mi pedido")
    assert comparable("Straße") == comparable("strasse")
    assert comparable("👍") != comparable("👎")


def test_naughty_strings_are_refused_or_survive_as_one_plain_line() -> None:
    from rasa.shared.nlu.training_data.entities_parser import (
        find_entities_in_training_example,
        replace_entities,
    )

    from bot.base.errors import BadInput

    lines = (ROOT / "tests/nlu/naughty_strings.txt").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        try:
            example = example_from_message(line, "de")
        except BadInput:
            continue
        assert len(example.splitlines()) == 1
        assert {e["entity"] for e in find_entities_in_training_example(example)} <= {
            "email",
            "phone",
            "order_id",
            "tracking_id",
            "money",
        }
        assert replace_entities(example) == plain_text(example)


def test_annotated_spans_are_counted_in_the_plain_text():
    example = "Hola, soy [Ana](name) y espero el [molde](product)"

    spans = {(entity, plain_text(example)[start:end]) for entity, start, end in annotated_spans(example)}

    assert spans == {("name", "Ana"), ("product", "molde")}
