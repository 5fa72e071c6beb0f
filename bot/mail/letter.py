"""What a mail consists of, before it is text or HTML."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Block:
    """A part with an optional heading: paragraphs, (label, value) facts, a quotation."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    quote: str = ""


@dataclass(frozen=True)
class Letter:
    """A mail's content in one language; `link` is (label, address), or None."""

    language: str
    subject: str
    greeting: str
    blocks: tuple[Block, ...]
    link: tuple[str, str] | None
    footer: tuple[str, ...] = field(default=())
