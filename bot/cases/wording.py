"""A case in the seller's words: what the mail and the case log show. Everything is in the seller's language.

Wherever a seller reads, contact data of the customer is masked (R9).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_currency

from bot.base.clock import TIME_ZONES, UTC
from bot.base.text import without_contact_data
from bot.base.texts import translate
from bot.cases.model import Case, LineOfCase
from bot.service import resolution_table

Pairs = list[tuple[str, str]]

RETURN_IS_AUTHORISED = (
    "By the return policy the customer may send the item back and has the label already: you do not have to "
    "decide anything. You can add what the customer should know, or let them keep the item and refund it."
)

_LINE_STATES = {
    "placed": "Ordered",
    "preparing": "Being prepared",
    "shipped": "Sent",
    "delivered": "Delivered",
    "lost": "Lost on the way",
    "returned_to_sender": "Returned to sender",
    "cancelled": "Cancelled",
    "return_started": "Return started",
    "return_received": "Return received",
    "refunded": "Refunded",
}
_DETAILS = {
    "description": "Description",
    "wish": "The customer's wish",
    "part": "Part",
    "new_value": "New value",
    "quantity": "Pieces concerned",
}
_WISHES = {
    "refund": "Money back",
    "replacement": "A replacement",
    "send_part": "The missing or spare part",
    "return": "Send it back",
    "repair": "A repair",
    "cancel": "Cancel",
    "information": "Information",
}
LOOKED_UP = {
    "order_state": "State of the order",
    "promised_date": "Promised delivery date",
    "tracking": "Tracking",
    "product_page": "Product page",
    "return_window": "Return period",
    "return_authorised": "Return already authorised",
    "guarantee": "Guarantee",
    "refund": "Refund",
    "stock": "Stock",
}
"""R8: the `what` of a looked-up item, with its English source text. Others are shown as they are."""

RESULTS = {
    "not_said": "does not say it",
    "open": "still open",
    "over": "over",
    "none": "none",
    "found": "found",
    "not_found": "nothing found",
}
"""Codes a `result` may be, besides the states of a line, ISO dates and plain text."""


def say(language: str, text: str, **values: Any) -> str:
    """A text of the seller's catalogue."""
    return translate("seller", language, text, **values)


def title_of(reason: str, language: str) -> str:
    """The matter in a few words."""
    return say(language, resolution_table().question(reason).title)


def asked(case: Case, language: str) -> str:
    """What exactly the seller is asked; about a return that is authorised already: nothing."""
    if any(item.get("what") == "return_authorised" for item in case.looked_up):
        return say(language, RETURN_IS_AUTHORISED)
    return say(language, resolution_table().question(case.reason).asks)


def resolution_label(name: str, language: str) -> str:
    """A resolution as a seller reads it."""
    return say(language, resolution_table().resolutions[name].label)


def state_label(state: str, language: str) -> str:
    """The state of an order line."""
    return say(language, _LINE_STATES[state]) if state in _LINE_STATES else state


def language_name(code: str, language: str) -> str:
    """The name of language `code`."""
    name: str = Locale(language).languages.get(code, code)
    return name


def masked_words(case: Case) -> str:
    """R9: the customer's own words, contact data masked."""
    return without_contact_data(case.customer_words)


def details_shown(case: Case, language: str) -> Pairs:
    """What the customer gave, as (label, value)."""
    pairs: Pairs = []
    for key, label in _DETAILS.items():
        value = case.details.get(key)
        if value in (None, ""):
            continue
        if key == "wish" and value in _WISHES:
            shown = say(language, _WISHES[value])
        else:
            shown = without_contact_data(str(value))
        pairs.append((say(language, label), shown))
    return pairs


def looked_up_shown(case: Case, language: str) -> Pairs:
    """R8: what we looked up before asking, as (label, value)."""
    return [
        (
            say(language, LOOKED_UP[item["what"]])
            if item.get("what") in LOOKED_UP
            else str(item.get("what", "")),
            _result_shown(item.get("result"), language),
        )
        for item in case.looked_up
    ]


def line_shown(line: LineOfCase, title: str | None, language: str) -> Pairs:
    """The order line, as (label, value)."""
    pairs: Pairs = [
        (say(language, "Order"), line.order_id),
        (say(language, "Item"), title or line.product_id),
        (say(language, "Pieces"), str(line.quantity)),
        (say(language, "Price of one piece"), money(line.price_cents, language)),
        (say(language, "State"), state_label(line.state, language)),
        (say(language, "Ordered on"), day(line.ordered_at, language)),
        (say(language, "Promised for"), day(line.promised_at, language)),
    ]
    if line.shipped_at:
        pairs.append((say(language, "Sent on"), day(line.shipped_at, language)))
    if line.delivered_at:
        pairs.append((say(language, "Delivered on"), day(line.delivered_at, language)))
    if line.tracking_id:
        pairs.append((say(language, "Tracking"), f"{line.carrier or ''} {line.tracking_id}".strip()))
    return pairs


def money(cents: int, language: str) -> str:
    """An amount in euros."""
    amount: str = format_currency(cents / 100, "EUR", locale=language)
    return amount


def day(instant: datetime, language: str) -> str:
    """A day in the reader's zone."""
    zone = TIME_ZONES[language]
    text: str = format_date(instant.astimezone(zone), format="medium", locale=language)
    return text


def moment(instant: datetime, language: str) -> str:
    """A day and time in the reader's zone, which is named."""
    zone = TIME_ZONES[language]
    time = format_time(instant, format="short", tzinfo=zone, locale=language)
    city = get_timezone_location(zone, locale=language, return_city=True)
    return f"{day(instant, language)}, {time} ({city})"


def _result_shown(result: Any, language: str) -> str:
    text = str(result if result is not None else "")
    if text in RESULTS:
        return say(language, RESULTS[text])
    if text in _LINE_STATES:
        return say(language, _LINE_STATES[text])
    try:
        return day(_instant(text), language)
    except ValueError:
        return without_contact_data(text)


def _instant(text: str) -> datetime:
    """A wire instant or a plain date; raises `ValueError`."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
