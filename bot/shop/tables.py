"""The SQL source of orders, products and sellers: filled by the demo shop or by loading files."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.storage.schema import Instant, Json, metadata

sellers = Table(
    "sellers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False),  # default address: where cases are announced
    Column("country", String(2), nullable=False),
    Column("case_language", String(2), nullable=False),  # R9: de, zh (or es)
    Column(
        "return_addresses", Json
    ),  # where goods go back to: country → {name, street, postal_code, city, country}
)

return_policies = Table(
    "return_policies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("terms", Json),  # R13: approved terms; null: from then on the standard again
    Column("valid_from", Instant, nullable=False),  # for orders placed since
    Column("approved_at", Instant, nullable=False),
    Column("approved_by", String(120), nullable=False),
    UniqueConstraint("seller_id", "valid_from"),  # SqlShop.policies, too
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),  # registered
    Column("ends_at", Instant),  # left; null: still enrolled
    Column("trial_ends_at", Instant),
    Index("ix_enrolments_seller_id", "seller_id"),
)

products = Table(
    "products",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("brand", String(80), nullable=False),
    Column("category", String(20), nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("stock", Integer, nullable=False),
    Column("restock_at", Instant),
    Column("returnable", Boolean, nullable=False),
    Column("guarantee_months", Integer, nullable=False),  # the seller's own, beyond the law; 0: none
    Column("weight_g", Integer, nullable=False),
    Column("image", String(200), nullable=False),  # path under /static
    Column(
        "excluded_as", String(20)
    ),  # kind of goods that is not returnable (bot.service Exclusion), else null
)

product_pages = Table(
    "product_pages",
    metadata,
    Column("product_id", String(40), ForeignKey("products.id"), primary_key=True),
    Column("locale", String(2), primary_key=True),
    Column("title", String(200), nullable=False),
    Column(
        "content", Json, nullable=False
    ),  # {description, attributes: [{key, name, value}], box, questions, asked}
)

page_gaps = Table(
    "page_gaps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("product_id", String(40), nullable=False),
    Column("locale", String(2), nullable=False),
    Column("question", String(500), nullable=False),  # R16: what the page did not say
    Column("asked_at", Instant, nullable=False),
    Index("ix_page_gaps_product_id", "product_id"),
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False),
    Column("locale", String(2), nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(64), ForeignKey("customers.id"), nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("country", String(2), nullable=False),
    Column("address", Json, nullable=False),  # {street, postal_code, city}
    Index("ix_orders_customer_id", "customer_id", "ordered_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("order_id", String(40), ForeignKey("orders.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("product_id", String(40), ForeignKey("products.id"), nullable=False),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("fulfilled_by", String(12), nullable=False),  # seller, marketplace
    Column("quantity", Integer, nullable=False),
    Column("price_cents", Integer, nullable=False),  # of one piece
    Column("state", String(20), nullable=False),
    Column("promised_at", Instant, nullable=False),
    Column("shipped_at", Instant),
    Column("delivered_at", Instant),
    Column("cancelled_at", Instant),
    Column("carrier", String(40)),
    Column("tracking_id", String(60)),
    Column("return_started_at", Instant),
    Column("return_received_at", Instant),
    Column("refund_cents", Integer),
    Column("refunded_at", Instant),
    Index("ix_order_lines_order_id", "order_id", "position"),
)
