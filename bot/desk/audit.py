"""The desk's audit: who viewed, took, wrote, passed on, blocked, what the clock did. Append-only; reports are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.accounts.tables import accounts
from bot.conversations import log
from bot.desk.tables import desk_events
from bot.storage.database import Database

Kind = Literal[
    "viewed", "claimed", "replied", "gave_back", "closed", "passed_on", "requeued", "invited", "left", "labelled", "blocked",
    "unblocked", "corrected", "case_opened", "case_decided", "away", "back", "searched",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)

_ADD = insert(desk_events)

VIEW_AGAIN = timedelta(hours=1)
"""Somebody who looks at the same conversation within this time is written down once."""


@dataclass(frozen=True)
class DeskEvent:
    """One line of the audit. `body` holds codes and numbers only."""

    at: datetime
    kind: str
    conversation_id: str | None
    account: str | None
    other: str | None
    body: dict[str, Any]


def note(
    tx: Connection,
    kind: Kind,
    *,
    now: datetime,
    conversation_id: str | None = None,
    by: int | None = None,
    to: int | None = None,
    **body: Any,
) -> None:
    """Add a line. `by` None: the clock did it."""
    row = {"at": now, "kind": kind, "conversation_id": conversation_id, "account_id": by, "other_id": to}
    tx.execute(_ADD, {**row, "body": body})


def note_view(database: Database, conversation_id: str, account_id: int, *, now: datetime) -> None:
    """Write down that somebody looked at a conversation, unless it was within `VIEW_AGAIN`. Raises `Unknown`."""
    with database.read() as tx:
        log.get_conversation(tx, conversation_id)
        if _viewed_lately(tx, conversation_id, account_id, since=now - VIEW_AGAIN):
            return
    with database.write() as tx:
        note(tx, "viewed", now=now, conversation_id=conversation_id, by=account_id)


def _viewed_lately(tx: Connection, conversation_id: str, account_id: int, *, since: datetime) -> bool:
    at = desk_events.c
    query = select(at.id).where(
        at.conversation_id == conversation_id,
        at.kind == "viewed",
        at.account_id == account_id,
        at.at >= since,
    )
    return tx.execute(query.limit(1)).first() is not None


def newest(
    tx: Connection, *kinds: Kind, conversation_id: str | None = None, limit: int = 50
) -> list[DeskEvent]:
    """The newest lines of some kinds (all of them without), newest first."""
    doer, other = accounts.alias("doer"), accounts.alias("other")
    at = desk_events.c
    query = select(
        at.at, at.kind, at.conversation_id, doer.c.name.label("account"), other.c.name.label("other"), at.body
    ).select_from(
        desk_events.outerjoin(doer, doer.c.id == at.account_id).outerjoin(other, other.c.id == at.other_id)
    )
    if kinds:
        query = query.where(at.kind.in_(kinds))
    if conversation_id is not None:
        query = query.where(at.conversation_id == conversation_id)
    return [DeskEvent(**row._mapping) for row in tx.execute(query.order_by(at.id.desc()).limit(limit))]
