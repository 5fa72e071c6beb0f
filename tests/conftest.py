"""What every test may use: one clock, one migrated database, one bus."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bot.base.clock import UTC, FrozenClock
from bot.storage import migrate
from bot.storage.bus import Bus
from bot.storage.database import Database



def pytest_configure(config: pytest.Config) -> None:
    """Test databases live in memory where the machine offers that: every commit waits for the disk otherwise."""
    memory = Path("/dev/shm")
    if config.option.basetemp is None and os.access(memory, os.W_OK):
        config.option.basetemp = str(memory / f"puente-tests-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind in memory."""
    shutil.rmtree(str(config.option.basetemp or ""), ignore_errors=True)


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
