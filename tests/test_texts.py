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
from actions.speech import says_nothing
from bot.base.settings import ROOT
from bot.base.texts import ALL_LOCALES, DESK_LOCALES, LOCALES, catalogue
from bot.cases.model import CaseState
from bot.desk import audit
from bot.desk.canned import canned_replies
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

AT_THE_DESK = {"desk", "errors", "reasons", "staff"}
"""Domains that agents and supervisors meet: in English too."""

PARTS_AT_THE_DESK = {
    "guide": lambda msgid: msgid.split()[0] in {"topic", "issue", "way"},
    "seller": lambda msgid: msgid in {one.label for one in resolution_table().resolutions.values()},
}
"""Domains of customers and sellers of which the desk shows some texts: what the customer chose, how a case may end."""

CATALOGUES = [
    (domain, locale)
    for domain in DOMAINS
    for locale in (*LOCALES, *(["zh"] * (domain in FOR_SELLERS)), *(["en"] * (domain in AT_THE_DESK)))
]

SAME_IN_ENGLISH = {
    "Agent", "Bot", "Carrier", "Chat", "Chats", "Details", "Error number: {id}", "Live", "Name", "No", "Status",
    "Studio", "Team",
}  # fmt: skip
"""Texts that are English and Spanish or German at once."""

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
    english = {path.stem for path in (ROOT / "locales" / "en").glob("*.po")}
    assert english == AT_THE_DESK | set(PARTS_AT_THE_DESK)


@pytest.mark.parametrize("domain", PARTS_AT_THE_DESK)
def test_what_the_desk_shows_of_others_texts_is_there_in_english(domain: str) -> None:
    shown = {msgid for msgid in catalogue(domain, "es") if PARTS_AT_THE_DESK[domain](msgid)}

    assert len(shown) > 10
    assert set(catalogue(domain, "en")) == shown


@pytest.mark.parametrize("domain", sorted(AT_THE_DESK | set(PARTS_AT_THE_DESK)))
def test_english_is_english(domain: str) -> None:
    english = catalogue(domain, "en")

    left = {
        msgid: text for msgid, text in english.items()
        if any(re.search(r"[^\W\d_]", text) and text == catalogue(domain, other)[msgid] for other in LOCALES)
    }  # fmt: skip
    assert set(left.values()) - SAME_IN_ENGLISH == set()
    assert [text for text in english.values() if re.search("[áéíóúñ¿¡äöüß«»„]", text)] == []
    codes = [
        msgid
        for msgid, text in english.items()
        if text == msgid and re.fullmatch(r"[a-z]+[_.][a-z_.]+", msgid)
    ]
    assert codes == []


def test_every_error_has_its_sentence() -> None:
    raised = {(code, where) for code, _, where in raised_codes()}

    assert len(raised) > 60
    for locale in ALL_LOCALES:
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


@pytest.mark.parametrize("locale", [*LOCALES, "en"])
def test_everything_the_audit_keeps_has_a_name(locale: str) -> None:
    assert {f"event.{kind}" for kind in audit.KINDS} - set(catalogue("desk", locale)) == set()


@pytest.mark.parametrize("locale", [*LOCALES, "en"])
def test_every_text_named_where_it_is_translated_is_there(locale: str) -> None:
    named = {
        (_text(call.args[0]), _text(call.args[2]))
        for room in ("bot", "actions")
        for path in (ROOT / room).rglob("*.py")
        for call in _calls(path, "translate")
        if len(call.args) > 2 and _text(call.args[0]) and _text(call.args[2])
    }

    if locale == "en":
        named = {(domain, text) for domain, text in named if domain in AT_THE_DESK}
    assert named
    assert {(domain, text) for domain, text in named if text not in catalogue(domain, locale)} == set()


@pytest.mark.parametrize("locale", DESK_LOCALES)
def test_every_canned_reply_has_a_title_in_the_agents_language(locale: str) -> None:
    for customer in LOCALES:
        replies = canned_replies(customer_locale=customer, agent_locale=locale, agent_name="Ana")

        assert len(replies) > 5
        assert all(one.title.strip() and one.text.strip() for one in replies)
        assert replies[0].title == {"es": "Saludo", "de": "Begrüßung", "en": "Greeting"}[locale]
        assert replies[0].text.startswith({"es": "Hola", "de": "Guten Tag"}[customer])


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
        for call in _calls(path, "says"):
            yield from (f"words for {name}" for name in map(_text, call.args[1:2]) if name)


def _is_speech(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "speech.label"


def _pattern(joined: ast.JoinedStr) -> str:
    return "".join(_text(part) or "*" for part in joined.values)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_nothing_agrees_with_the_gender_of_a_product_in_spanish() -> None:
    agrees = re.compile(
        r"(?<!de )«{product}»(?: \w+){0,3} (?:como|está|esté|queda|fue|siendo) \w+[ai]d[oa]\b|» no hay que \w+l[oa]\b"
    )

    found = {
        name: text
        for name, texts in responses().items()
        for text in texts.get("es", ())
        if agrees.search(text)
    }

    assert found == {}


@pytest.mark.parametrize(
    ("locale", "text", "says"),
    [
        ("es", "Ni idea", False),
        ("es", "pues no lo sé, la verdad", False),
        ("es", "da igual", False),
        ("es", "nada de luz", True),
        ("de", "keine Ahnung", False),
        ("de", "Weiß ich gerade nicht, egal.", False),
        ("de", "keine Ahnung, irgendwas mit der Rechnung", True),
        ("de", "nichts funktioniert", True),
    ],
)
def test_not_knowing_is_told_from_a_matter(locale: str, text: str, says: bool) -> None:
    assert says_nothing(locale, text) is not says
