"""That something was erased, when and by whom; not what, and not whose in words."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from bot.storage.schema import Instant, Json, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("erased_at", Instant, nullable=False),
    Column("by", String(20), nullable=False),  # customer, operator, retention
    Column("subject", String(64), nullable=False),  # digest of the customer's or conversation's id
    Column("counts", Json, nullable=False),  # how much of what
)
