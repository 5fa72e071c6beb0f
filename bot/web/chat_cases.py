"""A customer's own cases in the chat: see them, add to them, withdraw them, object to how they ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.base.texts import catalogue
from bot.cases import customer
from bot.cases.customer import CustomersCase
from bot.cases.wording import resolution_label
from bot.conversations import log
from bot.storage.limits import spend
from bot.web.chat import MESSAGES_PER_CONVERSATION, files_of, opened
from bot.web.context import body_of, client_id_of, in_thread, words_field

bp = Blueprint("chat_cases", url_prefix="/api/v1/conversations/<conversation_id:str>/cases")

Change = Callable[..., tuple[int, bool]]


@bp.get("/")
async def cases(request: Request, conversation_id: str) -> HTTPResponse:
    """The customer's cases, newest first, with what may be done with each."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)

    def work() -> list[dict[str, Any]]:
        with house.database.read() as tx:
            found = log.get_conversation(tx, conversation_id)
            mine = customer.cases_of_customer(
                tx, conversation_id, found.customer_id, locale=found.locale, now=house.clock.now()
            )
        return [_as_json(one, found.locale) for one in mine]

    return response.json({"cases": await in_thread(request, work)}, headers=headers, ensure_ascii=False)


@bp.post("/<reference:str>/facts")
async def add(request: Request, conversation_id: str, reference: str) -> HTTPResponse:
    """Add to an open case: {client_id, text, attachments?} → 201 {seq}; the same again → 200."""
    body = body_of(request)
    values = {"text": words_field(body), "files": files_of(body)}
    return await _change(request, conversation_id, reference, body, customer.add_facts, **values)


@bp.post("/<reference:str>/withdraw")
async def withdraw(request: Request, conversation_id: str, reference: str) -> HTTPResponse:
    """Withdraw an open case: {client_id} → 201 {seq}; the same again → 200."""
    return await _change(request, conversation_id, reference, body_of(request), customer.withdraw)


@bp.post("/<reference:str>/object")
async def object_(request: Request, conversation_id: str, reference: str) -> HTTPResponse:
    """Object to how a case ended: {client_id, text, attachments?} → 201 {seq}; a person looks at it."""
    body = body_of(request)
    values = {"text": words_field(body), "files": files_of(body)}
    return await _change(request, conversation_id, reference, body, customer.object_to_end, **values)


async def _change(
    request: Request,
    conversation_id: str,
    reference: str,
    body: dict[str, Any],
    change: Change,
    **values: Any,
) -> HTTPResponse:
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    client_id = client_id_of(body)

    def work() -> tuple[int, bool]:
        now: datetime = house.clock.now()
        spend(house.database, {MESSAGES_PER_CONVERSATION: conversation_id}, now)
        with house.database.write() as tx:
            seq, new = change(
                tx,
                reference,
                conversation_id=conversation_id,
                customer_id=_customer(tx, conversation_id),
                client_id=client_id,
                now=now,
                **values,
            )
            touched = {conversation_id, customer.conversation_of(tx, reference)}
        for one in touched:
            house.bus.publish(f"conversation:{one}", seq)
        house.bus.publish("desk")
        return seq, new

    seq, new = await in_thread(request, work)
    return response.json({"seq": seq}, status=201 if new else 200, headers=headers)


def _customer(tx: Connection, conversation_id: str) -> str | None:
    return log.get_conversation(tx, conversation_id).customer_id


def _as_json(one: CustomersCase, locale: str) -> dict[str, Any]:
    case = one.case
    resolution = resolution_label(case.resolution, locale) if case.resolution and case.told_at else None
    return {
        "reference": case.reference,
        "state": case.state,
        "matter": catalogue("reasons", locale).get(case.reason, case.reason),
        "product": one.title,
        "opened_at": isoformat(case.opened_at),
        "promised_by": isoformat(case.promised_by),
        "told": case.told_at is not None,
        "resolution": resolution,
        "objected": one.objected,
        "steps": list(one.steps),
    }
