"""What every test may use: one clock, one migrated database, one bus."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bot.base.clock import UTC, FrozenClock
from bot.storage import migrate
from bot.storage.bus import Bus
from bot.storage.database import Database
from tests import services


def pytest_configure(config: pytest.Config) -> None:
    """Test databases live in memory where the machine offers that: every commit waits for the disk otherwise."""
    memory = Path("/dev/shm")
    if config.option.basetemp is None and os.access(memory, os.W_OK):
        config.option.basetemp = str(memory / f"puente-tests-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind in memory."""
    shutil.rmtree(str(config.option.basetemp or ""), ignore_errors=True)


pytest_plugins = ["tests.real_house"]

WAITS_FOR_OTHERS = ("tests/browser/", "tests/widget/", "tests/faults/")
"""Folders whose tests wait for a browser or for processes that share this machine with everything else."""
TRIES_MORE = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for others may fail for want of time: it is tried again, and the summary names it (`RERUN`)."""
    for item in items:
        if item.nodeid.startswith(WAITS_FOR_OTHERS):
            item.add_marker(pytest.mark.flaky(reruns=TRIES_MORE))


START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at Monday, 2 March 2026, 09:00 UTC until it is advanced."""
    return FrozenClock(START)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated SQLite database."""
    database = Database(f"sqlite:///{tmp_path / 'puente.db'}")
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def bus() -> Bus:
    """A bus nobody listens to."""
    return Bus()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the session's own."""
    yield from _service(services.postgres)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of the session's own."""
    yield from _service(services.redis)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """An empty, migrated PostgreSQL database: a schema of its own."""
    schema = f"test_{uuid.uuid4().hex[:12]}"
    admin = Database(postgres_url)
    with admin.write() as tx:
        tx.exec_driver_sql(f"CREATE SCHEMA {schema}")
    database = Database(f"{postgres_url}?options=-csearch_path%3D{schema}")
    try:
        migrate.upgrade(database)
        yield database
    finally:
        database.close()
        with admin.write() as tx:
            tx.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.close()


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """Both engines, one after the other."""
    name = "database" if request.param == "sqlite" else "postgres_database"
    return request.getfixturevalue(name)


def _service(start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    try:
        with start() as url:
            yield url
    except FileNotFoundError as error:
        if services.MUST_RUN_ALL:
            raise
        pytest.skip(str(error))
