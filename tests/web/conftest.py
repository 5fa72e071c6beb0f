"""Fixtures of the desk's tests; modules with another house define their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_house import Person, house_of, served

from bot.app import House
from bot.base.clock import FrozenClock
from bot.storage.database import Database


@pytest.fixture
def house(database: Database, clock: FrozenClock, tmp_path: Path) -> House:
    """The composed application with a scripted responder; nothing ticks until it is served."""
    return house_of(database, clock, tmp_path)


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where it is served."""
    with served(house) as url:
        yield url


@pytest.fixture
def signed_in(house: House, address: str) -> Callable[[str], Person]:
    """Signs somebody in as a page does."""
    return lambda name: Person(house, address, name)
