"""What customers have had before their eyes: the one signal that is kept, for it decides whether a mail is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.conversations.tables import visits
from bot.storage import deadlines

UNSEEN = "answer_unseen"
"""Kind of the deadline at which answers that were not looked at are mailed; subject: the conversation."""

UNSEEN_AFTER = timedelta(minutes=5)


def note_seen(tx: Connection, conversation_id: str, seq: int, *, now: datetime) -> None:
    """The customer has seen everything up to `seq`; never goes back."""
    same = visits.c.conversation_id == conversation_id
    before = tx.execute(select(visits.c.seen_seq).where(same)).scalar()
    if before is None:
        row = {"conversation_id": conversation_id, "seen_seq": seq, "seen_at": now}
        tx.execute(insert(visits).values(**row))
    elif before < seq:
        tx.execute(update(visits).where(same).values(seen_seq=seq, seen_at=now))


def seen_up_to(tx: Connection, conversation_id: str) -> int:
    """The number of the newest entry the customer has seen; 0: nothing."""
    query = select(visits.c.seen_seq).where(visits.c.conversation_id == conversation_id)
    return tx.execute(query).scalar() or 0


def watch(tx: Connection, conversation_id: str, *, now: datetime) -> None:
    """An answer of a person or a seller was given: look later whether the customer has seen the newest."""
    deadlines.put_off(tx, kind=UNSEEN, subject=conversation_id, due_at=now + UNSEEN_AFTER)
