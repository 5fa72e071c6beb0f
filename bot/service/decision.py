"""R11: what we decide ourselves when a seller has not answered in time."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.service import _files
from bot.service.resolutions import ResolutionTable, resolution_table


@dataclass(frozen=True)
class CaseFacts:
    """What a decision may depend on. `line_state` and `value_cents` are None when it is about no line."""

    reason: str
    line_state: str | None
    value_cents: int | None
    abroad: bool = False
    within_return_window: bool = False
    within_guarantee: bool = False


@dataclass(frozen=True)
class Decision:
    """How a case ends, and the code of the reason that both sides are told."""

    resolution: str
    reason_code: str


@dataclass(frozen=True)
class Rule:
    """One line of the policy: when every condition that is set holds, `decision` is made."""

    decision: Decision
    states: frozenset[str] | None = None
    value_below: int | None = None
    value_from: int | None = None
    abroad: bool | None = None
    within_return_window: bool | None = None
    within_guarantee: bool | None = None

    def holds(self, facts: CaseFacts) -> bool:
        """Whether the rule decides these facts."""
        if self.states is not None and facts.line_state not in self.states:
            return False
        value = facts.value_cents
        if self.value_below is not None and (value is None or value >= self.value_below):
            return False
        if self.value_from is not None and (value is None or value < self.value_from):
            return False
        flags = (
            (self.abroad, facts.abroad),
            (self.within_return_window, facts.within_return_window),
            (self.within_guarantee, facts.within_guarantee),
        )
        return all(wanted is None or wanted == given for wanted, given in flags)

    @property
    def unconditional(self) -> bool:
        """Whether the rule always holds."""
        return self == Rule(self.decision)


@dataclass(frozen=True)
class DecisionPolicy:
    """The file policy.yml. `because` gives the English source text of each reason code."""

    version: int
    rules: Mapping[str, tuple[Rule, ...]]
    otherwise: tuple[Rule, ...]
    because: Mapping[str, str]


def decide(facts: CaseFacts, policy: DecisionPolicy) -> Decision:
    """R11: the decision on a case whose time ran out. Total: the last rule of every reason always holds."""
    rules = policy.rules.get(facts.reason, policy.otherwise)
    return next(rule.decision for rule in rules if rule.holds(facts))


@functools.lru_cache(maxsize=1)
def decision_policy() -> DecisionPolicy:
    """The policy in data/decisions/policy.yml; raises `RulesError`."""
    return load_policy(_files.FOLDER / "policy.yml", resolution_table())


def load_policy(path: Path, table: ResolutionTable) -> DecisionPolicy:
    """Read a policy and check it against the resolutions; raises `RulesError` naming the rule at fault."""
    content = _files.read(path)
    _files.check_keys(path.name, content, needed={"policy_version", "decisions", "otherwise", "because"})
    because = dict(content["because"])

    def checked(reason: str, given: Sequence[dict[str, Any]]) -> tuple[Rule, ...]:
        rules = tuple(
            _rule(f"{path.name} {reason} rule {number}", item, table, because)
            for number, item in enumerate(given, start=1)
        )
        if not rules or not rules[-1].unconditional:
            raise _files.RulesError(f"{path.name} {reason}: the last rule has to be without conditions")
        return rules

    return DecisionPolicy(
        version=content["policy_version"],
        rules={reason: checked(reason, given) for reason, given in content["decisions"].items()},
        otherwise=checked("otherwise", content["otherwise"]),
        because=because,
    )


def _rule(where: str, given: dict[str, Any], table: ResolutionTable, because: Mapping[str, str]) -> Rule:
    _files.check_keys(where, given, needed={"then", "because"}, allowed={"when"})
    conditions = dict(given.get("when", {}))
    flags = {"abroad", "within_return_window", "within_guarantee"}
    _files.check_keys(
        where, conditions, needed=set(), allowed=flags | {"states", "value_below", "value_from"}
    )
    resolution = table.resolutions.get(given["then"])
    if resolution is None or resolution.needs:
        raise _files.RulesError(f"{where}: {given['then']!r} is no resolution we can decide on")
    if given["because"] not in because:
        raise _files.RulesError(f"{where}: because {given['because']!r} has no text")
    if "states" in conditions:
        conditions["states"] = frozenset(conditions["states"])
    elif resolution.names_amount and "value_below" not in conditions and not _concerns_goods(conditions):
        raise _files.RulesError(f"{where}: names an amount, so it needs a condition on the order line")
    return Rule(Decision(given["then"], given["because"]), **conditions)


def _concerns_goods(conditions: Mapping[str, Any]) -> bool:
    """Whether the conditions only hold for a line that was delivered."""
    return any(conditions.get(name) is True for name in ("within_return_window", "within_guarantee"))
