"""The error codes the source raises, found by reading it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.base import errors
from bot.base.settings import ROOT

STATUS = {name: cls.status for name, cls in vars(errors).items() if hasattr(cls, "status")}
"""Exception class → HTTP status."""

Raised = tuple[str, int | None, str]
"""(code, status or None for a field's reason, where)."""


def raised_codes() -> set[Raised]:
    """Every code that is written out where an error is made, in `bot` and `actions`."""
    files = [path for room in ("bot", "actions") for path in (ROOT / room).rglob("*.py")]
    return {found for path in files for found in _in_file(path)}


def _in_file(path: Path) -> Iterator[Raised]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        where = f"{path.relative_to(ROOT)}:{node.lineno}"
        if name in STATUS and node.args and (code := _text(node.args[0])):
            yield code, STATUS[name], where
        for reason in _field_reasons(node, name):
            yield reason, None, where


def _field_reasons(call: ast.Call, name: str) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
            yield from filter(None, map(_text, keyword.value.values))
    if name == "_bad" and len(call.args) == 2 and (code := _text(call.args[1])):
        yield code


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
