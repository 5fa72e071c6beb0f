"""Cases to sellers, what happened to them, and questions redirected to sellers' own messages."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.storage.schema import Instant, Json, metadata

cases = Table(
    "cases",
    metadata,
    Column("reference", String(12), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("seller_id", String(40), nullable=False),
    Column("order_id", String(40)),
    Column("line_id", String(60)),
    Column("product_id", String(40)),
    Column("reason", String(40), nullable=False),
    # what the customer gave: {description, wish, part, new_value, quantity}
    Column("details", Json, nullable=False),
    Column("looked_up", Json, nullable=False),  # R8: [{what, result}] already tried, as codes and values
    Column("customer_words", Text, nullable=False),  # the original; contact data is masked when shown
    Column("customer_locale", String(2), nullable=False),
    Column("seller_language", String(2), nullable=False),
    Column("state", String(10), nullable=False),  # opened, answered, expired, decided, closed
    Column("opened_at", Instant, nullable=False),
    Column("answer_by", Instant, nullable=False),  # R10: 24 elapsed hours
    Column("promised_by", Instant, nullable=False),  # R12: 48 elapsed hours
    Column("answered_at", Instant),
    Column("resolution", String(40)),  # the seller's choice, or the decision at expiry
    Column("answer_text", Text),
    Column("no_reply_needed", Boolean, nullable=False, default=False),
    Column("decided_at", Instant),
    Column("decided_by", String(10)),  # policy, agent
    Column("told_at", Instant),  # the customer has the answer
    Index("ix_cases_seller", "seller_id", "state", "answer_by"),  # the case log
    Index("ix_cases_conversation_id", "conversation_id"),
    Index("ix_cases_line_id", "line_id"),  # store.cases_of_line
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reference", String(12), ForeignKey("cases.reference"), nullable=False),
    # opened, answered, late_answer, expired, decided, conveyed, promise_due, closed;
    # by the customer: facts, evidence, withdrawn, objected
    Column("type", String(20), nullable=False),
    Column("actor", String(12), nullable=False),
    Column("account_id", Integer),
    Column("client_id", String(100)),
    Column("body", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("reference", "client_id"),
    Index("ix_case_events_reference", "reference", "id"),
)

seller_messages = Table(
    "seller_messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("seller_id", String(40), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("order_id", String(40)),
    Column("product_id", String(40)),
    Column("text", Text, nullable=False),
    Column("locale", String(2), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_seller_messages_seller_id", "seller_id", "id"),
    Index("ix_seller_messages_conversation_id", "conversation_id"),
)
