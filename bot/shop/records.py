"""The records in which a shop gives its data, over HTTP and in files: one definition, checked when they are read.

docs/shop.md tells their meaning, docs/shop-api.json is made from them. Money in euro cents; instants with their zone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, to_builtins

from bot.base.clock import UTC
from bot.shop.model import (
    AskedBefore,
    Attribute,
    Customer,
    EnrolmentPeriod,
    Fulfilment,
    LineState,
    Order,
    OrderLine,
    Page,
    Product,
    Seller,
    SellerPolicy,
)
from bot.shop.source import canonical_order_id

_PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
MAX_INTEGER = 2_147_483_647

Id = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[\w.:@+\-]+$")]
CustomerId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\w.:@+\-]+$")]
OrderId = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[\w.:@+ \-]+$")]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=_PRINTABLE)]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
Text = Annotated[str, Meta(max_length=20_000, pattern=_PRINTABLE)]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="ISO 3166-1, two capitals")]
Locale = Literal["es", "de"]
ExcludedAs = Literal[
    "custom_made",
    "perishable",
    "sealed_hygiene",
    "inseparably_mixed",
    "sealed_media",
    "newspapers",
    "digital_content",
]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Positive = Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
Instant = Annotated[datetime, Meta(tz=True, description="ISO 8601 with its offset from UTC")]

NEEDS: dict[LineState, tuple[str, ...]] = {
    "shipped": ("shipped_at",),
    "delivered": ("delivered_at",),
    "cancelled": ("cancelled_at",),
    "return_started": ("return_started_at",),
    "return_received": ("return_received_at",),
    "refunded": ("refund_cents", "refunded_at"),
}
"""What a line has to say in a state, for else we could only guess what to tell the customer."""


class CustomerRecord(Struct, frozen=True, kw_only=True):
    """A customer."""

    id: CustomerId
    name: Name
    email: Email
    locale: Locale

    def to_model(self) -> Customer:
        """As the rooms know it."""
        return Customer(self.id, self.name, self.email, self.locale)


class TermsRecord(Struct, frozen=True, kw_only=True):
    """R13: terms for sending something back; better than the standard, or they do not count."""

    window_days: Annotated[int, Meta(ge=0, le=3650)]
    return_paid_by: Literal["seller", "customer"]
    accepts: Literal["unused", "tried", "used"]
    refund_within_days: Annotated[int, Meta(ge=0, le=3650)]
    fee_percent: Annotated[int, Meta(ge=0, le=100)]
    exclusions: tuple[ExcludedAs, ...]
    refund_method: Literal["voucher", "original_payment"]


class PolicyRecord(Struct, frozen=True, kw_only=True):
    """R13: terms that were approved, for orders placed since `valid_from`; `terms` null: the standard again."""

    valid_from: Instant
    approved_at: Instant
    approved_by: Name
    terms: TermsRecord | None = None

    def to_model(self, seller_id: str) -> SellerPolicy:
        """As the rooms know it."""
        terms = None
        if self.terms is not None:
            terms = to_builtins(self.terms) | {"exclusions": list(self.terms.exclusions)}
        return SellerPolicy(seller_id, terms, _utc(self.valid_from), _utc(self.approved_at), self.approved_by)


class PolicyRow(PolicyRecord, frozen=True, kw_only=True):
    """A row of return_policies.csv."""

    seller_id: Id


class ReturnAddressRecord(Struct, frozen=True, kw_only=True):
    """R14: where a seller takes goods back."""

    name: Name
    street: Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
    postal_code: Annotated[str, Meta(min_length=1, max_length=20, pattern=_PRINTABLE)]
    city: Annotated[str, Meta(min_length=1, max_length=120, pattern=_PRINTABLE)]
    country: Country


class SellerHead(Struct, frozen=True, kw_only=True):
    """A seller without policies: a row of sellers.csv. `email` is where cases are announced, `case_language` R9's.

    `return_addresses`: by the country whose customers send there.
    """

    id: Id
    name: Name
    email: Email
    country: Country
    case_language: Literal["de", "zh", "es"]
    return_addresses: dict[Country, ReturnAddressRecord] | None = None

    def to_model(self) -> Seller:
        """As the rooms know it."""
        addresses = None if self.return_addresses is None else to_builtins(self.return_addresses)
        return Seller(self.id, self.name, self.email, self.country, self.case_language, addresses)


class SellerRecord(SellerHead, frozen=True, kw_only=True):
    """A seller with the history of their return policies; no two valid from the same moment."""

    return_policies: tuple[PolicyRecord, ...] = ()

    def __post_init__(self) -> None:
        if len({policy.valid_from for policy in self.return_policies}) < len(self.return_policies):
            raise ValueError("two of `return_policies` have the same `valid_from`")

    def to_policies(self) -> tuple[SellerPolicy, ...]:
        """The policies as the rooms know them."""
        return tuple(policy.to_model(self.id) for policy in self.return_policies)


class EnrolmentRecord(Struct, frozen=True, kw_only=True):
    """A period in which a seller takes part in the service; `ends_at` null while it lasts. In files only."""

    seller_id: Id
    starts_at: Instant
    ends_at: Instant | None = None
    trial_ends_at: Instant | None = None

    def __post_init__(self) -> None:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("`ends_at` is not after `starts_at`")

    def to_model(self) -> EnrolmentPeriod:
        """As the rooms know it."""
        return EnrolmentPeriod(
            self.seller_id, _utc(self.starts_at), utc(self.ends_at), utc(self.trial_ends_at)
        )


class AttributeRecord(Struct, frozen=True, kw_only=True):
    """A property on a product page; `key` is the same in every language."""

    key: Annotated[str, Meta(min_length=1, max_length=60, pattern=_PRINTABLE)]
    name: Name
    value: Text


class QuestionRecord(Struct, frozen=True, kw_only=True):
    """What a buyer asked on the page, and the answer."""

    question: Text
    answer: Text


class AskedRecord(Struct, frozen=True, kw_only=True):
    """A question that was asked about the product, never shown; `says`: a stretch of the page that answers it, or empty."""

    question: Text
    says: str = ""


class PageRecord(Struct, frozen=True, kw_only=True):
    """A product detail page in one language."""

    title: Title
    description: Text
    attributes: tuple[AttributeRecord, ...] = ()
    box: tuple[Text, ...] = ()
    questions: tuple[QuestionRecord, ...] = ()
    asked: tuple[AskedRecord, ...] = ()

    def to_model(self, product_id: str, locale: str) -> Page:
        """As the rooms know it."""
        return Page(
            product_id=product_id,
            locale=locale,
            title=self.title,
            description=self.description,
            attributes=tuple(Attribute(item.key, item.name, item.value) for item in self.attributes),
            box=self.box,
            questions=tuple((item.question, item.answer) for item in self.questions),
            asked=tuple(AskedBefore(item.question, item.says) for item in self.asked),
        )


class ProductHead(Struct, frozen=True, kw_only=True):
    """A product without its pages: a row of products.csv. `image` is a path under /static, or empty.

    `excluded_as`: the kind of goods that a withdrawal is excluded for.
    """

    id: Id
    seller_id: Id
    brand: Annotated[str, Meta(max_length=80, pattern=_PRINTABLE)]
    category: Annotated[str, Meta(min_length=1, max_length=20, pattern=_PRINTABLE)]
    price_cents: Count
    stock: Count
    restock_at: Instant | None = None
    returnable: bool = True
    guarantee_months: Annotated[int, Meta(ge=0, le=1200)] = 0
    weight_g: Count = 0
    image: Annotated[str, Meta(max_length=200, pattern=r"^(/static/[\w./\-]+)?$")] = ""
    excluded_as: ExcludedAs | None = None

    def to_model(self) -> Product:
        """As the rooms know it."""
        return Product(
            id=self.id,
            seller_id=self.seller_id,
            brand=self.brand,
            category=self.category,
            price_cents=self.price_cents,
            stock=self.stock,
            restock_at=utc(self.restock_at),
            returnable=self.returnable,
            guarantee_months=self.guarantee_months,
            weight_g=self.weight_g,
            image=self.image,
            excluded_as=self.excluded_as,
        )


class ProductRecord(ProductHead, frozen=True, kw_only=True):
    """A product with its pages, by language; one language at least."""

    pages: Annotated[dict[Locale, PageRecord], Meta(min_length=1)]

    def to_pages(self) -> tuple[Page, ...]:
        """The pages as the rooms know them."""
        return tuple(page.to_model(self.id, locale) for locale, page in self.pages.items())


class PageRow(PageRecord, frozen=True, kw_only=True):
    """A row of pages.csv."""

    product_id: Id
    locale: Locale


class LineRecord(Struct, frozen=True, kw_only=True):
    """One line of an order, counted from 1; its id is made of the order's and its position."""

    position: Annotated[int, Meta(ge=1, le=9999)]
    product_id: Id
    seller_id: Id
    fulfilled_by: Fulfilment
    quantity: Positive
    price_cents: Annotated[int, Meta(ge=0, le=MAX_INTEGER, description="of one piece")]
    state: LineState
    promised_at: Instant
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    cancelled_at: Instant | None = None
    carrier: Annotated[str, Meta(max_length=40, pattern=_PRINTABLE)] | None = None
    tracking_id: Annotated[str, Meta(max_length=60, pattern=_PRINTABLE)] | None = None
    return_started_at: Instant | None = None
    return_received_at: Instant | None = None
    refund_cents: Count | None = None
    refunded_at: Instant | None = None

    def __post_init__(self) -> None:
        for name in NEEDS.get(self.state, ()):
            if getattr(self, name) is None:
                raise ValueError(f"state {self.state} needs `{name}`")

    def to_model(self, order_id: str, ordered_at: datetime) -> OrderLine:
        """As the rooms know it."""
        return OrderLine(
            id=f"{order_id}/{self.position}",
            order_id=order_id,
            position=self.position,
            product_id=self.product_id,
            seller_id=self.seller_id,
            fulfilled_by=self.fulfilled_by,
            quantity=self.quantity,
            price_cents=self.price_cents,
            state=self.state,
            ordered_at=ordered_at,
            promised_at=_utc(self.promised_at),
            shipped_at=utc(self.shipped_at),
            delivered_at=utc(self.delivered_at),
            cancelled_at=utc(self.cancelled_at),
            carrier=self.carrier,
            tracking_id=self.tracking_id,
            return_started_at=utc(self.return_started_at),
            return_received_at=utc(self.return_received_at),
            refund_cents=self.refund_cents,
            refunded_at=utc(self.refunded_at),
        )


class LineRow(LineRecord, frozen=True, kw_only=True):
    """A row of order_lines.csv."""

    order_id: OrderId


class AddressRecord(Struct, frozen=True, kw_only=True):
    """Where an order goes."""

    street: Annotated[str, Meta(max_length=200, pattern=_PRINTABLE)]
    postal_code: Annotated[str, Meta(min_length=1, max_length=20, pattern=_PRINTABLE)]
    city: Annotated[str, Meta(max_length=120, pattern=_PRINTABLE)]


class OrderHead(Struct, frozen=True, kw_only=True):
    """An order without its lines."""

    id: OrderId
    customer_id: CustomerId
    ordered_at: Instant
    country: Country
    address: AddressRecord

    def to_model(self, lines: tuple[LineRecord, ...] = ()) -> Order:
        """As the rooms know it, lines in order of position."""
        order_id, ordered_at = canonical_order_id(self.id), _utc(self.ordered_at)
        address = {
            "street": self.address.street,
            "postal_code": self.address.postal_code,
            "city": self.address.city,
        }
        return Order(
            id=order_id,
            customer_id=self.customer_id,
            ordered_at=ordered_at,
            country=self.country,
            postal_code=self.address.postal_code,
            address=address,
            lines=tuple(line.to_model(order_id, ordered_at) for line in sorted(lines, key=_position)),
        )


class OrderRecord(OrderHead, frozen=True, kw_only=True):
    """An order with its lines; one line at least, no position twice."""

    lines: Annotated[tuple[LineRecord, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if len({line.position for line in self.lines}) < len(self.lines):
            raise ValueError("two of `lines` have the same `position`")

    def to_order(self) -> Order:
        """As the rooms know it."""
        return self.to_model(self.lines)


class OrderRow(Struct, frozen=True, kw_only=True):
    """A row of orders.csv: the address in columns of its own."""

    id: OrderId
    customer_id: CustomerId
    ordered_at: Instant
    country: Country
    street: Annotated[str, Meta(max_length=200, pattern=_PRINTABLE)]
    postal_code: Annotated[str, Meta(min_length=1, max_length=20, pattern=_PRINTABLE)]
    city: Annotated[str, Meta(max_length=120, pattern=_PRINTABLE)]

    def to_head(self) -> OrderHead:
        """The same order as in JSON Lines."""
        address = AddressRecord(street=self.street, postal_code=self.postal_code, city=self.city)
        return OrderHead(
            id=self.id,
            customer_id=self.customer_id,
            ordered_at=self.ordered_at,
            country=self.country,
            address=address,
        )


class Orders(Struct, frozen=True, kw_only=True):
    """`GET /customers/{id}/orders`."""

    orders: tuple[OrderRecord, ...]


class Products(Struct, frozen=True, kw_only=True):
    """`GET /products?ids=`: those of the asked ones that exist."""

    products: tuple[ProductRecord, ...]


class Sellers(Struct, frozen=True, kw_only=True):
    """`GET /sellers?ids=`: those of the asked ones that exist."""

    sellers: tuple[SellerRecord, ...]


class CataloguePart(Struct, frozen=True, kw_only=True):
    """`GET /catalogue`: a part of all products; `next` asks for the following part, null on the last."""

    products: tuple[ProductRecord, ...]
    next: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class ErrorCode(Struct, frozen=True, kw_only=True):
    """What was wrong."""

    code: str


class Refusal(Struct, frozen=True, kw_only=True):
    """The body of a 404: only with the code `unknown` it is believed that there is no such thing."""

    error: ErrorCode


def utc(instant: datetime | None) -> datetime | None:
    """The same instant in UTC."""
    return None if instant is None else _utc(instant)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _position(line: LineRecord) -> int:
    return line.position
