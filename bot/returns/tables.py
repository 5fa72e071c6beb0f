"""Returns we have authorised."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from bot.storage.schema import Instant, Json, metadata

returns = Table(
    "returns",
    metadata,
    Column("reference", String(12), primary_key=True),
    Column("token", String(43), nullable=False),  # opens the label's page, until `ship_by`
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("case_reference", String(12)),  # null: a line of the marketplace's own, nobody was asked
    Column("order_id", String(40), nullable=False),
    Column("line_id", String(60), nullable=False),
    Column("product_id", String(40), nullable=False),
    Column("seller_id", String(40), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount_cents", Integer, nullable=False),  # what comes back for these pieces
    Column("way", String(24), nullable=False),  # R14: prepaid_label, local_address, refund_without_return
    Column("address", Json),  # {name, street, postal_code, city, country}; null: nothing is sent
    Column("carrier", String(40)),
    Column("opened_at", Instant, nullable=False),
    Column("ship_by", Instant),  # exclusive; null: nothing is sent
    Column("refund_by", Instant),  # known only where nothing is waited for; else it follows from the arrival
    Column("withdrawn_at", Instant),  # the customer keeps the item after all
    # store.open_returns; one open return a line, however often and wherever it is asked for
    Index(
        "uq_returns_open_line",
        "line_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)
