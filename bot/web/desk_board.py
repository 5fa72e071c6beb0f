"""What all desks share: the queue, who is there, call-backs. Read once for all of them, however many look at it.

Each desk's socket carries it along with the hint, so that a change costs one read of the database per language and
process, and not one per desk.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from bot.desk.queue import shared_queue
from bot.web import desk_views as views

LEAST_SECONDS = 0.25
"""Changes that come together are read as one."""


class Board:
    """The shared lists as JSON, per language. `version` says which state they are of."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._made: dict[str, tuple[int, str]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._read_at: dict[str, float] = {}
        self.version = 0

    def changed(self) -> None:
        """What was read before is old."""
        self.version += 1

    async def shared(self, locale: str) -> str:
        """The lists as of now, as JSON. Those who ask together get the same."""
        wanted = self.version
        async with self._locks.setdefault(locale, asyncio.Lock()):
            made = self._made.get(locale)
            if made is not None and made[0] >= wanted:
                return made[1]
            early = self._read_at.get(locale, 0.0) + LEAST_SECONDS - time.monotonic()
            if early > 0:
                await asyncio.sleep(early)
            version = self.version
            loop = asyncio.get_running_loop()
            text = await loop.run_in_executor(self._house.threads, self._read, locale)
            self._read_at[locale] = time.monotonic()
            self._made[locale] = (version, text)
            return text

    def _read(self, locale: str) -> str:
        house = self._house
        with house.database.read() as tx:
            found = shared_queue(tx, capacity=house.settings.desk_capacity)
        content = views.shared_json(found, views.Words(locale), now=house.clock.now())
        return json.dumps(content, ensure_ascii=False)


def board_of(app: Any) -> Board:
    """The board of this process."""
    if not hasattr(app.ctx, "board"):
        app.ctx.board = Board(app.ctx.house)
    board: Board = app.ctx.board
    return board
