"""What a turn may want of the agents: that somebody calls the customer back, or goes on by mail (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.conversations import log
from bot.desk import letters
from bot.desk.tables import callbacks
from bot.service.contact_ways import Window


@dataclass(frozen=True)
class RequestCallBack(Effect):
    """R18: the customer wants to be called. `phone` is in E.164 form: + and up to 15 digits.

    `window` is when, UTC; `zone` names the customer's time zone, in which they are told times.
    """

    phone: str
    window: Window
    zone: str


@dataclass(frozen=True)
class GoOnByMail(Effect):
    """R18: the customer wants to go on by mail at `address`, and wrote `text`."""

    address: str
    text: str


def request_callback(tx: Connection, conversation_id: str, effect: RequestCallBack, now: datetime) -> None:
    """List a call-back for the agents. Asked again while one is open, that one changes and is free to be taken again."""
    values = {
        "phone": effect.phone,
        "zone": effect.zone,
        "window_start": effect.window.start,
        "window_end": effect.window.end,
    }
    is_open = (callbacks.c.conversation_id == conversation_id) & callbacks.c.done_at.is_(None)
    if tx.execute(select(callbacks.c.id).where(is_open)).first():
        tx.execute(update(callbacks).where(is_open).values(**values, taken_at=None, taken_by=None))
        return
    row = {"conversation_id": conversation_id, "requested_at": now, "tries": 0}
    tx.execute(insert(callbacks).values(**row, **values))


def go_on_by_mail(tx: Connection, conversation_id: str, effect: GoOnByMail, now: datetime) -> None:
    """Keep the address, and mail what was written to the service with a copy to the customer."""
    letters.keep_address(tx, conversation_id, effect.address, now=now)
    conversation = log.get_conversation(tx, conversation_id)
    letters.mail_to_service(tx, conversation, address=effect.address, text=effect.text, now=now)
    letters.mail_copy(tx, conversation, address=effect.address, text=effect.text, now=now)


__all__ = ["GoOnByMail", "RequestCallBack", "go_on_by_mail", "request_callback"]
