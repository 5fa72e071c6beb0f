"""The bridge: the example client of the documents against a served house; signatures, retries, order."""

from __future__ import annotations

import json
import runpy
import threading
import urllib.error
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
from desk_house import say, served, waiting_conversation
from sqlalchemy import select

from bot.app import House
from bot.base.clock import Clock
from bot.base.settings import ROOT
from bot.base.signature import HEADER, is_signed, signature
from bot.conversations import log
from bot.desk.bridge import Bridge
from bot.desk.tables import bridge_links
from tests.harness import eventually
from tests.services import free_port

SECRET = "the secret of the bridge, 32 characters at least"
client = runpy.run_path(str(ROOT / "docs" / "bridge_client.py"))


class OtherDesk:
    """Takes webhooks in memory; `refuse` answers with a status of its own."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refuse = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert client["is_signed"](SECRET, request.headers[HEADER], request.content)
        if self.refuse:
            return httpx.Response(self.refuse)
        self.got.append(json.loads(request.content))
        return httpx.Response(204)


def bridge_of(house: House, desk: OtherDesk) -> Bridge:
    """A bridge that reaches the test's own desk. It signs with the machine's time, as the client checks."""
    clock = Clock(house.clock.now() - Clock().now())
    return Bridge(
        house.database,
        clock,
        url="http://desk.example/hook",
        secret=SECRET,
        transport=httpx.MockTransport(desk),
    )


def test_a_hand_off_is_told_once_with_all_that_is_known_and_then_what_follows(house: House) -> None:
    desk = OtherDesk()
    bridge = bridge_of(house, desk)
    chat = waiting_conversation(house)

    assert [bridge.run(), bridge.run()] == [1, 0]
    say(house, chat, "¿Hola?")
    bridge.run()

    first, second = desk.got
    assert (first["type"], second["type"]) == ("handoff", "entries")
    assert first["conversation"]["conversation_id"] == chat
    assert first["package"]["steps"][0]["outcome"] == "handed_off"
    assert [entry["seq"] for entry in first["entries"] + second["entries"]] == list(
        range(1, second["last_seq"] + 1)
    )
    assert second["entries"][-1]["body"]["text"] == "¿Hola?"


def test_a_webhook_that_is_not_taken_comes_again_with_the_same_id(house: House) -> None:
    desk = OtherDesk()
    bridge = bridge_of(house, desk)
    waiting_conversation(house)
    desk.refuse = 500
    assert bridge.run() == 0
    desk.refuse = 0
    assert bridge.run() == 0  # not before its time

    bridge._clock.offset += timedelta(seconds=11)

    assert bridge.run() == 1
    assert len(desk.got) == 1


def test_with_the_bot_again_nothing_more_is_told(house: House) -> None:
    desk = OtherDesk()
    bridge = bridge_of(house, desk)
    chat = waiting_conversation(house)
    bridge.run()
    with served_over(house) as (_, puente):
        seq = puente.reply(chat, "Hola", "Lucía Roca")
        puente.give_back(chat, seq)
    bridge.run()
    say(house, chat, "Otra cosa, entre el bot y yo")
    house.turns.run(chat)

    assert bridge.run() == 0
    assert desk.got[-1]["conversation"]["controller"] == "bot"
    with house.database.read() as tx:
        assert tx.execute(select(bridge_links)).first() is None


class served_over:
    """The house served with the bridge's secret, and the documents' client for it."""

    def __init__(self, house: House) -> None:
        object.__setattr__(house.settings, "bridge_secret", SECRET)
        house.clock.unshifted = Clock().now  # type: ignore[method-assign]
        self._serving = served(house)

    def __enter__(self) -> tuple[str, Any]:
        address = self._serving.__enter__()
        return address, client["Puente"](address, SECRET)

    def __exit__(self, *error: Any) -> None:
        self._serving.__exit__(*error)


def test_the_example_client_hears_answers_and_gives_back(house: House) -> None:
    port = free_port()
    with served_over(house) as (_, puente):
        desk = client["Desk"](puente)
        server = client["serve"](desk, SECRET, port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bridge = Bridge(
            house.database,
            Clock(house.clock.now() - Clock().now()),
            url=f"http://127.0.0.1:{port}/",
            secret=SECRET,
        )
        try:
            chat = waiting_conversation(house)
            assert bridge.run() == 1
            greeted = eventually(lambda: [e for e in _entries(house, chat) if e.actor == "agent"])
            assert greeted[0].body == {"text": "Hola, me ocupo yo.", "lang": "es", "agent": "Lucía"}
            assert requests.post(f"http://127.0.0.1:{port}/", json={}, timeout=5).status_code == 401
            seq = say(house, chat, "Gracias")
            with pytest.raises(urllib.error.HTTPError, match="409"):
                puente.give_back(chat, seq - 1)
            puente.give_back(chat, seq)
            with house.database.read() as tx:
                assert log.get_conversation(tx, chat).controller == "bot"
            bridge.run()
            assert sorted(desk.entries[chat]) == list(range(1, len(_entries(house, chat)) + 1))
        finally:
            server.shutdown()
            server.server_close()


def test_only_what_is_signed_now_and_for_this_is_taken(house: House) -> None:
    chat = waiting_conversation(house)
    with served_over(house) as (address, puente):
        path = f"/api/v1/bridge/conversations/{chat}"
        now = Clock().now()
        right = signature(SECRET, "GET", path, b"", at=now)
        for header in (
            "", "t=1,v1=" + "0" * 64, right.replace("v1=", "v1=0")[: len(right)],
            signature(SECRET, "GET", path, b"", at=now - timedelta(minutes=6)),
            signature("x" * 40, "GET", path, b"", at=now), signature(SECRET, "POST", path, b"", at=now),
        ):  # fmt: skip
            assert requests.get(address + path, headers={HEADER: header}, timeout=5).status_code == 401, (
                header
            )
        assert requests.get(address + path, headers={HEADER: right}, timeout=5).status_code == 200
        with house.database.write() as tx:
            from bot.accounts.store import account_by_email
            from bot.desk import work

            ana = account_by_email(tx, "ana@example.com")
            assert ana is not None
            work.claim(tx, chat, agent=ana, now=house.clock.now())
        with pytest.raises(urllib.error.HTTPError, match="409"):
            puente.reply(chat, "¿Quién?", "Lucía")
        object.__setattr__(house.settings, "bridge_secret", "")
        assert requests.get(address + path, headers={HEADER: right}, timeout=5).status_code == 404


def test_a_signature_is_of_everything_it_was_made_of() -> None:
    now = Clock().now()
    header = signature(SECRET, "a", b"b", at=now)

    assert is_signed(SECRET, header, "a", b"b", at=now)
    assert not is_signed(SECRET, header, "a", b"c", at=now)
    assert not is_signed("", signature("", "a", at=now), "a", at=now)


def _entries(house: House, conversation_id: str) -> list[Any]:
    with house.database.read() as tx:
        return log.entries_after(tx, conversation_id, 0, audience="staff")


@pytest.fixture(autouse=True)
def _settings_as_before(house: House) -> Iterator[None]:
    yield
    object.__setattr__(house.settings, "bridge_secret", "")
