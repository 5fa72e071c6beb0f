"""The case log's socket: hints that the seller's cases changed, for our own pages."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from sanic.request import Request
from websockets.exceptions import ConnectionClosed

from bot.base.errors import Forbidden, PuenteError
from bot.cases.case_log import version_of
from bot.web import follow
from bot.web.auth import same_origin, signed_in
from bot.web.context import in_thread, reader_locale

PING_SECONDS = 15.0
POLL_SECONDS = 3.0
"""Cases that open or run out give no hint of their own to sellers: a look this often finds them."""

COALESCE_SECONDS = 0.2


async def stream(request: Request, socket: Any) -> None:
    """Frames {cases: true}: read again; {ping}. One comes at once."""
    try:
        if not same_origin(request):
            raise Forbidden("csrf")
        account = await signed_in(request)
        if not account.may("seller") or account.seller_id is None:
            raise Forbidden("wrong_role")
    except PuenteError as error:
        await follow.refuse(socket, error, reader_locale(request))
        return
    listener = asyncio.ensure_future(_until_gone(socket))
    try:
        with contextlib.suppress(ConnectionClosed):
            await _send_hints(request, socket, account.seller_id, listener)
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await listener


async def _send_hints(request: Request, socket: Any, seller_id: str, listener: asyncio.Future[None]) -> None:
    house = request.app.ctx.house
    known, hinted, last_sent = "", True, time.monotonic()
    with house.bus.subscribe(f"seller:{seller_id}") as hints:
        while not listener.done():
            version = await in_thread(request, _version, house, seller_id)
            if hinted or version != known:
                await socket.send('{"cases": true}')
                last_sent = time.monotonic()
            elif time.monotonic() - last_sent >= PING_SECONDS:
                await socket.send('{"ping": true}')
                last_sent = time.monotonic()
            known = version
            hinted = await hints.next(POLL_SECONDS) is not None
            while hinted and await hints.next(COALESCE_SECONDS) is not None:
                pass


async def _until_gone(socket: Any) -> None:
    while await socket.recv() is not None:
        pass


def _version(house: Any, seller_id: str) -> str:
    with house.database.read() as tx:
        return version_of(tx, seller_id)
