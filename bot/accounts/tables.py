"""Accounts of staff and sellers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from bot.storage.schema import Instant, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("name", String(120), nullable=False),
    Column("role", String(12), nullable=False),  # agent, supervisor, trainer, seller, admin
    Column("seller_id", String(40)),  # role seller: whose cases
    Column("locale", String(2), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("session_epoch", Integer, nullable=False, default=0),  # raised to end all sessions
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", Instant, nullable=False),
)
