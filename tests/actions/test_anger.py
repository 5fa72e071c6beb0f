"""Anger is heard in words and exclamation marks, and acknowledged where nothing else says sorry."""

from __future__ import annotations

import pytest

from actions.anger import acknowledged, is_angry
from actions.heard import Message


def heard(text: str, *, pressed: bool = False) -> Message:
    """A message as it comes from the model, as far as anger needs it."""
    return Message({"text": text, "metadata": {"pressed": pressed}})


@pytest.mark.parametrize(("text", "locale", "expected"), [
    ("Das ist eine Frechheit, wo bleibt mein Paket?", "de", True),
    ("Ich bin stinksauer", "de", True),
    ("Wo bleibt mein Paket!!!", "de", True),
    ("¿¿¿dónde está mi pedido???", "es", False),
    ("Estoy hasta las narices de esperar", "es", True),
    ("Es una vergüenza de servicio", "es", True),
    ("¡Hola! ¿dónde está mi pedido?", "es", False),
    ("Die Sauerkirschen sind da", "de", False),
    ("Der Mistkäfer als Plüschtier", "de", False),
])  # fmt: skip
def test_anger_is_told_from_hurry(text: str, locale: str, expected: bool) -> None:
    assert is_angry(heard(text), locale) is expected


def test_what_is_pressed_is_never_angry() -> None:
    assert not is_angry(heard("Frechheit!!!", pressed=True), "de")


def test_it_is_said_before_the_answer_and_not_where_one_is_sorry_anyway() -> None:
    assert acknowledged("Das Paket ist unterwegs.", "de") == (
        "Ich verstehe Ihren Ärger, das tut mir leid. Das Paket ist unterwegs."
    )
    sorry = "Siento que haya llegado así."
    assert acknowledged(sorry, "es") == sorry
