"""The desk's sockets: following one conversation; hints that the queue changed. Our own pages only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from websockets.exceptions import ConnectionClosed

from bot.base.errors import Forbidden, PuenteError
from bot.conversations import log
from bot.web import follow
from bot.web.auth import same_origin, signed_in
from bot.web.context import in_thread, reader_locale, whole_number

bp = Blueprint("desk_streams", url_prefix="/api/v1/desk")

PING_SECONDS = 15.0
COALESCE_SECONDS = 0.2
"""Hints that come together are sent as one."""


@bp.websocket("/stream")
async def queue_stream(request: Request, socket: Any) -> None:
    """Frames {queue: true, conversations}: read the queue and these again; {ping}. One comes at once."""
    if await _refused(request, socket):
        return
    with request.app.ctx.house.bus.subscribe("desk") as hints, contextlib.suppress(ConnectionClosed):
        listener = asyncio.ensure_future(_until_gone(socket))
        try:
            await _send_hints(socket, hints, listener)
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await listener


@bp.websocket("/conversations/<conversation_id:str>/stream")
async def conversation_stream(request: Request, socket: Any, conversation_id: str) -> None:
    """Follow a conversation with everything staff may see. The client's first frame, within 5 s: {after}."""
    if await _refused(request, socket):
        return
    first = await follow.first_frame(socket)
    try:
        after = whole_number(first.get("after"), "after", default=0)
        await in_thread(request, _check_known, request.app.ctx.house, conversation_id)
    except PuenteError as error:
        await follow.refuse(socket, error, reader_locale(request))
        return
    await follow.run(request, socket, conversation_id, after, audience="staff")


async def _refused(request: Request, socket: Any) -> bool:
    """Whether the socket was refused: another site's page, nobody signed in, or another role."""
    try:
        if not same_origin(request):
            raise Forbidden("csrf")
        if not (await signed_in(request)).may("desk"):
            raise Forbidden("wrong_role")
    except PuenteError as error:
        await follow.refuse(socket, error, reader_locale(request))
        return True
    return False


async def _send_hints(socket: Any, hints: Any, listener: asyncio.Future[None]) -> None:
    await socket.send('{"queue": true, "conversations": []}')
    last_sent = time.monotonic()
    while not listener.done():
        changed = await _changed(hints)
        if changed is not None:
            await socket.send(json.dumps({"queue": True, "conversations": sorted(changed)}))
        elif time.monotonic() - last_sent >= PING_SECONDS:
            await socket.send('{"ping": true}')
        else:
            continue
        last_sent = time.monotonic()


async def _changed(hints: Any) -> set[str] | None:
    """The conversations named by hints that came together; None when none came for a second."""
    note = await hints.next(1.0)
    if note is None:
        return None
    changed = set()
    while note is not None:
        if note[1]:
            changed.add(str(note[1]))
        note = await hints.next(COALESCE_SECONDS)
    return changed


async def _until_gone(socket: Any) -> None:
    while await socket.recv() is not None:
        pass


def _check_known(house: Any, conversation_id: str) -> None:
    with house.database.read() as tx:
        log.get_conversation(tx, conversation_id)
