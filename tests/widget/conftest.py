"""A demo shop whose bot says everything again, served on loopback behind a line that can break, and Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import delete

from bot.app import House
from bot.serve import application
from bot.storage.tables import attempts
from tests.browser.browsing import Visits, launched, need_chromium
from tests.browser.pages import Shop, Widget
from tests.faults.proxy import BreakingProxy, breaking_proxy
from tests.harness import house_in
from tests.serving import served


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A demo shop whose bot says everything again."""
    return house_in(tmp_path_factory.mktemp("house"), demo=True)


@pytest.fixture(scope="package")
def address(house: House) -> Iterator[str]:
    """Where it is served."""
    with served(application(house)) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; ends with this folder, for its event loop must not be there when other tests start theirs."""
    need_chromium()
    with launched() as browser:
        yield browser


@pytest.fixture
def line(address: str) -> Iterator[BreakingProxy]:
    """What lies between browser and server."""
    with breaking_proxy(address) as proxy:
        yield proxy


@pytest.fixture
def visits(browser: Browser, line: BreakingProxy) -> Iterator[Visits]:
    """The people of a test. Fails the test when a script of ours failed or a dialog opened in any browser."""
    visits = Visits(browser, line.address)
    yield visits
    visits.close()
    assert visits.problems == []


@pytest.fixture
def widget(visits: Visits) -> Widget:
    """A customer who has opened the chat and said one thing."""
    widget = Shop(visits.person("de"), "de").home().widget.open()
    widget.ask("first")
    return widget


@pytest.fixture(autouse=True)
def nobody_has_tried(house: House) -> None:
    """Limits on attempts are tested elsewhere."""
    with house.database.write() as tx:
        tx.execute(delete(attempts))
