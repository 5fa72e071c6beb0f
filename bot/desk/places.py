"""The places of all who wait for a person: worked out once per process when the queue changed, told to those who follow.

However many wait, a change costs two queries, and one of what was taken lately every quarter of a minute. Nothing is kept
or logged: a signal that is lost is told again with the next one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Protocol

from bot.base.clock import isoformat
from bot.conversations import control
from bot.desk import waiting
from bot.service.contact_ways import contact_ways

if TYPE_CHECKING:
    from bot.base.clock import Clock
    from bot.base.settings import Settings
    from bot.storage.bus import Bus
    from bot.storage.database import Database

logger = logging.getLogger(__name__)

COALESCE_SECONDS = 1.0
"""Changes that come together are told as one."""

REPEAT_SECONDS = 30.0
"""Everybody is told again this often: what was lost, service hours that began or ended, another estimate."""

CLAIMS_SECONDS = 15.0
"""How long the count of chats taken lately is good."""


class Hearing(Protocol):
    """What of the house is needed here."""

    clock: Clock
    database: Database
    bus: Bus
    settings: Settings


class Places:
    """Tells who is in the queue {position, eta_minutes, staffed, open, opens_at} by the topic `waiting:<conversation>`."""

    def __init__(self, house: Hearing) -> None:
        self._house = house
        self._told: dict[str, dict[str, Any]] = {}
        self._claims = 0
        self._counted_at = float("-inf")

    async def follow(self, threads: Executor) -> None:
        """Look whenever the queue changed, until cancelled."""
        loop = asyncio.get_running_loop()
        repeat_at = time.monotonic() + REPEAT_SECONDS
        with self._house.bus.subscribe("desk") as hints:
            while True:
                note = await hints.next(max(0.1, repeat_at - time.monotonic()))
                changed, until = False, time.monotonic() + COALESCE_SECONDS
                while note is not None:
                    changed = changed or _is_of_the_queue(note[1])
                    left = until - time.monotonic()
                    note = await hints.next(left) if left > 0 else None
                repeats = time.monotonic() >= repeat_at
                if repeats:
                    repeat_at = time.monotonic() + REPEAT_SECONDS
                if changed or repeats:
                    await loop.run_in_executor(threads, self._look, repeats)

    def _look(self, repeats: bool) -> None:
        try:
            self.tell(again=repeats)
        except Exception as error:
            logger.error("places in the queue not told, next try in half a minute: %r", error)

    def tell(self, *, again: bool = False) -> None:
        """Work the places out and tell those who stand elsewhere than before; with `again`, all."""
        house, now = self._house, self._house.clock.now()
        with house.database.read() as tx:
            ids = control.waiting_ids(tx)
            if ids and time.monotonic() - self._counted_at >= CLAIMS_SECONDS:
                self._claims, self._counted_at = waiting.claims_lately(tx, now), time.monotonic()
            elsewhere = bool(house.settings.bridge_url)
            service = waiting.service_now(tx, contact_ways().calls, now, elsewhere=elsewhere) if ids else None
        before, self._told = self._told, {}
        if service is None:
            return
        facts = service_json(service)
        for position, conversation_id in enumerate(ids, 1):
            minutes = waiting.minutes_until(position, self._claims) if service.staffed else None
            place = {"position": position, "eta_minutes": minutes, **facts}
            self._told[conversation_id] = place
            if again or before.get(conversation_id) != place:
                house.bus.deliver_here(f"waiting:{conversation_id}", place)


def service_json(service: waiting.Service) -> dict[str, Any]:
    """What a customer's page is told of the service."""
    opens_at = isoformat(service.opens_at) if service.opens_at else None
    return {"staffed": service.staffed, "open": service.is_open, "opens_at": opens_at}


def _is_of_the_queue(note: Any) -> bool:
    """Whether a hint at the desks may be about the queue: not what the bot or an agent does in a chat of theirs."""
    return not isinstance(note, dict) or bool(note["shared"] and not note["slow"])
