"""Typing errors as hands make them, to see what they cost."""

from __future__ import annotations

import random

WORDS_A_TYPO = 8
"""One typing error for so many words in the copies that are read to see what typing errors cost."""

BESIDE = {"es": "qwertyuiopasdfghjklñzxcvbnm", "de": "qwertzuiopüasdfghjklöäyxcvbnm"}
"""Letters in the order of the keyboard's rows: neighbours are struck by mistake."""


def with_typos(text: str, language: str) -> str:
    """A copy with a typing error every `WORDS_A_TYPO` words: letters swapped, left out, doubled or struck beside."""
    chance = random.Random(text)  # noqa: S311  # nothing to guess here
    keys = BESIDE[language]
    words = text.split(" ")
    for at in range(chance.randrange(WORDS_A_TYPO), len(words), WORDS_A_TYPO):
        word = words[at]
        if not word.isalpha() or len(word) < 4:
            continue
        i = chance.randrange(1, len(word) - 1)
        beside = keys[(keys.find(word[i].lower()) + 1) % len(keys)]
        words[at] = chance.choice(
            [
                word[:i] + word[i + 1] + word[i] + word[i + 2 :],
                word[:i] + word[i + 1 :],
                word[:i] + word[i] + word[i:],
                word[:i] + beside + word[i + 1 :],
            ]
        )
    return " ".join(words)
