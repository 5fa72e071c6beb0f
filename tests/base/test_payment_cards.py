"""Card numbers are hidden, and nothing else is."""

from __future__ import annotations

import random

import pytest

from bot.base.payment_cards import has_hidden_card, without_card_numbers


@pytest.mark.parametrize(("text", "expected"), [
    ("mi tarjeta es 4111 1111 1111 1111, cad. 12/27", "mi tarjeta es •••• •••• •••• 1111, cad. 12/27"),
    ("5500-0000-0000-0004", "•••• •••• •••• 0004"),
    ("Karte 378282246310005.", "Karte •••• •••• •••• 0005."),
    ("30569309025904 und 6011 1111 1111 1117", "•••• •••• •••• 5904 und •••• •••• •••• 1117"),
    ("4111111111111111 123", "•••• •••• •••• 1111 123"),
    ("3530 1113 3330 0000", "•••• •••• •••• 0000"),
])  # fmt: skip
def test_all_but_the_last_four_digits_are_hidden(text: str, expected: str) -> None:
    assert without_card_numbers(text) == expected
    assert has_hidden_card(expected)
    assert without_card_numbers(expected) == expected


@pytest.mark.parametrize("text", [
    "Pedido 302-4817264-1935501",
    "302 4817264 1935501 y 305-2944610-9818503",
    "30248172641935501",
    "4111 1111 1111 1112",  # the check digit is wrong
    "JJD843441173046",
    "ES4111111111111111",
    "+49 1512 3456789 oder 0049 30 901820",
    "EAN 4006381333931, IMEI 356938035643809",
    "0000 0000 0000 0000",
])  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert without_card_numbers(text) == text


def test_order_numbers_stay_whatever_their_digits() -> None:
    chance = random.Random(7)
    numbers = [
        f"{chance.randrange(300, 310)}-{chance.randrange(10**7):07}-{chance.randrange(10**7):07}"
        for _ in range(5000)
    ]
    text = " ".join([*numbers, *(number.replace("-", " ") + "," for number in numbers)])

    assert without_card_numbers(text) == text
