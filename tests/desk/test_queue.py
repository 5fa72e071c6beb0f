"""What agents see: the queue's lists, and the package of a conversation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.cases import OpenCase, open_case
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations
from bot.demo.load import load_shop
from bot.desk import work
from bot.desk.canned import canned_replies
from bot.desk.package import package_of, shop_view
from bot.desk.queue import queue_of
from bot.shop.sql import SqlShop
from bot.storage.database import Database

Agents = tuple[Account, Account]


def _another(
    database: Database, clock: FrozenClock, *, queued: bool = True, customer_id: str | None = None
) -> str:
    with database.write() as tx:
        conversation = log.start_conversation(tx, locale="de", now=clock.now(), customer_id=customer_id)
        log.accept_message(tx, conversation.id, client_id="1", text="Hallo", payload=None, now=clock.now())
        if queued:
            control.hand_off(tx, conversation.id, reason="not_understood", now=clock.now())
    return conversation.id


def test_who_waits_longest_comes_first(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    clock.advance(timedelta(minutes=1))
    second = _another(database, clock)

    with database.read() as tx:
        queue = queue_of(tx, agents[0].id)

    assert [row.conversation.id for row in queue.waiting] == [waiting, second]
    assert queue.waiting[0].last_text == "Hola, mi lámpara"
    assert (queue.mine, queue.others, queue.bot, queue.callbacks) == ([], [], [], [])


def test_a_claimed_chat_is_mine_to_me_and_a_colleagues_to_others(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    ana, jan = agents
    with database.write() as tx:
        work.claim(tx, waiting, agent=ana, now=clock.now())

    with database.read() as tx:
        mine, others = queue_of(tx, ana.id), queue_of(tx, jan.id)

    assert [row.customer_waits for row in mine.mine] == [True]
    assert [row.agent_name for row in others.others] == ["Ana Prado"]
    assert mine.others == others.mine == mine.waiting == []

    with database.write() as tx:
        work.reply(tx, waiting, agent=ana, client_id="1", text="Dime", conveys=None, now=clock.now())
        assert [row.customer_waits for row in queue_of(tx, ana.id).mine] == [False]


def test_the_bots_conversations_are_few_and_not_the_empty_ones(
    database: Database, clock: FrozenClock, agents: Agents
) -> None:
    with database.write() as tx:
        log.start_conversation(tx, locale="es", now=clock.now())
    known = []
    for _ in range(10):
        clock.advance(timedelta(seconds=1))
        known.append(_another(database, clock, queued=False))

    with database.read() as tx:
        shown = [row.conversation.id for row in queue_of(tx, agents[0].id).bot]

    assert shown == known[:1:-1]


def test_the_most_urgent_case_is_the_one_shown(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    for reference, started in (("P-LATER", clock.now()), ("P-SOON", clock.now() - timedelta(hours=10))):
        case = OpenCase(
            reference=reference, reason="item_damaged", seller_id="s-none", order_id=None, line_id=None,
            product_id=None, customer_words="…", customer_locale="es", started_at=started,
        )  # fmt: skip
        with database.write() as tx:
            open_case(tx, waiting, case, clock.now())

    with database.read() as tx:
        (row,) = queue_of(tx, agents[0].id).waiting

    assert row.case is not None
    assert row.case.reference == "P-SOON"


def test_the_package_holds_all_that_is_known(database: Database, clock: FrozenClock) -> None:
    with database.write() as tx:
        load_shop(tx, now=clock.now())
    shop = SqlShop(database)
    order = shop.orders_of("c021")[0]
    earlier = _another(database, clock, customer_id="c021")
    conversation_id = _another(database, clock, customer_id="c021")
    wishes = [{"reason": "item_damaged", "outcome": "asked"}]
    quote = {"text": "Aus Keramik.", "source": "Produktseite"}
    with database.write() as tx:
        log.append(
            tx,
            conversation_id,
            [
                NewEntry("message", "bot", {"text": "Laut Seite:", "lang": "de", "quote_of": quote}),
                NewEntry("outcome", "bot", {"wishes": wishes, "message_seqs": [1]}, audience="staff"),
            ],
            now=clock.now(),
        )
        about = update(conversations).where(conversations.c.id == conversation_id)
        tx.execute(about.values(order_id=order.id, line_id=order.lines[0].id))

    with database.read() as tx:
        package = package_of(tx, conversation_id)
    view = shop_view(shop, package.conversation)

    assert [(step.reason, step.outcome) for step in package.steps] == [("item_damaged", "asked")]
    assert package.passage == quote
    assert [row.conversation.id for row in package.others] == [earlier]
    assert view.customer is not None
    assert view.order == order
    assert view.line == order.lines[0]
    assert view.product is not None
    assert view.pages[view.product.id].locale == "de"
    assert view.sellers[order.lines[0].seller_id]
    assert view.recent_orders == []


def test_without_an_order_the_customers_recent_ones_are_shown(database: Database, clock: FrozenClock) -> None:
    with database.write() as tx:
        load_shop(tx, now=clock.now())
    conversation_id = _another(database, clock, customer_id="c001")

    with database.read() as tx:
        package = package_of(tx, conversation_id)
    view = shop_view(SqlShop(database), package.conversation)

    assert view.order is None
    assert len(view.recent_orders) == 5
    assert {line.product_id for order in view.recent_orders for line in order.lines} <= set(view.pages)


def test_canned_replies_speak_to_the_customer_and_are_titled_for_the_agent() -> None:
    replies = canned_replies(customer_locale="de", agent_locale="es", agent_name="Ana")

    assert replies[0].title == "Saludo"
    assert "ich bin Ana" in replies[0].text
    assert [reply.key for reply in replies] == [
        reply.key for reply in canned_replies(customer_locale="es", agent_locale="de", agent_name="Ana")
    ]
    assert not any("{" in reply.text for reply in replies)
