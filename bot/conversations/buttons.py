"""Buttons are issued: the customer sees an opaque id each, what pressing it means stays with us."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from bot.conversations.model import Button
from bot.conversations.tables import issued_buttons


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
