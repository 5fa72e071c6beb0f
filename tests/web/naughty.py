"""The lines of tests/nlu/naughty_strings.txt, unescaped as its first line says."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).parents[1] / "nlu" / "naughty_strings.txt"

_ESCAPE = re.compile(r"\\(?:([\\nrt0])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_NAMED = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def naughty_strings() -> list[str]:
    """All of them, in the order of the file."""
    lines = FILE.read_text(encoding="utf-8").split("\n")[1:]
    return [_ESCAPE.sub(_unescaped, line) for line in lines if line]


def _unescaped(match: re.Match[str]) -> str:
    named, *codes = match.groups()
    return _NAMED[named] if named else chr(int(next(code for code in codes if code), 16))
