"""What may become an example, and how it is written: one line, nobody's data, no stray Rasa syntax."""

from __future__ import annotations

import re

from bot.base.errors import BadInput
from bot.base.text import cleaned, folded, has_control_characters, without_contact_data
from bot.nlu.entities import find_patterns

MAX_EXAMPLE_CHARACTERS = 1000
"""Longer texts teach the classifier more about their writer than about the reason."""

_MASK = "•••"
_NEUTRAL = {
    "es": {"email": "cliente@example.com", "phone": "+34 600 000 000"},
    "de": {"email": "kunde@example.com", "phone": "+49 151 00000000"},
}
_NEUTRAL_NUMBERS = {"order_id": "302-0000000-0000000", "tracking_id": "XX000000000XX"}
_COMMAND = re.compile(r"/\s*[A-Za-z_]")
_ANNOTATION = re.compile(r"\[(?P<text>[^\[\]]+)\]\((?P<entity>[^\s():]+)(?::[^()]+)?\)")
_ANNOTATION_BY_DICT = re.compile(r"\[(?P<text>[^\[\]]+)\]\{(?P<dict>[^{}]*)\}")
_ROUND_BRACKETS = str.maketrans("[]", "()")
_UNPRINTABLE = re.compile("[\ufeff\ufffe\uffff]")
_PUNCTUATION = re.compile(r"[\W_]+")


def comparable(text: str) -> str:
    """`text` as compared with others: case, accents, punctuation and white space do not count."""
    plain = folded(text)
    return _PUNCTUATION.sub(" ", plain).strip() or plain


def without_personal_data(text: str, language: str) -> str:
    """R9, for files that are kept for years: numbers and addresses of a person replaced by neutral ones.

    They keep their form, so that an example still looks like a real message. Names cannot be found this way:
    the trainer sees the text before it is written.
    """
    neutral = {**_NEUTRAL[language], **_NEUTRAL_NUMBERS}
    parts, end = [], 0
    for match in find_patterns(text):
        parts += [
            _masked(text[end : match.start], neutral),
            neutral.get(match.entity, text[match.start : match.end]),
        ]
        end = match.end
    return "".join([*parts, _masked(text[end:], neutral)])


def plain_text(example: str) -> str:
    """An example as a customer would have typed it: annotations taken out."""
    return _ANNOTATION_BY_DICT.sub(r"\g<text>", _ANNOTATION.sub(r"\g<text>", example))


def annotated_spans(example: str) -> frozenset[tuple[str, int, int]]:
    """(entity, start, end) of each annotation `[text](entity)`, counted in `plain_text(example)`."""
    spans, shift = set(), 0
    for match in _ANNOTATION.finditer(example):
        start = match.start() - shift
        spans.add((match["entity"], start, start + len(match["text"])))
        shift += len(match.group()) - len(match["text"])
    return frozenset(spans)


def example_from_message(text: str, language: str) -> str:
    """A customer's message as an example: what has a form is annotated. Raises `BadInput`.

    Rasa has no escape for its annotations, so square brackets become round ones.
    """
    text = _one_line(text).translate(_ROUND_BRACKETS)
    return _checked_length(_annotated(without_personal_data(text, language)))


def example_from_trainer(text: str, language: str, *, entities: frozenset[str]) -> str:
    """An example that may carry annotations `[text](entity)`. Raises `BadInput` for brackets that do not fit.

    `entities` are the names in use: an unknown one is a typing mistake.
    """
    text = _one_line(text)
    parts, end = [], 0
    for match in _ANNOTATION.finditer(text):
        if match["entity"] not in entities:
            raise BadInput("bad_fields", fields={"text": "example_unknown_entity"}, entity=match["entity"])
        parts += [_between(text[end : match.start()], language), _neutral_annotation(match, language)]
        end = match.end()
    return _checked_length("".join([*parts, _between(text[end:], language)]))


def _one_line(text: str) -> str:
    if has_control_characters(text):
        raise BadInput("bad_fields", fields={"text": "control_characters"})
    line = " ".join(_UNPRINTABLE.sub("", cleaned(text)).split())
    if not line:
        raise BadInput("bad_fields", fields={"text": "text_empty"})
    if _COMMAND.match(line):
        raise BadInput("bad_fields", fields={"text": "example_is_command"})
    return _checked_length(line)


def _checked_length(text: str) -> str:
    if len(text) > MAX_EXAMPLE_CHARACTERS:
        raise BadInput("bad_fields", fields={"text": "example_too_long"}, limit=MAX_EXAMPLE_CHARACTERS)
    return text


def _annotated(text: str) -> str:
    for match in reversed(find_patterns(text)):
        text = f"{text[: match.start]}[{text[match.start : match.end]}]({match.entity}){text[match.end :]}"
    return text


def _between(text: str, language: str) -> str:
    """What stands between a trainer's annotations: no brackets, nobody's data."""
    if "[" in text or "]" in text:
        raise BadInput("bad_fields", fields={"text": "example_brackets"})
    return _annotated(without_personal_data(text, language))


def _neutral_annotation(match: re.Match[str], language: str) -> str:
    neutral = {**_NEUTRAL[language], **_NEUTRAL_NUMBERS}.get(match["entity"])
    return f"[{neutral}]({match['entity']})" if neutral else match.group()


def _masked(text: str, neutral: dict[str, str]) -> str:
    return without_contact_data(text).replace(_MASK, neutral["phone"])
