"""In which language a seller has written: decides whether the customer can read it (contract.md)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

Detect = Callable[[str], "str | None"]
"""The language of a text as a two-letter code, None when the text gives no evidence."""

_LANGUAGES = (Language.SPANISH, Language.GERMAN, Language.CHINESE, Language.ENGLISH)
_SURE = 0.6
_WORDS = re.compile(r"[^\W\d_]{2,}|[\u4e00-\u9fff]")


def detect_language(text: str) -> str | None:
    """es, de, zh or en; None for a text without words, or one that could be several of them."""
    if not _WORDS.search(text):
        return None
    best = _detector().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower() if best.value >= _SURE else None


def readable_for(text: str, *, reader: str, writer: str, detect: Detect) -> tuple[bool, str]:
    """Whether a reader of language `reader` can read `text`, and the language it is in.

    What gives no evidence is taken to be in the language the writer is written to; a text without words (a
    tracking number, a date) is everybody's.
    """
    if not _WORDS.search(text):
        return True, reader
    language = detect(text) or writer
    return language == reader, language


@functools.lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_LANGUAGES).build()
