"""Rows of the shop's tables, written so that what is there is replaced: loading files, and copies of another source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.engine import Connection

from bot.shop import tables
from bot.shop.model import Customer, EnrolmentPeriod, Order, OrderLine, Page, Product, Seller, SellerPolicy
from bot.storage.database import insert_of

_BATCH = 1_000
"""Rows handed to the driver at a time."""

Row = dict[str, Any]


def put_customers(tx: Connection, customers: Iterable[Customer]) -> None:
    """Add or replace customers."""
    _put(tx, tables.customers, (asdict(customer) for customer in customers))


def put_sellers(tx: Connection, sellers: Iterable[Seller]) -> None:
    """Add or replace sellers; their return policies are `put_policies`."""
    _put(tx, tables.sellers, (vars(seller) for seller in sellers))


def put_policies(tx: Connection, policies: Iterable[SellerPolicy]) -> None:
    """R13: add return policies; what was approved once is never changed, for orders rest on it."""
    for batch in _batches(vars(policy) for policy in policies):
        statement = insert_of(tx)(tables.return_policies)
        tx.execute(statement.on_conflict_do_nothing(index_elements=["seller_id", "valid_from"]), batch)


def put_enrolments(tx: Connection, periods: Iterable[EnrolmentPeriod]) -> None:
    """Add or replace periods; one that begins when another of the seller does is the same."""
    enrolments = tables.enrolments
    for period in periods:
        same = (enrolments.c.seller_id == period.seller_id) & (enrolments.c.starts_at == period.starts_at)
        known = tx.execute(select(enrolments.c.id).where(same)).first()
        if known is None:
            tx.execute(enrolments.insert().values(**asdict(period)))
        else:
            tx.execute(update(enrolments).where(enrolments.c.id == known.id).values(**asdict(period)))


def put_products(tx: Connection, products: Iterable[Product]) -> None:
    """Add or replace products; their pages are `put_pages`."""
    _put(tx, tables.products, (asdict(product) for product in products))


def put_pages(tx: Connection, pages: Iterable[Page]) -> None:
    """Add or replace product pages."""
    _put(tx, tables.product_pages, (_page_row(page) for page in pages))


def put_orders(tx: Connection, orders: Sequence[Order]) -> None:
    """Add or replace orders and the lines they come with; other lines stay."""
    _put(tx, tables.orders, (_order_row(order) for order in orders))
    put_lines(tx, (line for order in orders for line in order.lines))


def put_lines(tx: Connection, lines: Iterable[OrderLine]) -> None:
    """Add or replace order lines."""
    _put(tx, tables.order_lines, (_line_row(line) for line in lines))


def _put(tx: Connection, table: Table, found: Iterable[Row]) -> None:
    key = [column.name for column in table.primary_key]
    for batch in _batches(found):
        statement = insert_of(tx)(table)
        changed = {name: statement.excluded[name] for name in batch[0] if name not in key}
        tx.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), batch)


def _batches(found: Iterable[Row]) -> Iterator[list[Row]]:
    found = iter(found)
    while batch := list(islice(found, _BATCH)):
        yield batch


def _page_row(page: Page) -> Row:
    content = {
        "description": page.description,
        "attributes": [vars(attribute) for attribute in page.attributes],
        "box": list(page.box),
        "questions": [{"question": question, "answer": answer} for question, answer in page.questions],
        "asked": [vars(asked) for asked in page.asked],
    }
    return {"product_id": page.product_id, "locale": page.locale, "title": page.title, "content": content}


def _order_row(order: Order) -> Row:
    names = ("id", "customer_id", "ordered_at", "country", "address")
    return {name: getattr(order, name) for name in names}


def _line_row(line: OrderLine) -> Row:
    return {name: value for name, value in vars(line).items() if name != "ordered_at"}
