"""Calls to the shop's interface: limits of time, further tries, a breaker. Knows no orders and no products.

A call either gives an answer that keeps to the contract or raises `ShopUnavailable`. Ids, names and texts of
customers are not logged: a call is named by its kind.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
import msgspec
from prometheus_client import Counter, Gauge, Histogram
from pybreaker import CircuitBreaker, CircuitBreakerError, CircuitMemoryStorage
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from tenacity.stop import stop_base

from bot.base.clock import UTC
from bot.shop.records import Refusal
from bot.shop.source import Failure, ShopUnavailable

logger = logging.getLogger(__name__)

TRIES = 3
"""How often a call is tried in all, when the connection fails, the server takes too long or says 5xx."""

FIRST_WAIT = 0.1
"""Seconds: before the second try a random wait up to this, before each further one up to twice as much."""

BREAKER_FAILURES = 5
"""After so many failed tries in a row the shop is left alone …"""

BREAKER_SECONDS = 30
"""… for so long; then one call is let through, and its success lets all through."""

MAX_BYTES = 8_000_000
"""A longer answer is none."""

UNKNOWN = "unknown"
"""The code of a 404 that says: there is no such thing."""

_CALLS = Counter("puente_shop_calls_total", "Calls to the shop's interface", ["kind", "result"])
_SECONDS = Histogram("puente_shop_call_seconds", "Seconds a call took, with all its tries", ["kind"])
_OPEN = Gauge("puente_shop_breaker_open", "1 while the shop is left alone")

_turn_ends: ContextVar[float | None] = ContextVar("turn_ends", default=None)
_QUOTED = re.compile(r"'[^']*'")

T = TypeVar("T")


@dataclass(frozen=True)
class Fresh:
    """An answer with a body: what was read of it, and its ETag."""

    value: Any
    etag: str | None


class Same:
    """The answer to a conditional call: nothing has changed."""


class Calls:
    """The shop's interface at `url`. `elapsed` counts seconds from any moment, `sleep` waits; both for tests."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        call_seconds: float,
        turn_seconds: float,
        elapsed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"accept": "application/json", "user-agent": "puente"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._url = url.rstrip("/")
        self._client = httpx.Client(headers=headers, follow_redirects=False)
        self._call_seconds = call_seconds
        self._turn_seconds = turn_seconds
        self._elapsed = elapsed
        self._sleep = sleep
        self._answered = True
        self._breaker = CircuitBreaker(
            fail_max=BREAKER_FAILURES,
            reset_timeout=BREAKER_SECONDS,
            state_storage=_ElapsedStorage(elapsed),
            throw_new_error_on_trip=False,
        )

    @contextlib.contextmanager
    def limited(self) -> Iterator[None]:
        """A turn: its calls, with all their tries, end within the turn's limit of time."""
        token = _turn_ends.set(self._elapsed() + self._turn_seconds)
        try:
            yield
        finally:
            _turn_ends.reset(token)

    def seconds_for_a_call(self) -> float:
        """How long a call may take now: its own limit, or what is left of the turn's; 0 or less: the turn is over."""
        return min(self._call_seconds, self._seconds_left())

    def answers(self) -> bool:
        """Whether the last call was answered and the breaker lets calls through."""
        return self._answered and self._breaker.current_state == "closed"

    def get(
        self,
        kind: str,
        path: str,
        read: Callable[[bytes], T],
        *,
        params: dict[str, str] | None = None,
        etag: str | None = None,
    ) -> Fresh | Same | None:
        """GET `path` and `read` its body; None when the shop says that there is no such thing.

        `kind` names the call in logs and metrics. `read` raises `msgspec.ValidationError` or `DecodeError` for a body
        that does not keep to the contract. Raises `ShopUnavailable`.
        """
        retrying = Retrying(
            stop=stop_after_attempt(TRIES) | _TurnIsOver(self._seconds_left),
            wait=wait_random_exponential(multiplier=FIRST_WAIT, max=1),
            retry=retry_if_exception(lambda error: isinstance(error, ShopUnavailable) and _passes(error)),
            sleep=self._sleep,
            reraise=True,
        )
        with _SECONDS.labels(kind).time():
            try:
                answer = retrying(self._try, kind, path, read, params or {}, etag)
            except ShopUnavailable as error:
                self._note(kind, error.failure)
                raise
        self._note(kind, "answered")
        return answer

    def _try(
        self, kind: str, path: str, read: Callable[[bytes], T], params: dict[str, str], etag: str | None
    ) -> Fresh | Same | None:
        seconds = self.seconds_for_a_call()
        if seconds <= 0:
            raise ShopUnavailable("slow")
        try:
            with self._breaker.calling():
                return self._ask(kind, path, read, params, etag, seconds)
        except CircuitBreakerError:
            raise ShopUnavailable("waiting") from None

    def _ask(
        self,
        kind: str,
        path: str,
        read: Callable[[bytes], T],
        params: dict[str, str],
        etag: str | None,
        seconds: float,
    ) -> Fresh | Same | None:
        status, headers, body = self._fetch(path, params, etag, seconds)
        if status == 304 and etag is not None:
            return Same()
        if status == 404 and _says_unknown(body):
            return None
        if status != 200:
            logger.warning("shop: %s answered with status %s", kind, status)
            raise ShopUnavailable(_failure_of(status))
        try:
            return Fresh(read(body), headers.get("etag"))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            logger.warning("shop: %s does not keep to the contract: %s", kind, _QUOTED.sub("…", str(error)))
            raise ShopUnavailable("answer") from None

    def _fetch(
        self, path: str, params: dict[str, str], etag: str | None, seconds: float
    ) -> tuple[int, httpx.Headers, bytes]:
        ends = self._elapsed() + seconds
        headers = {"if-none-match": etag} if etag else {}
        body = bytearray()
        try:
            with self._client.stream(
                "GET", self._url + path, params=params, headers=headers, timeout=seconds
            ) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    if self._elapsed() > ends:
                        raise ShopUnavailable("slow")
                    if len(body) > MAX_BYTES:
                        raise ShopUnavailable("answer")
        except httpx.TimeoutException:
            raise ShopUnavailable("slow") from None
        except (httpx.TransportError, httpx.DecodingError):
            raise ShopUnavailable("down") from None
        return answer.status_code, answer.headers, bytes(body)

    def _seconds_left(self) -> float:
        ends = _turn_ends.get()
        return self._turn_seconds if ends is None else ends - self._elapsed()

    def _note(self, kind: str, result: str) -> None:
        """Count a call, and log when the shop falls silent or answers again."""
        answered = result == "answered"
        if answered != self._answered:
            logger.warning("shop: %s", "answers again" if answered else f"{kind} failed: {result}")
        self._answered = answered
        _CALLS.labels(kind, result).inc()
        _OPEN.set(self._breaker.current_state == "open")


class _TurnIsOver(stop_base):
    """No further try when the turn would be over before it."""

    def __init__(self, seconds_left: Callable[[], float]) -> None:
        self._seconds_left = seconds_left

    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.upcoming_sleep >= self._seconds_left()


class _ElapsedStorage(CircuitMemoryStorage):
    """The breaker's state. It compares with the machine's clock: it is told when it opened as `elapsed` counts."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        super().__init__("closed")
        self._elapsed = elapsed
        self._opened_after: float | None = None

    @property
    def opened_at(self) -> datetime | None:
        """When the breaker opened."""
        if self._opened_after is None:
            return None
        return datetime.now(UTC) - timedelta(seconds=self._elapsed() - self._opened_after)

    @opened_at.setter
    def opened_at(self, _now: datetime) -> None:
        self._opened_after = self._elapsed()


def _passes(error: ShopUnavailable) -> bool:
    """Whether another try may help."""
    return error.failure in {"down", "slow"}


def _failure_of(status: int) -> Failure:
    if status >= 500:
        return "down"
    return "refused" if status in {401, 403, 429} else "answer"


def _says_unknown(body: bytes) -> bool:
    """A 404 of a proxy or of a wrong address says nothing about an order."""
    try:
        return msgspec.json.decode(body, type=Refusal).error.code == UNKNOWN
    except (msgspec.ValidationError, msgspec.DecodeError):
        return False
