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
"""How often a long poll reads the log again."""

READ_AGAIN_SECONDS = 60.0
"""A socket reads the log again this often; lost hints are repaired for all sockets together (`bot.desk.keeper`)."""

VIEWING_SECONDS = 25.0
"""So often at most colleagues hear that somebody still looks at the same chat; told when a ping is due, too."""

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


async def run(
    request: Request,
    socket: Any,
    conversation_id: str,
    after: int,
    *,
    audience: Audience,
    viewer: dict[str, Any] | None = None,
) -> None:
    """Send frames {events, last_seq}, {signal} and {ping} until the client goes away.

    `viewer` {id, name} is an agent who looks: others who look at the same chat are told, as {staff: {id, name, doing}}.
    """
    topics = [f"conversation:{conversation_id}", f"signals:{conversation_id}"]
    topics.append(f"waiting:{conversation_id}" if viewer is None else f"staff:{conversation_id}")
    listener = asyncio.ensure_future(_drain(socket))
    try:
        with request.app.ctx.house.bus.subscribe(*topics) as hints:
            listener.add_done_callback(hints.wake)
            await _send_all(request, socket, hints, conversation_id, after, audience, viewer, listener)
    except ConnectionClosed:
        pass
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await listener
        if viewer is not None:
            _tell_viewers(request, conversation_id, viewer, "left")


async def _send_all(
    request: Request,
    socket: Any,
    hints: Any,
    conversation_id: str,
    after: int,
    audience: Audience,
    viewer: dict[str, Any] | None,
    listener: Any,
) -> None:
    last_sent = time.monotonic()
    told_at = float("-inf")
    first = True
    while not listener.done():
        if viewer is not None and time.monotonic() - told_at >= VIEWING_SECONDS:
            _tell_viewers(request, conversation_id, viewer, "viewing", hello=first)
            told_at = time.monotonic()
        batch = await in_thread(request, _read, request.app.ctx.house, conversation_id, after, audience)
        if batch["events"] or first:
            await socket.send(json.dumps(batch, ensure_ascii=False))
            after, last_sent, first = batch["last_seq"], time.monotonic(), False
        if len(batch["events"]) == BATCH:
            continue
        again = time.monotonic() + READ_AGAIN_SECONDS
        while not listener.done() and time.monotonic() < again:
            due = min(again, last_sent + PING_SECONDS)
            note = await hints.next(max(0.0, due - time.monotonic()))
            if note is not None and note[0].startswith("conversation:"):
                if note[1] is None or note[1] > after:
                    break
            elif note is not None and await _pass_on(socket, note, viewer):
                _tell_viewers(request, conversation_id, viewer, "viewing")
            if time.monotonic() - last_sent >= PING_SECONDS:
                await socket.send(PING)
                last_sent = time.monotonic()
            if viewer is not None and time.monotonic() - told_at >= VIEWING_SECONDS:
                _tell_viewers(request, conversation_id, viewer, "viewing")
                told_at = time.monotonic()


async def _pass_on(socket: Any, note: tuple[str, Any], viewer: dict[str, Any] | None) -> bool:
    """A signal of the other side; the place in the queue; what a colleague does, but not what one does oneself.

    Returns whether it was a colleague who has just come, and wants to know who else is here.
    """
    topic, content = note
    if topic.startswith("signals:"):
        await socket.send(json.dumps({"signal": content}))
    elif topic.startswith("waiting:"):
        await socket.send(json.dumps({"signal": {"waiting": content}}))
    elif viewer is not None and content["id"] != viewer["id"]:
        await socket.send(json.dumps({"staff": content}, ensure_ascii=False))
        return bool(content.get("hello"))
    return False


def _tell_viewers(
    request: Request,
    conversation_id: str,
    viewer: dict[str, Any] | None,
    doing: str,
    *,
    hello: bool = False,
) -> None:
    note = {**(viewer or {}), "doing": doing, **({"hello": True} if hello else {})}
    request.app.ctx.house.bus.publish(f"staff:{conversation_id}", note)


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
    """{events, last_seq}; `last_seq` is below `after` where the log ends before it, as after a backup was restored."""
    with house.database.read() as tx:
        entries = log.entries_after(tx, conversation_id, after, audience=audience, limit=BATCH)
        last_seq = entries[-1].seq if entries else min(max(after, 0), log.end_of(tx, conversation_id))
    return {"events": [entry.as_json() for entry in entries], "last_seq": last_seq}
