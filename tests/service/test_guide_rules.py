"""The guide's file: what is wrong in it is named, and what its ends mean."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.returns import RETURN_REASONS
from bot.base.settings import ROOT
from bot.base.texts import LOCALES, catalogue
from bot.service._files import RulesError
from bot.service.guide import Leaf, PickedLine, command_of, guide, load_guide, sentence

FILE = ROOT / "data" / "decisions" / "guide.yml"
LINE = PickedLine("302-1/1", "302-1", "PD1001", "Lámpara de pie")
Change = Callable[[dict[str, Any]], None]


def _leaves() -> list[Leaf]:
    return [leaf for topic in guide().topics.values() for leaf in topic.leaves()]


def _damaged(content: dict[str, Any]) -> dict[str, Any]:
    return content["topics"]["order"]["issues"]["problem"]["issues"]["damaged"]


MISTAKES: dict[str, tuple[Change, str]] = {
    "reason": (lambda c: _damaged(c).update(reason="item_broken"), "damaged: 'item_broken' is no reason"),
    "flow": (lambda c: _damaged(c).update(reason="greet"), "damaged: 'greet' is no reason"),
    "detail": (lambda c: _damaged(c).update(gives="colour"), "damaged: the detail 'colour' is unknown"),
    "way": (lambda c: _damaged(c).update(ways=["chat", "fax"]), "damaged: the way 'fax' is unknown"),
    "recommended": (lambda c: _damaged(c).update(ways=["email"]), "damaged: 'chat' is recommended and not"),
    "key": (lambda c: _damaged(c).update(reasons="x"), "damaged: reasons is unknown"),
    "twice": (lambda c: c["topics"]["other"]["issues"].update(damaged=_damaged(c)), "'damaged' stands twice"),
    "title": (
        lambda c: c["topics"]["other"]["issues"].update(new={"reason": "case_status"}),
        "'issue new' has no text in es",
    ),
    "seller": (lambda c: c["topics"]["order"].update(to_seller="where"), "order: to_seller 'where' is no issue"),
    "empty": (lambda c: c["topics"]["other"].update(issues={}), "other: there are no issues"),
    "only": (lambda c: c["topics"]["other"].update(only={"brand": ["Puente"]}), "other: only narrows"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_file_is_named_with_its_place(mistake: str, tmp_path: Path) -> None:
    content = copy.deepcopy(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    change, message = MISTAKES[mistake]
    change(content)
    path = tmp_path / "guide.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")

    with pytest.raises(RulesError) as raised:
        load_guide(path, {locale: catalogue("guide", locale) for locale in LOCALES})

    assert str(raised.value).startswith("guide.yml")
    assert message in str(raised.value)


def test_no_text_of_the_guide_is_left_over() -> None:
    names = {*guide().topics, *(issue.name for issue in guide().issues())}
    said = [msgid.split(" ", 1) for msgid in catalogue("guide", "es")]

    assert {name for kind, name in said if kind in {"topic", "issue", "says"}} <= names
    for kind, used in (
        ("asks", {leaf.asks for leaf in _leaves()}),
        ("hint", {leaf.hint for leaf in _leaves()}),
    ):
        assert {name for first, name in said if first == kind} == used


def test_choices_are_ones_the_actions_know() -> None:
    chosen = {(leaf.reason, leaf.choice) for leaf in _leaves() if leaf.choice}

    assert chosen
    assert chosen <= {("return_start", reason) for reason in RETURN_REASONS}


@pytest.mark.parametrize("leaf", _leaves(), ids=lambda leaf: leaf.name)
def test_an_end_is_one_command_and_one_sentence_in_each_language(leaf: Leaf) -> None:
    for way in leaf.ways:
        intent, _, entities = command_of(leaf, way, line=LINE, text="Palabras").partition("{")
        carried = json.loads("{" + entities)
        assert intent == {"email": "/request_email", "callback": "/request_callback"}.get(
            way, f"/{leaf.reason}"
        )
        assert (carried["line_id"], carried["guided"]["matter"]) == (LINE.line_id, leaf.reason)
        assert carried["guided"]["text"] == "Palabras"
        assert not leaf.gives or carried["guided"]["details"][leaf.gives] == "Palabras"
        for locale in LOCALES:
            said = sentence(leaf, way, line=LINE, text="Palabras", locale=locale)
            assert LINE.title in said
            assert said.endswith("\nPalabras")
            alone = sentence(leaf, "chat", line=None, text=None, locale=locale)
            assert alone[0].isupper()
            assert alone.endswith(".")
