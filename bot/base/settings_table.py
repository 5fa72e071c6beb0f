"""The table of settings in docs/operator.md, made from `Settings`: `python -m bot.base.settings_table` writes it."""

from __future__ import annotations

import re
from dataclasses import fields

from bot.base.settings import ROOT, Settings

PAGE = ROOT / "docs" / "operator.md"
_MARKED = re.compile(r"(?<=<!-- settings: begin -->\n).*?(?=<!-- settings: end -->)", re.S)


def table() -> str:
    """One row per setting: variable, default, meaning."""
    rows = [
        f"| `PUENTE_{item.name.upper()}` | {_shown(item.default)} | {item.metadata['help']} |"
        for item in fields(Settings)
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows]) + "\n"


def with_table(page: str) -> str:
    """`page` with the table between its marks. Raises `ValueError` when the marks are missing."""
    written, count = _MARKED.subn(lambda _: table(), page)
    if count != 1:
        raise ValueError("the page needs the marks “settings: begin” and “settings: end”, once each")
    return written


def _shown(default: object) -> str:
    if default == "":
        return "empty"
    return f"`{int(default)}`" if isinstance(default, bool) else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
