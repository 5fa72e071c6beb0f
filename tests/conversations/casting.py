"""Finds a customer of the demo shop by what their orders are like, so that no conversation names an id."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.base.clock import local_day
from bot.service.coverage import coverage_of, topic_of
from bot.shop.model import Order, OrderLine, Product
from bot.shop.sql import SqlShop

AWAITED = {"placed", "preparing", "shipped"}
UNKNOWN_ORDER = "399-0000000-0000001"

LINE_KEYS = {
    "state", "covered", "fulfilled_by", "seller", "category", "returnable", "product", "quantity", "lines_in_order",
}  # fmt: skip
CUSTOMER_KEYS = {"has", "id", "signed_in", "lines"}


@dataclass(frozen=True)
class Role:
    """Who takes part: the customer signed in (None: nobody) and the placeholders of `say`, `says`, `press`."""

    customer_id: str | None
    name: str | None
    values: dict[str, str]


def cast(shop: SqlShop, customer_ids: list[str], wanted: Any, *, locale: str, now: datetime) -> Role:
    """The first customer who fits `wanted`; raises `LookupError` when the demo shop has none.

    `wanted`: nothing (an anonymous visitor), a customer's id, or {has: line or [lines], signed_in, lines: "one"}.
    """
    if wanted is None:
        return Role(None, None, {})
    wanted = {"id": wanted} if isinstance(wanted, str) else dict(wanted)
    if unknown := set(wanted) - CUSTOMER_KEYS:
        raise LookupError(f"customer: unknown {sorted(unknown)}; known are {sorted(CUSTOMER_KEYS)}")
    asked = wanted.get("has") or []
    asked = [asked] if isinstance(asked, dict) else asked
    for customer_id in customer_ids:
        customer = shop.customer(customer_id)
        if customer is None or (customer.locale != locale and "id" not in wanted):
            continue
        orders = shop.orders_of(customer_id)
        if "id" in wanted and customer_id != wanted["id"]:
            continue
        if wanted.get("lines") == "one" and sum(len(order.lines) for order in orders) != 1:
            continue
        lines = _found(shop, orders, asked, now)
        if lines is not None:
            values = _values(shop, orders, lines, locale) | {"email": customer.email, "name": customer.name}
            values["foreign_order_id"] = _foreign(shop, customer_ids, customer_id)
            signed_in = wanted.get("signed_in", True)
            return Role(customer_id if signed_in else None, customer.name if signed_in else None, values)
    raise LookupError(f"no customer of the demo shop in {locale} has {asked}")


def _found(
    shop: SqlShop, orders: list[Order], asked: list[dict[str, Any]], now: datetime
) -> list[OrderLine] | None:
    """One line for each asked one, all different, of products the customer has once only."""
    lines = [line for order in orders for line in order.lines]
    counts = Counter(line.product_id for line in lines)
    sizes = {order.id: len(order.lines) for order in orders}
    found: list[OrderLine] = []
    for wanted in asked:
        if unknown := set(wanted) - LINE_KEYS:
            raise LookupError(f"has: unknown {sorted(unknown)}; known are {sorted(LINE_KEYS)}")
        line = next(
            (
                line
                for line in lines
                if line not in found
                and counts[line.product_id] == 1
                and _fits(shop, line, wanted, sizes[line.order_id], now)
            ),
            None,
        )
        if line is None:
            return None
        found.append(line)
    return found


def _fits(shop: SqlShop, line: OrderLine, wanted: dict[str, Any], size: int, now: datetime) -> bool:
    product = shop.product(line.product_id)
    assert product is not None
    return all(_property(shop, line, product, name, size, now) == value for name, value in wanted.items())


def _property(shop: SqlShop, line: OrderLine, product: Product, name: str, size: int, now: datetime) -> Any:
    if name == "covered":
        enrolments = shop.enrolments(line.seller_id)
        return coverage_of(line, enrolments, topic_of("item_damaged"), now=now).covered
    if name == "state":
        return "overdue" if line.state in AWAITED and line.promised_at < now else line.state
    if name == "lines_in_order":
        return size
    owner = {"seller": line.seller_id, "product": line.product_id, "fulfilled_by": line.fulfilled_by}
    return owner[name] if name in owner else getattr(line if name == "quantity" else product, name)


def _values(shop: SqlShop, orders: list[Order], lines: list[OrderLine], locale: str) -> dict[str, str]:
    by_id = {order.id: order for order in orders}
    values: dict[str, str] = {"unknown_order_id": UNKNOWN_ORDER}
    for number, line in enumerate(lines, start=1):
        page = shop.page(line.product_id, locale)
        seller = shop.seller(line.seller_id)
        own = {
            "order_id": line.order_id,
            "line_id": line.id,
            "product": page.title.split(",")[0] if page else line.product_id,
            "product_id": line.product_id,
            "seller": seller.name if seller else line.seller_id,
            "postal_code": by_id[line.order_id].postal_code,
            "city": by_id[line.order_id].address["city"],
            "price": f"{line.price_cents / 100:.2f}".replace(".", ","),
            "promised_day": _day(line.promised_at, locale),
            "delivered_day": _day(line.delivered_at, locale),
        }
        values |= {name if number == 1 else f"{name}_{number}": value for name, value in own.items()}
    return values


def _day(instant: datetime | None, locale: str) -> str:
    return str(local_day(instant, locale).day) if instant else "–"


def _foreign(shop: SqlShop, customer_ids: list[str], customer_id: str) -> str:
    other = next(i for i in reversed(customer_ids) if i != customer_id)
    return shop.orders_of(other)[0].id
