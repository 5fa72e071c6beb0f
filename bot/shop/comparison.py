"""Two products side by side: only what their pages say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.shop.model import Attribute, Page
from bot.shop.words import analysed, topics_of_attribute

SHOWN = 6
"""Properties shown when none is asked for."""


@dataclass(frozen=True)
class Compared:
    """A property of two products; None where the page does not say it."""

    name: str
    first: str | None
    second: str | None


def compared(question: str, first: Page, second: Page, *, locale: str) -> list[Compared]:
    """The properties of two pages that a question asks for, or those that both have when it asks for none.

    Empty: neither page says anything about what is asked.
    """
    titles = {word for page in (first, second) for word in analysed(page.title, locale).stems}
    topics = analysed(question, locale).topics
    asked = {topic for topic, words in topics.items() if words - titles}
    ours, theirs = _by_key(first), _by_key(second)
    keys = [key for key in {**ours, **theirs} if topics_of_attribute(key) & asked]
    exact = [key for key in keys if key in asked]
    if asked:
        return [_side_by_side(ours.get(key), theirs.get(key)) for key in (exact or keys)][:SHOWN]
    return [_side_by_side(ours[key], theirs[key]) for key in ours if key in theirs][:SHOWN]


def _by_key(page: Page) -> dict[str, Attribute]:
    return {attribute.key: attribute for attribute in page.attributes}


def _side_by_side(first: Attribute | None, second: Attribute | None) -> Compared:
    named = first or second
    assert named is not None, "a key of one of the two pages"
    return Compared(named.name, first.value if first else None, second.value if second else None)
