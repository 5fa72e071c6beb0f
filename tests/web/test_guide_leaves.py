"""R17: every end of the guided contact, in both languages, through the real turn: served, and never asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.app import House
from bot.base.clock import FrozenClock
from bot.base.texts import LOCALES
from bot.conversations import log
from bot.desk.package import package_of
from bot.service.guide import REASON_OF_WAY, Leaf, Topic, guide
from bot.serve import application
from bot.shop.tables import customers, order_lines, orders, products
from tests.serving import served

NewHouse = Callable[[], tuple[House, FrozenClock]]

WORDS = {
    "es": "La parte de arriba está rota y necesito la talla 42 en la calle Olmo 5.",
    "de": "Das Oberteil ist kaputt, und ich brauche Größe 42 in der Lindenstraße 8.",
}

FITTING_STATE = {
    "order_late": "shipped", "order_status": "shipped", "order_cancel": "placed", "order_change": "placed",
    "refund_status": "return_received",
}  # fmt: skip
"""Reason → the state of a line with which it has something to do; else `delivered`."""

ASKED_FOR = {"description", "part", "new_value", "message", "question", "line", "order", "return_reason"}
"""What a guided customer who picked a line and wrote something has given already."""


def ends() -> list[Any]:
    """Every end of the tree with its topic."""
    found = [(topic, leaf) for topic in guide().topics.values() for leaf in topic.leaves()]
    return [pytest.param(topic, leaf, id=leaf.name) for topic, leaf in found]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("topic", "leaf"), ends())
def test_an_end_is_served_and_what_was_given_is_not_asked_for(
    new_house: NewHouse, topic: Topic, leaf: Leaf, locale: str
) -> None:
    house, clock = new_house()
    line = _line(house, topic, leaf, locale)
    conversation_id = _begin(house, clock, locale, line["customer_id"] if line else None)

    with served(application(house)) as address:
        body = {"topic": topic.name, "issue": leaf.name, "way": "chat", "text": WORDS[locale]}
        answer = _post(house, address, conversation_id, {**body, "line_id": line["id"] if line else None})
        assert answer.status_code == 201, answer.text
        house.turns.run(conversation_id)

    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, 0, audience="staff")
        package = package_of(tx, conversation_id)
        memory = log.dialogue_state(tx, conversation_id)["slots"]
    outcomes = [wish for entry in entries if entry.type == "outcome" for wish in entry.body["wishes"]]
    assert [wish["reason"] for wish in outcomes] == [leaf.reason]
    assert outcomes[0]["outcome"] != "not_understood"
    assert WORDS[locale] in entries[0].body["text"]
    assert (memory.get("pending") or {}).get("detail") not in ASKED_FOR - (set() if line else {"line"})
    assert package.conversation.line_id == (line["id"] if line else None)
    said = [entry.body for entry in entries if entry.type == "message" and entry.actor == "bot"]
    assert said
    assert {body["lang"] for body in said} == {locale}


def _begin(house: House, clock: FrozenClock, locale: str, customer_id: str | None) -> str:
    context = {} if customer_id else {"product_id": "PD1001"}  # products are asked about on their page
    with house.database.write() as tx:
        found = log.start_conversation(
            tx, locale=locale, now=clock.now(), customer_id=customer_id, context=context
        )
    return found.id


def _post(house: House, address: str, conversation_id: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(
        f"{address}/api/v1/conversations/{conversation_id}/guide",
        json={"client_id": "once", **body},
        headers={"Authorization": f"Bearer {house.tokens.for_conversation(conversation_id)}"},
        timeout=20,
    )


def _line(house: House, topic: Topic, leaf: Leaf, locale: str) -> dict[str, Any] | None:
    """An order line of a customer of this language that the topic and the reason are about."""
    if not topic.picks_line:
        return None
    wanted = FITTING_STATE.get(leaf.reason, "delivered")
    with house.database.read() as tx:
        rows = tx.execute(
            order_lines.select()
            .add_columns(orders.c.customer_id, products.c.category, products.c.brand)
            .where(
                orders.c.id == order_lines.c.order_id,
                products.c.id == order_lines.c.product_id,
                customers.c.id == orders.c.customer_id,
                customers.c.locale == locale,
                order_lines.c.quantity == 1,
            )
        ).all()
    fitting = [row for row in rows if topic.accepts(row)]
    found = sorted(fitting, key=lambda row: (row.state != wanted, row.seller_id == "s-puente"))
    return dict(found[0]._mapping)


def test_every_way_is_one_that_is_served() -> None:
    assert {reason for reason in REASON_OF_WAY.values() if reason} == {"request_email", "request_callback"}
