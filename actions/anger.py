"""Anger, said beside a wish: acknowledged once in a conversation, before the wish is served."""

from __future__ import annotations

import re

from actions.heard import Message
from actions.speech import label, says

_SHOUTED = re.compile(r"(?:[!¡?¿]\s?){3,}")


def is_angry(message: Message, locale: str) -> bool:
    """Whether the customer's own words are angry: by what they say, or by their exclamation marks."""
    if not message.is_written:
        return False
    shouts = any("!" in marks for marks in _SHOUTED.findall(message.text))
    return shouts or says(locale, "anger", message.text)


def acknowledged(reply: str, locale: str) -> str:
    """The reply with the anger acknowledged before it, unless it is sorry anyway."""
    if says(locale, "being sorry", reply):
        return reply
    return f"{label(locale, 'I understand your anger')} {reply}"
