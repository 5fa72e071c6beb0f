"""Following a conversation: "give me what comes after N", by long poll or by socket, for customers and staff."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any

from sanic.request import Request
from websockets.exceptions import ConnectionClosed

from bot.base.errors import PuenteError
from bot.conversations import log
from bot.conversations.model import Audience
from bot.web.context import in_thread

FIRST_FRAME_SECONDS = 5
PING_SECONDS = 15
POLL_SECONDS = 5.0
"""A lost hint is repaired by reading the log this often."""

BATCH = 200
PING = CLIENT_PING = '{"ping": true}'
LEAST_BETWEEN_PINGS = 0.2
"""Seconds: more pings than that of one client are not answered."""


async def next_batch(
    request: Request, conversation_id: str, after: int, *, audience: Audience, wait: float
) -> dict[str, Any]:
    """Entries after `after`; when there are none, those that come within `wait` seconds."""
    deadline = time.monotonic() + wait
    with request.app.ctx.house.bus.subscribe(f"conversation:{conversation_id}") as hints:
        while True:
            batch = await in_thread(request, _read, request.app.ctx.house, conversation_id, after, audience)
            left = deadline - time.monotonic()
            if batch["events"] or left <= 0:
                return batch
            await hints.next(min(left, POLL_SECONDS))


async def run(request: Request, socket: Any, conversation_id: str, after: int, *, audience: Audience) -> None:
    """Send frames {events, last_seq}, {signal} and {ping} until the client goes away."""
    topics = (f"conversation:{conversation_id}", f"signals:{conversation_id}")
    listener = asyncio.ensure_future(_drain(socket))
    try:
        with request.app.ctx.house.bus.subscribe(*topics) as hints:
            await _send_all(request, socket, hints, conversation_id, after, audience, listener)
    except ConnectionClosed:
        pass
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await listener


async def _send_all(
    request: Request,
    socket: Any,
    hints: Any,
    conversation_id: str,
    after: int,
    audience: Audience,
    listener: Any,
) -> None:
    last_sent = time.monotonic()
    first = True
    while not listener.done():
        batch = await in_thread(request, _read, request.app.ctx.house, conversation_id, after, audience)
        if batch["events"] or first:
            await socket.send(json.dumps(batch, ensure_ascii=False))
            after, last_sent, first = batch["last_seq"], time.monotonic(), False
        if len(batch["events"]) == BATCH:
            continue
        note = await hints.next(POLL_SECONDS)
        while note is not None and note[0].startswith("signals:"):
            await socket.send(json.dumps({"signal": note[1]}))
            note = await hints.next(0.001)
        if time.monotonic() - last_sent >= PING_SECONDS:
            await socket.send(PING)
            last_sent = time.monotonic()


async def first_frame(socket: Any) -> dict[str, Any]:
    """The client's first frame; {} when none comes in time or it is no JSON object."""
    with contextlib.suppress(ValueError, TypeError, asyncio.TimeoutError):
        frame = await asyncio.wait_for(socket.recv(), FIRST_FRAME_SECONDS)
        found = json.loads(frame)
        return found if isinstance(found, dict) else {}
    return {}


async def refuse(socket: Any, error: PuenteError, locale: str) -> None:
    """Tell the client why, then close."""
    await socket.send(json.dumps(error.as_body(locale), ensure_ascii=False))
    await socket.close(code=4000 + error.status, reason=error.code)


async def _drain(socket: Any) -> None:
    """Answer each {ping} of the client, so that it notices a dead line; an end of the socket ends the stream."""
    answered = 0.0
    while (frame := await socket.recv()) is not None:
        if frame == CLIENT_PING and time.monotonic() - answered >= LEAST_BETWEEN_PINGS:
            answered = time.monotonic()
            await socket.send(PING)


def _read(house: Any, conversation_id: str, after: int, audience: Audience) -> dict[str, Any]:
    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, after, audience=audience, limit=BATCH)
        last_seq = entries[-1].seq if entries else max(after, 0)
    return {"events": [entry.as_json() for entry in entries], "last_seq": last_seq}
