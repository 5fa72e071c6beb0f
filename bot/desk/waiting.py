"""What a customer who waits for a person is told: place, time, and whether anybody is there (W17)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.conversations import control, log
from bot.conversations.tables import conversations, log_entries
from bot.desk import people
from bot.desk.unseen import known_address
from bot.service.contact_ways import CallRules

LOOKED_BACK = timedelta(minutes=30)
LEAST_CLAIMS = 3
LONGEST_MINUTES = 60


@dataclass(frozen=True)
class Service:
    """Whether somebody is there now. `opens_at`: when the service hours begin again, None within them.

    `staffed`: an agent is at the desk, whatever the hour; only then is anybody promised a turn.
    """

    is_open: bool
    opens_at: datetime | None
    staffed: bool


@dataclass(frozen=True)
class Waiting:
    """`position` 0: it does not wait. `eta_minutes` None: nobody is there, or too little is known."""

    position: int
    eta_minutes: int | None
    service: Service
    has_address: bool


def waiting_of(
    tx: Connection, conversation_id: str, *, rules: CallRules, now: datetime, elsewhere: bool = False
) -> Waiting:
    """The state of one conversation's wait, now. `elsewhere` as of `service_now`."""
    conversation = log.get_conversation(tx, conversation_id)
    position = control.queue_position(tx, conversation_id) if conversation.controller == "queue" else 0
    service = service_now(tx, rules, now, elsewhere=elsewhere)
    return Waiting(
        position,
        minutes_until(position, claims_lately(tx, now)) if position and service.staffed else None,
        service,
        known_address(tx, conversation) is not None,
    )


def service_now(tx: Connection, rules: CallRules, now: datetime, *, elsewhere: bool = False) -> Service:
    """The facts about the service. `elsewhere`: agents work at another desk, whose presence only the hours can tell."""
    is_open, opens_at = hours(rules, now)
    return Service(is_open, opens_at, staffed=(elsewhere and is_open) or people.anybody_here(tx))


def opening(tx: Connection, rules: CallRules, now: datetime) -> tuple[bool, datetime | None]:
    """Whether somebody answers: within the service hours, or while an agent is at the desk; if not, when they begin."""
    is_open, opens_at = hours(rules, now)
    answers = is_open or people.anybody_here(tx)
    return answers, None if answers else opens_at


def hours(rules: CallRules, now: datetime) -> tuple[bool, datetime | None]:
    """Whether it is within the service hours, and if not, when they begin again."""
    following = next(rules.openings(now), None)
    is_open = following is not None and following.start <= now
    return is_open, None if is_open or following is None else following.start


def claims_lately(tx: Connection, now: datetime) -> int:
    """How many chats were taken within `LOOKED_BACK`."""
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
    return int(tx.execute(query).scalar_one())


def minutes_until(position: int, claims: int) -> int | None:
    """By how often chats were taken lately: after this many minutes it is this one's turn."""
    if claims < LEAST_CLAIMS:
        return None
    minutes = math.ceil(position * (LOOKED_BACK.total_seconds() / 60) / claims)
    return minutes if minutes <= LONGEST_MINUTES else None
