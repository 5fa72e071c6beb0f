"""Two processes on PostgreSQL and Redis serve the same conversations; one may die."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import websockets

from bot.storage.database import Database
from tests.faults.test_kill import Customer, Victim, _add_seller, _assert_everything_once


async def _follow(url: str, customer: Customer, until: str) -> list[dict[str, Any]]:
    """Follow a conversation by socket until a reply holds `until`."""
    token = customer.authorization.removeprefix("Bearer ")
    address = f"{url.replace('http', 'ws', 1)}/{customer.conversation_id}/stream"
    seen: list[dict[str, Any]] = []
    async with websockets.connect(address) as socket:
        await socket.send(json.dumps({"token": token, "after": 0}))
        while True:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 20))
            seen += frame.get("events", [])
            if any(until in entry["body"].get("text", "") for entry in seen if entry["actor"] == "bot"):
                return seen


def test_what_is_said_to_one_process_is_read_from_the_other_and_one_may_die(
    postgres_database: Database, redis_url: str, tmp_path: Path
):
    _add_seller(postgres_database)
    one = Victim(tmp_path, postgres_database, "--redis", redis_url)
    other = Victim(tmp_path, postgres_database, "--redis", redis_url)
    one.start()
    other.start()
    try:
        customer = Customer(one.url, 1)

        async def talk() -> list[dict[str, Any]]:
            reading = asyncio.create_task(_follow(other.url, customer, "for 1-0"))
            await asyncio.sleep(0)
            await asyncio.get_running_loop().run_in_executor(None, customer.write)
            return await reading

        seen = asyncio.run(talk())
        assert [entry["seq"] for entry in seen] == sorted({entry["seq"] for entry in seen})

        one.kill()
        customer.move_to(other.url)
        customer.write()
        customer.write()
        _assert_everything_once(postgres_database, [customer])
    finally:
        for victim in (one, other):
            if victim.process is not None and victim.process.poll() is None:
                victim.kill()


def test_without_redis_a_lost_hint_is_repaired_by_reading_the_log(
    postgres_database: Database, tmp_path: Path
):
    _add_seller(postgres_database)
    one, other = Victim(tmp_path, postgres_database), Victim(tmp_path, postgres_database)
    one.start()
    other.start()
    try:
        customer = Customer(one.url, 1)
        customer.write()
        headers = {"authorization": customer.authorization}
        end = time.monotonic() + 30
        texts: list[str] = []
        while not texts and time.monotonic() < end:
            address = f"{other.url}/{customer.conversation_id}/events?after=1&wait=10"
            events = httpx.get(address, headers=headers, timeout=20).json()["events"]
            texts = [entry["body"]["text"] for entry in events if entry["type"] == "message"]

        assert texts
    finally:
        one.kill()
        other.kill()
