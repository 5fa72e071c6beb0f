"""One real server and one Chromium for the whole folder; a browser of their own for each person of a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import Visits, launched, need_chromium
from tests.browser.casting import Casting
from tests.browser.server import Server, running_server


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`puente run --demo` with the real model."""
    need_chromium()
    with running_server(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="package")
def chromium(server: Server) -> Iterator[Browser]:
    """Ends with this folder: its event loop must not be there any more when other tests start theirs."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def casting(server: Server) -> Casting:
    """Customers with the orders a test needs; no order is given twice."""
    return Casting(server.customers)


@pytest.fixture
def visits(chromium: Browser, server: Server) -> Iterator[Visits]:
    """The people of a test. Fails the test when a script of ours failed or a dialog opened in any browser."""
    visits = Visits(chromium, server.address)
    yield visits
    visits.close()
    assert visits.problems == []


@pytest.fixture(params=["es", "de"])
def locale(request: pytest.FixtureRequest) -> str:
    """The customer's language."""
    return request.param
