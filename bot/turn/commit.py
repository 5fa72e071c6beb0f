"""Step 3 of a turn: one short write that happens whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from bot.conversations import log
from bot.conversations.buttons import issue
from bot.conversations.card_notice import card_notice
from bot.conversations.dialogue import Effect, TurnInput, TurnOutput
from bot.conversations.model import Card, NewEntry, Reply
from bot.conversations.tables import conversations

Applier = Callable[[Connection, str, Any, datetime], object]
"""Carries out one effect: (transaction, conversation id, effect, now)."""


@dataclass(frozen=True)
class Committed:
    """What a turn's commit left: the log's new end, and whether the conversation went to the queue."""

    last_seq: int


def commit_turn(
    tx: Connection,
    turn: TurnInput,
    output: TurnOutput,
    *,
    appliers: Mapping[type[Effect], Applier],
    subjects: frozenset[str],
    now: datetime,
) -> Committed | None:
    """Write a turn's result if nothing happened to the conversation meanwhile; None: the turn is void.

    The comparison is the WHERE clause: `bot_seq` as read (nobody answered these messages), `control_epoch`
    as read (nobody took control). Everything else follows in the same transaction.
    """
    conversation = turn.conversation
    values: dict[str, Any] = {"bot_seq": turn.messages[-1].seq, "locale": output.locale, "updated_at": now}
    values.update({k: v for k, v in vars(output.focus).items() if v is not None})
    if reason := _reason(turn, output, subjects):
        values["reason"] = reason
    same = update(conversations).where(
        conversations.c.id == conversation.id,
        conversations.c.bot_seq == conversation.bot_seq,
        conversations.c.control_epoch == conversation.control_epoch,
    )
    if not tx.execute(same.values(**values)).rowcount:
        return None
    log.append(tx, conversation.id, _opening_entries(tx, turn, output, now), now=now)
    for effect in output.effects:
        appliers[type(effect)](tx, conversation.id, effect, now)
    log.keep_dialogue_state(tx, conversation.id, output.state)
    return Committed(log.append(tx, conversation.id, [_outcome_entry(turn, output)], now=now))


def _reason(turn: TurnInput, output: TurnOutput, subjects: frozenset[str]) -> str | None:
    """What the conversation is about now. A bare wish for a person is a subject only where there is no other."""
    concrete = [wish.reason for wish in output.wishes if wish.reason in subjects]
    if concrete:
        return concrete[0]
    handed_off = [wish.reason for wish in output.wishes if wish.outcome == "handed_off"]
    return handed_off[0] if handed_off and turn.conversation.reason is None else None


def _opening_entries(tx: Connection, turn: TurnInput, output: TurnOutput, now: datetime) -> list[NewEntry]:
    entries = []
    if output.locale != turn.conversation.locale:
        entries.append(NewEntry("language", "system", {"locale": output.locale}))
    said = [message.text for message in turn.messages]
    entries += card_notice(tx, turn.conversation, *said, locale=output.locale)
    for reply in output.replies:
        body = reply_body(tx, turn.conversation.id, reply, now=now)
        entries.append(NewEntry("message", "bot", body))
    return entries


def _outcome_entry(turn: TurnInput, output: TurnOutput) -> NewEntry:
    body = {
        "wishes": [{"reason": wish.reason, "outcome": wish.outcome} for wish in output.wishes],
        "message_seqs": [message.seq for message in turn.messages],
    }
    return NewEntry("outcome", "bot", body, audience="staff")


def reply_body(tx: Connection, conversation_id: str, reply: Reply, *, now: datetime) -> dict[str, Any]:
    """A reply as a log entry's body; its buttons are issued: the customer sees an opaque id each."""
    body: dict[str, Any] = {"text": reply.text, "lang": reply.lang}
    if reply.buttons:
        body["buttons"] = issue(tx, conversation_id, reply.buttons, now=now)
    if reply.cards:
        body["cards"] = [_card_body(tx, conversation_id, card, now) for card in reply.cards]
    if reply.quote:
        body["quote_of"] = reply.quote
    return body


def _card_body(tx: Connection, conversation_id: str, card: Card, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": card.kind, "title": card.title}
    optional = {"subtitle": card.subtitle, "image": card.image, "url": card.url}
    body.update({name: value for name, value in optional.items() if value})
    body["facts"] = [{"label": label, "value": value} for label, value in card.facts]
    if card.buttons:
        body["buttons"] = issue(tx, conversation_id, card.buttons, now=now)
    return body
