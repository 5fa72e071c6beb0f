"""A shop with one delivered order line of two pieces, and goods of it that may go back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from bot.base.clock import UTC, FrozenClock
from bot.conversations import log
from bot.returns import Goods
from bot.service import Sender, return_rules
from bot.shop import tables as shop
from bot.storage.database import Database

ORDERED_AT = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
DELIVERED_AT = datetime(2026, 2, 24, 10, 0, tzinfo=UTC)
ADDRESS = {"name": "Sur <b>", "street": "Calle 1", "postal_code": "28001", "city": "Madrid", "country": "ES"}


def goods(**changes: Any) -> Goods:
    """Both pieces of the line."""
    values: dict[str, Any] = {
        "order_id": "302-4817264-1935501",
        "line_id": "302-4817264-1935501/1",
        "product_id": "PD1",
        "seller_id": "s-es",
        "quantity": 2,
        "ordered": 2,
        "amount_cents": 9980,
        "delivered_at": DELIVERED_AT,
        "promised_at": ORDERED_AT,
        "customer_country": "ES",
        "sender": Sender("seller", "ES", {"ES": ADDRESS}),
        "policy": return_rules().standard,
        **changes,
    }
    return Goods(**values)


@pytest.fixture
def stocked(clock: FrozenClock) -> Callable[[Database], str]:
    """Fills a database with the shop; returns a conversation's id."""

    def fill(database: Database) -> str:
        page = {"description": "", "attributes": [], "box": [], "questions": []}
        with database.write() as tx:
            tx.execute(
                insert(shop.sellers).values(
                    id="s-es", name="Hogar Sur", email="s@example.es", country="ES", case_language="es",
                    return_addresses={"ES": ADDRESS},
                )
            )  # fmt: skip
            tx.execute(
                insert(shop.products).values(
                    id="PD1", seller_id="s-es", brand="Alumbra", category="lamp", price_cents=4990, stock=3,
                    returnable=True, guarantee_months=0, weight_g=1800, image="/static/lamp.svg",
                )
            )  # fmt: skip
            tx.execute(
                insert(shop.product_pages).values(
                    product_id="PD1", locale="es", title="Lámpara <i>Duna</i>", content=page
                )
            )
            tx.execute(
                insert(shop.customers).values(id="c-1", name="Ana Ruiz", email="ana@example.es", locale="es")
            )
            tx.execute(
                insert(shop.orders).values(
                    id="302-4817264-1935501", customer_id="c-1", ordered_at=ORDERED_AT, country="ES",
                    address={"street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid"},
                )
            )  # fmt: skip
            tx.execute(
                insert(shop.order_lines).values(
                    id="302-4817264-1935501/1", order_id="302-4817264-1935501", position=1, product_id="PD1",
                    seller_id="s-es", fulfilled_by="seller", quantity=2, price_cents=4990, state="delivered",
                    promised_at=ORDERED_AT, delivered_at=DELIVERED_AT,
                )
            )  # fmt: skip
            conversation = log.start_conversation(tx, locale="es", now=clock.now(), customer_id="c-1")
        return conversation.id

    return fill
