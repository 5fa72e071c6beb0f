"""What every handler needs: the house, who is asking, and blocking work off the event loop."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from sanic.request import Request

from bot.base.errors import BadInput, TooLarge, Unknown
from bot.base.payment_cards import without_card_numbers
from bot.base.text import MAX_MESSAGE_CHARACTERS, cleaned, has_control_characters
from bot.base.texts import ALL_LOCALES, LOCALES, locale_of
from bot.conversations import log

T = TypeVar("T")

MAX_ID_CHARACTERS = 80
MAX_NUMBER = 2**31 - 1
"""The highest number of an entry or a row: PostgreSQL's integer."""

NOT_IN_ALL = ("/api/v1/conversations", "/api/v1/studio")
"""What customers and trainers call: their pages are in `LOCALES` only."""

_DIGITS = re.compile(r"-?[0-9]{1,12}")


async def in_thread(request: Request, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run blocking work (the database) in the house's thread pool."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.ctx.house.threads, functools.partial(work, *args, **kwargs))


def reader_locale(request: Request, spoken: tuple[str, ...] | None = None) -> str:
    """The reader's language: the page's `?locale=`, the signed-in account's, the browser's, the conversation's.

    One of `spoken`, by default the languages of the page that asks: a page that is not there in the account's language
    is in another one as a whole, its errors too.
    """
    if spoken is None:
        spoken = LOCALES if request.path.startswith(NOT_IN_ALL) else ALL_LOCALES
    asked, known = request.args.get("locale"), getattr(request.ctx, "locale", None)
    if asked in spoken:
        return str(asked)
    known = known if known in spoken else None
    header = request.headers.get("accept-language")
    conversation_id = getattr(request.ctx, "conversation_id", None)  # of a caller who showed its token
    if known is None and header is None and conversation_id:
        with suppress(Unknown), request.app.ctx.house.database.read() as tx:
            return log.get_conversation(tx, conversation_id).locale
    return known or locale_of(header, allowed=spoken)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in the request's body; raises `BadInput`."""
    try:
        body = request.load_json()
    except Exception as error:  # sanic wraps whatever the JSON library raised
        raise BadInput("bad_json") from error
    if not isinstance(body, dict):
        raise BadInput("bad_json")
    return body


def text_field(body: dict[str, Any], name: str, *, limit: int = MAX_MESSAGE_CHARACTERS) -> str:
    """A required text of 1 to `limit` characters without control characters, cleaned. Raises `BadInput`, `TooLarge`."""
    value = body.get(name)
    if not isinstance(value, str):
        raise BadInput("bad_fields", fields={name: "text_required"})
    if len(value) > limit:
        raise TooLarge("text_too_long", fields={name: "text_too_long"}, limit=limit)
    if has_control_characters(value):
        raise BadInput("bad_fields", fields={name: "control_characters"})
    value = cleaned(value)
    if not value:
        raise BadInput("bad_fields", fields={name: "text_empty"})
    return value


def optional_text(body: dict[str, Any], name: str, *, limit: int = MAX_MESSAGE_CHARACTERS) -> str | None:
    """Like `text_field`; None when the field is missing, null or blank."""
    value = body.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return text_field(body, name, limit=limit)


def words_field(body: dict[str, Any], name: str = "text", *, limit: int = MAX_MESSAGE_CHARACTERS) -> str:
    """Like `text_field`, for what a person writes in their own words: card numbers are hidden from here on."""
    return without_card_numbers(text_field(body, name, limit=limit))


def optional_words(body: dict[str, Any], name: str = "text") -> str | None:
    """Like `words_field`; None when the field is missing, null or blank."""
    words = optional_text(body, name)
    return None if words is None else without_card_numbers(words)


def client_id_of(body: dict[str, Any]) -> str:
    """The sender's own id of a message, which makes sending it again harmless."""
    return text_field(body, "client_id", limit=MAX_ID_CHARACTERS)


def whole_number(
    value: Any, name: str, *, default: int | None = None, least: int = 0, most: int = MAX_NUMBER
) -> int:
    """A whole number of a query string or body within its bounds; without `default` it is required.

    Raises `BadInput`. What JSON calls a whole number counts (`5.0` does, `true` and `"5 "` do not).
    """
    if value is None and default is not None:
        return default
    number = _whole(value)
    if number is None:
        raise BadInput("bad_fields", fields={name: "whole_number_required"})
    if not least <= number <= most:
        raise BadInput("bad_fields", fields={name: "number_out_of_range"})
    return number


def true_or_false(value: Any, name: str) -> bool:
    """A JSON boolean; raises `BadInput`."""
    if not isinstance(value, bool):
        raise BadInput("bad_fields", fields={name: "true_or_false_required"})
    return value


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None
