"""R17–R19: the guided contact over HTTP: the tree with the customer's order lines, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import BadInput, Conflict, Unknown
from bot.base.text import folded
from bot.conversations import log
from bot.conversations.model import Conversation
from bot.desk.hand_over import in_hands
from bot.service.guide import Leaf, PickedLine, Topic, command_of, guide, sentence
from bot.service.reasons import SUBJECTS
from bot.shop.model import OrderLine, Page, Product
from bot.shop.source import ShopUnavailable
from bot.storage.limits import spend
from bot.web import guide_views as views
from bot.web.auth import client_address
from bot.web.chat import MESSAGES_PER_ADDRESS, MESSAGES_PER_CONVERSATION, opened
from bot.web.context import (
    body_of,
    client_id_of,
    in_thread,
    optional_text,
    optional_words,
    text_field,
    whole_number,
)

bp = Blueprint("guide", url_prefix="/api/v1/conversations/<conversation_id:str>/guide")

ORDERS_LOOKED_AT = 200
"""A customer's newest orders; lines of older ones are named by their number in the chat."""

LINES_SHOWN = 6
"""Order lines on a page of the list."""

Choices = dict[str, str | None]
"""What a customer has chosen, as the log keeps it: topic, issue, way, line_id, text."""

MAX_NAME = 40
MAX_LINE_ID = 80
MAX_SEARCH = 80


@bp.get("/")
async def read(request: Request, conversation_id: str) -> HTTPResponse:
    """The tree in the conversation's language, and a page of the order lines that fit `?topic=` and `?search=`.

    While the shop does not answer there is the tree alone, and it says that the lines cannot be seen.
    """
    headers = opened(request, conversation_id)
    house = request.app.ctx.house
    number = whole_number(request.args.get("page"), "page", default=1, least=1)
    search = request.args.get("search", "")[:MAX_SEARCH]
    topic = guide().topics.get(request.args.get("topic", ""))

    def work() -> dict[str, Any]:
        with house.database.read() as tx:
            conversation = log.get_conversation(tx, conversation_id)
        available, lines, fitting, shown, sellers = True, [], [], [], {}
        try:
            with house.shop.limited():
                lines = _lines_of(house, conversation)
                fitting = [one for one in lines if _fits(one, topic, search)]
                shown = views.page_of(fitting, number, size=LINES_SHOWN)
                sellers = house.shop.sellers(sorted({one.line.seller_id for one in shown}))
        except ShopUnavailable:
            available, lines, fitting, shown = False, [], [], []
        return {
            "locale": conversation.locale,
            "signed_in": conversation.customer_id is not None,
            "topics": [views.topic_json(one, conversation.locale) for one in guide().topics.values()],
            "lines": {
                "items": [
                    views.line_json(one, sellers.get(one.line.seller_id), conversation.locale)
                    for one in shown
                ],
                "page": number,
                "pages": max(1, -(-len(fitting) // LINES_SHOWN)),
                "found": len(fitting),
                "total": len(lines),
                "available": available,
            },
        }

    answer = await in_thread(request, work)
    return response.json(answer, headers=headers, ensure_ascii=False)


@bp.post("/")
async def send(request: Request, conversation_id: str) -> HTTPResponse:
    """Send {client_id, topic, issue, way, line_id?, text?} as the customer's message → 201 {seq}; again → 200."""
    headers = opened(request, conversation_id)
    house = request.app.ctx.house
    body = body_of(request)
    client_id = client_id_of(body)
    choices: Choices = {name: text_field(body, name, limit=MAX_NAME) for name in ("topic", "issue", "way")}
    choices["line_id"] = optional_text(body, "line_id", limit=MAX_LINE_ID)
    choices["text"] = optional_words(body)
    address = client_address(request)

    def work() -> tuple[int, bool]:
        now = house.clock.now()
        limits = {MESSAGES_PER_CONVERSATION: conversation_id, MESSAGES_PER_ADDRESS: address}
        spend(house.database, limits, now)
        with house.database.read() as tx:
            before = log.accepted_choices(tx, conversation_id, client_id=client_id, choices=choices)
        if before is not None:
            return before, False  # whatever has become of the tree and the line since
        with house.database.read() as tx:
            conversation = log.get_conversation(tx, conversation_id)
        with house.shop.limited():
            leaf, line = _checked(choices, lambda: _lines_of(house, conversation))
        way, text = str(choices["way"]), choices["text"]
        with house.database.write() as tx:
            seq, new = log.accept_choices(
                tx,
                conversation_id,
                client_id=client_id,
                choices=choices,
                text=sentence(leaf, way, line=line, text=text, locale=conversation.locale),
                command=command_of(leaf, way, line=line, text=text),
                reason=leaf.reason if leaf.reason in SUBJECTS else None,
                now=now,
            )
            controller, agents = in_hands(tx, conversation_id)
        if new:
            house.take_up(conversation_id, seq, controller=controller, agents=agents)
        return seq, new

    seq, new = await in_thread(request, work)
    return response.json({"seq": seq}, status=201 if new else 200, headers=headers)


def _checked(choices: Choices, lines: Callable[[], list[views.OwnLine]]) -> tuple[Leaf, PickedLine | None]:
    """The end of the path and the line that the choices name; `lines` are looked up only when one was picked.

    Raises `Conflict` for what the tree does not have (any more), `Unknown` for a line that is not the customer's,
    `BadInput` for a line the topic is not about or for words that are missing, and `ShopUnavailable`.
    """
    topic = guide().topics.get(str(choices["topic"]))
    leaf = topic.leaf(str(choices["issue"])) if topic else None
    if topic is None or leaf is None or choices["way"] not in leaf.ways:
        raise Conflict("guide_changed")
    if leaf.needs_text and choices["text"] is None:
        raise BadInput("bad_fields", fields={"text": "text_required"})
    if choices["line_id"] is None:
        return leaf, None
    own = next((one for one in lines() if one.line.id == choices["line_id"]), None)
    if own is None:
        raise Unknown("unknown_line")
    if not topic.accepts(own.product):
        raise BadInput("bad_fields", fields={"line_id": "line_not_of_topic"})
    title = own.title.split(",")[0]  # what follows are properties
    return leaf, PickedLine(own.line.id, own.line.order_id, own.line.product_id, title)


def _lines_of(house: Any, conversation: Conversation) -> list[views.OwnLine]:
    """All order lines the conversation's customer may hear of, newest first. Raises `ShopUnavailable`."""
    with house.database.read() as tx:
        proven = log.proven_orders(tx, conversation.id)
    shop = house.shop
    customer_id = conversation.customer_id
    orders = shop.orders_of(customer_id, limit=ORDERS_LOOKED_AT) if customer_id else []
    orders += [
        order for number in sorted(proven - {order.id for order in orders}) if (order := shop.order(number))
    ]
    lines: list[OrderLine] = [line for order in orders for line in order.lines]
    product_ids = list(dict.fromkeys(line.product_id for line in lines))
    pages: dict[str, Page] = shop.pages(product_ids, conversation.locale)
    products: dict[str, Product] = shop.products(product_ids)
    known = [line for line in lines if line.product_id in products]
    return [views.OwnLine(line, products[line.product_id], pages.get(line.product_id)) for line in known]


def _fits(own: views.OwnLine, topic: Topic | None, search: str) -> bool:
    """Whether a line belongs to the topic and has every word looked for in its title or order number."""
    if topic is not None and not topic.accepts(own.product):
        return False
    looked_in = folded(f"{own.title} {own.product.brand} {own.line.order_id}")
    return all(word in looked_in for word in folded(search).split())
