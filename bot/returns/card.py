"""A return as the customer sees it in the chat: a card with deadline, way, amount and the link to the label."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from bot.base.clock import TIME_ZONES
from bot.base.texts import translate
from bot.returns.effects import AuthoriseReturn
from bot.returns.model import Return, label_path

_MOMENT = timedelta(microseconds=1)


def return_card(one: Return | AuthoriseReturn, *, title: str, locale: str) -> dict[str, Any]:
    """The card `return` of contract.md, in `locale`; `title` is what the product is called."""
    facts = [(say(locale, "Way back"), say(locale, f"way {one.way.value}"))]
    if one.ship_by is not None:
        facts.append((say(locale, "Send by"), last_day(one.ship_by, locale)))
    if one.quantity > 1:
        facts.append((say(locale, "Pieces"), str(one.quantity)))
    facts.append((say(locale, "You get back"), money(one.amount_cents, locale)))
    if one.refund_by is not None:
        facts.append((say(locale, "Refund by"), last_day(one.refund_by, locale)))
    card: dict[str, Any] = {
        "kind": "return",
        "title": say(locale, "Return {reference}", reference=one.reference),
        "subtitle": title,
        "facts": [{"label": label, "value": value} for label, value in facts],
    }
    if one.ship_by is not None:
        card["url"] = label_path(one.reference, one.token, locale)
    return card


def last_day(until: datetime, locale: str) -> str:
    """The last day before `until` (exclusive), written out."""
    day = (until - _MOMENT).astimezone(TIME_ZONES[locale]).date()
    text: str = format_date(day, "long", locale=locale)
    return text


def money(cents: int, locale: str) -> str:
    """An amount in euros."""
    text: str = format_currency(cents / 100, "EUR", locale=locale)
    return text


def say(locale: str, text: str, **values: Any) -> str:
    """A text of the catalogue `returns`."""
    return translate("returns", locale, text, **values)
