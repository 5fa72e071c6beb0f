"""A shop with two sellers and one order, a conversation, and a case about a broken lamp."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.base.clock import UTC, FrozenClock
from bot.cases import OpenCase, open_case
from bot.conversations import log
from bot.shop import tables as shop
from bot.storage.database import Database

ORDERED_AT = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def stocked() -> Callable[[Database], Database]:
    """Fills a database with the shop."""
    return _fill_shop


@pytest.fixture
def shop_database(database: Database) -> Database:
    """SQLite with the shop."""
    return _fill_shop(database)


@pytest.fixture
def opened(clock: FrozenClock) -> Callable[..., str]:
    """Opens a case in a new conversation and returns its reference."""

    def open_one(database: Database, reference: str = "P-7K2M9Q", locale: str = "es", **changes: Any) -> str:
        values: dict[str, Any] = {
            "reference": reference,
            "reason": "item_damaged",
            "seller_id": "s-de",
            "order_id": "302-4817264-1935501",
            "line_id": "302-4817264-1935501-1",
            "product_id": "PD1",
            "details": {"description": "La pantalla está rota, llama al +34 600 111 222", "wish": "refund"},
            "looked_up": [{"what": "order_state", "result": "delivered"}],
            "customer_words": "Llegó rota <b>la lámpara</b>. Mi correo es ana@example.es",
            "customer_locale": locale,
            "started_at": clock.now(),
            **changes,
        }
        with database.write() as tx:
            conversation = log.start_conversation(
                tx, locale=locale, now=clock.now(), customer_id="c-1", customer_name="Ana"
            )
            open_case(tx, conversation.id, OpenCase(**values), clock.now())
        return reference

    return open_one


def _fill_shop(database: Database) -> Database:
    page = {"description": "", "attributes": [], "box": [], "questions": []}
    with database.write() as tx:
        tx.execute(
            insert(shop.sellers),
            [
                _seller("s-de", "Lumen GmbH", "DE", "de"),
                _seller("s-zh", "Haoyu Digital Ltd.", "CN", "zh"),
                _seller("s-es", "Hogar Sur", "ES", "es"),
            ],
        )
        tx.execute(
            insert(shop.products).values(
                id="PD1", seller_id="s-de", brand="Alumbra", category="lamp", price_cents=4990, stock=3,
                returnable=True, guarantee_months=0, weight_g=1800, image="/static/lamp.svg",
            )
        )  # fmt: skip
        tx.execute(
            insert(shop.product_pages),
            [
                {"product_id": "PD1", "locale": "es", "title": "Lámpara Duna", "content": page},
                {"product_id": "PD1", "locale": "de", "title": "Lampe Duna", "content": page},
            ],
        )
        tx.execute(insert(shop.customers).values(id="c-1", name="Ana", email="ana@example.es", locale="es"))
        tx.execute(
            insert(shop.orders).values(
                id="302-4817264-1935501", customer_id="c-1", ordered_at=ORDERED_AT, country="ES",
                address={"street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid"},
            )
        )  # fmt: skip
        tx.execute(
            insert(shop.order_lines).values(
                id="302-4817264-1935501-1", order_id="302-4817264-1935501", position=1, product_id="PD1",
                seller_id="s-de", fulfilled_by="seller", quantity=1, price_cents=4990, state="delivered",
                promised_at=ORDERED_AT + timedelta(days=5), shipped_at=ORDERED_AT + timedelta(days=1),
                delivered_at=ORDERED_AT + timedelta(days=4), carrier="Correos", tracking_id="CX123456789ES",
            )
        )  # fmt: skip
    return database


def _seller(identity: str, name: str, country: str, language: str) -> dict[str, Any]:
    return {
        "id": identity,
        "name": name,
        "email": f"{identity}@example.com",
        "country": country,
        "case_language": language,
    }
