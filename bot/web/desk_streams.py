"""The desk's sockets: following one conversation; hints that the queue changed. Our own pages only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from websockets.exceptions import ConnectionClosed

from bot.base.errors import Forbidden, PuenteError
from bot.web import follow
from bot.web.auth import same_origin, signed_in
from bot.web.context import in_thread, reader_locale, whole_number
from bot.web.desk import note_view
from bot.web.desk_board import Board, board_of

bp = Blueprint("desk_streams", url_prefix="/api/v1/desk")

PING_SECONDS = 15.0
COALESCE_SECONDS = 0.15
"""Hints that come together are sent as one."""

SLOW_SECONDS = 5.0
"""What the bot does is shown this often."""


@bp.websocket("/stream")
async def queue_stream(request: Request, socket: Any) -> None:
    """Frames {queue: true, conversations, mine?, shared?} and {ping}; whoever holds it open is at the desk.

    `mine`: read your own lists again. `shared`: everybody's lists as they are now. One frame comes at once.
    """
    if await _refused(request, socket):
        return
    house, session_id = request.app.ctx.house, uuid.uuid4().hex
    desk = _Desk(board_of(request.app), request.ctx.account.id, reader_locale(request))
    topics = "desk", f"desk:{desk.account_id}"
    with house.bus.subscribe(*topics) as hints, contextlib.suppress(ConnectionClosed):
        listener = asyncio.ensure_future(_until_gone(socket))
        listener.add_done_callback(hints.wake)
        counts = not request.args.get("watching")  # a supervisor's overview is no place at the desk
        try:
            if counts:
                await in_thread(request, house.desk_keeper.arrive, session_id, desk.account_id)
            await _send_hints(socket, hints, listener, desk)
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await listener
            with contextlib.suppress(RuntimeError):  # the pool is shutting down: found stale later
                if counts:
                    await in_thread(request, house.desk_keeper.leave, session_id)


@bp.websocket("/conversations/<conversation_id:str>/stream")
async def conversation_stream(request: Request, socket: Any, conversation_id: str) -> None:
    """Follow a conversation with everything staff may see. The client's first frame, within 5 s: {after}."""
    if await _refused(request, socket):
        return
    first = await follow.first_frame(socket)
    try:
        after = whole_number(first.get("after"), "after", default=0)
        await in_thread(request, note_view, request, conversation_id)
    except PuenteError as error:
        await follow.refuse(socket, error, reader_locale(request))
        return
    account = request.ctx.account
    viewer = {"id": account.id, "name": account.first_name}
    await follow.run(request, socket, conversation_id, after, audience="staff", viewer=viewer)


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


@dataclass
class _Desk:
    """What one page is to be told: collected from hints until it is sent."""

    board: Board
    account_id: int
    locale: str
    conversations: set[str] = field(default_factory=set)
    mine: bool = False
    shared: bool = False
    slow: bool = False
    sent_at: float = 0.0

    def hear(self, note: Any) -> None:
        """Take a hint in: {id, agents, shared, slow}, or the id of a conversation (None) that anybody may care for."""
        if not isinstance(note, dict):
            note = {"id": note, "agents": [self.account_id], "shared": True, "slow": False}
        if self.account_id in note["agents"]:
            self.mine = True
        elif not note["shared"]:
            return
        if note["id"] and not note["slow"]:
            self.conversations.add(note["id"])
        if note["slow"]:
            self.slow = True
        elif note["shared"]:
            self.shared = True
            self.board.changed()

    def wait(self) -> float:
        """Seconds until there is something to say if nothing more is heard."""
        return max(0.0, self.sent_at + SLOW_SECONDS - time.monotonic()) if self.slow else PING_SECONDS

    def is_due(self) -> bool:
        """Whether there is something to say now."""
        if self.slow and time.monotonic() - self.sent_at >= SLOW_SECONDS:
            self.slow, self.shared = False, True
            self.board.changed()
        return bool(self.conversations) or self.mine or self.shared

    async def frame(self) -> str:
        """The frame, and nothing is left to say."""
        head = {"queue": True, "conversations": sorted(self.conversations), "mine": self.mine}
        text = json.dumps(head)
        if self.shared:
            lists = await self.board.shared(self.locale)
            self.sent_at = time.monotonic()
            text = f'{text[:-1]}, "shared": {lists}}}'
        self.conversations, self.mine, self.shared = set(), False, False
        return text


async def _send_hints(socket: Any, hints: Any, listener: asyncio.Future[None], desk: _Desk) -> None:
    await socket.send('{"queue": true, "conversations": []}')
    last_sent = time.monotonic()
    while not listener.done():
        note = await hints.next(min(desk.wait(), last_sent + PING_SECONDS - time.monotonic()))
        until = time.monotonic() + COALESCE_SECONDS
        while note is not None:
            desk.hear(note[1])
            left = until - time.monotonic()
            note = await hints.next(left) if left > 0 else None
        if desk.is_due():
            await socket.send(await desk.frame())
        elif time.monotonic() - last_sent >= PING_SECONDS:
            await socket.send('{"ping": true}')
        else:
            continue
        last_sent = time.monotonic()


async def _until_gone(socket: Any) -> None:
    while await socket.recv() is not None:
        pass
