"""What a text says beyond its reading."""

from __future__ import annotations

import re

import pytest

from actions.clues import CAN_BE_DECLINED
from actions.speech import label
from bot.base.text import folded


def declined(text: str, locale: str) -> list[str]:
    """The ways a text says no to."""
    return [
        way
        for way in CAN_BE_DECLINED
        if re.search(rf"\b(?:{label(locale, f'words for declining {way}')})\b", folded(text))
    ]


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "No me llaméis, escribidme aquí", ["request_callback"]),
        ("es", "¿por qué no me llamaron ayer?", []),
        ("es", "no necesito hablar con una persona, solo la fecha", ["talk_to_human"]),
        ("es", "no hay ninguna persona que conteste", []),
        ("es", "no me mandéis más correos", ["request_email"]),
        ("es", "no me ha llegado el correo de confirmación", []),
        ("de", "Bitte nicht anrufen, ich schlafe tagsüber", ["request_callback"]),
        ("de", "Sie haben nicht angerufen, obwohl es versprochen war", []),
        ("de", "Ich brauche keinen Mitarbeiter, nur eine Auskunft", ["talk_to_human"]),
        ("de", "Da geht kein Mitarbeiter ans Telefon", []),
        ("de", "bitte keine Mails schicken", ["request_email"]),
        ("de", "Ich habe keine E-Mail bekommen", []),
    ],
)
def test_a_way_to_go_on_is_declined(locale: str, text: str, expected: list[str]) -> None:
    assert declined(text, locale) == expected
