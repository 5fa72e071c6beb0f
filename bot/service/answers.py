"""What becomes of a wish about an order line: the table data/decisions/answers.yml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from bot.service import _files
from bot.service.reasons import OUTCOMES

Then = Literal["answer", "seller", "person"]
_THEN = set(get_args(Then))

NEEDS = ("pieces", "confirm", "new_value", "part", "description", "wish")
"""What may have to be asked before the seller is, in the order it is asked."""

STATUS = "status"
"""In place of a reply's name: the one for the state of the line."""


@dataclass(frozen=True)
class LineFacts:
    """What the table may depend on; the names are those of its conditions."""

    state: str
    overdue: bool
    digital: bool
    route: str


_FACTS = {field.name for field in fields(LineFacts)}


@dataclass(frozen=True)
class Row:
    """One row: `when` (fact → the values that fit) and what is done. `number` counts a reason's rows from 1."""

    reason: str
    number: int
    when: Mapping[str, frozenset[Any]]
    then: Then
    says: str | None = None
    needs: tuple[str, ...] = ()
    offers: str | None = None
    buttons: tuple[str, ...] = ()
    person_for: str | None = None

    @property
    def name(self) -> str:
        """How tests and logs call the row."""
        return f"{self.reason} {self.number}"

    def holds(self, facts: LineFacts) -> bool:
        """Whether the row decides these facts."""
        return all(getattr(facts, name) in values for name, values in self.when.items())


AnswerTable = Mapping[str, tuple[Row, ...]]


def decide(reason: str, facts: LineFacts, table: AnswerTable | None = None) -> Row:
    """The row that decides. Total for every reason of the table: its last row always holds."""
    return next(row for row in (table or answer_table())[reason] if row.holds(facts))


@functools.lru_cache(maxsize=1)
def answer_table() -> AnswerTable:
    """The table in data/decisions/answers.yml; raises `RulesError`."""
    return load_answers(_files.FOLDER / "answers.yml")


def load_answers(path: Path) -> AnswerTable:
    """Read and check a table; raises `RulesError` naming the row at fault."""
    content = _files.read(path)
    _files.check_keys(path.name, content, needed={"answers"})
    table: dict[str, tuple[Row, ...]] = {}
    for reason, rows in content["answers"].items():
        where = f"{path.name} {reason}"
        if reason not in OUTCOMES:
            raise _files.RulesError(f"{where}: no contact reason is called so")
        if not isinstance(rows, list) or not rows:
            raise _files.RulesError(f"{where}: a list of rows is expected")
        table[reason] = tuple(_row(where, reason, number, row) for number, row in enumerate(rows, start=1))
        conditional = [bool(row.when) for row in table[reason]]
        if conditional != [True] * (len(rows) - 1) + [False]:
            raise _files.RulesError(f"{where}: every row but the last has conditions, and the last has none")
    return table


def _row(where: str, reason: str, number: int, given: Any) -> Row:
    where = f"{where}, row {number}"
    if not isinstance(given, dict):
        raise _files.RulesError(f"{where}: a mapping is expected")
    allowed = {"when", "says", "needs", "offers", "buttons", "reason"}
    _files.check_keys(where, given, needed={"then"}, allowed=allowed)
    when = {name: frozenset(_listed(values)) for name, values in (given.get("when") or {}).items()}
    wishes = [name for name in (given.get("offers"), given.get("reason"), *given.get("buttons", ())) if name]
    needs = tuple(given.get("needs", ()))
    wrong = {
        f"the condition {', '.join(sorted(set(when) - _FACTS))} is unknown": not set(when) <= _FACTS,
        f"then: {given['then']} is none of {', '.join(sorted(_THEN))}": given["then"] not in _THEN,
        f"needs: {', '.join(needs)}: unknown, or not in this order: {', '.join(NEEDS)}": needs
        != tuple(name for name in NEEDS if name in needs),
        f"{', '.join(wishes)}: not all of them are contact reasons": not set(wishes) <= set(OUTCOMES),
    }
    for message, is_wrong in wrong.items():
        if is_wrong:
            raise _files.RulesError(f"{where}: {message}")
    return Row(
        reason, number, when, given["then"], given.get("says"), needs, given.get("offers"),
        tuple(given.get("buttons", ())), given.get("reason"),
    )  # fmt: skip


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
