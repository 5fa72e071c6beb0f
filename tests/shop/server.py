"""A shop's interface as docs/shop.md describes it, on loopback: real sockets, real mistakes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bot.shop.export import nested
from bot.storage.database import Database

Change = Callable[[Any], Any]
UNKNOWN = {"error": {"code": "unknown"}}


class Stopwatch:
    """Time for tests: it passes when somebody sleeps, or is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.slept: list[float] = []
        self.while_sleeping: Callable[[], None] = lambda: None

    def elapsed(self) -> float:
        """Seconds since some moment."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.seconds += seconds
        self.while_sleeping()


class ShopServer:
    """Serves a database's shop. `mood` is one of: "", "500", "html", "cut off", "silent", "not found", "refused".

    `delay`: seconds before a good answer; `change` alters it before it is sent; `requests` are the paths that were
    asked, in order.
    """

    def __init__(self, database: Database) -> None:
        with database.read() as tx:
            self.data = {
                name: list(nested(tx, name)) for name in ("customers", "sellers", "products", "orders")
            }
        self.mood = ""
        self.delay = 0.0
        self.change: Change = lambda body: body
        self.requests: list[str] = []
        self.tokens: set[str | None] = set()
        self.catalogue_etag = '"1"'
        self.page_size = 25
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/shop/v1"

    def __enter__(self) -> ShopServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening: connections are refused from now on."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for_the_end(self) -> None:
        """Say nothing until the test is over."""
        self.wait(20)

    def wait(self, seconds: float) -> None:
        """Say nothing for so long, or until the test is over."""
        self._over.wait(seconds)

    def answer(self, path: str, query: dict[str, list[str]]) -> Any | None:
        """The good answer; None: there is no such thing."""
        parts = [unquote(part) for part in path.removeprefix("/shop/v1/").split("/")]
        if parts == ["catalogue"]:
            return self._catalogue(int(query.get("after", ["0"])[0]))
        if parts in (["products"], ["sellers"]):
            ids = query["ids"][0].split(",")
            return {parts[0]: [item for item in self.data[parts[0]] if item["id"] in ids]}
        if len(parts) == 3 and parts[0] == "customers":
            mine = [order for order in self.data["orders"] if order["customer_id"] == parts[1]]
            return {"orders": mine}
        return next((item for item in self.data[parts[0]] if item["id"] == parts[1]), None)

    def _catalogue(self, after: int) -> dict[str, Any]:
        items = self.data["products"]
        part = items[after : after + self.page_size]
        more = after + self.page_size < len(items)
        return {
            "products": part,
            "next": str(after + self.page_size) if more else None,
        }


def _handler(shop: ShopServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            shop.requests.append(self.path)
            shop.tokens.add(self.headers.get("authorization"))
            split = urlsplit(self.path)
            if shop.mood:
                self._misbehave(shop.mood)
                return
            if shop.delay:
                shop.wait(shop.delay)
            if self.headers.get("if-none-match") == shop.catalogue_etag:
                self._send(304, b"")
                return
            found = shop.answer(split.path, parse_qs(split.query))
            if found is None:
                self._send(404, _json(UNKNOWN))
                return
            self._send(200, _json(shop.change(json.loads(_json(found)))))

        def _misbehave(self, mood: str) -> None:
            if mood == "silent":
                shop.wait_for_the_end()
                self.close_connection = True
            elif mood == "cut off":
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
                self.wfile.write(b'{"orders": [')
                self.close_connection = True
            elif mood == "html":
                self._send(200, b"<!doctype html><title>Sorry</title>", kind="text/html")
            elif mood == "not found":
                self._send(404, b"<h1>Not Found</h1>", kind="text/html")
            else:
                self._send({"500": 500, "refused": 401}[mood], b"{}")

        def _send(self, status: int, body: bytes, *, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("etag", shop.catalogue_etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


def _json(value: Any) -> bytes:
    def text(other: Any) -> str:
        assert isinstance(other, datetime)
        return other.isoformat()

    return json.dumps(value, default=text).encode()
