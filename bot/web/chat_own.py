"""What is the customer's own in the chat: transcript, address for mail, waiting, data, erasing, the way back from a mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import BadInput, Conflict
from bot.base.text import is_mail_address
from bot.conversations import log
from bot.conversations.model import Conversation
from bot.conversations.transcript import transcript
from bot.desk import letters, waiting
from bot.desk.places import service_json
from bot.desk.unseen import known_address
from bot.privacy import conversations_of_customer, erase_conversations, own_data
from bot.service.contact_ways import contact_ways
from bot.storage.limits import Limit, spend
from bot.web.auth import client_address
from bot.web.chat import known, opened
from bot.web.context import body_of, in_thread, text_field

bp = Blueprint("chat_own", url_prefix="/api/v1/conversations")

RETURNS_PER_ADDRESS = Limit("way-back", 60, timedelta(minutes=10))
MAILS_PER_CONVERSATION = Limit("own-mail", 5, timedelta(hours=1))
MAILS_PER_ADDRESS = Limit("own-mail-address", 20, timedelta(hours=1))
OURS = "/<conversation_id:str>"


@bp.post("/return")
async def come_back(request: Request) -> HTTPResponse:
    """{key} of a mail's link → the conversation with a fresh token, as when it was started."""
    house = request.app.ctx.house
    key = text_field(body_of(request), "key", limit=300)
    now = house.clock.now()
    await in_thread(request, spend, house.database, {RETURNS_PER_ADDRESS: client_address(request)}, now)
    conversation_id = house.tokens.check_return(key)
    found = await in_thread(request, known, house, conversation_id)
    answer = {
        "conversation_id": found.id,
        "token": house.tokens.for_conversation(found.id),
        "locale": found.locale,
        "last_seq": found.last_seq,
    }
    return response.json(answer)


@bp.get(f"{OURS}/waiting")
async def wait(request: Request, conversation_id: str) -> HTTPResponse:
    """Whether somebody is there, and of a conversation in the queue its place and time."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)

    def work() -> waiting.Waiting:
        with house.database.read() as tx:
            return waiting.waiting_of(
                tx,
                conversation_id,
                rules=contact_ways().calls,
                now=house.clock.now(),
                elsewhere=bool(house.settings.bridge_url),
            )

    found = await in_thread(request, work)
    answer = {
        "position": found.position,
        "eta_minutes": found.eta_minutes,
        **service_json(found.service),
        "has_address": found.has_address,
    }
    return response.json(answer, headers=headers)


@bp.put(f"{OURS}/mail")
async def leave_address(request: Request, conversation_id: str) -> HTTPResponse:
    """{address}: answers of our people come there too, as well as into the chat. Said in the chat."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    address = _address(body_of(request))
    await in_thread(request, _spend_mail, house, conversation_id, client_address(request))

    def work() -> int:
        with house.database.write() as tx:
            return letters.leave_address(tx, conversation_id, address=address, now=house.clock.now())

    house.bus.publish(f"conversation:{conversation_id}", await in_thread(request, work))
    return response.json({}, headers=headers)


@bp.get(f"{OURS}/transcript")
async def read_transcript(request: Request, conversation_id: str) -> HTTPResponse:
    """The conversation as plain text, to be saved."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)

    def work() -> str:
        with house.database.read() as tx:
            return transcript(tx, conversation_id)

    text = await in_thread(request, work)
    headers["content-disposition"] = 'attachment; filename="chat.txt"'
    return response.text(text, headers=headers)


@bp.post(f"{OURS}/transcript")
async def mail_transcript(request: Request, conversation_id: str) -> HTTPResponse:
    """{address?}: the conversation by mail, to the address given or the one we know → 202 {}."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    body = body_of(request)
    given = _address(body) if body.get("address") else None
    await in_thread(request, _spend_mail, house, conversation_id, client_address(request))

    def work() -> None:
        with house.database.write() as tx:
            found = log.get_living(tx, conversation_id)
            address = given or known_address(tx, found)
            if address is None:
                raise BadInput("bad_fields", fields={"address": "mail_address_needed"})
            text = transcript(tx, conversation_id)
            letters.mail_transcript(tx, found, address=address, text=text, now=house.clock.now())

    await in_thread(request, work)
    return response.json({}, status=202, headers=headers)


@bp.post(f"{OURS}/data")
async def data(request: Request, conversation_id: str) -> HTTPResponse:
    """{customer_token?}: what is kept, of this conversation, or with the shop's token of all of the customer's."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    customer_id = _customer_id(request)

    def work() -> list[dict[str, Any]]:
        with house.database.read() as tx:
            return own_data(tx, _whose(tx, conversation_id, customer_id))

    headers["content-disposition"] = 'attachment; filename="puente-data.json"'
    answer = {"conversations": await in_thread(request, work)}
    return response.json(answer, headers=headers, ensure_ascii=False)


@bp.post(f"{OURS}/erase")
async def erase(request: Request, conversation_id: str) -> HTTPResponse:
    """{customer_token?}: erase what is kept, as far as `data` shows it → {erased: how many conversations}."""
    house = request.app.ctx.house
    opened(request, conversation_id)
    customer_id = _customer_id(request)

    def work() -> list[str]:
        with house.database.write() as tx:
            ids = _whose(tx, conversation_id, customer_id)
            subject = customer_id or conversation_id
            erased = erase_conversations(tx, ids, subject=subject, by="customer", now=house.clock.now())
        house.vault.remove(erased.files)
        return ids

    ids = await in_thread(request, work)
    for one in ids:
        house.bus.publish(f"conversation:{one}")
    house.bus.publish("desk")
    return response.json({"erased": len(ids)})


def _whose(tx: Any, conversation_id: str, customer_id: str | None) -> list[str]:
    """This conversation, or all of the customer whom the shop names: then it has to be one of theirs."""
    found: Conversation = log.get_living(tx, conversation_id)
    if customer_id is None:
        return [conversation_id]
    if found.customer_id != customer_id:
        raise Conflict("other_customer")
    return conversations_of_customer(tx, customer_id)


def _customer_id(request: Request) -> str | None:
    body = body_of(request)
    if body.get("customer_token") is None:
        return None
    token = text_field(body, "customer_token")
    return str(request.app.ctx.house.tokens.customer(token).id)


def _address(body: dict[str, Any]) -> str:
    address = text_field(body, "address", limit=254)
    if not is_mail_address(address):
        raise BadInput("bad_fields", fields={"address": "mail_address_needed"})
    return address


def _spend_mail(house: Any, conversation_id: str, address: str) -> None:
    limits = {MAILS_PER_CONVERSATION: conversation_id, MAILS_PER_ADDRESS: address}
    spend(house.database, limits, house.clock.now())
