"""What a turn asks of the studio: remember a message the bot was unsure of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.storage.database import insert_of
from bot.training.tables import unsure_messages
from bot.training.wording import comparable, without_personal_data

RANKING_LENGTH = 9
"""Guesses kept with a message: as many as there are digit keys."""

_KEY_CHARACTERS = 500


@dataclass(frozen=True)
class NoteUnsure(Effect):
    """A customer's own words (no pressed button) that were read with low confidence.

    `intent` and `confidence` are the best guess, `ranking` the guesses [{name, confidence}] best first,
    `model` the model that guessed, `seq` the message's number in the log.
    """

    text: str
    language: str
    intent: str
    confidence: float
    ranking: tuple[dict[str, Any], ...]
    model: str
    seq: int


def note_unsure(tx: Connection, conversation_id: str, effect: NoteUnsure, now: datetime) -> None:
    """Carry out `NoteUnsure`: a new row, or one more of the row with the same text.

    A corrected text that *another* model is still unsure of is open again; a skipped one stays skipped. One
    statement, so that two conversations that say the same at once do not spoil each other's turn.
    """
    _note(tx, conversation_id, effect, now)


def note_corrected(
    tx: Connection,
    conversation_id: str,
    *,
    text: str,
    language: str,
    read_as: str,
    means: str,
    seq: int,
    model: str,
    now: datetime,
) -> None:
    """An agent says what a message means that was read as something else: it lies in the inbox, with their word first."""
    ranking = ({"name": means, "confidence": 1.0}, {"name": read_as, "confidence": 0.0})
    noted = NoteUnsure(text, language, read_as, 0.0, ranking, model, seq)
    _note(tx, conversation_id, noted, now, suggested=means)


def _note(
    tx: Connection, conversation_id: str, effect: NoteUnsure, now: datetime, *, suggested: str | None = None
) -> None:
    text = without_personal_data(effect.text, effect.language)
    seen = {
        "intent": effect.intent,
        "confidence": effect.confidence,
        "ranking": list(effect.ranking[:RANKING_LENGTH]),
        "model": effect.model,
        "conversation_id": conversation_id,
        "seq": effect.seq,
        "last_seen_at": now,
    }
    if suggested is not None:
        seen["suggested"] = suggested
    row = insert_of(tx)(unsure_messages).values(
        normalised=comparable(text)[:_KEY_CHARACTERS],
        language=effect.language,
        text=text,
        count=1,
        first_seen_at=now,
        state="open",
        **seen,
    )
    table = unsure_messages.c
    comes_back = (table.state == "corrected") & (table.model != effect.model)
    if suggested is not None:
        comes_back = table.state != "open"
    again = {"count": table.count + 1, "state": case((comes_back, "open"), else_=table.state), **seen}
    tx.execute(row.on_conflict_do_update(index_elements=["language", "normalised"], set_=again))
