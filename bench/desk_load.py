"""The desk under load: desks and conversations connected to one server, each writing once a minute.

    python -m bench.desk_load --desks 200 --conversations 2000 --minutes 10 --json figures.json

With `--every-chat` an agent writes once a minute in each chat in hand, which is ten times as much from the desks.
Starts a server of its own on 127.0.0.1 (a process of its own, SQLite, a responder that does not think: what is measured
is the road of a message and not the reading), connects customers and desks by socket, and reports: the send handler (in the
server, from the first middleware to the last), the whole request as the client sees it, when the other side sees a message,
what was lost, the alert of a hand-off at the desk, claims of two at once, bot messages after a hand-off, and the share of
the CPU that server and client took.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import resource
import signal
import socket
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import websockets

HOST = "127.0.0.1"
LANGUAGES = ("es", "de")
HANDLED = "x-load-handled"
"""Header of an answer: ms from its request's first middleware to its last."""


class SilentResponder:
    """Hands over to a person at once; anything else it would answer with one message."""

    model_name = "none"

    def respond(self, turn: Any) -> Any:
        """A hand-off, and a reply that must not come once an agent has the chat."""
        from bot.conversations.dialogue import HandOff, ServedWish, TurnOutput
        from bot.conversations.model import Reply

        wish = ServedWish("talk_to_human", "handed_off")
        return TurnOutput(
            (Reply("Un momento.", "es"),), (wish,), turn.conversation.locale, {}, (HandOff("talk_to_human"),)
        )

    def apologise(self, turn: Any, error_id: str) -> Any:
        """Nothing fails here."""
        raise RuntimeError(error_id)

    def parse(self, text: str, today: date) -> dict[str, Any]:
        """Nothing is read."""
        return {"text": text}

    def follow_model(self) -> None:
        """There is none."""


def serve(folder: str, port: int, desks: int, conversations: int, ready: Any) -> None:
    """The server's process: a whole house with its tick, conversations that wait, and an agent per desk."""
    from sqlalchemy import insert

    from bot.accounts.tables import accounts
    from bot.app import House
    from bot.base.settings import Settings
    from bot.conversations import control, log
    from bot.desk import work
    from bot.serve import application, settle
    from bot.storage import migrate
    from bot.storage.database import Database

    settings = Settings(
        data_dir=folder, secret="s" * 40, shop_key="k" * 40, port=port, desk_capacity=10**6,
        database_url=f"sqlite:///{folder}/load.db", desk_silent_seconds=3600, trusted_proxies=1,
    )  # fmt: skip
    database = Database(settings.database)
    migrate.upgrade(database)
    house = House(settings, responder=lambda _house: SilentResponder(), database=database)
    now = house.clock.now()
    with database.write() as tx:
        for number in range(desks):
            row = {"email": f"a{number}@example.com", "name": f"Agent{number} Load", "role": "agent"}
            row |= {"locale": LANGUAGES[number % 2], "password_hash": "-", "session_epoch": 0, "active": True}
            tx.execute(insert(accounts).values(id=number + 1, created_at=now, **row))
    agents = {}
    from bot.accounts.store import account_of

    ids = []
    with database.write() as tx:
        for number in range(conversations):
            agent = agents.setdefault(number % desks, account_of(tx, number % desks + 1))
            found = log.start_conversation(
                tx, locale=LANGUAGES[number % 2], now=now, customer_name=f"C{number}"
            )
            control.hand_off(tx, found.id, reason="talk_to_human", now=now)
            work.claim(tx, found.id, agent=agent, now=now)
            ids.append(found.id)
    tokens = {
        "desks": [house.tokens.for_session(number + 1, 0) for number in range(desks)],
        "chats": [(chat, house.tokens.for_conversation(chat)) for chat in ids],
    }
    ready.send(tokens)
    app = application(house)
    app.register_listener(settle, "before_server_start")
    _time_requests(app)
    signal.signal(signal.SIGTERM, lambda *_: app.stop())
    app.run(host=HOST, port=port, access_log=False, debug=False)


def _time_requests(app: Any) -> None:
    """Each answer says how long the server had it, in ms."""

    async def begin(request: Any) -> None:
        request.ctx.began = time.perf_counter()

    async def end(request: Any, answer: Any) -> None:
        if answer is not None:
            answer.headers[HANDLED] = f"{1000 * (time.perf_counter() - request.ctx.began):.2f}"

    app.request_middleware.appendleft(begin)
    app.register_middleware(end, "response")


class Load:
    """The client: everybody who is connected, what was sent, and when the other side saw it."""

    def __init__(
        self, address: str, tokens: dict[str, Any], minutes: float, pid: int, *, every_chat: bool
    ) -> None:
        self.pid = pid
        self.every_chat = every_chat
        self.address = address
        self.desks: list[str] = tokens["desks"]
        self.chats: list[tuple[str, str]] = tokens["chats"]
        self.seconds = minutes * 60
        self.sent: dict[str, float] = {}
        self.seen: dict[str, float] = {}
        self.doubled = 0
        self.took: dict[str, list[float]] = defaultdict(list)
        self.handled: list[float] = []
        self.failed = 0
        self.bot_messages = 0
        self.frames = 0
        self.connected = 0
        self.doors = asyncio.Semaphore(32)
        self.alerts: dict[str, float] = {}
        self.alerted: dict[str, list[float]] = defaultdict(list)

    async def run(self) -> None:
        """Connect everybody, then write."""
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(connector=connector) as http:
            self.http = http
            tasks = [asyncio.ensure_future(self._desk(number)) for number in range(len(self.desks))]
            for number, (chat, token) in enumerate(self.chats):
                tasks.append(asyncio.ensure_future(self._follow_customer(chat, token)))
                tasks.append(asyncio.ensure_future(self._follow_staff(chat, number % len(self.desks))))
            while self.connected < len(tasks):
                await asyncio.sleep(0.2)
            await asyncio.sleep(3)
            self.began = time.monotonic()
            self.cpu_before = (cpu_of(self.pid), time.process_time())
            writers = [asyncio.ensure_future(self._write(number)) for number in range(len(self.chats))]
            await asyncio.gather(*writers)
            spent = time.monotonic() - self.began
            self.shares = (
                (cpu_of(self.pid) - self.cpu_before[0]) / spent,
                (time.process_time() - self.cpu_before[1]) / spent,
            )
            await self._hand_offs(30)
            await asyncio.sleep(3)
            self.cut = sum(task.done() for task in tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _desk(self, number: int) -> None:
        headers = {"Cookie": f"puente_session={self.desks[number]}"}
        url = self.address.replace("http", "ws") + "/api/v1/desk/stream"
        async with contextlib.aclosing(self._frames(url, headers)) as frames:
            async for text in frames:
                self.frames += 1
                if '"shared"' not in text:
                    continue
                waiting = json.loads(text)["shared"]["waiting"]
                for row in waiting:
                    chat = row["conversation_id"]
                    if chat in self.alerts and len(self.alerted[chat]) < len(self.desks):
                        self.alerted[chat].append(time.monotonic() - self.alerts[chat])

    async def _follow_customer(self, chat: str, token: str) -> None:
        await self._follow(f"/api/v1/conversations/{chat}/stream", {"token": token, "after": 0}, {}, "agent")

    async def _follow_staff(self, chat: str, desk: int) -> None:
        headers = {"Cookie": f"puente_session={self.desks[desk]}"}
        await self._follow(f"/api/v1/desk/conversations/{chat}/stream", {"after": 0}, headers, "customer")

    async def _follow(self, path: str, hello: dict, headers: dict[str, str], other: str) -> None:
        url = self.address.replace("http", "ws") + path
        async with contextlib.aclosing(self._frames(url, headers, hello)) as frames:
            async for text in frames:
                for entry in json.loads(text).get("events", ()):
                    if entry["type"] == "message" and entry["actor"] == other:
                        self._saw(entry["body"]["text"])
                    self.bot_messages += entry["type"] == "message" and entry["actor"] == "bot"

    async def _frames(
        self, url: str, headers: dict[str, str], hello: dict | None = None
    ) -> AsyncIterator[str]:
        """The frames of a socket, from its first on; a few sockets open at a time, as people come."""
        ws = None
        try:
            async with self.doors:
                ws = await websockets.connect(
                    url, extra_headers=headers, ping_interval=None, open_timeout=60, max_size=None
                )
                if hello is not None:
                    await ws.send(json.dumps(hello))
                first = await ws.recv()
            self.connected += 1
            yield first
            async for text in ws:
                yield text
        finally:
            if ws is not None:
                await ws.close()

    def _saw(self, text: str) -> None:
        if text in self.seen:
            self.doubled += 1
        elif text in self.sent:
            self.seen[text] = time.monotonic() - self.sent[text]

    async def _write(self, number: int) -> None:
        """The customer of one conversation and its agent, each once a minute, at a moment of their own.

        An agent writes in the chats in hand in turn, or (`every_chat`) in each of them once a minute.
        """
        chat, token = self.chats[number]
        agent = self.desks[number % len(self.desks)]
        in_hand = [self.chats[number][0]]
        if not self.every_chat:
            in_hand = [one for one, _ in self.chats[number :: len(self.desks)]]
        writers = [self._every_minute([chat], token, f"c{number}", "customer")]
        if self.every_chat or number < len(self.desks):
            writers.append(self._every_minute(in_hand, agent, f"a{number}", "agent"))
        await asyncio.gather(*writers)

    async def _every_minute(self, chats: list[str], token: str, who: str, kind: str) -> None:
        room = "/api/v1/desk/conversations" if kind == "agent" else "/api/v1/conversations"
        at = random.random() * min(60.0, self.seconds)
        count = 0
        while at < self.seconds:
            await asyncio.sleep(max(0.0, self.began + at - time.monotonic()))
            path = f"{room}/{chats[count % len(chats)]}/messages"
            text = f"{who}-{count}"
            headers = {"Authorization": f"Bearer {token}"}
            if kind == "customer":  # from addresses of their own: the limit per address is no part of this
                parts = [str(hash(one) % 250) for one in (who, text[::-1], text)]
                headers["x-forwarded-for"] = ".".join(["10", *parts])
            self.sent[text] = time.monotonic()
            try:
                async with self.http.post(
                    self.address + path, json={"client_id": text, "text": text}, headers=headers
                ) as answer:
                    await answer.read()
                    self.failed += answer.status not in (200, 201)
                    self.handled.append(float(answer.headers[HANDLED]) / 1000)
            except aiohttp.ClientError:
                self.failed += 1
            self.took[kind].append(time.monotonic() - self.sent[text])
            count += 1
            at += 60.0

    async def _hand_offs(self, count: int) -> None:
        """Customers who ask for a person: when do all desks know?"""
        for number in range(count):
            headers = {"x-forwarded-for": f"10.251.1.{number}"}
            async with self.http.post(
                f"{self.address}/api/v1/conversations", json={}, headers=headers
            ) as answer:
                found = await answer.json()
            chat, token = found["conversation_id"], found["token"]
            self.alerts[chat] = time.monotonic()
            body = {"client_id": "1", "text": "una persona"}
            headers["Authorization"] = f"Bearer {token}"
            url = f"{self.address}/api/v1/conversations/{chat}/messages"
            async with self.http.post(url, json=body, headers=headers) as answer:
                await answer.read()
            await asyncio.sleep(0.5)


async def claims(address: str, tokens: dict[str, Any], count: int) -> dict[str, int]:
    """Two agents claim each of `count` waiting chats at the same moment: how many had exactly one winner?"""
    single = told = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=16)) as http:
        for number in range(count):
            headers = {"x-forwarded-for": f"10.252.{number // 250}.{number % 250}"}
            async with http.post(f"{address}/api/v1/conversations", json={}, headers=headers) as answer:
                found = await answer.json()
            chat = found["conversation_id"]
            both = [_claim(http, address, chat, token) for token in tokens["desks"][:2]]
            (first, body_one), (second, body_two) = await asyncio.gather(*both)
            single += sorted((first, second)) == [200, 409]
            lost = body_one if first == 409 else body_two
            told += lost.get("error", {}).get("code") == "claimed_by"
    return {"chats": count, "single_winners": single, "losers_told_who": told}


async def _claim(http: aiohttp.ClientSession, address: str, chat: str, token: str) -> tuple[int, dict]:
    url, headers = f"{address}/api/v1/desk/conversations/{chat}/claim", {"Authorization": f"Bearer {token}"}
    async with http.post(url, json={}, headers=headers) as answer:
        return answer.status, await answer.json()


def spread(values: list[float]) -> dict[str, float | int]:
    """Milliseconds: median, 95th and 99th of a hundred, the worst."""
    if len(values) < 2:
        return {"count": len(values)}
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    named = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(values)}
    return {"count": len(values), **{name: round(1000 * value, 1) for name, value in named.items()}}


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--desks", type=int, default=200)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every-chat", action="store_true")
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--folder", default=None, help="where the database lies; default: a temporary folder")
    parser.add_argument("--json", default=None)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        server = context.Process(
            target=serve, args=(folder, port, options.desks, options.conversations, there)
        )
        server.start()
        try:
            figures = _measure(options, here.recv(), f"http://{HOST}:{port}", server.pid or 0)
        finally:
            server.terminate()
            server.join(20)
    print(json.dumps(figures, indent=2))
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2), encoding="utf-8")


def _measure(options: argparse.Namespace, tokens: dict[str, Any], address: str, pid: int) -> dict[str, Any]:
    _wait_for(address)
    load = asyncio.run(_loaded(address, tokens, options, pid))
    everyone = [value for values in load.took.values() for value in values]
    return {
        "desks": options.desks,
        "conversations": options.conversations,
        "minutes": options.minutes,
        "messages_a_second": round(len(load.sent) / (60 * options.minutes), 1),
        "sent": len(load.sent),
        "send_handler_ms": spread(load.handled),
        "send_ms": spread(everyone),
        "send_ms_by": {kind: spread(values) for kind, values in load.took.items()},
        "seen_by_the_other_side_ms": spread(list(load.seen.values())),
        "lost": len(load.sent) - len(load.seen),
        "doubled": load.doubled,
        "failed_requests": load.failed,
        "bot_messages_after_the_hand_off": load.bot_messages,
        "hand_off_alert_ms": spread([value for values in load.alerted.values() for value in values]),
        "hand_offs": len(load.alerts),
        "alerts_missing": len(load.alerts) * options.desks - sum(len(one) for one in load.alerted.values()),
        "claims": asyncio.run(claims(address, tokens, options.claims)),
        "sockets_cut": load.cut,
        "cpu_cores": os.cpu_count(),
        "cpu_share_server": round(load.shares[0], 2),
        "cpu_share_client": round(load.shares[1], 2),
        "desk_frames": load.frames,
    }


async def _loaded(address: str, tokens: dict[str, Any], options: argparse.Namespace, pid: int) -> Load:
    load = Load(address, tokens, options.minutes, pid, every_chat=options.every_chat)
    await load.run()
    return load


def _wait_for(address: str) -> None:
    import urllib.error
    import urllib.request

    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
