"""The customer's side of the contract: conversations, messages, events, signals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.accounts.tokens import SignedInCustomer
from bot.base.errors import BadInput, BadToken
from bot.base.texts import LOCALES
from bot.conversations import log
from bot.conversations.control import sign_in_customer
from bot.conversations.model import Conversation
from bot.conversations.visits import note_seen
from bot.storage.limits import Limit, limited
from bot.web import follow
from bot.web.auth import bearer_token, client_address
from bot.web.context import (
    body_of,
    client_id_of,
    in_thread,
    reader_locale,
    text_field,
    true_or_false,
    whole_number,
)

bp = Blueprint("chat", url_prefix="/api/v1/conversations")

STARTS_PER_ADDRESS = Limit("start", 60, timedelta(minutes=10))
MESSAGES_PER_CONVERSATION = Limit("message", 40, timedelta(minutes=1))
MESSAGES_PER_ADDRESS = Limit("message-address", 600, timedelta(minutes=1))


@bp.post("/")
async def start(request: Request) -> HTTPResponse:
    """Start a conversation: {locale?, customer_token?, context?} → 201 {conversation_id, token, locale, last_seq}."""
    house = request.app.ctx.house
    body = body_of(request)
    customer = _customer(house, body)
    locale = _asked_locale(body) or (customer.locale if customer and customer.locale in LOCALES else None)
    context = _context(body)
    limits = {STARTS_PER_ADDRESS: client_address(request)}

    def work() -> Any:
        now = house.clock.now()
        with limited(house.database, limits, now) as tx:
            return log.start_conversation(
                tx,
                locale=locale or reader_locale(request),
                now=now,
                customer_id=customer.id if customer else None,
                customer_name=customer.name if customer else None,
                context=context,
            )

    conversation = await in_thread(request, work)
    answer = {
        "conversation_id": conversation.id,
        "token": house.tokens.for_conversation(conversation.id),
        "locale": conversation.locale,
        "last_seq": conversation.last_seq,
    }
    return response.json(answer, status=201)


@bp.put("/<conversation_id:str>/customer")
async def sign_in(request: Request, conversation_id: str) -> HTTPResponse:
    """Sign in during a chat: {customer_token} → {customer_id}; never to another customer (409)."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    customer = house.tokens.customer(text_field(body_of(request), "customer_token"))

    def work() -> None:
        with house.database.write() as tx:
            sign_in_customer(tx, conversation_id, customer_id=customer.id, name=customer.name)

    await in_thread(request, work)
    return response.json({"customer_id": customer.id}, headers=headers)


@bp.post("/<conversation_id:str>/messages")
async def send(request: Request, conversation_id: str) -> HTTPResponse:
    """Send {client_id, text | payload, attachments?} → 201 {seq}; the same again → 200 {seq}; other content → 409."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    body = body_of(request)
    client_id = client_id_of(body)
    files = files_of(body)
    if ("text" in body and "payload" in body) or not (files or "text" in body or "payload" in body):
        raise BadInput("bad_fields", fields={"text": "text_or_payload"})
    text = text_field(body, "text") if "text" in body else None
    payload = text_field(body, "payload", limit=64) if "payload" in body else None
    address = client_address(request)

    def work() -> tuple[int, bool]:
        limits = {MESSAGES_PER_CONVERSATION: conversation_id, MESSAGES_PER_ADDRESS: address}
        return house.accept(
            conversation_id, client_id=client_id, text=text, payload=payload, files=files, limits=limits
        )

    seq, new = await in_thread(request, work)
    return response.json({"seq": seq}, status=201 if new else 200, headers=headers)


@bp.get("/<conversation_id:str>/events")
async def events(request: Request, conversation_id: str) -> HTTPResponse:
    """What comes after `?after=SEQ`, waiting up to `?wait=` seconds (0–25) for something to come."""
    headers = opened(request, conversation_id)
    after = whole_number(request.args.get("after"), "after", default=0)
    wait = whole_number(request.args.get("wait"), "wait", default=0, most=25)
    await in_thread(request, known, request.app.ctx.house, conversation_id)
    batch = await follow.next_batch(request, conversation_id, after, audience="all", wait=wait)
    return response.json(batch, headers=headers)


@bp.websocket("/<conversation_id:str>/stream")
async def stream(request: Request, socket: Any, conversation_id: str) -> None:
    """Follow a conversation. The client's first frame, within 5 s: {token, after}."""
    first = await follow.first_frame(socket)
    house = request.app.ctx.house
    try:
        house.tokens.check_conversation(str(first.get("token", "")), conversation_id)
        after = whole_number(first.get("after"), "after", default=0)
    except (BadToken, BadInput) as error:
        await follow.refuse(socket, error, reader_locale(request))
        return
    await follow.run(request, socket, conversation_id, after, audience="all")


@bp.post("/<conversation_id:str>/signals")
async def signal(request: Request, conversation_id: str) -> HTTPResponse:
    """Tell others {typing: true|false} or {seen: SEQ}: best effort; what was seen decides whether a mail is needed."""
    headers = opened(request, conversation_id)
    body = body_of(request)
    note: dict[str, Any] = {}
    if "typing" in body:
        note["typing"] = "customer" if true_or_false(body["typing"], "typing") else ""
    if "seen" in body:
        note["seen"] = whole_number(body["seen"], "seen")
    if not note:
        raise BadInput("bad_fields", fields={"typing": "signal_required"})
    house = request.app.ctx.house
    house.bus.publish(f"signals:{conversation_id}", {**note, "from": "customer"})
    if "seen" in note:
        await in_thread(request, _note_seen, house, conversation_id, note["seen"])
    return response.json({}, headers=headers)


def opened(request: Request, conversation_id: str) -> dict[str, str]:
    """Check the conversation's token; the headers of the answer carry a fresh one when it is ageing."""
    token = bearer_token(request)
    if token is None:
        raise BadToken("bad_token")
    fresh = request.app.ctx.house.tokens.check_conversation(token, conversation_id)
    request.ctx.conversation_id = conversation_id
    return {"x-puente-token": fresh} if fresh else {}


def known(house: Any, conversation_id: str) -> Conversation:
    """The conversation; raises `Unknown` for one that was erased: its token still reads well."""
    with house.database.read() as tx:
        return log.get_living(tx, conversation_id)


def files_of(body: dict[str, Any]) -> list[str]:
    """The ids of files that were uploaded before and come with a message; raises `BadInput`."""
    given = body.get("attachments")
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(item, str) and len(item) <= 32 for item in given):
        raise BadInput("bad_fields", fields={"attachments": "list_required"})
    return given


def _note_seen(house: Any, conversation_id: str, seq: int) -> None:
    with house.database.write() as tx:
        found = log.get_living(tx, conversation_id)
        note_seen(tx, conversation_id, min(seq, found.last_seq), now=house.clock.now())


def _customer(house: Any, body: dict[str, Any]) -> SignedInCustomer | None:
    if body.get("customer_token") is None:
        return None
    customer: SignedInCustomer = house.tokens.customer(text_field(body, "customer_token"))
    return customer


def _asked_locale(body: dict[str, Any]) -> str | None:
    locale = body.get("locale")
    if locale is not None and locale not in LOCALES:
        raise BadInput("bad_fields", fields={"locale": "unknown_locale"})
    return locale


def _context(body: dict[str, Any]) -> dict[str, str]:
    given = body.get("context")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInput("bad_fields", fields={"context": "object_required"})
    return {
        name: text_field(given, name, limit=300)
        for name in ("page", "product_id", "order_id")
        if given.get(name) not in (None, "")
    }
