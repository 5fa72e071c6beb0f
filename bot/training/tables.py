"""The studio's inbox: real messages the bot was unsure of."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from bot.storage.schema import Instant, Json, metadata

unsure_messages = Table(
    "unsure_messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("normalised", String(500), nullable=False),  # identical texts are one row
    Column("language", String(2), nullable=False),
    Column("text", Text, nullable=False),  # contact data masked
    Column("intent", String(40), nullable=False),  # what the bot understood
    Column("confidence", Float, nullable=False),
    Column("ranking", Json, nullable=False),  # [{name, confidence}], best first
    Column("model", String(80), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),  # open, corrected, skipped
    Column("corrected_to", String(40)),
    Column("handled_by", Integer),
    Column("handled_at", Instant),
    Column("suggested", String(40)),  # what an agent says it means, where one corrected the reason
    UniqueConstraint("language", "normalised"),
    Index("ix_unsure_messages_state", "state", "last_seen_at"),
)
