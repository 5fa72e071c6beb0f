"""Who plays in a test: customers of the demo shop by what they have ordered, sellers and staff by their account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Line = dict[str, Any]
Found = tuple[dict[str, Any], str, Line]
"""A customer, an order's number, and the line in it that a test is about."""


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

    def returnable(self, locale: str) -> Role:
        """To whom a covered, returnable item came last: other tests may have moved the clock."""
        arrived = self._alone(locale, _could_go_back)
        return self._give(max(arrived, key=lambda found: found[2]["delivered_at"]))

    def delivered_among_others(self, locale: str) -> Role:
        """A customer with a covered item that has arrived, one piece of it, in an order of several items."""
        for customer in self.customers:
            for order in customer["orders"] if customer["locale"] == locale else ():
                arrived = [
                    line for line in order["lines"]
                    if line["covered"] and line["state"] == "delivered" and line["quantity"] == 1
                ]  # fmt: skip
                if len(order["lines"]) > 1 and arrived and order["order_id"] not in self._given:
                    return self._give((customer, order["order_id"], arrived[0]))
        raise LookupError(f"the demo shop has no such customer in {locale} (any more)")

    def awaited(self, locale: str) -> Role:
        """A customer whose order is on its way."""
        return self._role(locale, lambda line: line["state"] == "shipped")

    def _role(self, locale: str, fits: Callable[[Line], bool]) -> Role:
        return self._give(self._alone(locale, fits)[0])

    def _alone(self, locale: str, fits: Callable[[Line], bool]) -> list[Found]:
        """The orders of one piece of one line that nobody was given yet. Raises `LookupError` when there is none."""
        found = [
            (customer, order["order_id"], order["lines"][0])
            for customer in self.customers
            if customer["locale"] == locale
            for order in customer["orders"]
            if len(order["lines"]) == 1
            and order["lines"][0]["quantity"] == 1
            and order["order_id"] not in self._given
            and fits(order["lines"][0])
        ]
        if not found:
            raise LookupError(f"the demo shop has no such customer in {locale} (any more)")
        return found

    def _give(self, found: Found) -> Role:
        self._given.add(found[1])
        return _role_of(*found)


def _could_go_back(line: Line) -> bool:
    return line["covered"] and line["returnable"] and line["state"] == "delivered"


def _role_of(customer: dict[str, Any], order_id: str, line: dict[str, Any]) -> Role:
    return Role(
        customer["customer_id"],
        customer["name"],
        customer["email"],
        order_id,
        line["title"],
        line["product_id"],
    )
