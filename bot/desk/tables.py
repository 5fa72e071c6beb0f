"""What agents keep beside the log: who is there, notes, labels, call-backs, conversations by mail, and an audit."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.storage.schema import Instant, Json, metadata

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

desk_people = Table(
    "desk_people",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("away", Boolean, nullable=False),  # said so themselves
    Column("since", Instant, nullable=False),  # of the state they are in; the machine's clock, as `left_at`
    Column("left_at", Instant),  # when their last page closed; NULL: one is open, or they never had one
    Column("capacity", Integer),  # chats at a time; NULL: the setting's
    Column("languages", Json, nullable=False),  # [] for all of them
    Column("skills", Json, nullable=False),  # groups of reasons; [] for all of them
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", String(32), primary_key=True),  # one open page
    Column("account_id", Integer, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("ix_desk_sessions_account_id", "account_id"),
)

desk_guests = Table(
    "desk_guests",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("account_id", Integer, primary_key=True, autoincrement=False),  # a second agent in the chat
    Column("invited_by", Integer, nullable=False),
    Column("invited_at", Instant, nullable=False),
    Index("ix_desk_guests_account_id", "account_id"),
)

desk_labels = Table(
    "desk_labels",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("label", String(40), primary_key=True),
    Column("added_by", Integer, nullable=False),
    Column("added_at", Instant, nullable=False),
    Index("ix_desk_labels_label", "label"),
)

desk_events = Table(
    "desk_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),  # bot.desk.audit.KINDS
    Column("conversation_id", String(32)),  # no foreign key: the record outlives what it is about
    Column("account_id", Integer),  # who did it; NULL: the clock
    Column("other_id", Integer),  # to whom
    Column("body", Json, nullable=False),  # codes and numbers, no words of customers
    Index("ix_desk_events_kind_at", "kind", "at"),
    Index("ix_desk_events_conversation_id", "conversation_id"),
)

translations = Table(
    "translations",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("target", String(2), primary_key=True),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

bridge_links = Table(
    "bridge_links",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("sent_seq", Integer, nullable=False),  # what the other desk has been told up to
    Column("since", Instant, nullable=False),
)
