"""What the shop knows: orders, products and their pages, sellers. Immutable; money in euro cents; instants UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

LineState = Literal[
    "placed",  # ordered, not yet worked on
    "preparing",
    "shipped",
    "delivered",
    "lost",  # the carrier cannot find it
    "returned_to_sender",
    "cancelled",
    "return_started",
    "return_received",
    "refunded",
]
Fulfilment = Literal["seller", "marketplace"]


@dataclass(frozen=True)
class Seller:
    """A seller; `case_language` is the language we write cases in (R9), `return_addresses` are by country (R14)."""

    id: str
    name: str
    email: str
    country: str
    case_language: str
    return_addresses: dict[str, dict[str, str]] | None = None


@dataclass(frozen=True)
class EnrolmentPeriod:
    """A period in which a seller takes part in the service: half-open, `ends_at` None while it lasts."""

    seller_id: str
    starts_at: datetime
    ends_at: datetime | None
    trial_ends_at: datetime | None


@dataclass(frozen=True)
class SellerPolicy:
    """R13: approved terms of a seller, for orders placed since `valid_from`; `terms` None: the standard again."""

    seller_id: str
    terms: dict[str, Any] | None
    valid_from: datetime
    approved_at: datetime
    approved_by: str


@dataclass(frozen=True)
class Product:
    """A product, whatever the language of its page. `excluded_as`: the kind of goods that makes it not returnable."""

    id: str
    seller_id: str
    brand: str
    category: str
    price_cents: int
    stock: int
    restock_at: datetime | None
    returnable: bool
    guarantee_months: int
    weight_g: int
    image: str
    excluded_as: str | None = None


@dataclass(frozen=True)
class Attribute:
    """A property on a product page; `key` is the same in every language."""

    key: str
    name: str
    value: str


@dataclass(frozen=True)
class AskedBefore:
    """A question that was asked about a product: `says` is a stretch of the page that answers it, empty when none does."""

    question: str
    says: str


@dataclass(frozen=True)
class Page:
    """A product detail page in one language. `questions` are (question, answer) of buyers, shown on it.

    `asked` are questions of the past that new ones are compared with; no page shows them.
    """

    product_id: str
    locale: str
    title: str
    description: str
    attributes: tuple[Attribute, ...]
    box: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    asked: tuple[AskedBefore, ...] = ()


@dataclass(frozen=True)
class Customer:
    """A customer as the shop knows them."""

    id: str
    name: str
    email: str
    locale: str


@dataclass(frozen=True)
class OrderLine:
    """One line of an order: what rules are decided on (R1)."""

    id: str
    order_id: str
    position: int
    product_id: str
    seller_id: str
    fulfilled_by: Fulfilment
    quantity: int
    price_cents: int
    state: LineState
    ordered_at: datetime
    promised_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    carrier: str | None
    tracking_id: str | None
    return_started_at: datetime | None
    return_received_at: datetime | None
    refund_cents: int | None
    refunded_at: datetime | None


@dataclass(frozen=True)
class Order:
    """An order with its lines, in order of position."""

    id: str
    customer_id: str
    ordered_at: datetime
    country: str
    postal_code: str
    address: dict[str, str]
    lines: tuple[OrderLine, ...]
