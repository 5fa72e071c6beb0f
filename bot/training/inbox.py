"""The studio's inbox: one row per text the bot was unsure of, whoever wrote it and however often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Row

from bot.base.clock import isoformat
from bot.base.errors import Conflict, Unknown
from bot.storage.database import Database
from bot.training.examples import Examples, Written
from bot.training.tables import unsure_messages


@dataclass(frozen=True)
class UnsureMessage:
    """One row of the inbox. `text` is without contact data; `conversation_id` is where it was said last.

    `suggested` is what an agent says it means.
    """

    id: int
    text: str
    language: str
    intent: str
    confidence: float
    ranking: list[dict[str, Any]]
    model: str
    conversation_id: str
    seq: int
    count: int
    first_seen_at: datetime
    last_seen_at: datetime
    state: str
    suggested: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The wire form."""
        times = {"first_seen_at": isoformat(self.first_seen_at), "last_seen_at": isoformat(self.last_seen_at)}
        return {**vars(self), **times}


def open_messages(
    tx: Connection, *, language: str | None = None, limit: int = 100
) -> tuple[list[UnsureMessage], dict[str, int]]:
    """The newest open rows (of one language), and how many are open per language."""
    is_open = unsure_messages.c.state == "open"
    query = select(unsure_messages).where(is_open)
    if language:
        query = query.where(unsure_messages.c.language == language)
    rows = tx.execute(
        query.order_by(unsure_messages.c.last_seen_at.desc(), unsure_messages.c.id.desc()).limit(limit)
    )
    counted = (
        select(unsure_messages.c.language, func.count()).where(is_open).group_by(unsure_messages.c.language)
    )
    return [_from(row) for row in rows], dict(tx.execute(counted).all())


def get_message(tx: Connection, message_id: int) -> UnsureMessage:
    """One row; raises `Unknown`."""
    row = tx.execute(select(unsure_messages).where(unsure_messages.c.id == message_id)).first()
    if row is None:
        raise Unknown("unknown_unsure_message")
    return _from(row)


def correct(
    database: Database,
    examples: Examples,
    message_id: int,
    *,
    intent: str,
    by: int,
    now: datetime,
    text: str | None = None,
) -> Written:
    """Say what a message means: it becomes an example of `intent`, and its row is done.

    `text` is the trainer's own wording, None: the message as it is. Of two trainers one wins, the other gets
    `Conflict`. The line is written before the commit; when that fails, doing it again finds the line there.
    """
    with database.read() as tx:
        message = get_message(tx, message_id)
    typed = text is not None
    wording = message.text if text is None else text
    examples.prepare(language=message.language, text=wording, typed_by_trainer=typed)
    with database.write() as tx:
        _handle(tx, message_id, "corrected", intent, by, now)
        return examples.add(language=message.language, intent=intent, text=wording, typed_by_trainer=typed)


def skip(tx: Connection, message_id: int, *, by: int, now: datetime) -> None:
    """Put a message aside: it teaches nothing. Raises `Conflict` when it was handled meanwhile."""
    get_message(tx, message_id)
    _handle(tx, message_id, "skipped", None, by, now)


def forget_conversations(tx: Connection, conversation_ids: list[str]) -> None:
    """Erase what was last said in these conversations (a customer's data is erased)."""
    tx.execute(unsure_messages.delete().where(unsure_messages.c.conversation_id.in_(conversation_ids)))


def _handle(tx: Connection, message_id: int, state: str, intent: str | None, by: int, now: datetime) -> None:
    still_open = (unsure_messages.c.id == message_id) & (unsure_messages.c.state == "open")
    values = {"state": state, "corrected_to": intent, "handled_by": by, "handled_at": now}
    if not tx.execute(update(unsure_messages).where(still_open).values(**values)).rowcount:
        raise Conflict("already_handled")


def _from(row: Row) -> UnsureMessage:
    return UnsureMessage(**{name: row._mapping[name] for name in UnsureMessage.__dataclass_fields__})
