"""Code 128 as a drawing: bars as one SVG path, without styles, so that it passes our content security policy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from barcode.codex import Code128

QUIET_MODULES = 10
"""Empty modules on either side; a scanner needs them (ISO/IEC 15417)."""

HEIGHT = 60


@dataclass(frozen=True)
class Drawing:
    """`path` draws black bars within `width` × `height` modules; the rest is paper."""

    path: str
    width: int
    height: int = HEIGHT


def code128(text: str) -> Drawing:
    """The Code 128 barcode of `text` (ASCII). Raises `barcode.errors.IllegalCharacterError` for other characters."""
    modules = Code128(text).build()[0]
    at, bars = QUIET_MODULES, []
    for module, run in groupby(modules):
        width = len(list(run))
        if module == "1":
            bars.append(f"M{at} 0h{width}v{HEIGHT}h-{width}z")
        at += width
    return Drawing("".join(bars), at + QUIET_MODULES)
