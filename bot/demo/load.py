"""Loads the demo shop: 60 products, 6 sellers, 40 customers, 200 orders in every state, counted back from now.

The same seed gives the same shop: customer c001 has the same orders on every machine, on other dates.
"""

from __future__ import annotations

import functools
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.accounts.store import add_account
from bot.shop import tables
from bot.shop.model import AskedBefore
from bot.shop.sql import add

DATA = Path(__file__).parent / "data"
HANDS = (1, 2, 3)
"""The writers of the questions that were asked before on the demo's pages."""

SEED = 20260301
ORDERS_PER_CUSTOMER = 5
PASSWORD = "puente-demo"  # noqa: S105 - the demo shop's accounts, on loopback, printed at start

CARRIERS = {"ES": ("Correos Express", "ES"), "DE": ("DHL", "JJD")}

STATES: tuple[tuple[str, int], ...] = (
    ("delivered", 34),
    ("shipped", 16),
    ("preparing", 10),
    ("placed", 8),
    ("overdue", 10),
    ("cancelled", 4),
    ("lost", 3),
    ("returned_to_sender", 3),
    ("return_started", 4),
    ("return_received", 4),
    ("refunded", 4),
)
"""States of order lines and how often they occur; `overdue` is shipped and past its promised date."""

_HISTORY = (
    "shipped_at", "delivered_at", "cancelled_at", "carrier", "tracking_id", "return_started_at",
    "return_received_at", "refund_cents", "refunded_at",
)  # fmt: skip

ACCOUNTS: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("clara@puente.example", "Clara Benítez", "agent", "es", None),
    ("jan@puente.example", "Jan Albers", "agent", "de", None),
    ("amy@puente.example", "Amy Whitaker", "agent", "en", None),
    ("sofia@puente.example", "Sofía Marín", "supervisor", "es", None),
    ("tessa@puente.example", "Tessa Krüger", "trainer", "de", None),
    ("admin@puente.example", "Ana Prado", "admin", "es", None),
    ("lumen@puente.example", "Henrik Lohse", "seller", "de", "s-lumen"),
    ("hogar@puente.example", "Amparo Gisbert", "seller", "es", "s-hogar"),
    ("haoyu@puente.example", "陈伟", "seller", "zh", "s-haoyu"),
    ("verde@puente.example", "Rafael Montes", "seller", "es", "s-verde"),
)


def is_loaded(tx: Connection) -> bool:
    """Whether a shop is there already; the demo never overwrites one."""
    return tx.execute(select(tables.sellers.c.id).limit(1)).first() is not None


def load_shop(tx: Connection, *, now: datetime) -> None:
    """Fill the shop's tables."""
    chance = random.Random(SEED)  # noqa: S311 - a demo, not a secret
    sellers = _read(DATA / "sellers.yml")
    products = [p | {"seller_id": s["id"]} for s in sellers for p in _products(s["id"])]
    add(tx, tables.sellers, [_seller_row(s) for s in sellers])
    add(tx, tables.enrolments, [row for s in sellers if (row := _enrolment_row(s, now))])
    add(tx, tables.return_policies, [row for s in sellers for row in _policy_rows(s, now)])
    add(tx, tables.products, [_product_row(p, now) for p in products])
    add(tx, tables.product_pages, [_page_row(p, locale) for p in products for locale in ("es", "de")])
    customers = _customers()
    add(tx, tables.customers, [{k: c[k] for k in ("id", "name", "email", "locale")} for c in customers])
    fulfilled_by = {s["id"]: s["fulfilled_by"] for s in sellers}
    orders, lines = _orders(chance, customers, products, fulfilled_by, now)
    add(tx, tables.orders, orders)
    add(tx, tables.order_lines, lines)


def load_accounts(tx: Connection, *, now: datetime) -> None:
    """Staff and sellers to sign in with."""
    for email, name, role, locale, seller_id in ACCOUNTS:
        add_account(
            tx,
            email=email,
            name=name,
            role=role,
            password=PASSWORD,
            now=now,
            locale=locale,
            seller_id=seller_id,
        )


def _products(seller_id: str) -> list[dict[str, Any]]:
    return list(_read(DATA / "products" / f"{seller_id.removeprefix('s-')}.yml"))


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


@functools.lru_cache(maxsize=8)
def asked_by(hand: int, locale: str) -> dict[str, tuple[AskedBefore, ...]]:
    """The questions that one of the `HANDS` asked about the products of the demo shop, by product."""
    found: dict[str, list[dict[str, str]]] = _read(DATA / "asked" / f"{locale}-{hand}.yml")
    return {
        product: tuple(AskedBefore(item["asks"], item.get("says", "")) for item in asked)
        for product, asked in found.items()
    }


def _seller_row(seller: dict[str, Any]) -> dict[str, Any]:
    return {k: seller[k] for k in ("id", "name", "email", "country", "case_language", "return_addresses")}


def _policy_rows(seller: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "seller_id": seller["id"],
            "terms": policy["terms"],
            "valid_from": now - timedelta(days=policy["valid_days"]),
            "approved_at": now - timedelta(days=policy["approved_days"]),
            "approved_by": policy["approved_by"],
        }
        for policy in seller["return_policies"]
    ]


def _enrolment_row(seller: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    if seller["enrolled_days"] is None:
        return None
    starts_at = now - timedelta(days=seller["enrolled_days"])
    left = seller["left_days"]
    return {
        "seller_id": seller["id"],
        "starts_at": starts_at,
        "ends_at": now - timedelta(days=left) if left is not None else None,
        "trial_ends_at": starts_at + timedelta(days=365),
    }


def _product_row(product: dict[str, Any], now: datetime) -> dict[str, Any]:
    kept = (
        "seller_id",
        "brand",
        "category",
        "price_cents",
        "stock",
        "returnable",
        "guarantee_months",
        "weight_g",
    )
    restock = product["restock_days"]
    return {
        "id": product["product_id"],
        **{name: product[name] for name in kept},
        "restock_at": now + timedelta(days=restock) if restock is not None else None,
        "excluded_as": product.get("excluded_as"),
        "image": f"/static/products/{product['category']}.svg",
    }


def _page_row(product: dict[str, Any], locale: str) -> dict[str, Any]:
    page = product[locale]
    content = {name: page[name] for name in ("description", "attributes", "box", "questions")}
    content["asked"] = [
        vars(asked) for hand in HANDS for asked in asked_by(hand, locale).get(product["product_id"], ())
    ]
    return {"product_id": product["product_id"], "locale": locale, "title": page["title"], "content": content}


def _customers() -> list[dict[str, Any]]:
    people = _read(DATA / "customers.yml")
    rows: list[dict[str, Any]] = []
    for locale, country in (("es", "ES"), ("de", "DE")):
        for name, street, postal_code, city in people[locale]:
            number = len(rows) + 1
            rows.append(
                {
                    "id": f"c{number:03}",
                    "name": name,
                    "email": f"c{number:03}@example.{locale}",
                    "locale": locale,
                    "country": country,
                    "address": {"street": street, "postal_code": postal_code, "city": city},
                }
            )
    return rows


def _orders(
    chance: random.Random,
    customers: list[dict[str, Any]],
    products: list[dict[str, Any]],
    fulfilled_by: dict[str, str],
    now: datetime,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    orders, lines = [], []
    kinds = [state for state, weight in STATES for _ in range(weight)]
    for customer in customers:
        for index in range(ORDERS_PER_CUSTOMER):
            kind = "delivered" if index == 0 else "shipped" if index == 1 else chance.choice(kinds)
            ordered_at = now - timedelta(hours=_age_hours(chance, kind))
            order_id = f"{chance.randint(301, 309)}-{chance.randint(10**6, 10**7 - 1)}-{chance.randint(10**6, 10**7 - 1)}"
            orders.append(
                {
                    "id": order_id,
                    "customer_id": customer["id"],
                    "ordered_at": ordered_at,
                    "country": customer["country"],
                    "address": customer["address"],
                }
            )
            chosen = chance.sample(products, chance.choice((1, 1, 1, 2, 2, 3)))
            for position, product in enumerate(chosen, start=1):
                line_kind = kind if position == 1 else chance.choice((kind, kind, "delivered", "shipped"))
                base = {
                    "id": f"{order_id}/{position}",
                    "order_id": order_id,
                    "position": position,
                    "product_id": product["product_id"],
                    "seller_id": product["seller_id"],
                    "fulfilled_by": fulfilled_by[product["seller_id"]],
                    "quantity": chance.choice((1, 1, 1, 2)),
                    "price_cents": product["price_cents"],
                }
                if product["category"] == "digital":  # delivered at once, by no carrier
                    history = dict.fromkeys(_HISTORY) | {
                        "state": "delivered",
                        "promised_at": ordered_at,
                        "delivered_at": ordered_at,
                    }
                else:
                    history = _history(chance, line_kind, ordered_at, customer["country"], base, now)
                lines.append(base | history)
    return orders, lines


def _age_hours(chance: random.Random, kind: str) -> int:
    days = {
        "placed": (0, 1),
        "preparing": (1, 2),
        "shipped": (2, 4),
        "overdue": (9, 15),
        "delivered": (6, 45),
        "cancelled": (3, 30),
    }.get(kind, (20, 45))
    return chance.randint(days[0] * 24 + 2, days[1] * 24 + 8)


def _history(
    chance: random.Random, kind: str, ordered_at: datetime, country: str, line: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """What happened to a line, up to its state: instants in order, none in the future but the promised one."""
    state = "shipped" if kind == "overdue" else kind
    carrier, prefix = CARRIERS[country]
    row: dict[str, Any] = dict.fromkeys(_HISTORY)
    age = now - ordered_at
    row |= {"state": state, "promised_at": ordered_at + timedelta(days=5, hours=10)}
    if state in {"placed", "preparing", "shipped"} and kind != "overdue":
        row["promised_at"] = max(row["promised_at"], now + timedelta(days=1, hours=6))
    if state == "cancelled":
        return row | {"cancelled_at": ordered_at + age * 0.3}
    if state in {"placed", "preparing"}:
        return row
    row |= {
        "carrier": carrier,
        "tracking_id": f"{prefix}{chance.randint(10**11, 10**12 - 1)}",
        "shipped_at": ordered_at + age * 0.25,
    }
    if state in {"delivered", "return_started", "return_received", "refunded"}:
        row["delivered_at"] = ordered_at + age * 0.5
    if state in {"return_started", "return_received", "refunded"}:
        row["return_started_at"] = ordered_at + age * 0.65
    if state in {"return_received", "refunded"}:
        row["return_received_at"] = ordered_at + age * 0.8
    if state == "refunded":
        amount = line["price_cents"] * line["quantity"]
        row |= {"refund_cents": amount, "refunded_at": ordered_at + age * 0.92}
    return row
