"""Where orders, products and sellers come from: what the other rooms may ask, whatever source answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from bot.base.errors import Unavailable
from bot.base.text import folded
from bot.shop.copies import ShopCopy
from bot.shop.model import Customer, EnrolmentPeriod, Order, Page, Product, Seller, SellerPolicy
from bot.shop.search import Catalogue

Failure = Literal["down", "slow", "answer", "refused", "waiting"]
"""Why the shop does not answer: no connection or an error of its server, a time limit, an answer that does not
keep to the contract, an answer that we are not let in, or the breaker waits before it asks again."""


class ShopUnavailable(Unavailable):
    """The shop's own data cannot be seen now. Nothing may be told or decided as if it had been."""

    def __init__(self, failure: Failure) -> None:
        super().__init__("shop_unavailable")
        self.failure = failure


class Shop(Protocol):
    """Reading access to the shop. None and empty mean that the shop said so; what it did not say raises.

    Every method but `enrolments` may raise `ShopUnavailable`.
    """

    def customer(self, customer_id: str) -> Customer | None:
        """A customer by the shop's id."""

    def seller(self, seller_id: str) -> Seller | None:
        """A seller."""

    def sellers(self, seller_ids: Sequence[str]) -> dict[str, Seller]:
        """Several sellers by their id; those that exist."""

    def policies(self, seller_id: str) -> list[SellerPolicy]:
        """R13: a seller's approved return policies, oldest first."""

    def enrolments(self, seller_id: str) -> list[EnrolmentPeriod]:
        """A seller's periods in the service, oldest first. Puente's own data, whatever the source."""

    def product(self, product_id: str) -> Product | None:
        """A product."""

    def products(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Several products by their id; those that exist."""

    def page(self, product_id: str, locale: str) -> Page | None:
        """A product's page in `locale`, or in any language it has."""

    def pages(self, product_ids: Sequence[str], locale: str) -> dict[str, Page]:
        """Pages of several products by product id, each in `locale` where it exists."""

    def catalogue(self) -> Catalogue:
        """The index of all product pages: what searches and mentions of products are resolved against."""

    def order(self, order_id: str) -> Order | None:
        """An order by its number, however it was typed. Whose it is, the caller checks."""

    def orders_of(self, customer_id: str, *, limit: int = 50) -> list[Order]:
        """A customer's orders, newest first; the list is the caller's own."""

    def proves(self, order: Order, evidence: str) -> bool:
        """Whether `evidence` (an e-mail address or a postal code) belongs to the order."""

    def copy_of(
        self, *, order_id: str | None, product_id: str | None, seller_id: str | None
    ) -> ShopCopy | None:
        """What Puente has to keep of these for a case to go on without the shop; None: it has it already."""

    def prepare(self) -> None:
        """Begin to get ready what the first turn would wait for; returns at once."""

    def limited(self) -> AbstractContextManager[None]:
        """A turn: all that is asked within it shares one limit of time."""

    def answers(self) -> bool:
        """Whether the source answered when it was asked last. Asks nothing itself."""


def belongs_to(order: Order, customer: Customer | None, evidence: str) -> bool:
    """Whether `evidence` is the order's postal code or its customer's e-mail address."""
    given = folded(evidence).replace(" ", "")
    known = {folded(order.postal_code).replace(" ", "")}
    if customer is not None:
        known.add(folded(customer.email))
    return given in known


def page_in(pages: Sequence[Page], locale: str) -> Page | None:
    """Of a product's pages the one in `locale`, else another one."""
    return next((page for page in pages if page.locale == locale), pages[0] if pages else None)


def canonical_order_id(text: str) -> str:
    """302-4817264-1935501, however it was typed; other shops' numbers stay as they are, in capitals."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 17:
        return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"
    return text.strip().upper()
