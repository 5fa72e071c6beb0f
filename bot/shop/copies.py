"""What Puente keeps of another source, so that a case goes on without it: the order, its products and their sellers.

Only what a case, a message to a seller or an open question about a page names is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.shop import rows
from bot.shop.model import Customer, Order, Page, Product, Seller, SellerPolicy


@dataclass(frozen=True)
class ShopCopy(Effect):
    """Keep these, as the shop told them in this turn."""

    customers: tuple[Customer, ...]
    sellers: tuple[Seller, ...]
    policies: tuple[SellerPolicy, ...]
    products: tuple[Product, ...]
    pages: tuple[Page, ...]
    orders: tuple[Order, ...]


def keep_copy(tx: Connection, conversation_id: str, copy: ShopCopy, now: datetime) -> None:
    """Carry out `ShopCopy`. Return policies that are known already stay as they were approved."""
    rows.put_customers(tx, copy.customers)
    rows.put_sellers(tx, copy.sellers)
    rows.put_policies(tx, copy.policies)
    rows.put_products(tx, copy.products)
    rows.put_pages(tx, copy.pages)
    rows.put_orders(tx, copy.orders)
