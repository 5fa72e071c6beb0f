"""Normalisation: texts that mean the same should look the same to the features."""

from __future__ import annotations

import re
import unicodedata

from bot.nlu.entities import find_patterns
from bot.nlu.lexicon import EMOJI, LEXICONS

_FOLD = str.maketrans(
    {letter: plain for lexicon in LEXICONS.values() for letter, plain in lexicon.fold.items()}
)
_EMOJI = str.maketrans(EMOJI)
_SHORT_FORMS = {
    language: re.compile(r"(?<!\w)(" + "|".join(map(re.escape, lexicon.short_forms)) + r")(?!\w)")
    for language, lexicon in LEXICONS.items()
}
_DIGITS = re.compile(r"\d+")
_REPEATED = re.compile(r"(\w)\1{2,}")
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])\s+|\n+|(?<=[a-zñüöäß)]),?\s+(?:y adem[aá]s|adem[aá]s|au(?:ß|ss)erdem|und au(?:ß|ss)erdem)\s+",
    re.I,
)
_CLAUSE_END = re.compile(
    r"[,;:–]?\s+(?=(?:y|e|pero|porque|und|aber|oder|sonst|ausserdem|außerdem|weil|dann)\s)|[,;:]\s+",
    re.I,
)
LONG = 9
"""Sentences of more words are read clause by clause as well."""

SHORT = 3
"""Stretches of a message with fewer words do not stand alone."""


def folded(text: str) -> str:
    """Lower case; umlauts as ae/oe/ue, ß as ss, other accents dropped; runs of a letter shortened to two."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFC", text).casefold().replace("ß", "ss").translate(_FOLD)
        if not text.isascii():
            text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _REPEATED.sub(r"\1\1", text)


def masked(text: str) -> str:
    """`text` with order numbers and whatever else has a form as words that say what stood there."""
    parts, end = [], 0
    for match in find_patterns(text):
        parts += [text[end : match.start], f" {match.entity}placeholder "]
        end = match.end
    return "".join([*parts, text[end:]])


def plain(text: str, language: str | None) -> str:
    """`text` masked, folded, short forms of `language` spelled out, digits alike; lines and blanks as they stood."""
    text = masked(text)
    text = folded(text.translate(_EMOJI))
    if language in LEXICONS:
        forms = LEXICONS[language].short_forms
        text = _SHORT_FORMS[language].sub(lambda m: forms[m.group()], text)
    return _DIGITS.sub("0", text)


def normalised(text: str, language: str | None) -> str:
    """A text as the classifier reads it: `plain`, on one line."""
    return " ".join(plain(text, language).split())


def sentences(text: str) -> list[str]:
    """The sentences of a message, in order, without empty ones."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def clauses(text: str) -> list[str]:
    """The sentences of a message, and after each long one its clauses, none of them shorter than four words."""
    found: list[str] = []
    for sentence in sentences(text):
        found.append(sentence)
        if len(sentence.split()) > LONG:
            joined: list[str] = []
            for clause in filter(None, _CLAUSE_END.split(sentence)):
                if joined and min(len(joined[-1].split()), len(clause.split())) < 4:
                    joined[-1] += f" {clause}"
                else:
                    joined.append(clause)
            found += joined if len(joined) > 1 else []
    return found


def stretches(text: str, *, least: int = SHORT) -> list[tuple[int, int]]:
    """The clauses of a text as it was written, as (start, end), none of fewer than `least` words: each goes on to the
    beginning of the next one.
    """
    ends = sorted({m.end() for pattern in (_SENTENCE_END, _CLAUSE_END) for m in pattern.finditer(text)})
    found: list[tuple[int, int]] = []
    for start, end in zip([0, *ends], [*ends, len(text)], strict=True):
        if found and min(len(text[slice(*found[-1])].split()), len(text[start:end].split())) < least:
            found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found
