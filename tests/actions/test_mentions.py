"""What a text points at: products by their titles, one of a list by its place, numbers of pieces."""

from __future__ import annotations

import pytest

from actions.mentions import (
    corrected,
    mentioned,
    missing,
    of_another_kind,
    pieces_in,
    place_in,
    without_denied,
)

TITLES = {
    "duna": "Lámpara de mesa Alumbra Duna, cerámica, 42 cm",
    "tripo": "Lámpara de pie Fjälvik Tripo, trípode de roble, 148 cm",
    "kit": "Kit de riego por goteo Gotaluz Rocío para 20 macetas, con programador",
    "sarten": "Sartén Fogorín Brasa, hierro fundido, 28 cm",
}
GERMAN = {
    "duna": "Tischlampe Alumbra Duna, Keramik, 42 cm",
    "kocher": "Wasserkocher Mirabrisa Alba, 1,7 Liter, mit Temperaturwahl",
    "akku": "Akkuleuchte Alumbra Lucira, kabellos, für draußen",
    "tuch": "Handtuch-Set Linalba Orilla, Baumwolle 600 g, vierteilig",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿Se puede lavar la Duna?", ["duna"]),
        ("la lampara de mesa duna llegó rota", ["duna"]),
        ("mi sarten nueva", ["sarten"]),
        ("las sartenes de Fogorin", ["sarten"]),
        ("quiero que me manden otro, por favor", []),
        ("", []),
        ("302-1234567-1234567", []),
    ],
)
def test_spanish_titles_are_found_by_their_words(text: str, expected: list[str]) -> None:
    assert mentioned(text, TITLES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Kocher leckt", ["kocher"]),
        ("Meine Lampe flackert", ["duna"]),
        ("die Handtücher fusseln", ["tuch"]),
        ("Wie lange hält der Akku?", ["akku"]),
        ("Wo bleibt mein Paket?", []),
    ],
)
def test_german_titles_are_found_by_the_halves_of_compounds(text: str, expected: list[str]) -> None:
    assert mentioned(text, GERMAN) == expected


def test_titles_that_fit_alike_are_all_named() -> None:
    assert set(mentioned("¿cuánto mide la lámpara?", TITLES)) == {"duna", "tripo"}


def test_nothing_is_mentioned_where_nothing_is_sold() -> None:
    assert mentioned("la lámpara", {}) == []


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("el segundo", "es", 1),
        ("la primera, por favor", "es", 0),
        ("el último", "es", 2),
        ("2", "de", 1),
        ("das zweite", "de", 1),
        ("der letzte", "de", 2),
        ("die fünfte", "de", None),
        ("el primero lo pedí hace ya dos semanas y no llega", "es", None),
        ("no sé", "es", None),
    ],
)
def test_a_place_in_a_list_of_three(text: str, locale: str, expected: int | None) -> None:
    assert place_in(text, locale, count=3) == expected


@pytest.mark.parametrize(
    ("text", "locale", "asked", "expected"),
    [
        ("las dos llegaron rotas", "es", False, 2),
        ("beide sind kaputt", "de", False, 2),
        ("solo una de ellas", "es", False, 1),
        ("llegó con golpes por todas partes", "es", False, None),
        ("todas", "es", True, 2),
        ("alle", "de", True, 2),
        ("una", "es", True, 1),
        ("2", "de", True, 2),
        ("7", "de", True, None),
        ("lleva 2 días así", "es", False, None),
        ("302-1234567-1234567", "es", True, None),
    ],
)
def test_pieces_of_two(text: str, locale: str, asked: bool, expected: int | None) -> None:
    assert pieces_in(text, locale, ordered=2, asked=asked) == expected


def test_a_thing_is_meant_by_another_word_for_its_kind() -> None:
    titles = {"ohr": "Kabellose Ohrhörer Yunvari Aire, In-Ear", "tuch": "Handtuch-Set Linalba Orilla"}

    assert mentioned("Meine Kopfhörer laden nicht", titles) == ["ohr"]
    assert mentioned("mis cascos no cargan", titles) == ["ohr"]


def test_a_title_that_has_the_word_comes_before_one_of_the_same_kind() -> None:
    titles = {"ohr": "Kabellose Ohrhörer Yunvari Aire", "kopf": "Over-Ear-Kopfhörer Yunvari Calma"}

    assert mentioned("Meine Kopfhörer rauschen", titles) == ["kopf"]


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "Es la mesa… no, la otra cosa, el espejo", "la otra cosa, el espejo"),
        ("es", "me llegó la mesa, no la lámpara", "me llegó la mesa, no la lámpara"),  # denied, not corrected
        ("de", "Die Lampe, nein, der Spiegel fehlt", "der Spiegel fehlt"),
        ("de", "nein", "nein"),
    ],
)
def test_what_comes_after_a_correction_counts(locale: str, text: str, expected: str) -> None:
    assert corrected(text, locale) == expected


LUCIRA = "Lámpara portátil Alumbra Lucira, recargable"
ORDERED = {"espejo": "Espejo de pared Tarvenna Orla, redondo", "olla": "Olla rápida Fogorín Marmita, 6 litros",
           "mesa": "Mesa auxiliar Lohmark Sund, roble macizo, redonda"}  # fmt: skip
BESTELLT = {
    "tuch": "Tischdecke Linalba Olivar, Meterware",
    "steine": "Holzbausteine Nubelí Sieben Brücken, 64 Teile",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no venía la nevera portátil que compré", []),  # only what describes it is shared
        ("no venía la lámpara portátil que compré", ["lucira"]),
        ("la nevera no, la Lucira es la que falta", ["lucira"]),  # its name is said
    ],
)
def test_a_thing_of_another_kind_is_not_meant(text: str, expected: list[str]) -> None:
    assert mentioned(text, {"lucira": LUCIRA}) == expected


def test_a_kind_that_is_named_and_was_not_bought_is_noticed() -> None:
    assert of_another_kind("¿dónde está mi nevera?", [LUCIRA])
    assert not of_another_kind("¿dónde está mi lámpara?", [LUCIRA])
    assert not of_another_kind("¿dónde está lo mío?", [LUCIRA])


@pytest.mark.parametrize(
    ("locale", "text", "titles", "expected"),
    [
        ("es", "me llegaron el espejo y la olla, pero la mesita no venía", ORDERED, ["mesa"]),
        ("es", "en la caja solo venían el espejo y la olla", ORDERED, ["mesa"]),
        ("es", "falta la olla", ORDERED, ["olla"]),
        ("es", "la caja estaba vacía", ORDERED, []),
        ("de", "Zwei Sets Holzbausteine bestellt, geliefert wurde nur eins", BESTELLT, []),
        ("de", "Die Tischdecke ist da, sonst nichts", BESTELLT, ["steine"]),
    ],
)
def test_what_is_missing_is_what_did_not_come(
    locale: str, text: str, titles: dict[str, str], expected: list[str]
) -> None:
    assert missing(text, titles, locale) == expected


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "no no, la lámpara no, me confundí, el juego de llaves", "me confundí, el juego de llaves"),
        ("de", "nicht die Lampe, der Spiegel", "der Spiegel"),
        ("es", "la lámpara", "la lámpara"),
        ("es", "no", "no"),
    ],
)
def test_what_a_no_is_said_to_is_left_out(locale: str, text: str, expected: str) -> None:
    assert ", ".join(part.strip() for part in without_denied(text, locale).split(",")) == expected
