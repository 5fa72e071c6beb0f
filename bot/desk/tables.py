"""What agents keep beside the log: private notes, call-backs, and conversations that go on by mail."""

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
    Column("zone", String(40), nullable=False),  # the customer's, in which they are told times
    Column("requested_at", Instant, nullable=False),
    Column("window_start", Instant, nullable=False),  # when the customer is to be called
    Column("window_end", Instant, nullable=False),
    Column("tries", Integer, nullable=False),  # calls that reached nobody
    Column("taken_at", Instant),
    Column("taken_by", Integer),
    Column("outcome", String(12)),  # done, not_reached (after the last try), withdrawn
    Column("done_at", Instant),
    Column("done_by", Integer),
    Index("ix_callbacks_open", "done_at", "window_start"),  # the desk's list
)

mail_ways = Table(
    "mail_ways",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "address", String(254), nullable=False
    ),  # the customer's: agents' replies go there, answers come from it
    Column("since", Instant, nullable=False),
)

received_mails = Table(
    "received_mails",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the Message-ID: the same mail is taken once
    Column("kind", String(12), nullable=False),  # customer, seller, automatic, person
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE")),
    Column("received_at", Instant, nullable=False),
    Index("ix_received_mails_conversation_id", "conversation_id"),
)
