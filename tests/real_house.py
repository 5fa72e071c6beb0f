"""The real house for tests: the model in use loaded once, and for every test a demo shop of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.turn import Services, turns_with
from bot.app import House
from bot.base.clock import FrozenClock
from bot.base.lean_rasa import leave_out
from bot.base.settings import ROOT
from bot.demo import load_accounts, load_shop
from bot.serve import configure_logging
from bot.storage import migrate
from bot.storage.database import Database
from bot.training.models import Models
from tests.conftest import START
from tests.harness import settings_in

MODELS = ROOT / "models"


class SharedResponder:
    """One loaded model for all conversations; what actions look things up in changes from house to house."""

    def __init__(self) -> None:
        leave_out(ROOT / "config.yml")
        from bot.rasa_host import RasaResponder  # takes seconds, so only when a conversation is played

        configure_logging("WARNING")
        self.services: Services | None = None
        self.responder = RasaResponder(
            model_in_use=Models(MODELS).path_in_use, actions="actions", begin_turn=self._begin_turn
        )

    def within(self, house: House) -> Any:
        """The responder, looking things up in `house` from now on."""
        self.services = Services(house.shop, house.database)
        return self.responder

    def _begin_turn(self, *args: Any, **named: Any) -> Any:
        assert self.services is not None
        return turns_with(self.services)(*args, **named)


@pytest.fixture(scope="session")
def responder() -> SharedResponder:
    """The real responder. Without a trained model these tests cannot run."""
    return SharedResponder()


def demo_database(path: Path) -> Path:
    """Make a SQLite file with the demo shop as of `START`; returns its path."""
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.write() as tx:
        load_shop(tx, now=START)
        load_accounts(tx, now=START)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo shop as of `START`."""
    return demo_database(tmp_path_factory.mktemp("template") / "puente.db")


@pytest.fixture
def new_house(
    responder: SharedResponder, template: Path, tmp_path: Path
) -> Iterator[Callable[[], tuple[House, FrozenClock]]]:
    """A house on a fresh copy of the demo shop whose clock stands at `START`."""
    houses: list[House] = []

    def build() -> tuple[House, FrozenClock]:
        folder = tmp_path / str(len(houses))
        folder.mkdir()
        shutil.copy(template, folder / "puente.db")
        clock = FrozenClock(START)
        house = House(settings_in(folder), responder=responder.within, clock=clock)
        houses.append(house)
        return house, clock

    yield build
    for house in houses:
        house.threads.shutdown(wait=False)
        house.database.close()
