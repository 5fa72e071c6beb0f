"""The files `*.yml` of this folder as data: what is said and what is expected, checked for mistakes of form."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent

SCRIPT_KEYS = {"name", "locale", "customer", "at", "context", "weakness", "steps"}
STEP_KEYS = {"say", "press", "agent", "give_back", "after", "expect"}
EXPECT_KEYS = {
    "outcome", "reason", "says", "says_not", "buttons", "no_buttons", "case", "control", "locale", "quote",
}  # fmt: skip


class ScriptError(ValueError):
    """A conversation is not written as README.md says; the message names the file, the conversation, the key."""


@dataclass(frozen=True)
class Step:
    """One move and what has to come of it. Exactly one of `say`, `press`, `agent`, `give_back` is the move."""

    say: tuple[str, ...] = ()
    press: str | None = None
    agent: str | None = None
    give_back: bool = False
    after: str | None = None
    expect: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """A conversation: who (`customer`), when (`at`), in which language the page is, and its steps."""

    file: str
    name: str
    locale: str
    customer: Any
    at: str | None
    context: dict[str, str]
    weakness: str | None
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """The name under which pytest shows it."""
        return f"{self.file}:{self.locale}:{self.name}".replace(" ", "-")


def all_scripts(folder: Path = FOLDER) -> list[Script]:
    """Every conversation of every file, in order. Raises `ScriptError`."""
    scripts = [script for path in sorted(folder.glob("*.yml")) for script in read(path)]
    ids = [script.id for script in scripts]
    if doubled := sorted({i for i in ids if ids.count(i) > 1}):
        raise ScriptError(f"two conversations of one file and language have the same name: {doubled}")
    return scripts


def read(path: Path) -> list[Script]:
    """The conversations of one file."""
    return [_script(path.stem, item) for item in YAML(typ="safe").load(path) or []]


def _script(file: str, item: dict[str, Any]) -> Script:
    where = f"{file}.yml: {item.get('name', 'a conversation without a name')}"
    _only(where, item, SCRIPT_KEYS)
    if item.get("locale") not in {"es", "de"} or not item.get("name") or not item.get("steps"):
        raise ScriptError(f"{where}: name, locale (es or de) and steps are needed")
    return Script(
        file=file,
        name=item["name"],
        locale=item["locale"],
        customer=item.get("customer"),
        at=item.get("at"),
        context=item.get("context") or {},
        weakness=item.get("weakness"),
        steps=tuple(_step(where, step) for step in item["steps"]),
    )


def _step(where: str, step: dict[str, Any]) -> Step:
    _only(where, step, STEP_KEYS)
    _only(where, step.get("expect") or {}, EXPECT_KEYS)
    moves = [key for key in ("say", "press", "agent", "give_back") if key in step]
    if len(moves) != 1:
        raise ScriptError(f"{where}: a step is exactly one of say, press, agent, give_back; got {moves}")
    said = step.get("say", ())
    return Step(
        say=(said,) if isinstance(said, str) else tuple(said),
        press=step.get("press"),
        agent=step.get("agent"),
        give_back=bool(step.get("give_back")),
        after=step.get("after"),
        expect=step.get("expect") or {},
    )


def _only(where: str, given: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise ScriptError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
