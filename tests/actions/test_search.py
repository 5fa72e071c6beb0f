"""Searching the catalogue of the demo shop, and comparing two of its products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.passages import pages as demo_pages
from bot.shop.comparison import Compared, compared
from bot.shop.model import Page
from bot.shop.search import LOOK_AGAIN_SECONDS, Catalogue, KeptCatalogue
from bot.shop.words import kinds_of, parts_compared, says_own

Pages = dict[tuple[str, str], Page]


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Every product page of the demo shop by (product id, language)."""
    return demo_pages()


@pytest.fixture(scope="module")
def shop(pages: Pages) -> Catalogue:
    """The catalogue of the demo shop."""
    return Catalogue(pages.values())


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("¿tenéis lámparas de pie?", "es", ["PD1003"]),
        ("haben Sie Stehlampen?", "de", ["PD1003"]),
        ("Stehleuchte", "de", ["PD1003"]),  # another word for it
        ("busco una sartén para inducción", "es", ["PD1101"]),
        ("suche eine Pfanne für Induktion", "de", ["PD1101"]),
        ("Pfane", "de", ["PD1101"]),  # a typing error
        ("sartenes", "es", ["PD1101"]),
        ("Eichentisch", "de", ["PD1006"]),  # a compound nobody wrote on the page
        ("una mesa de roble", "es", ["PD1006"]),
        ("Schreibtischlampen", "de", ["PD1005"]),
        ("cascos con cancelación de ruido", "es", ["PD1202"]),
        ("Stehlampe", "es", ["PD1003"]),  # the other language's word
        ("lámpara de pie", "de", ["PD1003"]),
        ("Was kostet die Tripo?", "de", ["PD1003"]),
    ],
)
def test_a_search_finds_what_fits(text: str, locale: str, expected: list[str], shop: Catalogue) -> None:
    found = shop.find(text, locale)

    assert [hit.product_id for hit in found] == expected
    assert not any(hit.close for hit in found)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("¿tenéis neveras?", "es"),  # a cool bag is none
        ("sillas", "es"),
        ("Kühlschrank", "de"),
        ("ein roter Sessel", "de"),
        ("Gießkanne", "de"),
        ("¿hay stock?", "es"),
        ("", "de"),
    ],
)
def test_nothing_is_found_where_nothing_fits(text: str, locale: str, shop: Catalogue) -> None:
    assert shop.find(text, locale) == []


def test_the_right_kind_with_a_wrong_property_is_only_close(shop: Catalogue) -> None:
    found = shop.find("lámpara de pie roja", "es")

    assert [(hit.product_id, hit.close) for hit in found] == [("PD1003", True)]


def test_a_property_that_is_denied_is_not_found(pages: Pages) -> None:
    lined = [page for page in pages.values() if page.product_id == "PD1101"]
    denied = [
        replace(
            page,
            description="",
            questions=(),
            attributes=tuple(
                replace(a, value="No apta para inducción") if a.key == "hobs" else a for a in page.attributes
            ),
        )
        for page in lined
        if page.locale == "es"
    ]

    assert Catalogue(denied).find("sartén para inducción", "es")[0].close


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("na die powerbank kwivo reserva", "de", ["PD1207"]),
        ("Habts ihr des Hochbeet Hortavela Bancal lagernd?", "de", ["PD1309"]),
        ("¿queda la lámpara Alumbra Duna?", "es", ["PD1001"]),
        ("algo de Alumbra", "es", []),
        ("una pantalla para el ordenador", "es", []),  # also a name, but a word like any other
    ],
)
def test_a_product_is_called_by_brand_and_model(
    text: str, locale: str, expected: list[str], shop: Catalogue
) -> None:
    assert shop.named(text, locale) == expected


def test_a_shop_without_products_finds_nothing() -> None:
    assert Catalogue([]).find("lámpara", "es") == []
    assert Catalogue([]).near("lámpara", "es") == []


def test_a_catalogue_is_built_again_only_when_the_shop_has_changed(pages: Pages) -> None:
    clock, marks, built = [0.0], ["first"], []

    def read() -> Iterator[Page]:
        built.append(marks[-1])
        return iter(pages.values())

    kept = KeptCatalogue(lambda: marks[-1], read, seconds=lambda: clock[0])
    first = kept.get()
    clock[0] += LOOK_AGAIN_SECONDS
    assert kept.get() is first
    marks.append("second")
    assert kept.get() is first  # not looked at again yet
    clock[0] += LOOK_AGAIN_SECONDS
    kept.get()
    kept.wait()

    assert kept.get() is not first
    assert built == ["first", "second"]


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("la lámpara de mesa", "es", "table_lamp"),
        ("mis auriculares", "es", "headphones"),
        ("meine Kopfhörer", "de", "headphones"),
        ("die Ohrhörer", "de", "headphones"),
        ("der Schreibtischstuhl", "de", "chair"),
    ],
)
def test_a_thing_is_known_by_its_kind(text: str, language: str, kind: str) -> None:
    assert kind in kinds_of(text, language)


def test_a_lamp_for_the_table_is_no_table() -> None:
    assert "table" not in kinds_of("lámpara de mesa", "es")
    assert "table" not in kinds_of("Tischlampe", "de")


def test_an_own_thing_is_told_by_its_pronoun() -> None:
    assert says_own("mi lámpara no enciende", "es")
    assert says_own("Meine Lampe flackert", "de")
    assert not says_own("¿tenéis lámparas?", "es")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Qué diferencia hay entre la Duna y la Tripo?", "es"),
        ("¿cuál es más grande, la Duna o la Tripo?", "es"),
        ("Unterschied zwischen Duna und Tripo", "de"),
        ("Ist die Tripo größer als die Duna?", "de"),
    ],
)
def test_a_comparison_is_split_into_what_is_compared(text: str, language: str) -> None:
    parts = parts_compared(text, language)

    assert any("duna" in part and "tripo" not in part for part in parts)
    assert any("tripo" in part and "duna" not in part for part in parts)


def test_a_question_on_one_product_compares_nothing() -> None:
    assert parts_compared("¿Cuánto pesa la lámpara y el cable?", "es") == []


def test_the_property_asked_for_is_put_side_by_side(pages: Pages) -> None:
    found = compared(
        "¿Cuál pesa más, la Duna o la Tripo?", pages["PD1001", "es"], pages["PD1003", "es"], locale="es"
    )

    assert found[0].name == "Peso"
    assert found[0].first == "1,8 kg"
    assert found[0].second is not None
    assert len(found) == 1


def test_without_a_property_the_common_ones_are_compared(pages: Pages) -> None:
    found = compared(
        "Unterschied zwischen Duna und Tripo", pages["PD1001", "de"], pages["PD1003", "de"], locale="de"
    )

    assert len(found) > 1
    assert all(one.first and one.second for one in found)


def test_what_one_page_does_not_say_stays_empty(pages: Pages) -> None:
    first, second = pages["PD1001", "de"], pages["PD1003", "de"]
    without = replace(second, attributes=tuple(a for a in second.attributes if a.key != "weight"))

    assert compared("Welche ist schwerer?", first, without, locale="de") == [
        Compared("Gewicht", "1,8 kg", None)
    ]


def test_what_no_page_says_is_not_compared(pages: Pages) -> None:
    asked = "¿Cuál hace más ruido, la Duna o la Tripo?"

    assert compared(asked, pages["PD1001", "es"], pages["PD1003", "es"], locale="es") == []
