"""Files by conversation; their bytes lie in the vault."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.storage.schema import Instant, metadata

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(32), primary_key=True),  # random: also the name of the file in the vault
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(100), nullable=False),  # sent again under the same id: the same file
    Column("name", String(120), nullable=False),
    Column("kind", String(20), nullable=False),  # media type, read from the content
    Column("size", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("has_preview", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),  # of what was uploaded
    Column("seq", Integer),  # the message it was sent with
    Column("case_reference", String(12)),
    Column("uploaded_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
    Index("ix_attachments_case_reference", "case_reference"),  # store.evidence_of
    Index("ix_attachments_unsent", "seq", "uploaded_at"),  # store.forget_unsent
)
