"""The fixed list of resolutions a seller may choose from, and what is asked of the seller for each reason."""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.service import _files

NOT_SHIPPED = frozenset({"placed", "preparing", "cancelled"})
"""States of an order line that has not left the seller."""

_CONDITIONS = {"not_shipped", "shipped", "outside_return_window"}
_NEEDS = {"amount_cents", "date"}


@dataclass(frozen=True)
class Resolution:
    """One way a case can end. `label` and `tells` are English sources of catalogue texts (seller, cases)."""

    name: str
    label: str
    tells: str
    needs: tuple[str, ...] = ()
    only: str | None = None
    by_policy: bool = False

    @property
    def names_amount(self) -> bool:
        """Whether the customer is told an amount."""
        return any(name == "amount" for _, name, _, _ in string.Formatter().parse(self.tells))


@dataclass(frozen=True)
class Question:
    """What a case of one reason is called, what it asks, and the resolutions offered for it."""

    title: str
    asks: str
    offers: tuple[str, ...]


@dataclass(frozen=True)
class ResolutionTable:
    """The file resolutions.yml."""

    resolutions: Mapping[str, Resolution]
    questions: Mapping[str, Question]
    otherwise: Question

    def question(self, reason: str) -> Question:
        """What is asked of a seller for `reason`."""
        return self.questions.get(reason, self.otherwise)

    def offered(
        self, reason: str, *, line_state: str | None, within_return_window: bool
    ) -> tuple[Resolution, ...]:
        """The resolutions a seller may choose for a case, in the order they are shown.

        `line_state` is None for a case about no order line: then nothing that names an amount is offered.
        """
        known = (self.resolutions[name] for name in self.question(reason).offers)
        return tuple(r for r in known if _possible(r, line_state, within_return_window))


def _possible(resolution: Resolution, line_state: str | None, within_return_window: bool) -> bool:
    if line_state is None:
        return resolution.only is None and not resolution.names_amount
    if resolution.only == "not_shipped":
        return line_state in NOT_SHIPPED
    if resolution.only == "shipped":
        return line_state not in NOT_SHIPPED
    if resolution.only == "outside_return_window":
        return not within_return_window and line_state not in NOT_SHIPPED
    return True


@functools.lru_cache(maxsize=1)
def resolution_table() -> ResolutionTable:
    """The table in data/decisions/resolutions.yml; raises `RulesError`."""
    return load_resolutions(_files.FOLDER / "resolutions.yml")


def load_resolutions(path: Path) -> ResolutionTable:
    """Read and check a resolution table; raises `RulesError` naming the entry at fault."""
    content = _files.read(path)
    _files.check_keys(path.name, content, needed={"resolutions", "reasons", "otherwise"})
    resolutions = {
        name: _resolution(f"{path.name} {name}", name, given)
        for name, given in content["resolutions"].items()
    }
    questions = {
        reason: _question(f"{path.name} {reason}", given, resolutions)
        for reason, given in content["reasons"].items()
    }
    return ResolutionTable(
        resolutions, questions, _question(f"{path.name} otherwise", content["otherwise"], resolutions)
    )


def _resolution(where: str, name: str, given: dict[str, Any]) -> Resolution:
    by_policy = given.get("by") == "policy"
    _files.check_keys(where, given, needed={"tells", "label"}, allowed={"needs", "only", "by"})
    needs = tuple(given.get("needs", ()))
    only = given.get("only")
    if not set(needs) <= _NEEDS:
        raise _files.RulesError(f"{where}: needs {needs} is unknown")
    if only is not None and only not in _CONDITIONS:
        raise _files.RulesError(f"{where}: only {only!r} is unknown")
    return Resolution(name, given["label"], given["tells"], needs, only, by_policy)


def _question(where: str, given: dict[str, Any], resolutions: Mapping[str, Resolution]) -> Question:
    _files.check_keys(where, given, needed={"title", "asks", "offers"})
    for name in given["offers"]:
        if name not in resolutions or resolutions[name].by_policy:
            raise _files.RulesError(f"{where}: {name!r} is no resolution a seller may choose")
    return Question(given["title"], given["asks"], tuple(given["offers"]))
