"""Buttons are issued: the customer sees an opaque id each, what pressing it means stays with us.

One stands in every chat without being issued: the way to a person, whose id is `PERSON`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.base.texts import translate
from bot.conversations.model import Button
from bot.conversations.tables import issued_buttons

PERSON = "person"
_ASKS_FOR_PERSON = "/talk_to_human"


def issue(
    tx: Connection, conversation_id: str, buttons: Sequence[Button], *, now: datetime
) -> list[dict[str, str]]:
    """Issue buttons in a conversation; returns their wire form, [{title, payload}]."""
    rows = [
        {
            "payload": secrets.token_urlsafe(12),
            "conversation_id": conversation_id,
            "title": button.title,
            "command": button.command,
            "issued_at": now,
        }
        for button in buttons
    ]
    if rows:
        tx.execute(insert(issued_buttons), rows)
    return [{"title": str(row["title"]), "payload": str(row["payload"])} for row in rows]


def title_of(tx: Connection, conversation_id: str, payload: str, locale: str) -> str | None:
    """What stands on a button of this conversation; None when there is no such button in it."""
    if payload == PERSON:
        return translate("bot", locale, "talk to a person")
    at = issued_buttons.c
    same = select(at.title).where(at.payload == payload, at.conversation_id == conversation_id)
    found: str | None = tx.execute(same).scalar()
    return found


def commands_of(tx: Connection, payloads: Sequence[str]) -> dict[str, str]:
    """Payload → what pressing it means to the bot."""
    if not payloads:
        return {}
    at = issued_buttons.c
    found = tx.execute(select(at.payload, at.command).where(at.payload.in_(payloads)))
    return {PERSON: _ASKS_FOR_PERSON, **{row.payload: row.command for row in found}}


def is_issued(tx: Connection, conversation_id: str, payload: str) -> bool:
    """Whether `payload` is a button that was issued in this conversation."""
    at = issued_buttons.c
    same = select(at.payload).where(at.payload == payload, at.conversation_id == conversation_id)
    return tx.execute(same).first() is not None
