"""R14: by which way goods go back, to which address, and which ways nobody has to decide on first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.service import _files
from bot.service.coverage import Fulfilment
from bot.service.policies import Payer

Address = Mapping[str, str]
"""{name, street, postal_code, city, country}; `country` as two letters."""

ADDRESS_PARTS = ("name", "street", "postal_code", "city", "country")


class ReturnWay(str, Enum):
    """R14: how goods go back."""

    SELLER_ADDRESS = "seller_address"
    LOCAL_ADDRESS = "local_address"
    PREPAID_LABEL = "prepaid_label"
    REFUND_WITHOUT_RETURN = "refund_without_return"


@dataclass(frozen=True)
class ReturnWays:
    """R14: the part of returns.yml on ways: the marketplace's centres and carriers by country of the customer."""

    abroad: tuple[ReturnWay, ...]
    refund_without_return_below_cents: int
    centres: Mapping[str, Address]
    carriers: Mapping[str, str]

    def centre_of(self, country: str) -> Address:
        """The returns centre for customers in `country`; elsewhere the first one named."""
        return self.centres.get(country) or next(iter(self.centres.values()))


@dataclass(frozen=True)
class Sender:
    """Who sent an order line, as far as the way back depends on it.

    `addresses` are where the seller takes goods back, by country; empty: nowhere that we know of.
    """

    fulfilled_by: str
    country: str
    addresses: Mapping[str, Address]


@dataclass(frozen=True)
class WayBack:
    """A way with its address and carrier (`carrier` None: none of ours there; no address: nothing is sent)."""

    way: ReturnWay
    address: Address | None
    carrier: str | None


def return_ways(*, seller_country: str, customer_country: str, ways: ReturnWays) -> tuple[ReturnWay, ...]:
    """R14: the ways in which goods can go back to a seller, best for the customer first."""
    if seller_country == customer_country:
        return (ReturnWay.PREPAID_LABEL, ReturnWay.SELLER_ADDRESS)
    return ways.abroad


def way_at_once(sender: Sender, *, customer_country: str, paid_by: Payer, ways: ReturnWays) -> WayBack | None:
    """R8, R14: the way that leaves nobody anything to decide; None: the seller has to say.

    The marketplace's own lines go to its centre. A seller's go, paid by the seller, to the seller's address in
    the customer's country. Who pays across a border, or whether it is worth sending at all, the seller decides.
    """
    carrier = ways.carriers.get(customer_country)
    if Fulfilment(sender.fulfilled_by) is Fulfilment.MARKETPLACE:
        return WayBack(ReturnWay.PREPAID_LABEL, ways.centre_of(customer_country), carrier)
    address = sender.addresses.get(customer_country)
    if address is None or paid_by is not Payer.SELLER:
        return None
    at_home = sender.country == customer_country
    return WayBack(ReturnWay.PREPAID_LABEL if at_home else ReturnWay.LOCAL_ADDRESS, address, carrier)


def way_of_label(sender: Sender, *, customer_country: str, ways: ReturnWays) -> WayBack:
    """R14: the way of a return that was decided to be free of charge for the customer.

    A seller without an address in the customer's country gets the goods at home, and one without any known
    address by the marketplace's centre.
    """
    known = way_at_once(sender, customer_country=customer_country, paid_by=Payer.SELLER, ways=ways)
    if known is not None:
        return known
    address = sender.addresses.get(sender.country) or ways.centre_of(customer_country)
    return WayBack(ReturnWay.PREPAID_LABEL, address, ways.carriers.get(customer_country))


def address_of(given: Any, *, where: str) -> Address:
    """An address as data; raises `RulesError` naming the part that is missing."""
    if not isinstance(given, dict):
        raise _files.RulesError(f"{where}: an address is expected")
    _files.check_keys(where, given, needed=set(ADDRESS_PARTS))
    return {part: str(given[part]) for part in ADDRESS_PARTS}


def read_ways(content: Mapping[str, Any]) -> ReturnWays:
    """The part of returns.yml on ways; raises `RulesError`."""
    abroad, centres = content["abroad"], content["centres"]
    _files.check_keys("returns.yml abroad", abroad, needed={"ways", "refund_without_return_below_cents"})
    if not centres:
        raise _files.RulesError("returns.yml centres: at least one is needed")
    try:
        ways = tuple(ReturnWay(way) for way in abroad["ways"])
    except ValueError as error:
        raise _files.RulesError(f"returns.yml abroad: {error}") from error
    return ReturnWays(
        abroad=ways,
        refund_without_return_below_cents=abroad["refund_without_return_below_cents"],
        centres={
            country: address_of(given, where=f"returns.yml centres {country}")
            for country, given in centres.items()
        },
        carriers=dict(content["carriers"]),
    )
