"""What a text says beyond its reading."""

from __future__ import annotations

import pytest

from actions.clues import CAN_BE_DECLINED
from actions.speech import begins_with_no, begins_with_yes, is_bare, says


def declined(text: str, locale: str) -> list[str]:
    """The ways a text says no to."""
    return [way for way in CAN_BE_DECLINED if says(locale, f"declining {way}", text)]


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


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "Sí, por favor", True),
        ("es", "no", True),
        ("es", "sí, porque es pequeño", False),
        ("de", "Ja bitte!", True),
        ("de", "nein danke", True),
        ("de", "ja, zu klein", False),
        ("de", "42", False),
    ],
)
def test_a_yes_or_no_alone_tells_nothing(locale: str, text: str, expected: bool) -> None:
    assert is_bare(locale, text) == expected


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "¿Y en otro color?", True),
        ("es", "la quiero en negro", True),
        ("es", "¿cuándo vuelve a estar?", False),
        ("de", "Gibt es die auch in einer anderen Farbe?", True),
        ("de", "in Größe 42?", True),
        ("de", "Was kostet die Lampe in Ihrem Laden?", False),
    ],
)
def test_another_version_is_asked_for(locale: str, text: str, expected: bool) -> None:
    assert says(locale, "another version", text) == expected


@pytest.mark.parametrize(
    ("locale", "text", "yes", "no"),
    [
        ("es", "Eso es, solo la cámara", True, False),
        ("es", "Sí, no hay problema", True, False),
        ("es", "Claro que no", False, False),
        ("es", "Vale no", False, False),
        ("es", "No, la otra", False, True),
        ("es", "No hay problema", False, False),
        ("de", "Genau, nur die eine", True, False),
        ("de", "Natürlich nicht", False, False),
        ("de", "Nei nei, isch scho guet", False, True),
        ("de", "Nein", False, True),
        ("de", "Nicht schlimm", False, False),
    ],
)
def test_a_yes_and_a_no_are_told_by_how_a_text_begins(locale: str, text: str, yes: bool, no: bool) -> None:
    assert (begins_with_yes(locale, text), begins_with_no(locale, text)) == (yes, no)
