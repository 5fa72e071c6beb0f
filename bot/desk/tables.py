"""What agents keep beside the log: private notes and call-backs."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from bot.storage.schema import Instant, metadata

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_notes_conversation_id", "conversation_id"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("phone", String(30), nullable=False),  # E.164
    Column("requested_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", Integer),
    Index("ix_callbacks_open", "done_at", "requested_at"),
)
