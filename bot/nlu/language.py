"""Which language a message is in, and which one the conversation goes on in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from bot.nlu.entities import find_patterns
from bot.nlu.lexicon import LEXICONS

_CODES = {Language.SPANISH: "es", Language.GERMAN: "de"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_EVIDENCE = frozenset(
    {"ok", "okay", "hey", "hi", "no", "super", "chat", "email", "mail", "man", "me", "es", "so"}
)

ENOUGH_WORDS = 16
"""Words that are evidence from which more say nothing new: asking takes as long as the words are many."""

FOREIGN_WORDS = 4
"""A message of at least this many words that are evidence may be in a language we do not speak …"""

FOREIGN_CONFIDENCE = 0.97
"""… when it reads as that with at least this confidence: single foreign words in a message are usual."""

_FOREIGN = (
    Language.ENGLISH,
    Language.FRENCH,
    Language.ITALIAN,
    Language.PORTUGUESE,
    Language.DUTCH,
    Language.POLISH,
    Language.ROMANIAN,
    Language.TURKISH,
)
_OURS = frozenset().union(*(lexicon.own_words for lexicon in LEXICONS.values()))
_TELLING = {language: lexicon.own_words | lexicon.function_words for language, lexicon in LEXICONS.items()}

SURE_WORDS = 3
"""Telling words of one language, without any of the other, from which no more has to be asked …"""

SURE_CONFIDENCE = 0.999
"""… and the confidence then: of 18,078 messages that are sure in this way one is in the other language (decision 0019)."""

_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")

SWITCH_WORDS = 3
"""A conversation changes language on a message of at least this many words that are evidence …"""

SWITCH_CONFIDENCE = 0.9
"""… read as the other language with at least this confidence."""


@dataclass(frozen=True)
class LanguageEvidence:
    """What a message says about its language. `words` counts words that are evidence; confidence is 0 … 1.

    `foreign`: the code of a language we do not speak, "?" for another script; `language` is None then.
    """

    language: str | None
    confidence: float
    words: int
    foreign: str | None = None


@functools.lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_CODES).with_preloaded_language_models().build()


@functools.lru_cache(maxsize=1)
def _any_detector() -> LanguageDetector:
    languages = LanguageDetectorBuilder.from_languages(*_CODES, *_FOREIGN)
    return languages.with_low_accuracy_mode().with_preloaded_language_models().build()


def identify(text: str) -> LanguageEvidence:
    """Evidence for Spanish or German in `text`. Numbers, addresses, names in capitals and "ok" are none."""
    for match in reversed(find_patterns(text)):
        text = text[: match.start] + " " + text[match.end :]
    words = [word for word in _WORD.findall(text) if word.lower() not in _NO_EVIDENCE]
    if not words:
        return LanguageEvidence(None, 0.0, 0, _foreign_script(text))
    sure = _sure_language(words)
    if sure:
        return LanguageEvidence(sure, SURE_CONFIDENCE, len(words))
    evidence = " ".join(words[:ENOUGH_WORDS])
    foreign = _foreign_script(text) or (_foreign(words) if len(words) >= FOREIGN_WORDS else None)
    if foreign:
        return LanguageEvidence(None, 0.0, len(words), foreign)
    best = _detector().compute_language_confidence_values(evidence)[0]
    return LanguageEvidence(_CODES[best.language], float(best.value), len(words))


def _sure_language(words: list[str]) -> str | None:
    """The language whose telling words are among `words`, and the other's are not."""
    lower = {word.lower() for word in words}
    if lower.isdisjoint(_OURS):
        return None
    counts = {language: len(telling & lower) for language, telling in _TELLING.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= SURE_WORDS and sum(counts.values()) == counts[best] else None


def _foreign(words: list[str]) -> str | None:
    if not _OURS.isdisjoint(word.lower() for word in words):
        return None
    best = _any_detector().compute_language_confidence_values(" ".join(words))[0]
    foreign = best.language not in _CODES and best.value >= FOREIGN_CONFIDENCE
    return str(best.language.iso_code_639_1.name).lower() if foreign else None


def _foreign_script(text: str) -> str | None:
    """ "?" when most letters are of another script than ours."""
    if not _OTHER_SCRIPT.search(text):
        return None
    letters = sum(c.isalpha() for c in text)
    return "?" if letters and 2 * len(_OTHER_SCRIPT.findall(text)) > letters else None


def language_of_conversation(current: str, evidence: LanguageEvidence, *, first: bool) -> str:
    """The language to go on in: stays until there is evidence.

    The first message decides on less: the page's language was only a guess.
    """
    if evidence.language is None or evidence.language == current:
        return current
    enough_words = 1 if first else SWITCH_WORDS
    enough = evidence.words >= enough_words and evidence.confidence >= SWITCH_CONFIDENCE
    return evidence.language if enough else current
