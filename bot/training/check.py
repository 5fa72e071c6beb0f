"""What Rasa would only complain about after minutes, or not at all: examples that cannot mean what they say."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

from bot.base.errors import Conflict
from bot.training.examples import Example
from bot.training.wording import annotated_spans, plain_text


def check_examples(examples: Iterable[Example], domain: Path) -> None:
    """Raise `Conflict("data_file_broken")` for the first example whose reasons or marks are not those of `domain`.

    It names file, line and what to write instead.
    """
    content = YAML(typ="safe").load(domain)
    intents, entities = _names(content.get("intents")), _names(content.get("entities"))
    for example in examples:
        for intent in (example.intent, *example.also):
            if intent not in intents:
                raise _broken(example, f"{intent} is no intent of {domain.name}{_instead(intent, intents)}")
        for entity, _, _ in sorted(annotated_spans(example.text)):
            if entity not in entities:
                raise _broken(example, f"{entity} is no entity of {domain.name}{_instead(entity, entities)}")
        if any(bracket in plain_text(example.text) for bracket in "[]"):
            raise _broken(example, "a mark is written [text](entity), and text has no other square brackets")


def _names(listed: Iterable[str | dict[str, object]] | None) -> list[str]:
    return [one if isinstance(one, str) else next(iter(one)) for one in listed or ()]


def _instead(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _broken(example: Example, problem: str) -> Conflict:
    return Conflict("data_file_broken", file=example.file, line=example.line, problem=problem)
