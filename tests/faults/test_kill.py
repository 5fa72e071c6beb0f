"""A process killed at any moment leaves every accepted message answered once, each case and mail once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.base.settings import ROOT
from bot.cases.tables import cases
from bot.conversations.tables import log_entries
from bot.shop.sql import add
from bot.shop.tables import sellers
from bot.storage.database import Database
from bot.storage.tables import deadlines, outbox
from tests.faults.victim import POINTS
from tests.harness import eventually
from tests.services import free_port

KILLS = int(os.environ.get("PUENTE_KILLS", "20"))
"""SIGKILLs at random moments, half of them on each engine: 20 in `make test`, 500 in `make figures`."""

CUSTOMERS = 4


class Victim:
    """The serving process, started again after each death on the same port and database."""

    def __init__(self, folder: Path, database: Database, *more: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/v1/conversations"
        self._arguments = [
            "--port",
            str(self.port),
            "--folder",
            str(folder),
            "--database",
            database.url,
            *more,
        ]
        self.process: subprocess.Popen | None = None

    def start(self, *more: str) -> None:
        """Start it; returns when it serves."""
        command = [sys.executable, "-W", "ignore", "-m", "tests.faults.victim", *self._arguments, *more]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
        )
        eventually(
            self._answers, seconds=120
        )  # beside other work a start takes long; a death is told at once

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"it ended by itself, with {self.process.returncode}"
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=1).status_code == 200
        except httpx.TransportError:
            return False


class Customer(threading.Thread):
    """Writes message after message; what was not acknowledged is sent again with the same client_id."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.accepted: list[str] = []
        self.number = number
        self.stop = threading.Event()
        self._client = httpx.Client(base_url=url, timeout=5, limits=httpx.Limits(max_keepalive_connections=0))
        started = self._until_through(lambda: self._client.post("/", json={"locale": "es"}))
        self.conversation_id = started.json()["conversation_id"]
        self.authorization = f"Bearer {started.json()['token']}"
        self._client.headers["authorization"] = self.authorization

    def run(self) -> None:
        """One message after the other until told to stop."""
        while not self.stop.is_set():
            self.write()
            time.sleep(random.random() / 10)

    def move_to(self, url: str) -> None:
        """Go on with another process."""
        self._client.base_url = httpx.URL(url)

    def write(self) -> None:
        """One message, sent until it is acknowledged."""
        words = f"{self.number}-{len(self.accepted)}"
        body = {"client_id": words, "text": words}
        self._until_through(lambda: self._client.post(f"/{self.conversation_id}/messages", json=body))
        self.accepted.append(words)

    def _until_through(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        while True:
            try:
                response = send()
                if response.status_code in {200, 201}:
                    return response
                assert response.status_code in {429, 503}, response.text
            except httpx.TransportError:
                pass
            time.sleep(0.1)


@pytest.mark.timeout(900 if KILLS <= 20 else 7200)
def test_sigkill_at_random_moments_under_load(any_database: Database, tmp_path: Path):
    _add_seller(any_database)
    chance = random.Random(11)
    with _victim(tmp_path, any_database) as victim:
        victim.start()
        customers = [Customer(victim.url, number) for number in range(CUSTOMERS)]
        for customer in customers:
            customer.start()
        for _ in range(KILLS // 2):
            time.sleep(0.3 + chance.random())
            victim.kill()
            victim.start()
        for customer in customers:
            customer.stop.set()
            customer.join(60)

        _assert_everything_once(any_database, customers)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_of_the_commit(database: Database, tmp_path: Path, point: str):
    _add_seller(database)
    with _victim(tmp_path, database) as victim:
        victim.start("--die", point)
        customer = Customer(victim.url, 1)
        for _ in range(2):
            customer.write()
            eventually(lambda: _answered(database) >= len(customer.accepted))
        third = threading.Thread(target=customer.write)
        third.start()
        assert victim.process is not None
        assert victim.process.wait(30) == -9, "it should have died in the third turn"
        victim.start()
        third.join(60)

        _assert_everything_once(database, [customer])


@contextmanager
def _victim(folder: Path, database: Database) -> Iterator[Victim]:
    victim = Victim(folder, database)
    try:
        yield victim
    finally:
        if victim.process is not None and victim.process.poll() is None:
            victim.kill()


def _add_seller(database: Database) -> None:
    row = {"id": "s-lumen", "name": "Lumen", "email": "a@example.de", "country": "DE", "case_language": "de"}
    with database.write() as tx:
        add(tx, sellers, [row])


def _answered(database: Database) -> int:
    with database.read() as tx:
        bodies = tx.execute(select(log_entries.c.body).where(log_entries.c.type == "outcome")).scalars().all()
    return sum(len(body["message_seqs"]) for body in bodies)


def _assert_everything_once(database: Database, customers: list[Customer]) -> None:
    accepted = Counter(words for customer in customers for words in customer.accepted)
    eventually(lambda: _answered(database) >= len(accepted), seconds=60)
    with database.read() as tx:
        entries = tx.execute(select(log_entries)).all()
        opened = tx.execute(select(cases)).all()
        mails = tx.execute(select(outbox.c.key)).scalars().all()
        clocks = (
            tx.execute(select(deadlines.c.subject).where(deadlines.c.kind == "case_answer")).scalars().all()
        )
    written = Counter(e.body["text"] for e in entries if e.actor == "customer")
    answered = Counter(
        (e.conversation_id, seq) for e in entries if e.type == "outcome" for seq in e.body["message_seqs"]
    )
    replied = Counter(
        e.body["text"].rsplit(" ", 1)[-1] for e in entries if e.actor == "bot" and e.type == "message"
    )
    assert written == accepted, "each message stands in the log once"
    assert set(answered.values()) == {1}
    assert len(answered) == len(accepted), "each message was answered once"
    assert Counter(case.customer_words for case in opened) == accepted, "each case was opened once"
    assert replied == accepted, "each case was told once"
    assert len(clocks) == len(opened) == len(set(clocks))
    assert len(mails) == len(opened), "each mail was queued once"
    _assert_dense(entries)


def _assert_dense(entries: list) -> None:
    by_conversation: dict[str, list[int]] = {}
    for entry in entries:
        by_conversation.setdefault(entry.conversation_id, []).append(entry.seq)
    for seqs in by_conversation.values():
        assert sorted(seqs) == list(range(1, len(seqs) + 1))
