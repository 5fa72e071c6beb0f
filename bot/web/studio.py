"""The trainers' side of the contract: the inbox of unsure messages, and the examples."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.clock import isoformat
from bot.base.errors import BadInput
from bot.base.text import without_contact_data
from bot.base.texts import LOCALES
from bot.conversations import log
from bot.conversations.model import Entry
from bot.service.reasons import GROUP_OF
from bot.training import inbox
from bot.web.auth import allowed, allowed_page
from bot.web.context import body_of, in_thread, optional_text, text_field, whole_number
from bot.web.pages import page
from bot.web.studio_models import bp as models_blueprint

API = "/api/v1/studio"
MESSAGE = f"{API}/inbox/<message_id:int>"

ENTRIES_BEFORE, ENTRIES_SHOWN = 10, 20
"""How much of a conversation is shown around a message."""

_blueprint = Blueprint("studio")
bp = Blueprint.group(_blueprint, models_blueprint)


@_blueprint.get("/studio")
@allowed_page("studio")
async def studio_page(request: Request) -> HTTPResponse:
    """The studio."""
    return page(request, "studio/studio.html", domain="studio")


@_blueprint.get(f"{API}/inbox")
@allowed("studio")
async def inbox_list(request: Request) -> HTTPResponse:
    """`?language=es` → {messages, open: {es, de}}, the newest first."""
    house = request.app.ctx.house
    language = _language(request.args.get("language"))
    limit = whole_number(request.args.get("limit"), "limit", default=100, least=1, most=500)

    def work() -> dict[str, Any]:
        with house.database.read() as tx:
            messages, count = inbox.open_messages(tx, language=language, limit=limit)
        return {
            "messages": [message.as_json() for message in messages],
            "open": {one: count.get(one, 0) for one in LOCALES},
        }

    return response.json(await in_thread(request, work), ensure_ascii=False)


@_blueprint.get(f"{MESSAGE}/conversation")
@allowed("studio")
async def conversation_around(request: Request, message_id: int) -> HTTPResponse:
    """{seq, entries}: the conversation around a message, contact data masked; empty when it was erased."""
    house = request.app.ctx.house

    def work() -> dict[str, Any]:
        with house.database.read() as tx:
            message = inbox.get_message(tx, message_id)
            after = max(0, message.seq - ENTRIES_BEFORE - 1)
            entries = log.entries_after(
                tx, message.conversation_id, after, audience="staff", limit=ENTRIES_SHOWN
            )
        return {"seq": message.seq, "entries": [_shown(entry) for entry in entries]}

    return response.json(await in_thread(request, work), ensure_ascii=False)


@_blueprint.post(f"{MESSAGE}/correct")
@allowed("studio")
async def correct(request: Request, message_id: int) -> HTTPResponse:
    """{intent, text?}: what it means, in the trainer's wording if given → {file, line, text, added}."""
    house, body = request.app.ctx.house, body_of(request)
    intent, text = text_field(body, "intent", limit=80), optional_text(body, "text")
    written = await in_thread(
        request,
        inbox.correct,
        house.database,
        house.studio.examples,
        message_id,
        intent=intent,
        text=text,
        by=request.ctx.account.id,
        now=house.clock.now(),
    )
    return response.json(vars(written), ensure_ascii=False)


@_blueprint.post(f"{MESSAGE}/skip")
@allowed("studio")
async def skip(request: Request, message_id: int) -> HTTPResponse:
    """Put a message aside."""
    house = request.app.ctx.house

    def work() -> None:
        with house.database.write() as tx:
            inbox.skip(tx, message_id, by=request.ctx.account.id, now=house.clock.now())

    await in_thread(request, work)
    return response.json({})


@_blueprint.get(f"{API}/examples")
@allowed("studio")
async def examples_counted(request: Request) -> HTTPResponse:
    """{intents: [{intent, group, counts: {es, de}}]}, in the order of the fixed list."""
    counts = await in_thread(request, request.app.ctx.house.studio.examples.counts)
    intents = [
        {"intent": intent, "group": GROUP_OF.get(intent), "counts": per_language}
        for intent, per_language in counts.items()
    ]
    return response.json({"intents": intents})


@_blueprint.get(f"{API}/examples/<intent:str>")
@allowed("studio")
async def examples_of(request: Request, intent: str) -> HTTPResponse:
    """{examples: [{text, plain, language, file, line}]} of one intent."""
    found = await in_thread(request, request.app.ctx.house.studio.examples.all, intent=intent)
    return response.json(
        {"intent": intent, "examples": [vars(example) for example in found]}, ensure_ascii=False
    )


@_blueprint.post(f"{API}/examples")
@allowed("studio")
async def add_example(request: Request) -> HTTPResponse:
    """{language, intent, text}: an example in the trainer's own words → {file, line, text, added}."""
    body = body_of(request)
    written = await in_thread(
        request,
        request.app.ctx.house.studio.examples.add,
        language=text_field(body, "language", limit=2),
        intent=text_field(body, "intent", limit=80),
        text=text_field(body, "text"),
        typed_by_trainer=True,
    )
    return response.json(vars(written), status=201 if written.added else 200, ensure_ascii=False)


def _language(asked: str | None) -> str | None:
    if asked is not None and asked not in LOCALES:
        raise BadInput("bad_fields", fields={"language": "unknown_locale"})
    return asked


def _shown(entry: Entry) -> dict[str, Any]:
    """An entry as a trainer needs it: what was said, and what else happened, without contact data."""
    shown: dict[str, Any] = {
        "seq": entry.seq,
        "type": entry.type,
        "actor": entry.actor,
        "created_at": isoformat(entry.created_at),
    }
    if entry.type == "message":
        shown["text"] = without_contact_data(entry.body.get("text") or "")
        shown["buttons"] = [button["title"] for button in entry.body.get("buttons", [])]
        shown["pressed"] = "payload" in entry.body
    if entry.type == "outcome":
        shown["wishes"] = entry.body.get("wishes", [])
    return shown
