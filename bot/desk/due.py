"""What is due of chats whose customer does not sit and wait (R18): a mail has its day, a call-back its window."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, and_, case, exists, type_coerce
from sqlalchemy.sql import ColumnElement

from bot.conversations.model import Conversation
from bot.conversations.tables import conversations
from bot.desk.hand_over import SILENT, SILENT_BY_MAIL, TAKEN_AWAY
from bot.desk.tables import callbacks, mail_ways

BY_PHONE = "request_callback"
BY_MAIL = "request_email"
_MICROSECOND = 1_000_000

_AT = conversations.c
_MAILED = (BY_MAIL, SILENT, TAKEN_AWAY)
"""Why a chat by mail is in the queue: asked for, or back from an agent. One that wishes for a person now does wait."""

waits_for_call: ColumnElement[bool] = and_(
    _AT.controller == "queue",
    _AT.handoff_reason == BY_PHONE,
    exists().where(callbacks.c.conversation_id == _AT.id, callbacks.c.done_at.is_(None)),
)
"""Only a call is waited for: it stands in the list of call-backs, with its window."""

has_mail_way: ColumnElement[bool] = exists().where(mail_ways.c.conversation_id == _AT.id)

waits_for_mail: ColumnElement[bool] = and_(
    _AT.controller == "queue", _AT.handoff_reason.in_(_MAILED), has_mail_way
)

since_due: ColumnElement[int] = type_coerce(_AT.queued_at, BigInteger) + case(
    (waits_for_mail, int(SILENT_BY_MAIL.total_seconds()) * _MICROSECOND), else_=0
)
"""Since when an answer is due, in microseconds: in the chat it is due at once, by mail within a day."""


def answer_by(conversation: Conversation, *, by_mail: bool) -> datetime | None:
    """Until when a chat in the queue is to be answered by mail; None: its customer waits in the chat, or for nothing."""
    waits = conversation.controller == "queue" and conversation.handoff_reason in _MAILED
    if not (waits and by_mail) or conversation.queued_at is None:
        return None
    return conversation.queued_at + SILENT_BY_MAIL
