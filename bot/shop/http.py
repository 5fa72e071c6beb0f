"""The shop behind its own HTTP interface (docs/shop.md): orders, products and sellers are read there.

Enrolments, and return policies that were approved here, are Puente's own and stay in the database. What is read is
kept in memory for a moment, so that a turn and its desk view do not ask the same things again; orders only for
seconds.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from cachetools import TTLCache

from bot.shop.calls import Calls, Fresh, Same
from bot.shop.copies import ShopCopy
from bot.shop.fetched import FetchedCatalogue
from bot.shop.model import Customer, EnrolmentPeriod, Order, Page, Product, Seller, SellerPolicy
from bot.shop.records import (
    CustomerRecord,
    OrderRecord,
    Orders,
    ProductRecord,
    Products,
    SellerRecord,
    Sellers,
)
from bot.shop.search import Catalogue
from bot.shop.source import ShopUnavailable, belongs_to, canonical_order_id, page_in
from bot.shop.sql import SqlShop

ORDERS_KEPT_SECONDS = 10
"""How long an order or a customer is taken from memory."""

PAGES_KEPT_SECONDS = 300
"""How long a product with its pages, or a seller, is taken from memory."""

IDS_IN_A_CALL = 50

_ID = re.compile(r"[\w.:@+ -]{1,64}")
_KEPT = 2_000

T = TypeVar("T")
Item = TypeVar("Item", ProductRecord, SellerRecord)

Started = Callable[[Sequence[str]], Mapping[str, tuple[int, datetime]]]
"""Of these order lines the ones that go back: line id → how many pieces, since when."""


class HttpShop:
    """Implements `bot.shop.source.Shop` by calls.

    `own` holds what is Puente's; `elapsed` counts seconds; `started` are the returns that Puente has authorised.
    """

    def __init__(
        self, calls: Calls, own: SqlShop, *, elapsed: Callable[[], float], started: Started = lambda ids: {}
    ) -> None:
        self._calls = calls
        self._own = own
        self._started = started
        self._lock = threading.Lock()
        self._moments: TTLCache[Any, Any] = TTLCache(_KEPT, ORDERS_KEPT_SECONDS, timer=elapsed)
        self._minutes: TTLCache[Any, Any] = TTLCache(_KEPT, PAGES_KEPT_SECONDS, timer=elapsed)
        self._catalogue = FetchedCatalogue(calls, elapsed=elapsed)

    def customer(self, customer_id: str) -> Customer | None:
        """A customer by the shop's id."""
        return self._one(
            "customer", "customers", customer_id, self._moments, CustomerRecord, CustomerRecord.to_model
        )

    def seller(self, seller_id: str) -> Seller | None:
        """A seller."""
        return self.sellers([seller_id]).get(seller_id)

    def sellers(self, seller_ids: Sequence[str]) -> dict[str, Seller]:
        """Several sellers, in one call for those that are not in memory."""
        return {record.id: record.to_model() for record in self._sellers(seller_ids)}

    def policies(self, seller_id: str) -> list[SellerPolicy]:
        """R13: what the shop tells and what was approved here; of two valid from the same moment the latter."""
        told = [policy for record in self._sellers([seller_id]) for policy in record.to_policies()]
        known = {policy.valid_from: policy for policy in [*told, *self._own.policies(seller_id)]}
        return [known[valid_from] for valid_from in sorted(known)]

    def enrolments(self, seller_id: str) -> list[EnrolmentPeriod]:
        """A seller's periods in the service: Puente's own data."""
        return self._own.enrolments(seller_id)

    def product(self, product_id: str) -> Product | None:
        """A product."""
        record = self._product(product_id)
        return record.to_model() if record else None

    def products(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Several products, in one call for those that are not in memory."""
        return {record.id: record.to_model() for record in self._products(product_ids)}

    def page(self, product_id: str, locale: str) -> Page | None:
        """A product's page in `locale`, or in any language it has."""
        record = self._product(product_id)
        return page_in(record.to_pages(), locale) if record else None

    def pages(self, product_ids: Sequence[str], locale: str) -> dict[str, Page]:
        """Pages of several products, in one call for those that are not in memory."""
        found = {record.id: page_in(record.to_pages(), locale) for record in self._products(product_ids)}
        return {product_id: page for product_id, page in found.items() if page is not None}

    def catalogue(self) -> Catalogue:
        """The newest index of all pages, read beside the turns (`bot.shop.fetched`)."""
        return self._catalogue.get()

    def order(self, order_id: str) -> Order | None:
        """An order by its number. Whose it is, the caller checks."""
        found = self._one(
            "order", "orders", canonical_order_id(order_id), self._moments, OrderRecord, OrderRecord.to_order
        )
        return self._as_returned([found])[0] if found else None

    def orders_of(self, customer_id: str, *, limit: int = 50) -> list[Order]:
        """A customer's orders, newest first. An order of somebody else among them is no answer at all."""
        if not _askable(customer_id):
            return []

        def fetch() -> tuple[Order, ...]:
            def read(body: bytes) -> tuple[Order, ...]:
                found = msgspec.json.decode(body, type=Orders).orders
                _check(
                    all(record.customer_id == customer_id for record in found), "orders: another customer's"
                )
                return tuple(sorted((record.to_order() for record in found), key=_newest, reverse=True))

            path = f"/customers/{quote(customer_id, safe='')}/orders"
            return _value(self._calls.get("orders", path, read, params={"limit": str(limit)})) or ()

        found = self._kept(self._moments, ("orders", customer_id, limit), fetch)
        return self._as_returned(found[:limit])

    def proves(self, order: Order, evidence: str) -> bool:
        """Whether `evidence` (an e-mail address or a postal code) belongs to the order."""
        return belongs_to(order, self.customer(order.customer_id), evidence)

    def copy_of(
        self, *, order_id: str | None, product_id: str | None, seller_id: str | None
    ) -> ShopCopy | None:
        """The order with its customer, and all products and sellers it and the others name."""
        order = self.order(order_id) if order_id else None
        customer = self.customer(order.customer_id) if order else None
        if order is not None and customer is None:
            raise ShopUnavailable("answer")
        lines = order.lines if order else ()
        wanted = {line.product_id for line in lines} | ({product_id} if product_id else set())
        products = self._products(sorted(wanted))
        if {record.id for record in products} != wanted:
            raise ShopUnavailable("answer")
        seller_ids = {line.seller_id for line in lines} | {record.seller_id for record in products}
        seller_ids |= {seller_id} if seller_id else set()
        sellers = self._sellers(sorted(seller_ids))
        if {record.id for record in sellers} != seller_ids:
            raise ShopUnavailable("answer")
        return ShopCopy(
            customers=(customer,) if customer else (),
            sellers=tuple(record.to_model() for record in sellers),
            policies=tuple(policy for record in sellers for policy in record.to_policies()),
            products=tuple(record.to_model() for record in products),
            pages=tuple(page for record in products for page in record.to_pages()),
            orders=(order,) if order else (),
        )

    def prepare(self) -> None:
        """Begin to read the catalogue."""
        self._catalogue.prepare()

    def limited(self) -> AbstractContextManager[None]:
        """A turn: all its calls share one limit of time."""
        return self._calls.limited()

    def answers(self) -> bool:
        """Whether the last call was answered."""
        return self._calls.answers()

    def _product(self, product_id: str) -> ProductRecord | None:
        return next(iter(self._products([product_id])), None)

    def _products(self, product_ids: Sequence[str]) -> list[ProductRecord]:
        def read(body: bytes) -> Sequence[ProductRecord]:
            return msgspec.json.decode(body, type=Products).products

        return self._several("products", product_ids, read)

    def _sellers(self, seller_ids: Sequence[str]) -> list[SellerRecord]:
        def read(body: bytes) -> Sequence[SellerRecord]:
            return msgspec.json.decode(body, type=Sellers).sellers

        return self._several("sellers", seller_ids, read)

    def _several(self, kind: str, ids: Sequence[str], read: Callable[[bytes], Sequence[Item]]) -> list[Item]:
        """Those of the asked things that exist, in this order; in as few calls as they need, or from memory."""
        wanted = [name for name in dict.fromkeys(ids) if _askable(name)]
        with self._lock:
            found = {name: item for name in wanted if (item := self._minutes.get((kind, name))) is not None}
        missing = [name for name in wanted if name not in found]
        for start in range(0, len(missing), IDS_IN_A_CALL):
            asked = missing[start : start + IDS_IN_A_CALL]
            for item in self._fetch_several(kind, asked, read):
                found[item.id] = item
        with self._lock:
            self._minutes.update({(kind, name): found[name] for name in missing if name in found})
        return [found[name] for name in wanted if name in found]

    def _fetch_several(
        self, kind: str, asked: Sequence[str], read: Callable[[bytes], Sequence[Item]]
    ) -> Sequence[Item]:
        def checked(body: bytes) -> Sequence[Item]:
            found = read(body)
            _check({item.id for item in found} <= set(asked), f"{kind}: one that was not asked for")
            return found

        return _value(self._calls.get(kind, f"/{kind}", checked, params={"ids": ",".join(asked)})) or ()

    def _as_returned(self, orders: Sequence[Order]) -> list[Order]:
        """The orders, with the returns that Puente has authorised and the shop does not know of yet."""
        delivered = {line.id: line for order in orders for line in order.lines if line.state == "delivered"}
        begun = self._started(list(delivered)) if delivered else {}
        whole = {i: since for i, (pieces, since) in begun.items() if pieces == delivered[i].quantity}
        return [_with_returns(order, whole) for order in orders]

    def _one(
        self,
        kind: str,
        folder: str,
        item_id: str,
        cache: TTLCache[Any, Any],
        record: type[Any],
        to_model: Callable[[Any], T],
    ) -> T | None:
        """One thing by its id; an answer about another one is no answer."""
        if not _askable(item_id):
            return None

        def fetch() -> T | None:
            def read(body: bytes) -> T:
                found = msgspec.json.decode(body, type=record)
                same = canonical_order_id(found.id) if kind == "order" else found.id
                _check(same == item_id, f"{kind}: another one than was asked for")
                return to_model(found)

            return _value(self._calls.get(kind, f"/{folder}/{quote(item_id, safe='')}", read))

        return self._kept(cache, (kind, item_id), fetch)

    def _kept(self, cache: TTLCache[Any, Any], key: Any, fetch: Callable[[], T]) -> T:
        """From memory, else fetched outside the lock. What does not exist is asked for again."""
        with self._lock:
            known = cache.get(key)
        if known is not None:
            return known
        found = fetch()
        if found is not None:
            with self._lock:
                cache[key] = found
        return found


def _value(answer: Fresh | Same | None) -> Any:
    return answer.value if isinstance(answer, Fresh) else None


def _check(holds: bool, problem: str) -> None:
    if not holds:
        raise msgspec.ValidationError(problem)


def _askable(item_id: str) -> bool:
    """Whether this can be an id at all: what customers type or a page sends must not become another address."""
    return _ID.fullmatch(item_id) is not None and item_id.strip(".") != "" and "," not in item_id


def _with_returns(order: Order, since: Mapping[str, datetime]) -> Order:
    lines = tuple(
        replace(line, state="return_started", return_started_at=since[line.id]) if line.id in since else line
        for line in order.lines
    )
    return order if lines == order.lines else replace(order, lines=lines)


def _newest(order: Order) -> Any:
    return order.ordered_at
