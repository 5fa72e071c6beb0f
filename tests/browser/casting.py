"""Who plays in a test: customers of the demo shop by what they have ordered, sellers and staff by their account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Role:
    """A customer, and the order the test is about (one line, one piece)."""

    customer_id: str
    name: str
    email: str
    order_id: str
    title: str
    product_id: str

    @property
    def product(self) -> str:
        """The product as the bot names it: without the properties after the comma."""
        return self.title.split(",")[0]


SELLER_ACCOUNTS = {
    "s-lumen": "lumen@puente.example",
    "s-hogar": "hogar@puente.example",
    "s-haoyu": "haoyu@puente.example",
    "s-verde": "verde@puente.example",
}
SELLER_LOCALES = {"s-lumen": "de", "s-hogar": "es", "s-haoyu": "zh", "s-verde": "es"}

FOREIGN_SELLER = {"es": "s-lumen", "de": "s-hogar"}
"""A seller who speaks another language than the customer."""

AGENT = {"es": "clara@puente.example", "de": "jan@puente.example"}
FIRST_NAMES = {"clara@puente.example": "Clara", "jan@puente.example": "Jan"}
TRAINER = "tessa@puente.example"


class Casting:
    """Finds roles among the demo's `customers`."""

    def __init__(self, customers: list[dict[str, Any]]) -> None:
        self.customers = customers
        self._given: set[str] = set()

    def delivered(self, locale: str, seller: str) -> Role:
        """A customer with an order of one covered item that has arrived. Raises `LookupError`."""
        return self._role(
            locale, lambda line: line["covered"] and line["state"] == "delivered" and line["seller"] == seller
        )

    def delivered_among_others(self, locale: str) -> Role:
        """A customer with a covered item that has arrived, one piece of it, in an order of several items."""
        for customer in self.customers:
            for order in customer["orders"] if customer["locale"] == locale else ():
                arrived = [
                    line for line in order["lines"]
                    if line["covered"] and line["state"] == "delivered" and line["quantity"] == 1
                ]  # fmt: skip
                if len(order["lines"]) > 1 and arrived and order["order_id"] not in self._given:
                    self._given.add(order["order_id"])
                    return _role_of(customer, order["order_id"], arrived[0])
        raise LookupError(f"the demo shop has no such customer in {locale} (any more)")

    def awaited(self, locale: str) -> Role:
        """A customer whose order is on its way."""
        return self._role(locale, lambda line: line["state"] == "shipped")

    def _role(self, locale: str, fits: Any) -> Role:
        for customer in self.customers:
            for order in customer["orders"] if customer["locale"] == locale else ():
                lines, order_id = order["lines"], order["order_id"]
                alone = len(lines) == 1 and lines[0]["quantity"] == 1
                if alone and order_id not in self._given and fits(lines[0]):
                    self._given.add(order_id)
                    return _role_of(customer, order_id, lines[0])
        raise LookupError(f"the demo shop has no such customer in {locale} (any more)")


def _role_of(customer: dict[str, Any], order_id: str, line: dict[str, Any]) -> Role:
    return Role(
        customer["customer_id"],
        customer["name"],
        customer["email"],
        order_id,
        line["title"],
        line["product_id"],
    )
