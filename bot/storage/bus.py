"""The bus of hints: "conversation X reached N". Best effort; readers always read the database.

A hint that is lost costs a slow poll, never a message. In one process hints go through the event loop; with
Redis they reach every process that shares it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import defaultdict, deque
from typing import Any

import redis
import redis.asyncio

logger = logging.getLogger(__name__)

_CHANNEL = "puente:hints"
_KEPT = 100


class Subscription:
    """What one reader hears of some topics. The newest 100 notes are kept while the reader is busy."""

    def __init__(self, bus: Bus, topics: tuple[str, ...]) -> None:
        self._bus = bus
        self._topics = topics
        self._notes: deque[tuple[str, Any]] = deque(maxlen=_KEPT)
        self._woken: asyncio.Future[None] | None = None

    def __enter__(self) -> Subscription:
        for topic in self._topics:
            self._bus.listeners[topic].add(self)
        return self

    def __exit__(self, *_: object) -> None:
        for topic in self._topics:
            self._bus.listeners[topic].discard(self)
            if not self._bus.listeners[topic]:
                del self._bus.listeners[topic]
                self._bus.forget(topic)

    def put(self, topic: str, note: Any) -> None:
        """Called by the bus on the event loop."""
        self._notes.append((topic, note))
        self.wake()

    def wake(self, *_: object) -> None:
        """Let the reader look up, though nothing was said. On the event loop."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def next(self, timeout: float) -> tuple[str, Any] | None:
        """The next (topic, note), or None when nothing came within `timeout` seconds, or the reader was woken.

        One reader at a time. A timer and no task: thousands wait at once.
        """
        if not self._notes:
            loop = asyncio.get_running_loop()
            self._woken = loop.create_future()
            timer = loop.call_later(timeout, self.wake)
            try:
                await self._woken
            finally:
                timer.cancel()
        return self._notes.popleft() if self._notes else None


class Bus:
    """Publish from any thread, listen on the event loop. With `redis_url` the hints cross processes."""

    def __init__(self, redis_url: str = "") -> None:
        self.listeners: dict[str, set[Subscription]] = defaultdict(set)
        self._newest: dict[str, Any] = {}  # what the listeners of a topic heard last
        self._redis_url = redis_url
        self._redis: redis.Redis | None = (
            redis.Redis.from_url(redis_url, socket_timeout=1) if redis_url else None
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def publish(self, topic: str, note: Any = None) -> None:
        """Tell whoever listens to `topic`. Never raises: a hint that is lost is repaired by polling."""
        if self._redis is not None:
            try:
                self._redis.publish(_CHANNEL, json.dumps([topic, note]))
                return
            except redis.RedisError as error:
                logger.warning("hint not published, readers fall back to polling: %s", type(error).__name__)
        self._deliver_soon(topic, note)

    def deliver_here(self, topic: str, note: Any = None) -> None:
        """Tell those who listen in this process, unless it is what they heard last: a hint from elsewhere may be lost."""
        if topic in self.listeners and self._newest.get(topic) != note:
            self._deliver_soon(topic, note)

    def forget(self, topic: str) -> None:
        """Nobody listens to `topic` any more. On the event loop."""
        self._newest.pop(topic, None)

    def subscribe(self, *topics: str) -> Subscription:
        """A subscription to use as a context manager on the event loop."""
        return Subscription(self, topics)

    async def start(self) -> None:
        """Begin to deliver on the running event loop."""
        self._loop = asyncio.get_running_loop()
        if self._redis_url:
            self._task = asyncio.create_task(self._follow_redis())

    async def stop(self) -> None:
        """Stop listening to Redis."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._loop = None

    def redis_is_up(self) -> bool:
        """Whether Redis answers; True when none is set."""
        try:
            return self._redis is None or bool(self._redis.ping())
        except redis.RedisError:
            return False

    def _deliver_soon(self, topic: str, note: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, topic, note)

    def _deliver(self, topic: str, note: Any) -> None:
        listeners = tuple(self.listeners.get(topic, ()))
        if listeners:
            self._newest[topic] = note
        for listener in listeners:
            listener.put(topic, note)

    async def _follow_redis(self) -> None:
        while True:
            try:
                async with redis.asyncio.Redis.from_url(self._redis_url) as client:
                    channel = client.pubsub()
                    await channel.subscribe(_CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._deliver(*json.loads(message["data"]))
            except (redis.RedisError, OSError, ValueError) as error:
                logger.warning("no hints from Redis, trying again in a second: %s", type(error).__name__)
                await asyncio.sleep(1)
