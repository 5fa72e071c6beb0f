"""The shop over HTTP: the same facts as in our own tables, or none at all."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.shop import tables
from bot.shop.calls import BREAKER_FAILURES, BREAKER_SECONDS, TRIES, Calls
from bot.shop.copies import ShopCopy, keep_copy
from bot.shop.fetched import FRESH_SECONDS, SERVES_SECONDS
from bot.shop.http import ORDERS_KEPT_SECONDS, HttpShop
from bot.shop.source import ShopUnavailable
from bot.shop.sql import SqlShop
from bot.storage.database import Database
from tests.conftest import START
from tests.shop.server import ShopServer, Stopwatch

CUSTOMER = "c001"
SELLERS = ("s-hogar", "s-lumen", "s-haoyu")


def settled(shop: HttpShop) -> HttpShop:
    """The shop, its catalogue read if that was due."""
    shop.prepare()
    shop._catalogue.wait()
    return shop


def an_order(server: ShopServer, customer_id: str = CUSTOMER) -> dict[str, Any]:
    """An order of the customer as the server tells it."""
    return next(order for order in server.data["orders"] if order["customer_id"] == customer_id)


def test_it_tells_the_same_as_our_own_tables(http_shop: HttpShop, demo: Database, server: ShopServer) -> None:
    own = SqlShop(demo)
    order_id = an_order(server)["id"]
    products = ["PD1001", "PD1102", "PD1003"]

    assert http_shop.customer(CUSTOMER) == own.customer(CUSTOMER)
    assert http_shop.orders_of(CUSTOMER) == own.orders_of(CUSTOMER)
    assert http_shop.order(order_id.replace("-", "")) == own.order(order_id)
    assert http_shop.product("PD1001") == own.product("PD1001")
    assert http_shop.page("PD1001", "de") == own.page("PD1001", "de")
    assert http_shop.pages(products, "es") == own.pages(products, "es")
    assert http_shop.products(products) == own.products(products)
    assert http_shop.sellers(["s-hogar", "s-haoyu"]) == own.sellers(["s-hogar", "s-haoyu"])
    assert http_shop.seller("s-haoyu") == own.seller("s-haoyu")
    assert [http_shop.policies(i) for i in SELLERS] == [own.policies(i) for i in SELLERS]
    settled(http_shop)
    for text, locale in (("lámpara de pie", "es"), ("Bohrmaschine", "de"), ("altavoz", "de")):
        assert http_shop.catalogue().find(text, locale) == own.catalogue().find(text, locale)
    assert any(own.policies(i) for i in SELLERS)
    assert server.tokens == {"Bearer secret"}


def test_several_pages_are_one_call_and_then_none(http_shop: HttpShop, server: ShopServer) -> None:
    http_shop.pages(["PD1001", "PD1102", "PD1001"], "es")
    http_shop.page("PD1102", "de")

    assert server.requests == ["/shop/v1/products?ids=PD1001%2CPD1102"]


def test_an_order_is_kept_for_seconds_only(http_shop: HttpShop, server: ShopServer, watch: Stopwatch) -> None:
    order = an_order(server)
    http_shop.order(order["id"])
    order["lines"][0]["price_cents"] = 77

    before = http_shop.order(order["id"])
    watch.seconds += ORDERS_KEPT_SECONDS + 1
    after = http_shop.order(order["id"])

    assert before is not None
    assert after is not None
    assert (before.lines[0].price_cents == 77, after.lines[0].price_cents) == (False, 77)


def test_the_list_of_orders_is_the_callers_own(http_shop: HttpShop) -> None:
    http_shop.orders_of(CUSTOMER).clear()

    assert http_shop.orders_of(CUSTOMER)


def test_an_unchanged_catalogue_is_not_sent_again(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    first = settled(http_shop).catalogue()
    sent = len(server.requests)  # a part that was slow is asked for again
    watch.seconds += FRESH_SECONDS + 1

    http_shop.catalogue()
    settled(http_shop)

    assert http_shop.catalogue() is first
    assert len(set(server.requests[:sent])) == 3
    assert server.requests[sent:] == ["/shop/v1/catalogue"]


def test_a_changed_catalogue_is_read_beside_and_then_taken(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    before = settled(http_shop).catalogue().titles("algo", "es")
    server.data["products"][0]["pages"]["es"]["title"] = "Otra cosa"
    server.catalogue_etag = '"2"'
    watch.seconds += FRESH_SECONDS + 1

    assert http_shop.catalogue().titles("algo", "es") == before
    settled(http_shop)

    assert "Otra cosa" in http_shop.catalogue().titles("algo", "es").values()


def test_an_old_catalogue_serves_for_a_while_when_the_shop_is_silent(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    first = settled(http_shop).catalogue()
    server.mood = "500"
    watch.seconds += FRESH_SECONDS + 1
    http_shop.catalogue()
    settled(http_shop)
    asked = len(server.requests)

    assert http_shop.catalogue() is first
    assert len(server.requests) == asked
    watch.seconds += SERVES_SECONDS
    with pytest.raises(ShopUnavailable):
        http_shop.catalogue()


def test_without_any_catalogue_the_shop_is_unavailable_until_it_answers(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    server.mood = "500"

    with pytest.raises(ShopUnavailable) as raised:
        http_shop.catalogue()

    assert raised.value.failure == "down"
    server.mood = ""
    watch.seconds += BREAKER_SECONDS + 1
    assert settled(http_shop).catalogue().find("lámpara", "es")


def test_a_turn_does_not_wait_for_a_large_catalogue(http_shop: HttpShop, server: ShopServer) -> None:
    server.delay = 0.2  # a part; a call may take 0.3 seconds

    with http_shop.limited(), pytest.raises(ShopUnavailable) as raised:
        http_shop.catalogue()

    assert raised.value.failure == "slow"
    assert settled(http_shop).catalogue().find("Lampe", "de")


def test_a_catalogue_without_an_end_is_none(http_shop: HttpShop, server: ShopServer) -> None:
    server.change = lambda body: body | {"products": [], "next": "0"}

    with pytest.raises(ShopUnavailable):
        settled(http_shop).catalogue()


def test_what_the_shop_does_not_know_is_not_there(http_shop: HttpShop) -> None:
    assert http_shop.order("999-9999999-9999999") is None
    assert http_shop.customer("nobody") is None
    assert http_shop.product("PD9999") is None
    assert http_shop.seller("s-nobody") is None
    assert http_shop.orders_of("nobody") == []


@pytest.mark.parametrize("wrong", ["..", "../orders", "a/b", "", "x" * 65, "a\nb", "a,b", "%2e%2e"])
def test_what_cannot_be_an_id_is_not_asked_for(http_shop: HttpShop, server: ShopServer, wrong: str) -> None:
    assert http_shop.customer(wrong) is None
    assert http_shop.product(wrong) is None
    assert http_shop.order(wrong) is None
    assert http_shop.orders_of(wrong) == []
    assert server.requests == []


@pytest.mark.parametrize(
    ("mood", "failure", "tries"),
    [
        ("500", "down", TRIES),
        ("cut off", "down", TRIES),
        ("silent", "slow", TRIES),
        ("html", "answer", 1),
        ("not found", "answer", 1),
        ("refused", "refused", 1),
    ],
)
def test_a_bad_answer_is_no_answer(
    http_shop: HttpShop, server: ShopServer, mood: str, failure: str, tries: int
) -> None:
    server.mood = mood

    with pytest.raises(ShopUnavailable) as raised:
        http_shop.orders_of(CUSTOMER)

    assert (raised.value.failure, len(server.requests)) == (failure, tries)
    assert not http_shop.answers()


def test_nobody_there(http_shop: HttpShop, server: ShopServer) -> None:
    server.stop()

    with pytest.raises(ShopUnavailable) as raised:
        http_shop.customer(CUSTOMER)

    assert raised.value.failure == "down"


def changed(path: str, value: Any) -> Any:
    """A change of one field of the first order of an answer; `...` takes it out."""

    def change(body: Any) -> Any:
        at = body["orders"][0]
        *above, name = path.split(".")
        for step in above:
            at = at[int(step)] if step.isdigit() else at[step]
        if value is ...:
            del at[name]
        else:
            at[name] = value
        return body

    return change


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("lines.0.quantity", "2", "$.orders[0].lines[0].quantity"),
        ("lines.0.state", "teleported", "$.orders[0].lines[0].state"),
        ("lines.0.price_cents", 12.5, "$.orders[0].lines[0].price_cents"),
        ("lines.0.promised_at", "2026-03-01T10:00:00", "$.orders[0].lines[0].promised_at"),
        ("lines.0.promised_at", None, "$.orders[0].lines[0].promised_at"),
        ("lines", [], "$.orders[0].lines"),
        ("address.postal_code", ..., "postal_code"),
        ("ordered_at", "yesterday", "$.orders[0].ordered_at"),
        ("customer_id", "c002", "another customer's"),
        ("customer_id", 7, "$.orders[0].customer_id"),
    ],
)
def test_what_does_not_keep_to_the_contract_is_refused_whole(
    http_shop: HttpShop,
    server: ShopServer,
    caplog: pytest.LogCaptureFixture,
    path: str,
    value: Any,
    named: str,
) -> None:
    server.change = changed(path, value)

    with caplog.at_level(logging.WARNING), pytest.raises(ShopUnavailable) as raised:
        http_shop.orders_of(CUSTOMER)

    assert raised.value.failure == "answer"
    assert named in caplog.text
    assert CUSTOMER not in caplog.text


def test_a_delivered_line_says_when(http_shop: HttpShop, server: ShopServer) -> None:
    def change(body: Any) -> Any:
        for order in body["orders"]:
            for line in order["lines"]:
                line |= {"state": "delivered", "delivered_at": None}
        return body

    server.change = change

    with pytest.raises(ShopUnavailable):
        http_shop.orders_of(CUSTOMER)


def test_another_order_than_asked_for_is_no_answer(http_shop: HttpShop, server: ShopServer) -> None:
    foreign = an_order(server, "c002")
    server.change = lambda body: foreign

    with pytest.raises(ShopUnavailable):
        http_shop.order(an_order(server)["id"])


def test_another_product_than_asked_for_is_no_answer(http_shop: HttpShop, server: ShopServer) -> None:
    server.change = lambda body: {"products": [body["products"][0] | {"id": "PD7777"}]}

    with pytest.raises(ShopUnavailable):
        http_shop.product("PD1001")


def test_fields_nobody_knows_yet_do_no_harm(http_shop: HttpShop, server: ShopServer) -> None:
    server.change = lambda body: body | {"loyalty": "gold"}

    assert http_shop.customer(CUSTOMER) is not None


def test_the_waits_between_tries_grow_and_differ(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    server.mood = "500"

    with pytest.raises(ShopUnavailable):
        http_shop.customer(CUSTOMER)

    assert len(watch.slept) == TRIES - 1
    assert all(0 <= wait <= 0.4 for wait in watch.slept)


def test_a_try_that_fails_once_is_not_noticed(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    server.mood = "500"

    def recover() -> None:
        server.mood = ""

    watch.while_sleeping = recover

    assert http_shop.customer(CUSTOMER) is not None
    assert http_shop.answers()


def test_all_calls_of_a_turn_share_its_time(
    http_shop: HttpShop, server: ShopServer, watch: Stopwatch
) -> None:
    with http_shop.limited():
        http_shop.customer(CUSTOMER)
        watch.seconds += 2.1
        with pytest.raises(ShopUnavailable) as raised:
            http_shop.product("PD1001")

    assert raised.value.failure == "slow"
    assert len(server.requests) == 1
    assert http_shop.product("PD1001") is not None


def test_the_breaker_opens_and_closes(http_shop: HttpShop, server: ShopServer, watch: Stopwatch) -> None:
    server.mood = "500"
    while len(server.requests) < BREAKER_FAILURES:
        with pytest.raises(ShopUnavailable):
            http_shop.customer(CUSTOMER)
    asked = len(server.requests)

    with pytest.raises(ShopUnavailable) as waiting:
        http_shop.customer(CUSTOMER)
    assert (waiting.value.failure, len(server.requests)) == ("waiting", asked)

    watch.seconds += BREAKER_SECONDS - 1
    with pytest.raises(ShopUnavailable):
        http_shop.customer(CUSTOMER)
    assert len(server.requests) == asked

    watch.seconds += 2
    with pytest.raises(ShopUnavailable):  # one call is let through, and fails
        http_shop.customer(CUSTOMER)
    assert len(server.requests) == asked + 1

    server.mood = ""
    watch.seconds += BREAKER_SECONDS + 1
    assert http_shop.customer(CUSTOMER) is not None
    assert http_shop.answers()


def test_an_unknown_order_does_not_open_the_breaker(http_shop: HttpShop) -> None:
    for number in range(BREAKER_FAILURES + 1):
        assert http_shop.order(f"999-9999999-999999{number}") is None

    assert http_shop.answers()


def test_a_copy_lets_a_case_go_on_without_the_shop(
    http_shop: HttpShop, server: ShopServer, database: Database, demo: Database
) -> None:
    order = an_order(server)
    line = order["lines"][0]

    copy = http_shop.copy_of(order_id=order["id"], product_id=line["product_id"], seller_id=line["seller_id"])
    assert copy is not None
    for _ in range(2):
        with database.write() as tx:
            keep_copy(tx, "any", copy, START)
    server.stop()

    own = SqlShop(database)
    assert own.order(order["id"]) == SqlShop(demo).order(order["id"])
    assert own.page(line["product_id"], "de") == SqlShop(demo).page(line["product_id"], "de")
    with database.read() as tx:
        assert tx.execute(select(tables.orders.c.id)).scalars().all() == [order["id"]]


def approved(tx: Connection, seller_id: str, valid_from: datetime, days: int | None) -> None:
    """A policy that was approved here; `days` None: the standard."""
    terms = None if days is None else {"window_days": days}
    row = {"seller_id": seller_id, "valid_from": valid_from, "approved_at": START, "approved_by": "Ada"}
    tx.execute(tables.return_policies.insert().values(**row, terms=terms))


def test_policies_of_the_shop_and_those_approved_here_are_one_history(
    http_shop: HttpShop, database: Database, server: ShopServer
) -> None:
    told = next(seller for seller in server.data["sellers"] if seller["return_policies"])
    first = datetime.fromisoformat(told["return_policies"][0]["valid_from"])
    row = {"name": "x", "email": "x@y", "country": "ES", "case_language": "es"}
    with database.write() as tx:
        tx.execute(tables.sellers.insert().values(id=told["id"], **row))
        approved(tx, told["id"], first, 77)
        approved(tx, told["id"], START, None)

    for _ in range(2):
        policies = http_shop.policies(told["id"])
        assert [policy.valid_from for policy in policies] == sorted(
            {datetime.fromisoformat(one["valid_from"]) for one in told["return_policies"]} | {START}
        )
        assert (policies[0].terms, policies[-1].terms) == ({"window_days": 77}, None)
        copy = http_shop.copy_of(order_id=None, product_id=None, seller_id=told["id"])
        assert isinstance(copy, ShopCopy)
        with database.write() as tx:
            keep_copy(tx, "any", copy, START)
        assert SqlShop(database).policies(told["id"]) == policies


def test_a_return_of_ours_is_known_though_the_shop_does_not_know_it(
    calls: Calls, server: ShopServer, database: Database, watch: Stopwatch
) -> None:
    order, line = next(
        (order, line)
        for order in server.data["orders"]
        for line in order["lines"]
        if line["state"] == "delivered"
    )
    line_id = f"{order['id']}/{line['position']}"
    returned = {line_id: (line["quantity"], START)}
    shop = HttpShop(calls, SqlShop(database), elapsed=watch.elapsed, started=lambda ids: returned)

    (seen,) = [one for one in shop.order(order["id"]).lines if one.id == line_id]  # type: ignore[union-attr]
    assert (seen.state, seen.return_started_at) == ("return_started", START)
    returned[line_id] = (line["quantity"] + 1, START)
    (seen,) = [one for one in shop.order(order["id"]).lines if one.id == line_id]  # type: ignore[union-attr]
    assert seen.state == "delivered"


def test_policies_that_cannot_be_read_are_no_answer(http_shop: HttpShop, server: ShopServer) -> None:
    def change(body: Any) -> Any:
        body["sellers"][0]["return_policies"] = [
            {"valid_from": START.isoformat(), "approved_at": START.isoformat(), "approved_by": "A",
             "terms": {"window_days": 60}}
        ]  # fmt: skip
        return body

    server.change = change

    with pytest.raises(ShopUnavailable):
        http_shop.policies("s-hogar")
