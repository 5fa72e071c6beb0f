"""Card numbers are hidden however they are written; no other number that customers write ever is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.base.payment_cards import has_hidden_card, without_card_numbers
from bot.shop.tables import order_lines, orders
from bot.storage.database import Database


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("4111111111111111", "•••• •••• •••• 1111"),
        ("Mi tarjeta es 4111 1111 1111 1111.", "Mi tarjeta es •••• •••• •••• 1111."),
        ("Karte 4111-1111-1111-1111, danke", "Karte •••• •••• •••• 1111, danke"),
        ("VISA4111\u00a01111\u00a01111\u00a01111", "VISA•••• •••• •••• 1111"),
        ("41 11 11 11 11 11 11 11", "•••• •••• •••• 1111"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "•••• •••• •••• 1111"),
        ("4111 11111111 1111", "•••• •••• •••• 1111"),
        ("４１１１１１１１１１１１１１１１", "•••• •••• •••• 1111"),
        ("4111\u200b1111\u200b1111\u200b1111", "•••• •••• •••• 1111"),
        ("4222222222222", "•••• •••• •••• 2222"),
        ("3782 822463 10005", "•••• •••• •••• 0005"),
        ("3056 930902 5904", "•••• •••• •••• 5904"),
        ("6304000000000000", "•••• •••• •••• 0000"),
        ("5555 5555 5555 4444 12/27 CVV: 123", "•••• •••• •••• 4444 12/27 CVV: •••"),
        ("4111 1111 1111 1111 28013", "•••• •••• •••• 1111 28013"),
        ("5105105105105100 y 4111111111111111", "•••• •••• •••• 5100 y •••• •••• •••• 1111"),
        ("302-4817264-1935501 4111 1111 1111 1111", "302-4817264-1935501 •••• •••• •••• 1111"),
        ("he pagado el pedido con 4111111111111111", "he pagado el pedido con •••• •••• •••• 1111"),
    ],
)
def test_all_but_the_last_four_digits_of_a_card_are_hidden(written: str, kept: str) -> None:
    hidden = without_card_numbers(written)

    assert hidden == kept
    assert has_hidden_card(hidden)
    assert not has_hidden_card(written)
    assert without_card_numbers(hidden) == hidden


@pytest.mark.parametrize(
    "written",
    [
        "4111 1111 1111 1112",  # a digit is wrong
        "1234567812345670",  # no network's
        "302-4817264-1935501",
        "302 4817264 1935501",
        "30248172641935501",
        "+49 1512 3456789",
        "0034 612 345 678",
        "4915123456782",
        "612345678 o 652345678",
        "652 34 56 78 / 612 34 56 78",
        "00340434161094015902",
        "JJD411111111111111112",
        "1Z4111111111111111",
        "Sendungsnummer ist 4111111111111111",
        "número de seguimiento: 4111 1111 1111 1111",
        "ES91 2100 0418 4502 0005 1332",
        "DE89 3704 0044 0532 0130 00",
        "4006381333931",
        "490154203237518",
        "Am 12.10.2026 um 14:30 für 1.234,50 €, PLZ 28013",
    ],
)
def test_other_numbers_are_never_hidden(written: str) -> None:
    assert without_card_numbers(written) == written


def test_no_number_of_the_demo_shop_is_hidden(template: Path) -> None:
    database = Database(f"sqlite:///{template}")
    with database.read() as tx:
        numbers = list(tx.execute(select(orders.c.id)).scalars())
        numbers += tx.execute(
            select(order_lines.c.tracking_id).where(order_lines.c.tracking_id > "")
        ).scalars()
    database.close()

    forms = [f"{form} x" for one in numbers for form in (one, one.replace("-", " "), one.replace("-", ""))]

    assert len(numbers) > 250
    assert [form for form in forms if without_card_numbers(form) != form] == []
