"""What a desk the shop has already may do here: every request signed with the bridge's secret. See docs/bridge.md."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.accounts.model import Account
from bot.base.errors import BadInput, BadToken, Unknown
from bot.base.signature import HEADER, is_signed
from bot.conversations import log
from bot.desk import bridge, work
from bot.web.auth import Handler
from bot.web.context import (
    body_of,
    client_id_of,
    in_thread,
    text_field,
    true_or_false,
    whole_number,
    words_field,
)
from bot.web.desk import NOTE_CHARACTERS, change

bp = Blueprint("bridge", url_prefix="/api/v1/bridge")

CONVERSATION = "/conversations/<conversation_id:str>"
MOST_EVENTS = 200


def signed(handler: Handler) -> Handler:
    """A route of the bridge: 404 where none is set up, 401 for what is not signed, or signed too long ago."""

    @functools.wraps(handler)
    async def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
        house = request.app.ctx.house
        secret = house.settings.bridge_secret
        if not secret:
            raise Unknown("unknown_page")
        path = request.path + (f"?{request.query_string}" if request.query_string else "")
        given = request.headers.get(HEADER, "")
        if not is_signed(secret, given, request.method, path, request.body, at=house.clock.unshifted()):
            raise BadToken("bad_signature")
        return await handler(request, *args, **kwargs)

    return guarded


@bp.get(CONVERSATION)
@signed
async def conversation(request: Request, conversation_id: str) -> HTTPResponse:
    """`?after=SEQ` → {conversation, package, events, last_seq}: what a lost webhook would have said."""
    house = request.app.ctx.house
    after = whole_number(request.args.get("after"), "after", default=0)

    def work_() -> dict[str, Any]:
        with house.database.read() as tx:
            found = log.get_conversation(tx, conversation_id)
            entries = log.entries_after(tx, conversation_id, after, audience="staff", limit=MOST_EVENTS)
            return {
                "conversation": bridge.conversation_json(tx, found),
                "package": bridge.package_json(tx, found),
                "events": [entry.as_json() for entry in entries],
                "last_seq": entries[-1].seq if entries else after,
            }

    return response.json(await in_thread(request, work_), ensure_ascii=False)


@bp.post(f"{CONVERSATION}/messages")
@signed
async def send(request: Request, conversation_id: str) -> HTTPResponse:
    """An agent's reply: {client_id, text, agent: {name}} → 201 {seq}. It takes the chat, if nobody else has it."""
    body = body_of(request)
    client_id, text, name = client_id_of(body), words_field(body), _agent(body)

    def do(tx: Connection, now: datetime) -> tuple[int, bool]:
        agent = _claimed(tx, conversation_id, name, now)
        return work.reply(
            tx,
            conversation_id,
            agent=agent,
            client_id=client_id,
            text=text,
            conveys=None,
            named=True,
            now=now,
        )

    seq, new = await change(request, conversation_id, do)
    return response.json({"seq": seq}, status=201 if new else 200)


@bp.post(f"{CONVERSATION}/claim")
@signed
async def claim(request: Request, conversation_id: str) -> HTTPResponse:
    """Take the chat for {agent: {name}}: the bot is silent from now on. 409 when an agent of ours has it."""
    name = _agent(body_of(request))
    await change(request, conversation_id, lambda tx, now: _claimed(tx, conversation_id, name, now))
    return response.json({"controller": "agent", "agent": name.split()[0]}, ensure_ascii=False)


@bp.post(f"{CONVERSATION}/release")
@signed
async def release(request: Request, conversation_id: str) -> HTTPResponse:
    """Give back: {to: bot|queue, seen?}. With `seen`, 409 when the customer wrote after that entry."""
    body = body_of(request)
    to, seen = body.get("to"), _seen(body)
    if to not in ("bot", "queue"):
        raise BadInput("bad_fields", fields={"to": "bot_or_queue"})

    def do(tx: Connection, now: datetime) -> None:
        agent = bridge.account_for(tx, "Bridge", now=now)
        work.give_back(tx, conversation_id, agent=agent, to=to, seen=seen, now=now)

    await change(request, conversation_id, do)
    return response.json({"controller": to})


@bp.post(f"{CONVERSATION}/close")
@signed
async def close(request: Request, conversation_id: str) -> HTTPResponse:
    """Close: {seen?}. The customer is asked whether it was solved."""
    seen = _seen(body_of(request) if request.body else {})

    def do(tx: Connection, now: datetime) -> None:
        work.close(tx, conversation_id, agent=bridge.account_for(tx, "Bridge", now=now), seen=seen, now=now)

    await change(request, conversation_id, do)
    return response.json({"controller": "closed"})


@bp.post(f"{CONVERSATION}/notes")
@signed
async def add_note(request: Request, conversation_id: str) -> HTTPResponse:
    """A private note for whoever has the chat next: {text} → 201."""
    text = words_field(body_of(request), limit=NOTE_CHARACTERS)

    def do(tx: Connection, now: datetime) -> None:
        agent = bridge.account_for(tx, "Bridge", now=now)
        work.add_note(tx, conversation_id, agent=agent, text=text, now=now)

    await change(request, conversation_id, do)
    return response.json({}, status=201)


@bp.post(f"{CONVERSATION}/typing")
@signed
async def typing(request: Request, conversation_id: str) -> HTTPResponse:
    """{typing, agent: {name}}: the customer sees that somebody writes; counts only from who holds the chat."""
    body, house = body_of(request), request.app.ctx.house
    on, name = true_or_false(body.get("typing"), "typing"), _agent(body)

    def holds() -> bool:
        with house.database.read() as tx:
            return bridge.holds(tx, log.get_conversation(tx, conversation_id))

    if await in_thread(request, holds):
        signal = {"typing": name.split()[0] if on else "", "from": "agent"}
        house.bus.publish(f"signals:{conversation_id}", signal)
    return response.json({})


def _claimed(tx: Connection, conversation_id: str, name: str, now: datetime) -> Account:
    agent = bridge.account_for(tx, name, now=now)
    work.claim(tx, conversation_id, agent=agent, now=now)
    return agent


def _agent(body: dict[str, Any]) -> str:
    given = body.get("agent")
    if not isinstance(given, dict):
        raise BadInput("bad_fields", fields={"agent": "object_required"})
    return text_field(given, "name", limit=120)


def _seen(body: dict[str, Any]) -> int | None:
    return whole_number(body["seen"], "seen", default=0) if body.get("seen") is not None else None
