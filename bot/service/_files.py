"""Reading the rules that are data: files under `data/decisions/`, checked when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.base.settings import ROOT

FOLDER = ROOT / "data" / "decisions"


class RulesError(ValueError):
    """A file of rules is wrong; the message names the file, the object at fault and what is wrong with it."""


def read(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; raises `RulesError`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RulesError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise RulesError(f"{path.name}: a mapping is expected at the top")
    return content


def check_keys(
    where: str, given: dict[str, Any], *, needed: set[str], allowed: set[str] | None = None
) -> None:
    """Raises `RulesError` when a key is missing or unknown in the object `where`."""
    missing = sorted(needed - set(given))
    unknown = sorted(set(given) - needed - (allowed or set()))
    if missing:
        raise RulesError(f"{where}: {', '.join(missing)} is missing")
    if unknown:
        raise RulesError(f"{where}: {', '.join(unknown)} is unknown")
