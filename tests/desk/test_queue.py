"""What agents see: the queue's lists, and the package of a conversation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.base.effect import Effect
from bot.cases import OpenCase, open_case
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations
from bot.demo.load import load_shop
from bot.desk import calls, letters, reports, store, work
from bot.desk.canned import canned_replies
from bot.desk.effects import GoOnByMail, RequestCallBack
from bot.desk.package import package_of, shop_view
from bot.desk.queue import queue_of
from bot.effects import APPLIERS
from bot.service.contact_ways import Window
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


def _passed_on(database: Database, clock: FrozenClock, reason: str, *effects: Effect) -> str:
    conversation_id = _another(database, clock, queued=False)
    with database.write() as tx:
        for effect in effects:
            APPLIERS[type(effect)](tx, conversation_id, effect, clock.now())
        control.hand_off(tx, conversation_id, reason=reason, now=clock.now())
    return conversation_id


def test_who_waits_for_a_call_stands_among_the_call_backs_alone(
    database: Database, clock: FrozenClock, agents: Agents, waiting: str
) -> None:
    window = Window(clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=4))
    called = _passed_on(
        database, clock, "request_callback", RequestCallBack("+34612345678", window, "Europe/Madrid")
    )
    with database.read() as tx:
        queue, load = queue_of(tx, agents[0].id), reports.live(tx, capacity=3, now=clock.now())
    assert [row.conversation.id for row in queue.waiting] == [waiting]
    assert [(one.conversation_id, one.wrote) for one in queue.callbacks] == [(called, None)]
    assert (queue.shared.waiting_count, load.waiting.count, load.callbacks) == (1, 1, 1)

    clock.advance(timedelta(minutes=5))
    with database.write() as tx:
        log.accept_message(tx, called, client_id="2", text="Lieber später", payload=None, now=clock.now())
        call = store.open_callbacks(tx)[0]
    assert (call.wrote, call.wrote_at) == ("Lieber später", clock.now())

    clock.advance(timedelta(hours=3))
    with database.write() as tx:
        calls.done(tx, call.id, agent=agents[0], now=clock.now())
        rows = queue_of(tx, agents[0].id).waiting
    assert [(row.conversation.id, row.conversation.queued_at) for row in rows][1] == (called, clock.now())


def test_who_waits_for_a_mail_has_a_day_and_stands_behind_who_waits_in_the_chat(
    any_database: Database, clock: FrozenClock
) -> None:
    mailed_at = clock.now()
    mailed = _passed_on(
        any_database, clock, "request_email", GoOnByMail("ana@example.com", "Zweimal bezahlt")
    )
    clock.advance(timedelta(hours=1))
    chats = _another(any_database, clock)
    with any_database.write() as tx:
        letters.keep_address(
            tx, chats, "uwe@example.com", now=clock.now()
        )  # left while they wait in the chat

    with any_database.read() as tx:
        rows = queue_of(tx, 0).waiting
        load = reports.live(tx, capacity=3, now=clock.now())
        package = package_of(tx, mailed)

    due = mailed_at + timedelta(days=1)
    assert [(row.conversation.id, row.answer_by) for row in rows] == [(chats, None), (mailed, due)]
    assert (load.waiting.count, load.waiting.since) == (2, clock.now())
    assert package.answer_by == due

    clock.advance(timedelta(hours=24))
    _another(any_database, clock)
    with any_database.read() as tx:
        late = [row.conversation.id for row in queue_of(tx, 0).waiting]
    assert late[:2] == [chats, mailed]


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
    lines = [line for order in view.recent_orders for line in order.lines]
    assert {line.product_id for line in lines} <= set(view.pages)
    assert {line.seller_id for line in lines} <= set(view.sellers)


def test_canned_replies_speak_to_the_customer_and_are_titled_for_the_agent() -> None:
    replies = canned_replies(customer_locale="de", agent_locale="es", agent_name="Ana")

    assert replies[0].title == "Saludo"
    assert "ich bin Ana" in replies[0].text
    assert [reply.key for reply in replies] == [
        reply.key for reply in canned_replies(customer_locale="es", agent_locale="de", agent_name="Ana")
    ]
    assert not any("{" in reply.text for reply in replies)
