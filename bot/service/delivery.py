"""The marketplace's delivery terms: where to, how fast, for how much (`data/decisions/delivery.yml`)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ruamel.yaml import YAML

from bot.base.settings import ROOT

TERMS = ROOT / "data" / "decisions" / "delivery.yml"


@dataclass(frozen=True)
class DeliveryTerms:
    """`days`: least and most working days; from an order of `free_from_cents` on delivery costs nothing."""

    countries: tuple[str, ...]
    days: tuple[int, int]
    fee_cents: int
    free_from_cents: int

    def __post_init__(self) -> None:
        if not self.countries or not 0 < self.days[0] <= self.days[1]:
            raise ValueError(f"{TERMS.name}: name countries, and the days as [least, most]")
        if not 0 <= self.fee_cents < self.free_from_cents:
            raise ValueError(f"{TERMS.name}: fee_cents must be less than free_from_cents, neither negative")


@functools.lru_cache(maxsize=1)
def delivery_terms() -> DeliveryTerms:
    """The terms in force. Raises `ValueError` with what to mend when the file does not hold."""
    content = YAML(typ="safe").load(TERMS)["delivery"]
    return DeliveryTerms(
        tuple(content["countries"]),
        (content["days"][0], content["days"][1]),
        content["fee_cents"],
        content["free_from_cents"],
    )
