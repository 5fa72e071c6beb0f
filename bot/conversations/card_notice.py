"""Telling a customer, once in a conversation, that the card number they wrote was hidden and is never needed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.base.payment_cards import has_hidden_card
from bot.base.texts import translate
from bot.conversations.model import Conversation, NewEntry
from bot.conversations.tables import log_entries

_CLIENT_ID = "notice:card-number"
"""There is one entry of this id in a conversation."""


def card_notice(tx: Connection, conversation: Conversation, *texts: str, locale: str) -> list[NewEntry]:
    """The notice to append, where a number was hidden in `texts` and the customer was not told before; else nothing."""
    if not any(map(has_hidden_card, texts)):
        return []
    same = (log_entries.c.conversation_id == conversation.id, log_entries.c.client_id == _CLIENT_ID)
    if tx.execute(select(log_entries.c.seq).where(*same)).first() is not None:
        return []
    body: dict[str, Any] = {"text": translate("bot", locale, "card number hidden"), "lang": locale}
    if conversation.controller in ("queue", "agent"):
        body["during"] = conversation.controller
    return [NewEntry("message", "bot", body, client_id=_CLIENT_ID)]
