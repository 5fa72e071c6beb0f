"""Which language a message is in, and which one the conversation goes on in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from bot.nlu.entities import find_patterns

_CODES = {Language.SPANISH: "es", Language.GERMAN: "de"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_EVIDENCE = frozenset(
    {"ok", "okay", "hey", "hi", "no", "super", "chat", "email", "mail", "man", "me", "es", "so"}
)

SWITCH_WORDS = 3
"""A conversation changes language on a message of at least this many words that are evidence …"""

SWITCH_CONFIDENCE = 0.9
"""… read as the other language with at least this confidence."""


@dataclass(frozen=True)
class LanguageEvidence:
    """What a message says about its language. `words` counts words that are evidence; confidence is 0 … 1."""

    language: str | None
    confidence: float
    words: int


@functools.lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_CODES).with_preloaded_language_models().build()


def identify(text: str) -> LanguageEvidence:
    """Evidence for Spanish or German in `text`. Numbers, addresses, names in capitals and "ok" are none."""
    for match in reversed(find_patterns(text)):
        text = text[: match.start] + " " + text[match.end :]
    words = [word for word in _WORD.findall(text) if word.lower() not in _NO_EVIDENCE]
    if not words:
        return LanguageEvidence(None, 0.0, 0)
    best = _detector().compute_language_confidence_values(" ".join(words))[0]
    return LanguageEvidence(_CODES[best.language], float(best.value), len(words))


def language_of_conversation(current: str, evidence: LanguageEvidence, *, first: bool) -> str:
    """The language to go on in: stays until there is evidence.

    The first message decides on less: the page's language was only a guess.
    """
    if evidence.language is None or evidence.language == current:
        return current
    enough_words = 1 if first else SWITCH_WORDS
    enough = evidence.words >= enough_words and evidence.confidence >= SWITCH_CONFIDENCE
    return evidence.language if enough else current
