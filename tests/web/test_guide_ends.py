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
from bot.conversations.model import Entry
from bot.desk.package import package_of
from bot.serve import application
from bot.service.guide import REASON_OF_WAY, Leaf, Topic, guide
from bot.shop.tables import customers, order_lines, orders, products
from tests.harness import eventually
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

    entries = _played(house, conversation_id, topic, leaf, line=line, text=WORDS[locale])

    memory = _memory(house, conversation_id)
    outcomes = _outcomes(entries)
    assert [wish["reason"] for wish in outcomes] == [leaf.reason]
    assert outcomes[0]["outcome"] != "not_understood"
    assert WORDS[locale] in entries[0].body["text"]
    assert (memory.get("pending") or {}).get("detail") not in ASKED_FOR - (set() if line else {"line"})
    with house.database.read() as tx:
        package = package_of(tx, conversation_id)
    assert package.conversation.line_id == (line["id"] if line else None)
    said = [entry.body for entry in entries if entry.type == "message" and entry.actor == "bot"]
    assert said
    assert {body["lang"] for body in said} == {locale}


@pytest.mark.parametrize(
    ("way", "text", "outcome"),
    [
        ("email", "La lámpara parpadea.", "handed_off"),
        ("callback", "La lámpara parpadea.", "asked"),
        ("callback", "La lámpara parpadea. Mi número es 612 345 678.", "handed_off"),
    ],
)
def test_another_way_keeps_the_matter_and_asks_for_no_more_than_the_number(
    new_house: NewHouse, way: str, text: str, outcome: str
) -> None:
    house, clock = new_house()
    topic, leaf = _end("order", "defective")
    line = _line(house, topic, leaf, "es")
    assert line is not None
    conversation_id = _begin(house, clock, "es", line["customer_id"])

    entries = _played(house, conversation_id, topic, leaf, line=line, text=text, way=way)

    assert _outcomes(entries) == [{"reason": REASON_OF_WAY[way], "outcome": outcome}]
    with house.database.read() as tx:
        package = package_of(tx, conversation_id)
    assert package.conversation.reason == "item_defective"
    assert package.conversation.line_id == line["id"]
    assert [one.body["guide"]["text"] for one in package.guided] == [text]
    assert ((_memory(house, conversation_id).get("pending") or {}).get("detail") == "phone") is (
        outcome == "asked"
    )


def test_a_guest_is_asked_for_the_order_or_for_its_proof_when_they_wrote_its_number(
    new_house: NewHouse,
) -> None:
    house, clock = new_house()
    topic, leaf = _end("order", "damaged")
    line = _line(house, topic, leaf, "es")
    assert line is not None
    texts = ["Está rota por abajo.", f"Está rota por abajo, pedido {line['order_id']}."]
    guests = [_begin(house, clock, "es", None) for _ in texts]

    with served(application(house)) as address:
        for guest, text in zip(guests, texts, strict=True):
            _send(house, address, guest, topic, leaf, line=None, text=text)

    assert [_memory(house, guest)["pending"]["detail"] for guest in guests] == ["order", "proof"]


def test_what_was_asked_before_is_not_waited_for_any_more(new_house: NewHouse) -> None:
    house, clock = new_house()
    topic, leaf = _end("order", "defective")
    line = _line(house, topic, leaf, "es")
    assert line is not None
    conversation_id = _begin(house, clock, "es", line["customer_id"])
    with served(application(house)) as address:
        _send(house, address, conversation_id, topic, leaf, line=line, text=None)
        assert _memory(house, conversation_id)["pending"]["detail"] == "description"

        shipping = _end("other", "shipping")
        _send(house, address, conversation_id, *shipping, line=None, text=None, client_id="second")

    assert "pending" not in _memory(house, conversation_id)
    with house.database.read() as tx:
        last = log.entries_after(tx, conversation_id, 0, audience="staff")[-1]
    assert last.body["wishes"] == [{"reason": "delivery_options", "outcome": "answered"}]


def _end(topic: str, name: str) -> tuple[Topic, Leaf]:
    found = guide().topics[topic]
    leaf = found.leaf(name)
    assert leaf is not None
    return found, leaf


def _played(house: House, conversation_id: str, topic: Topic, leaf: Leaf, **given: Any) -> list[Entry]:
    """Serve the house, send the choices, have them answered, and return the whole log."""
    with served(application(house)) as address:
        _send(house, address, conversation_id, topic, leaf, **given)
    with house.database.read() as tx:
        return log.entries_after(tx, conversation_id, 0, audience="staff")


def _send(
    house: House,
    address: str,
    conversation_id: str,
    topic: Topic,
    leaf: Leaf,
    *,
    line: dict[str, Any] | None,
    text: str | None,
    way: str = "chat",
    client_id: str = "first",
) -> None:
    body = {"topic": topic.name, "issue": leaf.name, "way": way, "text": text, "client_id": client_id}
    answer = requests.post(
        f"{address}/api/v1/conversations/{conversation_id}/guide",
        json={**body, "line_id": line["id"] if line else None},
        headers={"Authorization": f"Bearer {house.tokens.for_conversation(conversation_id)}"},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text
    eventually(lambda: not house.turns.run(conversation_id) and _is_answered(house, conversation_id))


def _is_answered(house: House, conversation_id: str) -> bool:
    with house.database.read() as tx:
        found = log.get_conversation(tx, conversation_id)
    return found.bot_seq == found.customer_seq


def _outcomes(entries: list[Entry]) -> list[dict[str, str]]:
    return [wish for entry in entries if entry.type == "outcome" for wish in entry.body["wishes"]]


def _memory(house: House, conversation_id: str) -> dict[str, Any]:
    with house.database.read() as tx:
        return dict(log.dialogue_state(tx, conversation_id)["slots"])


def _begin(house: House, clock: FrozenClock, locale: str, customer_id: str | None) -> str:
    context = {} if customer_id else {"product_id": "PD1001"}  # products are asked about on their page
    with house.database.write() as tx:
        found = log.start_conversation(
            tx, locale=locale, now=clock.now(), customer_id=customer_id, context=context
        )
    return found.id


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
