"""What agents put on a conversation: labels, the right reason, and a stop to abuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.model import Account
from bot.base.errors import BadInput, Conflict
from bot.conversations import control, log
from bot.conversations.tables import conversations, log_entries
from bot.desk import audit
from bot.desk.tables import desk_labels
from bot.service.reasons import SUBJECTS

MOST_LABELS = 8
LABEL_CHARACTERS = 40
BLOCK_HOURS = (1, 24, 168)
"""How long abuse is kept out: an hour, a day, a week."""


@dataclass(frozen=True)
class Misread:
    """A message that was read wrongly, for the trainers: its words, how it was read, and what it means."""

    text: str
    language: str
    read_as: str
    means: str
    seq: int


def set_labels(
    tx: Connection, conversation_id: str, labels: Iterable[str], *, agent: Account, now: datetime
) -> list[str]:
    """Replace the labels of a conversation; returns them in order. Raises `BadInput` for too many or too long ones."""
    wanted = sorted({" ".join(label.lower().split()) for label in labels} - {""})
    if len(wanted) > MOST_LABELS or any(len(label) > LABEL_CHARACTERS for label in wanted):
        raise BadInput("bad_fields", fields={"labels": "too_many_labels"})
    log.get_conversation(tx, conversation_id)
    before = labels_of(tx, [conversation_id]).get(conversation_id, [])
    if wanted == before:
        return wanted
    at = desk_labels.c
    tx.execute(
        delete(desk_labels).where(
            at.conversation_id == conversation_id, at.label.in_(set(before) - set(wanted))
        )
    )
    new = [
        {"conversation_id": conversation_id, "label": label, "added_by": agent.id, "added_at": now}
        for label in wanted
        if label not in before
    ]
    if new:
        tx.execute(insert(desk_labels), new)
    audit.note(tx, "labelled", now=now, conversation_id=conversation_id, by=agent.id, labels=wanted)
    return wanted


def labels_of(tx: Connection, conversation_ids: Sequence[str]) -> dict[str, list[str]]:
    """The labels of some conversations, in order."""
    at = desk_labels.c
    query = select(at.conversation_id, at.label).where(at.conversation_id.in_(list(conversation_ids)))
    found: dict[str, list[str]] = {}
    for row in tx.execute(query.order_by(at.label)):
        found.setdefault(row.conversation_id, []).append(row.label)
    return found


def common_labels(tx: Connection, *, limit: int = 30) -> list[str]:
    """The labels that are used most, to choose from."""
    at = desk_labels.c
    query = select(at.label).group_by(at.label).order_by(func.count().desc(), at.label).limit(limit)
    return list(tx.execute(query).scalars())


def block(tx: Connection, conversation_id: str, *, agent: Account, hours: int, now: datetime) -> datetime:
    """Take nothing from an abusive customer for a while, in none of their conversations. By who holds the chat.

    Returns until when. Raises `Conflict` (`not_yours`), `BadInput`.
    """
    if hours not in BLOCK_HOURS:
        raise BadInput("bad_fields", fields={"hours": "number_out_of_range"})
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller != "agent" or conversation.agent_id != agent.id:
        raise Conflict("not_yours")
    until = now + timedelta(hours=hours)
    control.block(tx, conversation, until=until)
    audit.note(tx, "blocked", now=now, conversation_id=conversation_id, by=agent.id, hours=hours)
    return until


def unblock(tx: Connection, conversation_id: str, *, agent: Account, now: datetime) -> None:
    """Listen to a customer again."""
    control.block(tx, log.get_conversation(tx, conversation_id), until=None)
    audit.note(tx, "unblocked", now=now, conversation_id=conversation_id, by=agent.id)


def correct_reason(
    tx: Connection, conversation_id: str, *, agent: Account, reason: str, seq: int | None, now: datetime
) -> Misread | None:
    """Say what a conversation is really about. Returns what was misread, where words of the customer were.

    `seq` is the message that says it; None: the one the bot's reading came from, or the customer's newest.
    """
    if reason not in SUBJECTS:
        raise BadInput("bad_fields", fields={"reason": "unknown_reason"})
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.reason == reason:
        return None
    same = update(conversations).where(conversations.c.id == conversation_id)
    tx.execute(same.values(reason=reason))
    read_as = conversation.reason or "out_of_scope"
    audit.note(
        tx, "corrected", now=now, conversation_id=conversation_id, by=agent.id, read_as=read_as, means=reason
    )
    found = seq if seq is not None else _source_of(tx, conversation_id, conversation.reason)
    message = _typed(tx, conversation_id, found)
    if message is None:
        return None
    return Misread(message[1], conversation.locale, read_as, reason, message[0])


def _source_of(tx: Connection, conversation_id: str, reason: str | None) -> int | None:
    """The message the bot read a reason from, by the newest outcome that names it."""
    at = log_entries.c
    query = select(at.body).where(at.conversation_id == conversation_id, at.type == "outcome")
    for body in tx.execute(query.order_by(at.seq.desc()).limit(50)).scalars():
        if any(wish["reason"] == reason for wish in body.get("wishes", ())):
            return int(body["message_seqs"][-1])
    return None


def _typed(tx: Connection, conversation_id: str, seq: int | None) -> tuple[int, str] | None:
    """A message the customer typed: number `seq`, or their newest one. Pressed buttons teach nothing."""
    at = log_entries.c
    query = select(at.seq, at.body).where(
        at.conversation_id == conversation_id, at.type == "message", at.actor == "customer"
    )
    if seq is not None:
        query = query.where(at.seq == seq)
    for row in tx.execute(query.order_by(at.seq.desc()).limit(20)):
        if "payload" not in row.body:
            return int(row.seq), str(row.body["text"])
    return None
