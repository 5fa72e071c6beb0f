"""Every text a person sees is there, in every language it is needed in, with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from actions.item_problems import WISHES
from actions.returns import RETURN_REASONS
from bot.base.settings import ROOT
from bot.base.texts import LOCALES, catalogue
from bot.cases.model import CaseState
from bot.service import resolution_table
from bot.service.answers import STATUS, answer_table
from bot.service.contact_ways import contact_ways
from bot.service.policies import Exclusion, GoodsState, RefundMethod
from bot.service.reasons import CONCRETE_REASONS
from bot.shop.model import LineState
from tests.codes import raised_codes

DOMAINS = sorted(path.stem for path in (ROOT / "locales" / "es").glob("*.po"))
FOR_SELLERS = {"caselog", "cases", "errors", "seller", "staff"}
"""Domains that sellers meet: in Chinese too."""

CATALOGUES = [
    (domain, locale) for domain in DOMAINS for locale in (*LOCALES, *(["zh"] * (domain in FOR_SELLERS)))
]

ASKED_OF_SELLERS = set(resolution_table().questions) - {"order_status", "warranty_question"}
"""Reasons for which the actions open a case; the other two they answer themselves."""

LABELS = {
    "accepts": [one.value for one in GoodsState],
    "asked": ASKED_OF_SELLERS,
    "case": get_args(CaseState),
    "hint": {contact_ways().otherwise, *contact_ways().mail_hints.values()},
    "is": set(get_args(LineState)) - {"placed", "preparing", "shipped", "delivered"},
    "kind": [one.value for one in Exclusion],
    "matter": ASKED_OF_SELLERS,
    "names of": LOCALES,
    "refund by": [one.value for one in RefundMethod],
    "return reason": RETURN_REASONS,
    "state": get_args(LineState),
    "want": CONCRETE_REASONS - {"talk_to_human"},
    "wish": WISHES,
    "words for": WISHES,
}
"""What is put behind the first words of a label that is made up in `actions`."""

SCRIPTS = {"widget": "widget", "desk": "desk", "studio": "studio", "seller": "caselog"}
"""Folder of scripts → domain of their texts."""


def entries(domain: str, locale: str) -> list[Any]:
    """The entries of a catalogue as they stand in the file."""
    path = ROOT / "locales" / locale / f"{domain}.po"
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=locale) if message.id]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("domain", "locale"), CATALOGUES)
def test_a_catalogue_is_whole(domain: str, locale: str) -> None:
    found = entries(domain, locale)

    path = ROOT / "locales" / locale / f"{domain}.po"
    written = Counter(re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE))
    assert [msgid for msgid, count in written.items() if count > 1] == []
    assert [entry.id for entry in found if not entry.string.strip() or entry.fuzzy] == []
    assert {entry.id for entry in found} == set(catalogue(domain, "es"))


@pytest.mark.parametrize(("domain", "locale"), CATALOGUES)
def test_a_catalogue_has_the_same_placeholders_as_the_spanish_one(domain: str, locale: str) -> None:
    spanish = catalogue(domain, "es")

    different = {
        msgid for msgid, text in catalogue(domain, locale).items()
        if not msgid.startswith("words for") and placeholders(text) != placeholders(spanish[msgid])
    }  # fmt: skip

    assert different == set()


def test_there_are_no_catalogues_that_nobody_needs() -> None:
    assert {path.stem for path in (ROOT / "locales" / "de").glob("*.po")} == set(DOMAINS)
    assert {path.stem for path in (ROOT / "locales" / "zh").glob("*.po")} == FOR_SELLERS


def test_every_error_has_its_sentence() -> None:
    raised = {(code, where) for code, _, where in raised_codes()}

    assert len(raised) > 60
    for locale in (*LOCALES, "zh"):
        texts = catalogue("errors", locale)
        assert {(code, where) for code, where in raised if code not in texts} == set()


def responses() -> dict[str, dict[str, list[str]]]:
    """Name → language → wordings of everything the bot replies."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((ROOT / "data" / "responses").glob("*.yml")):
        for name, variations in YAML(typ="safe").load(path)["responses"].items():
            assert name not in found, f"{name} stands twice"
            found[name] = {
                locale: [
                    variation["text"]
                    for variation in variations
                    if any(c["name"] == "language" and c["value"] == locale for c in variation["condition"])
                ]
                for locale in {c["value"] for variation in variations for c in variation["condition"]}
            }
    return found


def test_every_reply_is_there_in_both_languages_with_the_same_placeholders() -> None:
    for name, texts in responses().items():
        assert set(texts) == set(LOCALES), name
        assert len({frozenset(placeholders(text)) for own in texts.values() for text in own}) == 1, name
        assert all(text.strip() for own in texts.values() for text in own), name


def test_every_reply_of_the_actions_is_there_and_none_is_left_over() -> None:
    known = set(responses())
    said = set(_replies_said())

    missing = {name for name in said if "*" not in name and name not in known}
    assert missing == set()
    patterns = [re.compile(re.escape(name).replace(r"\*", r"\w+")) for name in said]
    assert {name for name in known if not any(pattern.fullmatch(name) for pattern in patterns)} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_label_of_the_actions_is_there(locale: str) -> None:
    needed = set(_labels_said())

    assert len(needed) > 60
    assert needed - set(catalogue("bot", locale)) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_named_where_it_is_translated_is_there(locale: str) -> None:
    named = {
        (_text(call.args[0]), _text(call.args[2]))
        for room in ("bot", "actions")
        for path in (ROOT / room).rglob("*.py")
        for call in _calls(path, "translate")
        if len(call.args) > 2 and _text(call.args[0]) and _text(call.args[2])
    }

    assert {(domain, text) for domain, text in named if text not in catalogue(domain, locale)} == set()


@pytest.mark.parametrize("folder", SCRIPTS)
def test_every_text_of_the_scripts_is_there(folder: str) -> None:
    texts = catalogue(SCRIPTS[folder], "es")
    scripts = sorted((ROOT / "bot" / "web" / "static" / folder).glob("*.js"))
    used = {
        text
        for path in scripts
        for text in re.findall(
            r'(?<![\w.$])(?:\w+\.)?t\(\s*"((?:[^"\\]|\\.)+)"', path.read_text(encoding="utf-8")
        )
    }

    assert len(used) > 10
    assert used - set(texts) == set()


def _calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield node


def _replies_said() -> Iterator[str]:
    """Names of replies in `actions`; `*` where a state or the name of a detail goes.

    A function that serves certain reasons says `utter_…{ask.reason}` for each of them.
    """
    for rows in answer_table().values():
        for row in rows:
            yield from (name for name in [row.says] if name and name != STATUS)
            if "description" in row.needs:
                yield f"utter_ask_description_{row.reason}"
    for path in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield from _replies_by_reason(node)
            elif isinstance(node, ast.Constant) and re.fullmatch(r"utter_\w*[a-z]", _text(node)):
                yield _text(node)
            elif isinstance(node, ast.JoinedStr) and not _is_by_reason(node):
                yield from filter(re.compile("utter_").match, [_pattern(node)])


def _replies_by_reason(function: ast.FunctionDef) -> Iterator[str]:
    calls = (one for one in function.decorator_list if isinstance(one, ast.Call))
    served = [
        _text(argument) for call in calls for argument in call.args if ast.unparse(call.func) == "serves"
    ]
    made_up = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr) and _is_by_reason(node)]
    yield from (_pattern(node).replace("*", reason) for node in made_up for reason in served)


def _is_by_reason(node: ast.JoinedStr) -> bool:
    """Whether it is `utter_…` with the reason, and nothing else, put in."""
    values = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    is_reply = _pattern(node).startswith("utter_")
    return is_reply and [ast.unparse(part.value) for part in values] == ["ask.reason"]


def _labels_said() -> Iterator[str]:
    """Source texts of labels and buttons in `actions`, those that are made up spelled out."""
    for path in (ROOT / "actions").glob("*.py"):
        for call in _calls(path, "label", "button"):
            for argument in call.args[:2]:
                if isinstance(argument, ast.JoinedStr):
                    first = _pattern(argument).partition(" *")[0]
                    assert first in LABELS, f"{path.name}: what may stand behind {first!r}?"
                    yield from (f"{first} {value}" for value in LABELS[first])
            texts = [_text(argument) for argument in call.args]
            of_label = (
                texts[-1:] if getattr(call.func, "id", "") == "label" or _is_speech(call) else texts[:1]
            )
            yield from filter(None, of_label)


def _is_speech(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "speech.label"


def _pattern(joined: ast.JoinedStr) -> str:
    return "".join(_text(part) or "*" for part in joined.values)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
