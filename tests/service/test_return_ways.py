"""R14: by which way goods go back."""

from __future__ import annotations

import pytest

from bot.service import (
    CaseFacts,
    Payer,
    ReturnWay,
    Sender,
    WayBack,
    decide,
    decision_policy,
    return_rules,
    return_ways,
    way_at_once,
    way_of_label,
)

WAYS = return_rules().ways
MADRID = {"name": "S", "street": "Calle 1", "postal_code": "28001", "city": "Madrid", "country": "ES"}
BERLIN = {"name": "S", "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}


def test_sellers_abroad_have_ways_of_their_own() -> None:
    home = return_ways(seller_country="ES", customer_country="ES", ways=WAYS)
    abroad = return_ways(seller_country="CN", customer_country="ES", ways=WAYS)

    assert home == (ReturnWay.PREPAID_LABEL, ReturnWay.SELLER_ADDRESS)
    assert set(abroad) == {
        ReturnWay.LOCAL_ADDRESS,
        ReturnWay.PREPAID_LABEL,
        ReturnWay.REFUND_WITHOUT_RETURN,
    }


@pytest.mark.parametrize(
    ("sender", "paid_by", "expected"),
    [
        (Sender("marketplace", "ES", {}), Payer.SELLER, (ReturnWay.PREPAID_LABEL, WAYS.centres["ES"])),
        (Sender("seller", "ES", {"ES": MADRID}), Payer.SELLER, (ReturnWay.PREPAID_LABEL, MADRID)),
        (Sender("seller", "CN", {"ES": MADRID}), Payer.SELLER, (ReturnWay.LOCAL_ADDRESS, MADRID)),
        (Sender("seller", "DE", {"DE": BERLIN}), Payer.SELLER, None),  # across the border: the seller decides
        (Sender("seller", "ES", {}), Payer.SELLER, None),
        (Sender("seller", "ES", {"ES": MADRID}), Payer.CUSTOMER, None),
    ],
)
def test_the_way_nobody_has_to_decide_on(
    sender: Sender, paid_by: Payer, expected: tuple[ReturnWay, object] | None
) -> None:
    back = way_at_once(sender, customer_country="ES", paid_by=paid_by, ways=WAYS)

    assert (back and (back.way, back.address)) == expected
    assert back is None or back.carrier == "Correos Express"


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        (Sender("seller", "CN", {"ES": MADRID}), MADRID),
        (Sender("seller", "DE", {"DE": BERLIN}), BERLIN),
        (Sender("seller", "CN", {}), WAYS.centres["ES"]),
    ],
)
def test_a_decided_label_always_has_an_address(sender: Sender, address: object) -> None:
    assert way_of_label(sender, customer_country="ES", ways=WAYS).address == address


def test_customers_elsewhere_send_to_a_centre_without_a_carrier_of_ours() -> None:
    back = way_of_label(Sender("seller", "CN", {}), customer_country="PT", ways=WAYS)

    assert back == WayBack(ReturnWay.PREPAID_LABEL, WAYS.centres["ES"], None)


def test_what_is_not_worth_sending_across_a_border_is_refunded_without_a_return() -> None:
    limit = WAYS.refund_without_return_below_cents

    def decided(value_cents: int) -> str:
        facts = CaseFacts("return_start", "delivered", value_cents, abroad=True, within_return_window=True)
        return decide(facts, decision_policy()).resolution

    assert (decided(limit - 1), decided(limit)) == ("refund", "return_label")
