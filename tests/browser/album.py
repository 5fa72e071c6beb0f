"""Pictures of pages for the documents: small PNG files with telling names."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 256
"""Screens have few colours; a palette makes a file a third as large."""

PICTURES_ARE_THERE = """() => [...document.images].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return image.complete || bottom < 0 || top > innerHeight;
})"""


class Album:
    """Writes `<screen>-<desktop|phone>-<locale>.png` into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.written: set[str] = set()

    def shoot(self, page: Page, screen: str, locale: str) -> None:
        """Take the page as it is in its window."""
        size = "phone" if page.viewport_size and page.viewport_size["width"] < 600 else "desktop"
        name = f"{screen}-{size}-{locale}.png"
        page.wait_for_function(PICTURES_ARE_THERE)
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
        reduced = picture.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        reduced.save(self.folder / name, optimize=True)
        self.written.add(name)
        print(name, flush=True)

    def remove_others(self) -> None:
        """Take out pictures of screens that are no more."""
        for path in self.folder.glob("*.png"):
            if path.name not in self.written:
                path.unlink()

    @property
    def bytes(self) -> int:
        """How large all pictures are together."""
        return sum((self.folder / name).stat().st_size for name in self.written)
