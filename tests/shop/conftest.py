"""The demo shop behind a real HTTP server on loopback, and the shop that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.demo import load_shop
from bot.returns.store import returned_lines
from bot.shop.calls import Calls
from bot.shop.http import HttpShop
from bot.shop.sql import SqlShop
from bot.storage import migrate
from bot.storage.database import Database
from tests.conftest import START
from tests.shop.server import ShopServer, Stopwatch


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the demo shop, for reading."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'puente.db'}")
    migrate.upgrade(database)
    with database.write() as tx:
        load_shop(tx, now=START)
    yield database
    database.close()


@pytest.fixture
def server(demo: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopServer]:
    """The shop's interface, which can be told to misbehave."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ShopServer(demo) as server:
        yield server


@pytest.fixture
def watch() -> Stopwatch:
    """Seconds that pass only when a call waits, or the test says so."""
    return Stopwatch()


@pytest.fixture
def calls(server: ShopServer, watch: Stopwatch) -> Calls:
    """Calls with short limits that do not really wait between tries."""
    return Calls(
        server.url, "secret", call_seconds=0.5, turn_seconds=2.0, elapsed=watch.elapsed, sleep=watch.sleep
    )


@pytest.fixture
def http_shop(calls: Calls, database: Database, watch: Stopwatch) -> HttpShop:
    """The shop over HTTP, with an empty database of Puente's own."""
    return HttpShop(calls, SqlShop(database), elapsed=watch.elapsed, started=returned_lines(database))
