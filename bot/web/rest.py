"""Rasa's REST webhook: off without PUENTE_REST_TOKEN. Senders live in a namespace of their own, never signed in."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import BadToken, Unknown
from bot.conversations import buttons, log
from bot.web.auth import bearer_token
from bot.web.context import body_of, in_thread, text_field

bp = Blueprint("rest")


@bp.post("/webhooks/rest/webhook")
async def webhook(request: Request) -> HTTPResponse:
    """{sender, message} → [{recipient_id, text, buttons?}], answered when the turn is committed.

    A button's payload is accepted as the message; everything else is text.
    """
    house = request.app.ctx.house
    token = house.settings.rest_token
    if not token:
        raise Unknown("unknown_page")
    if not hmac.compare_digest((bearer_token(request) or "").encode(), token.encode()):
        raise BadToken("bad_token")
    body = body_of(request)
    sender, message = text_field(body, "sender", limit=200), text_field(body, "message")
    replies = await in_thread(request, _answer, house, sender, message)
    return response.json([{"recipient_id": sender, **reply} for reply in replies], ensure_ascii=False)


def _answer(house: Any, sender: str, message: str) -> list[dict[str, Any]]:
    conversation_id = "r" + hashlib.sha256(sender.encode()).hexdigest()[:31]
    now = house.clock.now()
    with house.database.write() as tx:
        if not log.exists(tx, conversation_id):
            log.start_conversation(
                tx, locale="es", now=now, namespace="rest", conversation_id=conversation_id
            )
        pressed = buttons.is_issued(tx, conversation_id, message)
        seq, _new = log.accept_message(
            tx,
            conversation_id,
            client_id=uuid.uuid4().hex,
            text=None if pressed else message,
            payload=message if pressed else None,
            now=now,
        )
    house.turns.run(conversation_id)
    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, seq, audience="all")
    return [
        {
            "text": entry.body["text"],
            **({"buttons": entry.body["buttons"]} if "buttons" in entry.body else {}),
        }
        for entry in entries
        if entry.type == "message" and entry.actor == "bot"
    ]
