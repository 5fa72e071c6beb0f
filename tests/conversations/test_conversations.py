"""Every conversation of this folder, through the real turn. How to write one: README.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import House
from bot.base.clock import FrozenClock
from bot.service.answers import LineFacts, Row, answer_table, decide
from bot.service.reasons import OUTCOMES
from tests.conversations.script import Script, ScriptError, all_scripts, read
from tests.conversations.stage import play

SCRIPTS = all_scripts()

played: list[str] = []
rows_walked: set[str] = set()


@pytest.fixture(autouse=True)
def _note_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of the table of answers that decides something is noted."""

    def noted(reason: str, facts: LineFacts) -> Row:
        row = decide(reason, facts)
        rows_walked.add(row.name)
        return row

    monkeypatch.setattr("actions.answers.decide", noted)


def _marked(script: Script) -> object:
    marks = [pytest.mark.xfail(reason=script.weakness, strict=False)] if script.weakness else []
    return pytest.param(script, id=script.id, marks=marks)


@pytest.mark.parametrize("script", [_marked(script) for script in SCRIPTS])
def test_conversation(script: Script, new_house: Callable[[], tuple[House, FrozenClock]]) -> None:
    house, clock = new_house()
    played.append(script.id)

    transcript = play(house, clock, script)

    print("\n" + "\n".join(transcript))


def test_every_row_of_the_table_of_answers_is_walked() -> None:
    if len(played) < len(SCRIPTS):
        pytest.skip("only some of the conversations were played")

    assert {row.name for rows in answer_table().values() for row in rows} - rows_walked == set()


@pytest.mark.parametrize("locale", ["es", "de"])
def test_every_reason_has_a_conversation(locale: str) -> None:
    expected = {
        reason
        for script in SCRIPTS
        if script.locale == locale
        for step in script.steps
        for reason in _reasons(step.expect.get("reason"))
    }

    assert set(OUTCOMES) - expected == set()


def test_a_mistake_in_a_script_names_file_conversation_and_key(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text("- {name: one, locale: es, steps: [{say: hola, expct: {}}]}", encoding="utf-8")

    with pytest.raises(ScriptError, match=r"wrong\.yml: one: unknown expct"):
        read(path)


def _reasons(expected: object) -> list[str]:
    return [expected] if isinstance(expected, str) else [str(name) for name in expected or ()]  # type: ignore[union-attr]
