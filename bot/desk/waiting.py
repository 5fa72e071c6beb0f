"""What a customer who waits for a person is told: place, time, and whether anybody is there (W17)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.conversations import control, log
from bot.conversations.tables import conversations, log_entries
from bot.desk.unseen import known_address
from bot.service.contact_ways import CallRules

LOOKED_BACK = timedelta(minutes=30)
LEAST_CLAIMS = 3
LONGEST_MINUTES = 60


@dataclass(frozen=True)
class Waiting:
    """`position` 0: it does not wait. `eta_minutes` None: too little is known. `opens_at`: when somebody is there again."""

    position: int
    eta_minutes: int | None
    is_open: bool
    opens_at: datetime | None
    has_address: bool


def waiting_of(tx: Connection, conversation_id: str, *, rules: CallRules, now: datetime) -> Waiting:
    """The state of one conversation's wait, now."""
    conversation = log.get_conversation(tx, conversation_id)
    position = control.queue_position(tx, conversation_id) if conversation.controller == "queue" else 0
    opening = next(rules.openings(now), None)
    is_open = opening is not None and opening.start <= now
    return Waiting(
        position,
        _minutes(tx, position, now) if position and is_open else None,
        is_open,
        None if is_open or opening is None else opening.start,
        known_address(tx, conversation) is not None,
    )


def _minutes(tx: Connection, position: int, now: datetime) -> int | None:
    """By how often chats were taken lately: after this many minutes it is this one's turn."""
    since = now - LOOKED_BACK
    query = (
        select(func.count())
        .select_from(conversations.join(log_entries))
        .where(
            conversations.c.updated_at >= since,
            log_entries.c.type == "assigned",
            log_entries.c.actor == "system",
            log_entries.c.created_at >= since,
        )
    )
    claims = tx.execute(query).scalar_one()
    if claims < LEAST_CLAIMS:
        return None
    minutes = math.ceil(position * (LOOKED_BACK.total_seconds() / 60) / claims)
    return minutes if minutes <= LONGEST_MINUTES else None
