"""Tables of the log. `log_entries` is the truth; `conversations` holds its counters and who controls it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.storage.schema import Instant, Json, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("namespace", String(8), nullable=False),  # web, or rest (Rasa's webhook: never signed in)
    Column("locale", String(2), nullable=False),
    Column("customer_id", String(64)),
    Column("customer_name", String(120)),
    Column("context", Json, nullable=False),  # {page?, product_id?, order_id?} the chat was opened on
    Column("controller", String(8), nullable=False),  # bot, queue, agent, closed
    Column("agent_id", Integer),
    Column("control_epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),  # newest entry
    Column("customer_seq", Integer, nullable=False),  # newest message of the customer
    Column("bot_seq", Integer, nullable=False),  # newest message of the customer a turn has taken
    Column("reason", String(40)),  # what the customer wants, newest concrete wish
    Column("order_id", String(40)),  # what the conversation is about, for the desk
    Column("line_id", String(60)),
    Column("product_id", String(40)),
    Column("handoff_reason", String(40)),
    Column("queued_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("claimed_at", Instant),  # since when the agent in control has it
    Column("blocked_until", Instant),  # until then nothing is taken from this customer
    Index("ix_conversations_queue", "controller", "queued_at"),  # desk queue
    Index("ix_conversations_customer", "customer_id", "updated_at"),  # other conversations of a customer
    Index("ix_conversations_pending", "controller", "updated_at"),  # turns a killed process left
    Index("ix_conversations_updated_at", "updated_at"),  # what changed lately: lost hints, search
    Index("ix_conversations_created_at", "created_at"),  # reports
)

log_entries = Table(
    "log_entries",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("seq", Integer, primary_key=True),
    Column("type", String(12), nullable=False),
    Column("actor", String(8), nullable=False),  # customer, bot, agent, seller, system
    Column("audience", String(8), nullable=False),  # all, staff
    Column("body", Json, nullable=False),
    Column("client_id", String(100)),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
)

issued_buttons = Table(
    "issued_buttons",
    metadata,
    Column("payload", String(32), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("command", Text, nullable=False),  # what pressing it means to the bot: /intent{"slot": "value"}
    Column("issued_at", Instant, nullable=False),
    Index("ix_issued_buttons_conversation_id", "conversation_id"),
)

trackers = Table(
    "trackers",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("state", Json, nullable=False),  # what the dialogue engine remembers; opaque to every other room
)

order_proofs = Table(
    "order_proofs",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("order_id", String(40), primary_key=True),
    Column("proven_at", Instant, nullable=False),
)

satisfaction = Table(
    "satisfaction",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("matter", String(140), nullable=False),  # reason and what it is about: asked once for each
    Column("reason", String(40), nullable=False),
    Column("handled_by", String(8), nullable=False),  # bot, agent, seller
    Column("asked_at", Instant, nullable=False),
    Column("solved", Boolean),  # NULL: not said
    Column("answered_at", Instant),
    UniqueConstraint("conversation_id", "matter"),
    Index("ix_satisfaction_asked_at", "asked_at"),  # shares over days, export
)

visits = Table(
    "visits",
    metadata,
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("seen_seq", Integer, nullable=False),  # newest entry the customer had before their eyes
    Column("seen_at", Instant, nullable=False),
)
