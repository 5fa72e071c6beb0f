"""The marketplace's delivery terms."""

from __future__ import annotations

import pytest

from bot.service.delivery import DeliveryTerms, delivery_terms


def test_the_terms_in_force_hold() -> None:
    terms = delivery_terms()

    assert set(terms.countries) == {"ES", "DE"}
    assert terms.days[0] <= terms.days[1]


@pytest.mark.parametrize(
    ("countries", "days", "fee", "free_from"),
    [
        ((), (2, 5), 399, 2900),
        (("ES",), (5, 2), 399, 2900),
        (("ES",), (2, 5), -1, 2900),
        (("ES",), (2, 5), 3000, 2900),
    ],
)
def test_terms_that_do_not_hold_are_refused(
    countries: tuple[str, ...], days: tuple[int, int], fee: int, free_from: int
) -> None:
    with pytest.raises(ValueError, match=r"delivery\.yml"):
        DeliveryTerms(countries, days, fee, free_from)
