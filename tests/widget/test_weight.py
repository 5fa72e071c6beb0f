"""What the chat costs a shop's page: bytes, main-thread time, layout shift; and nothing of the page's policy."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import CDPSession, Response, expect

from bot.app import House
from bot.base.texts import LOCALES, translate
from tests.browser.browsing import Visits

LOADER_BYTES = 3_000
OPENED_BYTES = 40_000
CLOSED_MS = 30
POLICY = "default-src 'none'; script-src {puente}; connect-src {puente} {socket}; img-src {puente}"
"""A strict shop: nothing inline, nothing of anybody else."""


@pytest.fixture
def shop(address: str, house: House) -> Iterator[str]:
    """A foreign shop's page with a strict policy that embeds the chat."""
    policy = POLICY.format(puente=address, socket=address.replace("http", "ws"))
    script = f'<script src="{address}/static/widget/loader.js" defer></script>'
    page = f'<!doctype html><html lang="{{locale}}"><title>Shop</title><h1>Shop</h1>{script}'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.replace("{locale}", "es" if self.path == "/es" else "de").encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", policy)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    origin = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    object.__setattr__(house.settings, "allowed_origins", origin)
    yield origin
    object.__setattr__(house.settings, "allowed_origins", "")
    server.shutdown()


def test_weight_in_a_foreign_shop_with_a_strict_policy(visits: Visits, shop: str, address: str) -> None:
    page = visits.person("de")
    got: list[Response] = []
    page.on("response", lambda response: got.append(response) if response.url.startswith(address) else None)
    refused: list[str] = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Content Security" in message.text else None,
    )
    page.goto(f"{shop}/")
    page.locator(".launcher").wait_for()
    page.wait_for_load_state("networkidle")
    closed = _bytes(got)
    assert [one.url for one in got] == [f"{address}/static/widget/loader.js"]

    page.locator(".launcher").click()
    page.locator("#puente-text").wait_for()
    page.wait_for_load_state("networkidle")
    opened = _bytes(got) - closed
    page.locator("#puente-text").fill("hallo")
    page.keyboard.press("Enter")
    expect(page.locator(".group.bot .bubble").first).to_have_text("echo: hallo")

    loader = _bytes([one for one in got if one.url.endswith("loader.js")])
    print(f"loader {loader} B, closed {closed} B, after the first click {opened} B")
    assert refused == []
    assert loader <= LOADER_BYTES
    assert opened <= OPENED_BYTES


@pytest.mark.parametrize("locale", LOCALES)
def test_the_button_is_named_before_anything_else_is_loaded(visits: Visits, shop: str, locale: str) -> None:
    page = visits.person(locale)
    page.goto(f"{shop}/{locale}")

    name = translate("widget", locale, "Open the chat with customer service")
    expect(page.locator(".launcher")).to_have_accessible_name(name)


def test_closed_chat_costs_no_time_and_moves_nothing(visits: Visits, shop: str) -> None:
    page = visits.person("de")
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    costs = []
    for _ in range(5):
        page.goto(f"{shop}/")
        page.locator(".launcher").wait_for()
        page.wait_for_load_state("networkidle")
        costs.append(round(_busy_ms(session), 1))
        assert page.evaluate("window.shift") == 0

    print(f"main thread: {sorted(costs)} ms of script, style and layout for the whole page")
    assert 0 < min(costs) <= CLOSED_MS


def _bytes(responses: list[Response]) -> int:
    """Bodies as they came over the line, in bytes."""
    return sum(one.request.sizes()["responseBodySize"] for one in responses)


def _busy_ms(session: CDPSession) -> float:
    """Script, style and layout of the page's main thread since the page was opened, in ms."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return 1000 * (found["ScriptDuration"] + found["LayoutDuration"] + found["RecalcStyleDuration"])
