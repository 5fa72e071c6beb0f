"""Working together over HTTP and sockets: presence without a reload, hints to whom they concern, moves, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import websockets
from desk_house import COOKIE, Person, say, waiting_conversation

from bot.app import House
from bot.base.clock import FrozenClock
from bot.conversations import log
from bot.desk import people
from bot.training import inbox
from tests.harness import eventually

API = "/api/v1/desk/conversations"


def person_of(found: dict[str, Any], name: str) -> dict[str, Any] | None:
    """A colleague in a queue's answer."""
    return next((one for one in found["people"] if one["name"] == name), None)


def socket_of(person: Person) -> Any:
    """The desk's socket of somebody."""
    url = person.address.replace("http", "ws") + "/api/v1/desk/stream"
    return websockets.connect(url, extra_headers={"Cookie": f"{COOKIE}={person.token}"})


async def frame_with(
    socket: Any, holds: Callable[[dict[str, Any]], Any], seconds: float = 10
) -> dict[str, Any]:
    """The next frame for which it holds."""

    async def look() -> dict[str, Any]:
        while True:
            frame = json.loads(await socket.recv())
            if holds(frame):
                return frame

    return await asyncio.wait_for(look(), seconds)


async def test_presence_and_the_queue_come_by_the_socket_and_what_concerns_one_comes_to_one(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana, jan = signed_in("ana"), signed_in("jan")
    async with socket_of(jan) as jans:
        async with socket_of(ana) as anas:
            await frame_with(jans, lambda f: "shared" in f and person_of(f["shared"], "Ana"))
            loop = asyncio.get_running_loop()
            chat = await loop.run_in_executor(None, waiting_conversation, house)
            for socket in (jans, anas):
                seen = await frame_with(socket, lambda f: "shared" in f and f["shared"]["waiting"])
                assert [row["conversation_id"] for row in seen["shared"]["waiting"]] == [chat]
            await loop.run_in_executor(None, ana.post, f"{API}/{chat}/claim")
            mine = await frame_with(anas, lambda f: f.get("mine"))
            assert mine["conversations"] == [chat]
            await frame_with(jans, lambda f: "shared" in f and person_of(f["shared"], "Ana")["held"] == 1)

            await loop.run_in_executor(None, say, house, chat, "¿Hola?")
            house.take_up(chat, 1, controller="agent", agents=[person_of(seen["shared"], "Ana")["id"]])
            await frame_with(anas, lambda f: f.get("mine"))
            with pytest.raises(asyncio.TimeoutError):
                await frame_with(jans, lambda f: f.get("queue"), seconds=0.8)
        gone = await frame_with(
            jans, lambda f: "shared" in f and person_of(f["shared"], "Ana")["state"] == "gone"
        )
    assert person_of(gone["shared"], "Jan")["state"] == "here"


def test_moves_between_colleagues_and_their_refusals(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana, jan, sofia = signed_in("ana"), signed_in("jan"), signed_in("sofia")
    chat = waiting_conversation(house)
    ana.post(f"{API}/{chat}/claim")
    me = jan.session.put(
        jan.address + "/api/v1/desk/me", json={"languages": ["de"], "skills": ["item"]}, timeout=9
    ).json()
    assert (me["languages"], me["skills"], me["state"]) == (["de"], ["item"], "gone")

    refused = ana.post(f"{API}/{chat}/pass-on", {"to": me["id"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "colleague_not_here")
    house.desk_keeper.arrive("jans page", me["id"])
    own = jan.post(f"{API}/{chat}/pass-on", {"to": me["id"]})
    assert (own.status_code, own.json()["error"]["code"]) == (409, "yours_already")
    assert ana.post(f"{API}/{chat}/invite", {"to": me["id"]}).status_code == 200
    assert [row["conversation_id"] for row in jan.get("/api/v1/desk/queue/mine").json()["invited"]] == [chat]
    assert jan.post(f"{API}/{chat}/messages", {"client_id": "1", "text": "Soy Jan"}).status_code == 201
    assert ana.post(f"{API}/{chat}/pass-on", {"to": me["id"]}).status_code == 200
    assert ana.post(f"{API}/{chat}/messages", {"client_id": "2", "text": "¿?"}).status_code == 409
    assert ana.post(f"{API}/{chat}/requeue").status_code == 403
    assert sofia.post(f"{API}/{chat}/requeue").status_code == 200
    assert sofia.get("/api/v1/desk/live").json()["alerts"][0]["agent"] == "Jan"

    capacity = f"/api/v1/desk/people/{me['id']}"
    assert ana.session.put(ana.address + capacity, json={"capacity": 0}, timeout=9).status_code == 403
    assert sofia.session.put(sofia.address + capacity, json={"capacity": 0}, timeout=9).status_code == 200
    full = jan.post(f"{API}/{chat}/claim")
    assert (full.status_code, full.json()["error"]["code"]) == (409, "desk_full")


def test_going_away_gives_the_chats_back(house: House, signed_in: Callable[[str], Person]) -> None:
    ana = signed_in("ana")
    chat = waiting_conversation(house)
    ana.post(f"{API}/{chat}/claim")

    me = ana.session.put(
        ana.address + "/api/v1/desk/me", json={"away": True, "give_back": True}, timeout=9
    ).json()

    assert me["held"] == 0
    queue = ana.get("/api/v1/desk/queue").json()
    assert [row["conversation_id"] for row in queue["waiting"]] == [chat]


def test_the_clock_gives_a_silent_agents_chat_back_and_tells_whoever_looks(
    house: House, clock: FrozenClock, signed_in: Callable[[str], Person]
) -> None:
    ana = signed_in("ana")
    chat = waiting_conversation(house)
    ana.post(f"{API}/{chat}/claim")
    clock.advance(timedelta(seconds=house.settings.desk_silent_seconds + 1))

    eventually(lambda: ana.get("/api/v1/desk/queue").json()["waiting"])

    row = ana.get("/api/v1/desk/queue").json()["waiting"][0]
    assert (row["handoff_reason"], row["handoff_label"]) == ("agent_silent", "Su agente no contestó")


def test_labels_reason_and_block_over_http(house: House, signed_in: Callable[[str], Person]) -> None:
    ana = signed_in("ana")
    chat = waiting_conversation(house)
    ana.post(f"{API}/{chat}/claim")
    put = ana.session.put(f"{ana.address}{API}/{chat}/labels", json={"labels": ["Regalo"]}, timeout=9)
    assert put.json() == {"labels": ["regalo"]}
    corrected = ana.post(f"{API}/{chat}/reason", {"reason": "item_damaged"})
    assert corrected.json() == {"reason": "item_damaged", "to_the_studio": True}
    blocked = ana.post(f"{API}/{chat}/block", {"hours": 24})
    assert blocked.status_code == 200

    package = ana.get(f"{API}/{chat}").json()
    found = ana.get("/api/v1/desk/search", params={"q": "personas", "label": "regalo"}).json()["found"]
    assert (package["labels"], package["reason"], bool(package["blocked_until"])) == (
        ["regalo"],
        "item_damaged",
        True,
    )
    assert [row["conversation_id"] for row in found] == [chat]
    with house.database.read() as tx:
        assert [message.suggested for message in inbox.open_messages(tx)[0]] == ["item_damaged"]
        assert log.get_conversation(tx, chat).blocked_until is not None
    token = house.tokens.for_conversation(chat)
    refused = ana.session.post(
        f"{ana.address}/api/v1/conversations/{chat}/messages", json={"client_id": "9", "text": "…"},
        headers={"Authorization": f"Bearer {token}"}, timeout=9,
    )  # fmt: skip
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "customer_blocked")


def test_supervisors_read_reports_and_csv_agents_do_not(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    waiting_conversation(house)
    sofia = signed_in("sofia")

    report = sofia.get("/api/v1/desk/report", params={"days": 7}).json()
    lines = sofia.get("/api/v1/desk/report.csv").text.splitlines()

    assert (report["per_day"][-1]["conversations"], report["per_day"][-1]["handed_off"]) == (1, 1)
    assert len(lines) == 8
    assert lines[0].startswith("day,conversations,handed_off")
    for path in ("live", "report", "report.csv"):
        assert signed_in("ana").get(f"/api/v1/desk/{path}").status_code == 403
    assert sofia.get("/desk/overview").status_code == 200


def test_who_cannot_hold_a_socket_is_at_the_desk_while_they_ask(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana, jan = signed_in("ana"), signed_in("jan")

    def state() -> str:
        return str(person_of(jan.get("/api/v1/desk/queue").json(), "Ana")["state"])

    for _ in range(2):
        ana.get("/api/v1/desk/queue?here=1")
    assert state() == "here"

    house.clock.offset += people.STALE + people.BEAT
    house.desk_keeper.keep()
    assert state() == "gone"

    ana.get("/api/v1/desk/queue?here=1")
    house.desk_keeper.arrive("her page, whose line is back", 1)
    house.desk_keeper.leave("her page, whose line is back")
    assert state() == "gone", "asking is over once there is a line"
