"""What a seller may send as an answer, and the checks it has to pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.base.errors import BadInput
from bot.base.text import MAX_MESSAGE_CHARACTERS, cleaned, has_control_characters
from bot.cases.facts import CaseMatter

MAX_DAYS_AHEAD = 90
"""How far ahead a new delivery date may lie."""


@dataclass(frozen=True)
class GivenAnswer:
    """What the seller sent: a resolution (with its values, and a note if they like), text, or neither."""

    resolution: str | None
    text: str | None
    no_reply_needed: bool
    amount_cents: int | None
    date: str | None

    @property
    def day(self) -> dt.date | None:
        """The new date, checked before."""
        return dt.date.fromisoformat(self.date) if self.date else None


def checked_answer(
    *,
    client_id: str,
    resolution: str | None,
    text: str | None,
    no_reply_needed: bool,
    amount_cents: int | None,
    date: str | None,
) -> GivenAnswer:
    """R10: exactly one of the three kinds, in an acceptable form; raises `BadInput` naming the field."""
    if not client_id or len(client_id) > 100:
        raise _bad("client_id", "bad_client_id")
    if text and has_control_characters(text.replace("\r", "")):
        raise _bad("text", "bad_answer_text")
    text = cleaned(text) if text else None
    if text and len(text) > MAX_MESSAGE_CHARACTERS:
        raise _bad("text", "bad_answer_text")
    kinds = [bool(resolution), bool(text) and not resolution, no_reply_needed]
    if sum(kinds) != 1 or (no_reply_needed and text):
        raise _bad("resolution", "answer_one_kind")
    return GivenAnswer(resolution or None, text or None, no_reply_needed, amount_cents, date)


def checked_resolution(given: GivenAnswer, matter: CaseMatter, now: dt.datetime) -> int | None:
    """The amount the customer gets back (euro cents), None where there is none.

    Raises `BadInput` for a resolution that is not offered for this case, and for a value that is missing, too
    much, or out of range: a partial refund lies between nothing and the whole price.
    """
    offered = {resolution.name: resolution for resolution in matter.offered()}
    if given.resolution is not None and given.resolution not in offered:
        raise _bad("resolution", "resolution_not_offered")
    needs = offered[given.resolution].needs if given.resolution else ()
    for name, value in (("amount_cents", given.amount_cents), ("date", given.date)):
        if name in needs and value is None:
            raise _bad(name, f"{name}_needed")
        if name not in needs and value is not None:
            raise _bad(name, "value_not_wanted")
    whole = matter.facts.value_cents
    if given.amount_cents is not None:
        if type(given.amount_cents) is not int or whole is None or not 0 < given.amount_cents < whole:
            raise _bad("amount_cents", "bad_amount")
        return given.amount_cents
    if given.date is not None:
        _check_date(given, now)
    return whole


def _check_date(given: GivenAnswer, now: dt.datetime) -> None:
    try:
        day = given.day
    except (TypeError, ValueError):
        raise _bad("date", "bad_date") from None
    if day is None or not now.date() <= day <= now.date() + dt.timedelta(days=MAX_DAYS_AHEAD):
        raise _bad("date", "bad_date")


def _bad(field: str, code: str) -> BadInput:
    return BadInput(code, fields={field: code})
