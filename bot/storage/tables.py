"""Tables that serve every room: deadlines, outbox, limits, and a few values all processes share."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from bot.storage.schema import Instant, Json, metadata

deadlines = Table(
    "deadlines",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("subject", String(80), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("ix_deadlines_open", "done_at", "due_at"),  # bot.storage.deadlines.due
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(120), nullable=False, unique=True),  # the same mail is never queued twice
    Column("kind", String(20), nullable=False),
    Column("payload", Json, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("try_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", Instant),
    Column("gave_up_at", Instant),
    Column("last_error", Text),
    Index("ix_outbox_open", "sent_at", "gave_up_at", "try_at"),  # bot.storage.outbox.claim
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("window_start", Instant, nullable=False),
    Column("count", Integer, nullable=False),
)

shared_values = Table(
    "shared_values",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Json, nullable=False),
)
