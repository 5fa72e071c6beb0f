"""From the chat: a case to the seller, a decision, and translations beside what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.base.errors import BadInput, Conflict, Unavailable
from bot.base.texts import DESK_LOCALES
from bot.cases.decide import decidable, decide_case
from bot.cases.store import get_case
from bot.cases.wording import resolution_label
from bot.conversations import log
from bot.desk import audit, store
from bot.desk.ask_seller import Asked, ask_seller, way_of
from bot.desk.model import CaseSummary
from bot.desk.translate import LibreTranslate, translated
from bot.web import desk_views as views
from bot.web.auth import allowed
from bot.web.context import (
    body_of,
    in_thread,
    optional_text,
    reader_locale,
    text_field,
    whole_number,
    words_field,
)
from bot.web.desk import API, CONVERSATION, change

bp = Blueprint("desk_cases")

CASE = f"{API}/cases/<reference:str>"


@bp.post(f"{CONVERSATION}/cases")
@allowed("desk")
async def open_(request: Request, conversation_id: str) -> HTTPResponse:
    """Ask the seller: {order_id, line_id, reason, text} → 201 {route: case|seller_messages, reference?}."""
    body, agent, house = body_of(request), request.ctx.account, request.app.ctx.house
    order_id, line_id = text_field(body, "order_id", limit=40), text_field(body, "line_id", limit=60)
    reason, text = text_field(body, "reason", limit=40), words_field(body, limit=2000)
    way = await in_thread(request, way_of, house.shop, order_id, line_id, reason, now=house.clock.now())

    def do(tx: Connection, now: datetime) -> Asked:
        return ask_seller(tx, conversation_id, way, agent=agent, reason=reason, text=text, now=now)

    asked = await change(request, conversation_id, do)
    return response.json({"route": asked.route, "reference": asked.reference}, status=201)


@bp.get(f"{CASE}/resolutions")
@allowed("desk")
async def resolutions(request: Request, reference: str) -> HTTPResponse:
    """How a case whose time is over may end: {resolutions: [{name, label, needs}], now_stands}."""
    house, locale = request.app.ctx.house, reader_locale(request)

    def work() -> dict[str, Any]:
        with house.database.read() as tx:
            case, offered = decidable(tx, reference, now=house.clock.now())
        shown = [
            {"name": one.name, "label": resolution_label(one.name, locale), "needs": list(one.needs)}
            for one in offered
        ]
        stands = resolution_label(case.resolution, locale) if case.resolution else None
        return {"reference": reference, "now_stands": stands, "resolutions": shown}

    return response.json(await in_thread(request, work), ensure_ascii=False)


@bp.post(f"{CASE}/decide")
@allowed("desk")
async def decide(request: Request, reference: str) -> HTTPResponse:
    """Decide: {resolution, amount_cents?, date?}. Customer and seller are told. By who holds the chat."""
    body, agent, house = body_of(request), request.ctx.account, request.app.ctx.house
    resolution, day = text_field(body, "resolution", limit=40), optional_text(body, "date", limit=10)
    amount = (
        whole_number(body["amount_cents"], "amount_cents") if body.get("amount_cents") is not None else None
    )

    def find() -> str:
        with house.database.read() as tx:
            return get_case(tx, reference).conversation_id

    conversation_id = await in_thread(request, find)

    def do(tx: Connection, now: datetime) -> None:
        conversation = log.get_conversation(tx, conversation_id)
        if conversation.controller != "agent" or conversation.agent_id != agent.id:
            raise Conflict("not_yours")
        decide_case(
            tx, reference, account_id=agent.id, resolution=resolution, amount_cents=amount, date=day, now=now
        )
        audit.note(
            tx, "case_decided", now=now, conversation_id=conversation_id, by=agent.id, resolution=resolution
        )

    def summary() -> CaseSummary:
        with house.database.read() as tx:
            return next(one for one in store.cases_of(tx, [conversation_id]) if one.reference == reference)

    await change(request, conversation_id, do)
    found = await in_thread(request, summary)
    return response.json(views.case_json(found, views.Words(reader_locale(request))), ensure_ascii=False)


@bp.post(f"{CONVERSATION}/translations")
@allowed("desk")
async def translations(request: Request, conversation_id: str) -> HTTPResponse:
    """{seqs, to} → {translations: {seq: text}}; 503 without a translator. The originals stay as they are."""
    body, house = body_of(request), request.app.ctx.house
    seqs, to = body.get("seqs"), _language(body)
    if not isinstance(seqs, list):
        raise BadInput("bad_fields", fields={"seqs": "list_required"})
    numbers = [whole_number(seq, "seqs") for seq in seqs]
    translate = _translator(request)
    found = await in_thread(
        request,
        translated,
        house.database,
        translate,
        conversation_id,
        numbers,
        target=to,
        now=house.clock.now(),
    )
    return response.json(
        {"translations": {str(seq): text for seq, text in found.items()}}, ensure_ascii=False
    )


@bp.post(f"{API}/translate")
@allowed("desk")
async def translate_draft(request: Request) -> HTTPResponse:
    """{text, from, to} → {text}: what an agent is about to write, to be read before it is sent. Nothing is kept."""
    body = body_of(request)
    text, to, source = text_field(body, "text"), _language(body), _language(body, "from")
    (found,) = await in_thread(request, _translator(request), [text], source, to)
    return response.json({"text": found}, ensure_ascii=False)


def _translator(request: Request) -> LibreTranslate:
    house = request.app.ctx.house
    if house.translator is None:
        raise Unavailable("no_translator")
    translator: LibreTranslate = house.translator
    return translator


def _language(body: dict[str, Any], name: str = "to") -> str:
    language = body.get(name)
    if language not in DESK_LOCALES:
        raise BadInput("bad_fields", fields={name: "unknown_locale"})
    return str(language)
