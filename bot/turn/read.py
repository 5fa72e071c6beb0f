"""Step 1 of a turn: one short read of everything it may know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection

from bot.conversations import log
from bot.conversations.buttons import commands_of
from bot.conversations.dialogue import CustomerMessage, TurnInput
from bot.conversations.model import Conversation
from bot.conversations.tables import log_entries

MAX_MESSAGES = 20
"""Messages one turn takes; what is beyond waits for the next turn."""


def read_turn(tx: Connection, conversation_id: str, *, now: datetime) -> TurnInput | None:
    """What the bot has to answer now, or None: nothing is waiting, or somebody else is in control."""
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller != "bot" or conversation.bot_seq >= conversation.customer_seq:
        return None
    return TurnInput(
        conversation=conversation,
        messages=_unanswered(tx, conversation),
        overheard=_overheard(tx, conversation),
        proven_orders=log.proven_orders(tx, conversation_id),
        state=log.dialogue_state(tx, conversation_id),
        now=now,
    )


def _unanswered(tx: Connection, conversation: Conversation) -> tuple[CustomerMessage, ...]:
    rows = tx.execute(
        select(log_entries.c.seq, log_entries.c.body, log_entries.c.created_at)
        .where(
            log_entries.c.conversation_id == conversation.id,
            log_entries.c.seq > conversation.bot_seq,
            log_entries.c.type == "message",
            log_entries.c.actor == "customer",
        )
        .order_by(log_entries.c.seq)
        .limit(MAX_MESSAGES)
    ).all()
    commands = commands_of(tx, [row.body["payload"] for row in rows if "payload" in row.body])
    return tuple(
        CustomerMessage(
            row.seq,
            row.body["text"],
            commands.get(row.body.get("payload", "")),
            row.created_at,
            len(row.body.get("attachments", ())),
        )
        for row in rows
    )


def _overheard(tx: Connection, conversation: Conversation) -> tuple[str, ...]:
    """What customer and agent said since the bot's last turn ended and before it was given back control."""
    if conversation.control_epoch == 0:
        return ()
    rows = tx.execute(
        select(log_entries.c.body)
        .where(
            log_entries.c.conversation_id == conversation.id,
            log_entries.c.seq > log.last_outcome_seq(tx, conversation.id),
            log_entries.c.type == "message",
            or_(
                log_entries.c.actor == "agent",
                and_(log_entries.c.actor == "customer", log_entries.c.seq <= conversation.bot_seq),
            ),
        )
        .order_by(log_entries.c.seq)
        .limit(50)
    )
    return tuple(row.body["text"] for row in rows)
