"""The shop in our own database: the source the demo shop and loaded files fill."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy import Text, cast, func, insert, select
from sqlalchemy.engine import Connection, Row

from bot.shop.model import (
    AskedBefore,
    Attribute,
    Customer,
    EnrolmentPeriod,
    Order,
    OrderLine,
    Page,
    Product,
    Seller,
    SellerPolicy,
)
from bot.shop.search import Catalogue, KeptCatalogue
from bot.shop.source import belongs_to, canonical_order_id
from bot.shop.tables import (
    customers,
    enrolments,
    order_lines,
    orders,
    product_pages,
    products,
    return_policies,
    sellers,
)
from bot.storage.database import Database


class SqlShop:
    """Read access to orders, products and sellers. Every method is one or two queries; None: not there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._catalogue = KeptCatalogue(self._content_mark, self._all_pages)

    def customer(self, customer_id: str) -> Customer | None:
        """A customer by the shop's id."""
        row = self._first(select(customers).where(customers.c.id == customer_id))
        return Customer(**row._mapping) if row else None

    def seller(self, seller_id: str) -> Seller | None:
        """A seller."""
        row = self._first(select(sellers).where(sellers.c.id == seller_id))
        return Seller(**row._mapping) if row else None

    def enrolments(self, seller_id: str) -> list[EnrolmentPeriod]:
        """A seller's periods in the service, oldest first."""
        columns = [c for c in enrolments.c if c.name != "id"]
        query = select(*columns).where(enrolments.c.seller_id == seller_id).order_by(enrolments.c.starts_at)
        with self._database.read() as tx:
            return [EnrolmentPeriod(**row._mapping) for row in tx.execute(query)]

    def policies(self, seller_id: str) -> list[SellerPolicy]:
        """R13: a seller's approved return policies, oldest first."""
        with self._database.read() as tx:
            return policies_of(tx, [seller_id])

    def product(self, product_id: str) -> Product | None:
        """A product."""
        row = self._first(select(products).where(products.c.id == product_id))
        return Product(**row._mapping) if row else None

    def sellers(self, seller_ids: Sequence[str]) -> dict[str, Seller]:
        """Several sellers by their id."""
        query = select(sellers).where(sellers.c.id.in_(list(seller_ids)))
        with self._database.read() as tx:
            return {row.id: Seller(**row._mapping) for row in tx.execute(query)}

    def products(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Several products by their id."""
        query = select(products).where(products.c.id.in_(list(product_ids)))
        with self._database.read() as tx:
            return {row.id: Product(**row._mapping) for row in tx.execute(query)}

    def page(self, product_id: str, locale: str) -> Page | None:
        """A product's page in `locale`, or in any language it has."""
        return self.pages([product_id], locale).get(product_id)

    def pages(self, product_ids: Sequence[str], locale: str) -> dict[str, Page]:
        """Pages of several products by product id, each in `locale` where it exists."""
        query = select(product_pages).where(product_pages.c.product_id.in_(list(product_ids)))
        with self._database.read() as tx:
            rows = tx.execute(query).all()
        rows.sort(key=lambda row: row.locale == locale)
        return {row.product_id: _page(row) for row in rows}

    def catalogue(self) -> Catalogue:
        """The index of all pages; built anew when their number or length has changed, which is looked at once a minute."""
        return self._catalogue.get()

    def _content_mark(self) -> tuple[int, int]:
        length = func.length(product_pages.c.title) + func.length(cast(product_pages.c.content, Text))
        with self._database.read() as tx:
            row = tx.execute(
                select(func.count(product_pages.c.title), func.coalesce(func.sum(length), 0))
            ).one()
        return int(row[0]), int(row[1])

    def _all_pages(self) -> list[Page]:
        with self._database.read() as tx:
            return [_page(row) for row in tx.execute(select(product_pages))]

    def order(self, order_id: str) -> Order | None:
        """An order by its number, written with or without dashes. Whose it is, the caller checks."""
        with self._database.read() as tx:
            found = _orders(tx, orders.c.id == canonical_order_id(order_id))
        return found[0] if found else None

    def orders_of(self, customer_id: str, *, limit: int = 50) -> list[Order]:
        """A customer's orders, newest first."""
        with self._database.read() as tx:
            return _orders(tx, orders.c.customer_id == customer_id, limit=limit)

    def proves(self, order: Order, evidence: str) -> bool:
        """Whether `evidence` (an e-mail address or a postal code) belongs to the order."""
        return belongs_to(order, self.customer(order.customer_id), evidence)

    def copy_of(self, *, order_id: str | None, product_id: str | None, seller_id: str | None) -> None:
        """Nothing has to be copied: it is here."""

    def prepare(self) -> None:
        """Nothing: the first search builds the index."""

    def limited(self) -> AbstractContextManager[None]:
        """No limit: the database has its own."""
        return nullcontext()

    def answers(self) -> bool:
        """The database says by itself when it does not."""
        return True

    def _first(self, query: object) -> Row | None:
        with self._database.read() as tx:
            return tx.execute(query).first()


def policies_of(tx: Connection, seller_ids: Sequence[str]) -> list[SellerPolicy]:
    """R13: the approved return policies of sellers, oldest first."""
    columns = [c for c in return_policies.c if c.name != "id"]
    query = select(*columns).where(return_policies.c.seller_id.in_(seller_ids))
    return [SellerPolicy(**row._mapping) for row in tx.execute(query.order_by(return_policies.c.valid_from))]


def _orders(tx: Connection, condition: object, limit: int = 1) -> list[Order]:
    query = select(orders).where(condition).order_by(orders.c.ordered_at.desc()).limit(limit)
    heads = tx.execute(query).all()
    if not heads:
        return []
    rows = tx.execute(
        select(order_lines)
        .where(order_lines.c.order_id.in_([head.id for head in heads]))
        .order_by(order_lines.c.position)
    ).all()
    return [_order(head, [row for row in rows if row.order_id == head.id]) for head in heads]


def _order(head: Row, rows: Sequence[Row]) -> Order:
    lines = tuple(OrderLine(ordered_at=head.ordered_at, **row._mapping) for row in rows)
    return Order(
        head.id,
        head.customer_id,
        head.ordered_at,
        head.country,
        head.address["postal_code"],
        head.address,
        lines,
    )


def _page(row: Row) -> Page:
    content = row.content
    return Page(
        product_id=row.product_id,
        locale=row.locale,
        title=row.title,
        description=content["description"],
        attributes=tuple(Attribute(**item) for item in content["attributes"]),
        box=tuple(content["box"]),
        questions=tuple((item["question"], item["answer"]) for item in content["questions"]),
        asked=tuple(AskedBefore(**item) for item in content.get("asked", ())),
    )


def add(tx: Connection, table: object, rows: Sequence[dict[str, object]]) -> None:
    """Insert many rows of one of the shop's tables (loading files, the demo shop)."""
    if rows:
        tx.execute(insert(table), list(rows))
