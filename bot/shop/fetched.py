"""The catalogue of a shop behind HTTP: read part by part and indexed beside the turns, kept for a while.

A turn never reads it itself. It takes the one that is there, or waits for the first one as long as a call may take.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import msgspec

from bot.shop.calls import Calls, Same
from bot.shop.model import Page
from bot.shop.records import CataloguePart
from bot.shop.search import Catalogue
from bot.shop.source import Failure, ShopUnavailable

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600
"""After so long the catalogue is asked for again, by its ETag."""

TRIED_AGAIN_SECONDS = 30
"""When that failed, it is tried again after so long …"""

SERVES_SECONDS = 3600
"""… and so long after it was read the old one serves no more: what is sold may have changed."""

PARTS = 2_000
"""A catalogue of more parts never ends."""


class FetchedCatalogue:
    """The newest catalogue that could be read. Safe between threads; `elapsed` counts seconds."""

    def __init__(self, calls: Calls, *, elapsed: Callable[[], float]) -> None:
        self._calls = calls
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._fetcher: threading.Thread | None = None
        self._kept: Catalogue | None = None
        self._etag: str | None = None
        self._read_at = self._tried_at = -float("inf")
        self._failure: Failure = "slow"

    def get(self) -> Catalogue:
        """The catalogue, at most `SERVES_SECONDS` old. Raises `ShopUnavailable` when there is none."""
        self.prepare()
        usable = self._usable()
        if usable is None:
            self.wait(self._calls.seconds_for_a_call())
            usable = self._usable()
        if usable is None:
            raise ShopUnavailable("slow" if self._is_fetching() else self._failure)
        return usable

    def prepare(self) -> None:
        """Begin to read it, when that is due; returns at once."""
        with self._lock:
            if self._is_fetching() or not self._is_due():
                return
            self._fetcher = threading.Thread(target=self._fetch, name="shop-catalogue", daemon=True)
            self._fetcher.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the one that is being read, if one is."""
        fetcher = self._fetcher
        if fetcher is not None and (seconds is None or seconds > 0):
            fetcher.join(seconds)

    def _usable(self) -> Catalogue | None:
        return self._kept if self._elapsed() - self._read_at < SERVES_SECONDS else None

    def _is_fetching(self) -> bool:
        return self._fetcher is not None and self._fetcher.is_alive()

    def _is_due(self) -> bool:
        if self._usable() is None:
            return True
        now = self._elapsed()
        return now - self._read_at >= FRESH_SECONDS and now - self._tried_at >= TRIED_AGAIN_SECONDS

    def _fetch(self) -> None:
        """Read all parts and build the index; what is kept changes only when that succeeded."""
        self._tried_at = self._elapsed()
        self._failure = "answer"  # should it end in an error of our own
        try:
            found = self._read()
        except ShopUnavailable as error:
            self._failure = error.failure
            return
        if found is not None:
            pages, self._etag = found
            self._kept = Catalogue(page for product in pages.values() for page in product)
        self._read_at = self._elapsed()

    def _read(self) -> tuple[dict[str, tuple[Page, ...]], str | None] | None:
        """The pages of all products by id, and the ETag of the first part; None: nothing has changed."""
        pages: dict[str, tuple[Page, ...]] = {}
        params: dict[str, str] = {}
        first_etag = None
        asked = {""}
        for number in range(PARTS):
            etag = self._etag if number == 0 and self._kept is not None else None
            answer = self._calls.get("catalogue", "/catalogue", _decoded, params=params, etag=etag)
            if isinstance(answer, Same):
                return None
            if answer is None:
                raise ShopUnavailable("answer")
            first_etag = answer.etag if number == 0 else first_etag
            part: CataloguePart = answer.value
            pages |= {record.id: record.to_pages() for record in part.products}
            if part.next is None:
                return pages, first_etag
            if part.next in asked:
                break
            asked.add(part.next)
            params = {"after": part.next}
        logger.warning("shop: the catalogue has no end: %s parts were read", len(asked))
        raise ShopUnavailable("answer")


def _decoded(body: bytes) -> CataloguePart:
    return msgspec.json.decode(body, type=CataloguePart)
