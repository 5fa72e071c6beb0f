"""What a turn may want of the agents: that somebody calls the customer back (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.desk.tables import callbacks


@dataclass(frozen=True)
class RequestCallBack(Effect):
    """R18: the customer wants to be called. `phone` is in E.164 form: + and up to 15 digits."""

    phone: str


def request_callback(tx: Connection, conversation_id: str, effect: RequestCallBack, now: datetime) -> None:
    """List a call-back for the agents. Asked again while one is open, its number changes, not its place."""
    is_open = (callbacks.c.conversation_id == conversation_id) & callbacks.c.done_at.is_(None)
    if tx.execute(select(callbacks.c.id).where(is_open)).first():
        tx.execute(update(callbacks).where(is_open).values(phone=effect.phone))
        return
    tx.execute(
        insert(callbacks).values(conversation_id=conversation_id, phone=effect.phone, requested_at=now)
    )


__all__ = ["RequestCallBack", "request_callback"]
