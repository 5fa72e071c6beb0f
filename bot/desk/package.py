"""The hand-off package: all that is known about a conversation, so that nothing has to be said twice."""

from __future__ import annotations

from sqlalchemy import and_
from sqlalchemy.engine import Connection

from bot.conversations import log
from bot.conversations.model import Conversation
from bot.conversations.tables import conversations
from bot.desk import due, hand_over, letters, marks, people, store
from bot.desk.model import Package, Row, ShopView
from bot.shop.model import Order, OrderLine
from bot.shop.source import Shop, ShopUnavailable

ENTRIES_SHOWN = 200
"""The newest entries; earlier ones are read on when asked for."""

GUIDED_SHOWN = 5
"""The newest messages that were chosen step by step."""

OTHERS_SHOWN = 5
RECENT_ORDERS_SHOWN = 5

NOTHING_SEEN = ShopView(None, None, None, None, {}, {}, [], available=False)
"""The view of a shop that does not answer."""


def package_of(tx: Connection, conversation_id: str, *, capacity: int = 0) -> Package:
    """What Puente itself knows of a conversation; raises `Unknown`. `capacity` is the setting's."""
    conversation = log.get_conversation(tx, conversation_id)
    mail_address = letters.address_of(tx, conversation_id)
    after = max(0, conversation.last_seq - ENTRIES_SHOWN)
    return Package(
        conversation=conversation,
        agent_name=store.name_of(tx, conversation.agent_id),
        entries=log.entries_after(tx, conversation_id, after, audience="staff", limit=ENTRIES_SHOWN),
        steps=store.steps_of(tx, conversation_id),
        guided=log.guided_entries(tx, conversation_id, limit=GUIDED_SHOWN),
        passage=store.newest_passage(tx, conversation_id),
        cases=store.cases_of(tx, [conversation_id]),
        notes=store.notes_of(tx, conversation_id),
        callbacks=store.open_callbacks(tx, conversation_id=conversation_id),
        mail_address=mail_address,
        others=_others(tx, conversation),
        order_proven=store.is_proven(tx, conversation_id, conversation.order_id),
        labels=marks.labels_of(tx, [conversation_id]).get(conversation_id, []),
        common_labels=marks.common_labels(tx),
        guests=hand_over.guests_of(tx, conversation_id),
        people=people.people(tx, capacity=capacity),
        waits_since=hand_over.waits_since(tx, conversation) if conversation.controller == "agent" else None,
        answer_by=due.answer_by(conversation, by_mail=mail_address is not None),
    )


def shop_view(shop: Shop, conversation: Conversation) -> ShopView:
    """What the shop knows of the matter: order and line in question, the product's page, recent orders.

    When the shop does not answer the view is empty and says so: the agent works on with what Puente has.
    """
    try:
        with shop.limited():
            return _seen(shop, conversation)
    except ShopUnavailable:
        return NOTHING_SEEN


def _seen(shop: Shop, conversation: Conversation) -> ShopView:
    customer = shop.customer(conversation.customer_id) if conversation.customer_id else None
    order = shop.order(conversation.order_id) if conversation.order_id else None
    line = _line(order, conversation.line_id)
    product_id = conversation.product_id or (line.product_id if line else None)  # the one talked about last
    recent = [] if order or not customer else shop.orders_of(customer.id, limit=RECENT_ORDERS_SHOWN)
    lines = [line for found in (order, *recent) if found for line in found.lines]
    product_ids = {line.product_id for line in lines} | ({product_id} if product_id else set())
    product = shop.product(product_id) if product_id else None
    seller_ids = {line.seller_id for line in lines} | ({product.seller_id} if product else set())
    return ShopView(
        customer=customer,
        order=order,
        line=line,
        product=product,
        pages=shop.pages(sorted(product_ids), conversation.locale),
        sellers={seller_id: seller.name for seller_id, seller in shop.sellers(sorted(seller_ids)).items()},
        recent_orders=recent,
    )


def _line(order: Order | None, line_id: str | None) -> OrderLine | None:
    """The line in question; an order of one line leaves no question."""
    if order is None:
        return None
    if line_id is None:
        return order.lines[0] if len(order.lines) == 1 else None
    return next((line for line in order.lines if line.id == line_id), None)


def _others(tx: Connection, conversation: Conversation) -> list[Row]:
    if conversation.customer_id is None:
        return []
    same = and_(
        conversations.c.customer_id == conversation.customer_id, conversations.c.id != conversation.id
    )
    return store.rows(tx, same, [conversations.c.updated_at.desc()], limit=OTHERS_SHOWN)
