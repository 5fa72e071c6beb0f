"""The desk over HTTP and sockets: who may, who wins, what reaches whom."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
import websockets
from desk_house import Person, say, waiting_conversation

from bot.accounts.store import add_account
from bot.app import House
from bot.base.settings import ROOT
from bot.base.texts import catalogue
from bot.conversations import log
from bot.conversations.dialogue import TurnInput
from bot.desk import audit
from bot.desk.effects import RequestCallBack, request_callback
from bot.service.contact_ways import Window

TRIES = 100
API = "/api/v1/desk/conversations"


def _audit(house: House, conversation_id: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Who did what with a conversation, oldest first."""
    with house.database.read() as tx:
        found = audit.newest(tx, conversation_id=conversation_id)
    return [(event.kind, event.account, event.body) for event in reversed(found)]


def _entries(house: House, conversation_id: str) -> list[log.Entry]:
    with house.database.read() as tx:
        return log.entries_after(tx, conversation_id, 0, audience="staff")


ROUTES = [
    ("GET", "/api/v1/desk/queue"),
    ("GET", f"{API}/ID"),
    ("GET", f"{API}/ID/events"),
    ("POST", f"{API}/ID/claim"),
    ("POST", f"{API}/ID/messages"),
    ("POST", f"{API}/ID/release"),
    ("POST", f"{API}/ID/close"),
    ("POST", f"{API}/ID/notes"),
    ("POST", f"{API}/ID/signals"),
    ("GET", "/api/v1/desk/queue/mine"),
    ("GET", "/api/v1/desk/search"),
    ("GET", f"{API}/ID/audit"),
    ("PUT", "/api/v1/desk/me"),
    ("POST", f"{API}/ID/pass-on"),
    ("POST", f"{API}/ID/invite"),
    ("POST", f"{API}/ID/leave"),
    ("POST", f"{API}/ID/requeue"),
    ("PUT", f"{API}/ID/labels"),
    ("POST", f"{API}/ID/reason"),
    ("POST", f"{API}/ID/block"),
    ("POST", f"{API}/ID/unblock"),
    ("POST", f"{API}/ID/cases"),
    ("POST", f"{API}/ID/translations"),
    ("POST", "/api/v1/desk/translate"),
    ("GET", "/api/v1/desk/cases/P-1/resolutions"),
    ("POST", "/api/v1/desk/cases/P-1/decide"),
    ("GET", "/api/v1/desk/live"),
    ("GET", "/api/v1/desk/report"),
    ("GET", "/api/v1/desk/report.csv"),
    ("POST", "/api/v1/desk/callbacks/1/take"),
    ("POST", "/api/v1/desk/callbacks/1/put-back"),
    ("POST", "/api/v1/desk/callbacks/1/done"),
    ("POST", "/api/v1/desk/callbacks/1/not-reached"),
]

BODIES: dict[str, dict[str, Any]] = {
    "release": {"to": "bot"},
    "pass-on": {"to": 1},
    "invite": {"to": 1},
    "labels": {"labels": ["regalo"]},
    "reason": {"reason": "order_status"},
    "block": {"hours": 1},
    "cases": {"order_id": "303", "line_id": "303-1", "reason": "item_damaged", "text": "¿Qué hacemos?"},
    "translations": {"seqs": [1], "to": "de"},
}
NOT_THERE = {"cases": (404, "unknown_line"), "translations": (503, "no_translator")}
"""What is missing before the conversation is."""


def test_every_route_is_for_agents_and_supervisors_only(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    strangers = [signed_in("tessa"), signed_in("sam")]

    for method, path in ROUTES:
        url = address + path.replace("ID", conversation_id)
        assert requests.request(method, url, json={}, timeout=20).status_code == 401, path
        for stranger in strangers:
            answer = stranger.session.request(method, url, json={}, timeout=20)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_role"), path

    assert signed_in("sofia").get("/api/v1/desk/queue").status_code == 200
    assert (
        requests.get(f"{address}/desk", timeout=20, allow_redirects=False)
        .headers["location"]
        .startswith("/sign-in")
    )


def test_a_change_by_cookie_needs_the_pages_token(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    bearer = {"authorization": f"Bearer {ana.token}"}
    ana.session.headers.pop("X-CSRF-Token")

    for method, path in ROUTES:
        if method == "POST":
            answer = ana.post(path.replace("ID", conversation_id))
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf"), path
    answer = requests.post(f"{address}{API}/{conversation_id}/claim", json={}, headers=bearer, timeout=20)
    assert answer.status_code == 200


def test_of_two_agents_clicking_at_once_one_wins(house: House, signed_in: Callable[[str], Person]) -> None:
    people = {"ana": signed_in("ana"), "jan": signed_in("jan")}
    for _ in range(10):
        conversation_id = waiting_conversation(house)
        answers: dict[str, requests.Response] = {}
        together = threading.Barrier(2)

        def claim(
            name: str, to: str = conversation_id, found: dict[str, Any] = answers, start: Any = together
        ) -> None:
            start.wait()
            found[name] = people[name].post(f"{API}/{to}/claim")

        threads = [threading.Thread(target=claim, args=(name,)) for name in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        winner, loser = sorted(answers, key=lambda name: answers[name].status_code)
        assert answers[winner].status_code == 200
        assert answers[loser].status_code == 409
        assert winner.title() in answers[loser].json()["error"]["message"]


def test_a_claim_in_the_middle_of_a_turn_leaves_no_bot_message_after_it(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana = signed_in("ana")

    def claim_meanwhile(turn: TurnInput) -> None:
        assert ana.post(f"{API}/{turn.conversation.id}/claim").status_code == 200

    for number in range(TRIES):
        with house.database.write() as tx:
            conversation_id = log.start_conversation(tx, locale="es", now=house.clock.now()).id
        say(house, conversation_id, f"¿Dónde está mi pedido {number}?")
        house.responder.before = claim_meanwhile

        committed = house.turns.run(conversation_id)
        house.responder.before = lambda turn: None
        say(house, conversation_id, "¿Hola?")
        committed += house.turns.run(conversation_id)

        assert committed == 0
        assert [entry.actor for entry in _entries(house, conversation_id)] == [
            "customer",
            "system",
            "customer",
        ]


def test_a_claim_at_any_moment_of_a_turn_comes_before_or_after_it_never_within(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana = signed_in("ana")
    for number in range(20):
        with house.database.write() as tx:
            conversation_id = log.start_conversation(tx, locale="es", now=house.clock.now()).id
        say(house, conversation_id, f"Hola {number}")
        turn = threading.Thread(target=house.turns.run, args=(conversation_id,))
        turn.start()
        assert ana.post(f"{API}/{conversation_id}/claim").status_code == 200
        turn.join()

        kinds = [(entry.type, entry.actor) for entry in _entries(house, conversation_id)]
        assert kinds in (
            [("message", "customer"), ("assigned", "system")],
            [("message", "customer"), ("message", "bot"), ("outcome", "bot"), ("assigned", "system")],
        )


def test_a_reply_reaches_the_log_once_and_only_from_who_holds_the_chat(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana, jan = signed_in("ana"), signed_in("jan")
    ana.post(f"{API}/{conversation_id}/claim")
    message = {"client_id": "m1", "text": "Hola, soy Ana"}

    first = ana.post(f"{API}/{conversation_id}/messages", message)
    again = ana.post(f"{API}/{conversation_id}/messages", message)
    other = ana.post(f"{API}/{conversation_id}/messages", {**message, "text": "Otra cosa"})
    foreign = jan.post(f"{API}/{conversation_id}/messages", {"client_id": "m2", "text": "Hallo"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["error"]["code"]) == (409, "client_id_reused")
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (409, "not_yours")
    texts = [entry.body["text"] for entry in _entries(house, conversation_id) if entry.actor == "agent"]
    assert texts == ["Hola, soy Ana"]


def test_given_back_the_bot_answers_what_comes_and_not_what_the_agent_answered(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    ana.post(f"{API}/{conversation_id}/claim")
    seen = say(house, conversation_id, "¿Y mi reembolso?")
    ana.post(f"{API}/{conversation_id}/messages", {"client_id": "1", "text": "Sale hoy."})

    answer = ana.post(f"{API}/{conversation_id}/release", {"to": "bot", "seen": seen + 1})
    answered_before = house.turns.run(conversation_id)
    asked = say(house, conversation_id, "Gracias, ¿y mi pedido?")
    answered_after = house.turns.run(conversation_id)

    assert answer.status_code == 200
    assert (answered_before, answered_after) == (0, 1)
    turn = house.responder.turns[-1]
    assert [message.seq for message in turn.messages] == [asked]
    assert turn.overheard == ("¿Y mi reembolso?", "Sale hoy.")


def test_giving_back_what_the_customer_just_added_to_is_refused(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    ana.post(f"{API}/{conversation_id}/claim")
    seen = ana.get(f"{API}/{conversation_id}").json()["last_seq"]
    say(house, conversation_id, "Espera")

    for path, body in (("release", {"to": "bot", "seen": seen}), ("close", {"seen": seen})):
        answer = ana.post(f"{API}/{conversation_id}/{path}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "customer_wrote")
    assert ana.post(f"{API}/{conversation_id}/release", {"to": "queue"}).status_code == 200
    assert ana.get(f"{API}/{conversation_id}").json()["controller"] == "queue"


def test_closing_leaves_the_chat_closed_until_the_customer_writes(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    ana.post(f"{API}/{conversation_id}/claim")

    assert ana.post(f"{API}/{conversation_id}/close").status_code == 200
    assert ana.post(f"{API}/{conversation_id}/claim").json()["error"]["code"] == "conversation_closed"
    say(house, conversation_id, "Otra pregunta")

    assert ana.get(f"{API}/{conversation_id}").json()["controller"] == "bot"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("messages", {"client_id": "1"}, "text"),
        ("messages", {"client_id": "1", "text": "  "}, "text"),
        ("messages", {"client_id": "1", "text": "a\x00b"}, "text"),
        ("messages", {"text": "Hola"}, "client_id"),
        ("messages", {"client_id": "1", "text": "Hola", "conveys": "P-1"}, "conveys"),
        ("release", {"to": "seller"}, "to"),
        ("release", {"to": ["bot"]}, "to"),
        ("release", {"to": "bot", "seen": "x"}, "seen"),
        ("notes", {"text": 5}, "text"),
        ("signals", {}, "typing"),
    ],
)
def test_bad_input_is_refused_with_the_field_and_changes_nothing(
    house: House, signed_in: Callable[[str], Person], path: str, body: dict[str, Any], field: str
) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    ana.post(f"{API}/{conversation_id}/claim")
    before = _entries(house, conversation_id)

    answer = ana.post(f"{API}/{conversation_id}/{path}", body)

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert _entries(house, conversation_id) == before


def test_too_long_broken_and_unknown_are_told_apart(house: House, signed_in: Callable[[str], Person]) -> None:
    conversation_id = waiting_conversation(house)
    ana = signed_in("ana")
    ana.post(f"{API}/{conversation_id}/claim")
    url = f"{ana.address}{API}/{conversation_id}/messages"

    assert (
        ana.post(f"{API}/{conversation_id}/messages", {"client_id": "1", "text": "a" * 4001}).status_code
        == 413
    )
    assert ana.session.post(url, data=b"{broken", timeout=20).json()["error"]["code"] == "bad_json"
    sofia = signed_in("sofia")
    for method, path in ROUTES:
        if "ID" in path:
            body = BODIES.get(path.rsplit("/", 1)[1], {"client_id": "1", "text": "Hola", "typing": True})
            answer = sofia.session.request(
                method, sofia.address + path.replace("ID", "f" * 32), json=body, timeout=20
            )
            expected = NOT_THERE.get(path.rsplit("/", 1)[1], (404, "unknown_conversation"))
            assert (answer.status_code, answer.json()["error"]["code"]) == expected, path


def test_queue_and_conversation_speak_the_agents_language(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house, name=None)

    (row,) = signed_in("jan").get("/api/v1/desk/queue").json()["waiting"]
    package = signed_in("jan").get(f"{API}/{conversation_id}").json()

    assert (row["customer"], row["language"]) == ("Gast", "es")
    assert row["handoff_label"] == "Mit einem Menschen sprechen"
    assert row["last_text"] == "Quiero una persona"
    assert package["wishes"][0]["outcome_label"] == "an einen Menschen übergeben"
    assert package["canned"][0]["title"] == "Begrüßung"
    assert package["canned"][0]["text"].startswith("Hola, soy Jan")
    assert [event["type"] for event in package["events"]] == ["message", "message", "handoff", "outcome"]


def test_call_backs_are_listed_and_done_once(house: House, signed_in: Callable[[str], Person]) -> None:
    conversation_id = waiting_conversation(house)
    with house.database.write() as tx:
        now = house.clock.now()
        window = Window(now, now + timedelta(minutes=30))
        request_callback(tx, conversation_id, RequestCallBack("+34600111222", window, "Europe/Madrid"), now)
    ana, jan = signed_in("ana"), signed_in("jan")
    (callback,) = ana.get("/api/v1/desk/queue").json()["callbacks"]

    assert callback["phone"] == "+34600111222"
    assert ana.post(f"/api/v1/desk/callbacks/{callback['id']}/done").status_code == 200
    second = jan.post(f"/api/v1/desk/callbacks/{callback['id']}/done")
    assert second.status_code == 409
    assert "Ana" in second.json()["error"]["message"]
    assert ana.get("/api/v1/desk/queue").json()["callbacks"] == []


def test_notes_are_the_teams(house: House, address: str, signed_in: Callable[[str], Person]) -> None:
    conversation_id = waiting_conversation(house)

    answer = signed_in("jan").post(f"{API}/{conversation_id}/notes", {"text": "<b>Vorsicht</b>"})
    token = house.tokens.for_conversation(conversation_id)
    customers = requests.get(
        f"{address}/api/v1/conversations/{conversation_id}/events?after=0",
        headers={"authorization": f"Bearer {token}"},
        timeout=20,
    )

    assert answer.status_code == 201
    assert answer.json()["notes"][0]["author"] == "Jan Test"
    assert signed_in("ana").get(f"{API}/{conversation_id}").json()["notes"][0]["text"] == "<b>Vorsicht</b>"
    assert "Vorsicht" not in customers.text


async def _frames(
    url: str, headers: dict[str, str], first: Any, count: int, act: Callable[[], Any]
) -> list[Any]:
    """The first `count` frames of a socket; `act` is called after the first one came."""
    loop = asyncio.get_running_loop()
    async with websockets.connect(url, extra_headers=headers) as socket:  # type: ignore[attr-defined]
        if first is not None:
            await socket.send(json.dumps(first))
        frames = []
        for index in range(count):
            frames.append(json.loads(await asyncio.wait_for(socket.recv(), 10)))
            if index == 0:
                await loop.run_in_executor(None, act)
        return frames


async def test_an_agent_follows_a_conversation_and_the_customers_typing(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    url = f"{address.replace('http', 'ws')}{API}/{conversation_id}/stream"
    cookie = {"cookie": f"puente_session={signed_in('ana').token}", "origin": address}

    def customer_types_and_sends() -> None:
        house.bus.publish(f"signals:{conversation_id}", {"typing": "customer", "from": "customer"})
        house.accept(conversation_id, client_id="live", text="¿Hay alguien?")

    frames = await _frames(url, cookie, {"after": 0}, 3, customer_types_and_sends)

    assert [event["type"] for event in frames[0]["events"]] == ["message", "message", "handoff", "outcome"]
    assert {"signal": {"typing": "customer", "from": "customer"}} in frames[1:]
    assert [frame["events"][0]["body"]["text"] for frame in frames[1:] if "events" in frame] == [
        "¿Hay alguien?"
    ]


async def test_who_waits_hears_of_a_new_place_and_the_desk_does_not(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    ana, first, second = signed_in("ana"), waiting_conversation(house), waiting_conversation(house)
    api = f"{address.replace('http', 'ws')}/api/v1"
    cookie = {"cookie": f"puente_session={signed_in('jan').token}", "origin": address}
    hello = {"token": house.tokens.for_conversation(second), "after": 0}
    customer_at, desk_at = f"{api}/conversations/{second}/stream", f"{api}/desk/conversations/{second}/stream"

    async with (
        websockets.connect(customer_at) as customer,  # type: ignore[attr-defined]
        websockets.connect(desk_at, extra_headers=cookie) as desk,  # type: ignore[attr-defined]
    ):
        for socket, frame in ((customer, hello), (desk, {"after": 0})):
            await socket.send(json.dumps(frame))
            await asyncio.wait_for(socket.recv(), 10)
        await asyncio.get_running_loop().run_in_executor(None, ana.post, f"{API}/{first}/claim")
        place = 0
        while place != 1:
            frame = json.loads(await asyncio.wait_for(customer.recv(), 10))
            place = frame["signal"]["waiting"]["position"]
            assert place in (1, 2)
        house.bus.publish(f"signals:{second}", {"typing": "bot"})
        heard = json.loads(await asyncio.wait_for(desk.recv(), 10))

    assert heard == {"signal": {"typing": "bot"}}
    with house.database.read() as tx:
        entries = log.entries_after(tx, second, 0, audience="staff", limit=10)
    assert [entry.type for entry in entries] == ["message", "message", "handoff", "outcome"]


async def test_the_customer_sees_only_the_holder_typing(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house)
    ana, jan = signed_in("ana"), signed_in("jan")
    ana.post(f"{API}/{conversation_id}/claim")
    url = f"{address.replace('http', 'ws')}/api/v1/conversations/{conversation_id}/stream"
    first = {"token": house.tokens.for_conversation(conversation_id), "after": 0}

    def both_type() -> None:
        jan.post(f"{API}/{conversation_id}/signals", {"typing": True})
        ana.post(f"{API}/{conversation_id}/signals", {"typing": True})

    frames = await _frames(url, {}, first, 2, both_type)

    assert frames[1] == {"signal": {"typing": "Ana", "from": "agent"}}


async def test_the_desk_hears_at_once_that_somebody_waits(
    house: House, address: str, signed_in: Callable[[str], Person]
) -> None:
    url = f"{address.replace('http', 'ws')}/api/v1/desk/stream"
    cookie = {"cookie": f"puente_session={signed_in('ana').token}", "origin": address}

    frames = await _frames(url, cookie, None, 2, lambda: waiting_conversation(house))

    assert [frame["queue"] for frame in frames] == [True, True]


@pytest.mark.parametrize("path", ["/api/v1/desk/stream", f"{API}/ID/stream"])
@pytest.mark.parametrize(
    ("who", "origin", "code"),
    [(None, None, "not_signed_in"), ("tessa", None, "wrong_role"), ("ana", "https://evil.example", "csrf")],
)
async def test_sockets_refuse_strangers(
    house: House,
    address: str,
    signed_in: Callable[[str], Person],
    path: str,
    who: str | None,
    origin: str | None,
    code: str,
) -> None:
    conversation_id = waiting_conversation(house)
    headers = {"cookie": f"puente_session={signed_in(who).token}"} if who else {}
    if origin:
        headers["origin"] = origin
    url = address.replace("http", "ws") + path.replace("ID", conversation_id)

    frames = await _frames(url, headers, None, 1, lambda: None)

    assert frames[0]["error"]["code"] == code


def test_pages_are_whole_in_both_languages(address: str, signed_in: Callable[[str], Person]) -> None:
    html = {"accept": "text/html"}
    spanish = signed_in("ana").get("/desk", headers=html)
    german = signed_in("jan").get("/desk", headers=html)

    assert (spanish.status_code, german.status_code) == (200, 200)
    assert '<html lang="es">' in spanish.text
    assert "Mesa de atención" in spanish.text
    assert '<html lang="de">' in german.text
    assert "Arbeitsplatz" in german.text
    assert 'href="/studio"' not in german.text
    assert 'href="/studio"' in signed_in("sofia").get("/desk", headers=html).text
    for locale, word in (("es", "Contraseña"), ("de", "Passwort"), ("en", "Password"), ("zh", "密码")):
        assert word in requests.get(f"{address}/sign-in?locale={locale}", timeout=20).text
    lost = requests.get(f"{address}/nowhere", headers=html, timeout=20)
    assert lost.status_code == 404
    assert "<h1>" in lost.text


def test_signing_in_sets_a_cookie_that_works_without_tls(house: House, address: str) -> None:
    with house.database.write() as tx:
        add_account(
            tx,
            email="new@example.com",
            name="Eva",
            role="agent",
            password="a long password",
            now=house.clock.now(),
        )
    session = requests.Session()

    wrong = session.post(
        f"{address}/api/v1/sign-in", json={"email": "new@example.com", "password": "x"}, timeout=20
    )
    right = session.post(
        f"{address}/api/v1/sign-in",
        json={"email": "NEW@example.com", "password": "a long password"},
        timeout=20,
    )

    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "sign_in_failed")
    assert (right.status_code, right.json()["home"]) == (200, "/desk")
    assert "secure" not in right.headers["set-cookie"].lower()
    assert session.get(f"{address}/api/v1/desk/queue", timeout=20).status_code == 200


def test_the_language_of_the_account_is_the_pages_language(signed_in: Callable[[str], Person]) -> None:
    ana = signed_in("ana")

    refused = ana.session.put(f"{ana.address}/api/v1/account", json={"locale": "zh"}, timeout=20)
    changed = ana.session.put(f"{ana.address}/api/v1/account", json={"locale": "de"}, timeout=20)

    assert (refused.status_code, changed.status_code) == (400, 200)
    assert '<html lang="de">' in ana.get("/desk").text


def test_desk_and_its_errors_are_in_english_for_who_reads_english(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    conversation_id = waiting_conversation(house, name=None)
    amy = signed_in("amy")

    pages = [amy.get(path).text for path in ("/desk", "/desk/overview")]
    (row,) = amy.get("/api/v1/desk/queue").json()["waiting"]
    package = amy.get(f"{API}/{conversation_id}").json()
    refused = amy.post(f"{API}/{conversation_id}/messages", {"client_id": "1", "text": "Hola"}).json()[
        "error"
    ]
    faulty = amy.post(f"{API}/{conversation_id}/notes", {"text": " "}).json()["error"]

    assert all('<html lang="en-GB">' in page for page in pages)
    assert all("<h1" in page and "Sign out" in page for page in pages)
    assert (row["customer"], row["handoff_label"]) == ("Guest", "Talk to a person")
    assert package["wishes"][0]["outcome_label"] == "handed over to a person"
    assert package["canned"][0]["title"] == "Greeting"
    assert package["canned"][0]["text"].startswith("Hola, soy Amy")
    assert refused["message"] == "This chat isn't yours. Take it first."
    assert faulty["fields"] == {"text": "Write something."}


def test_no_conversation_is_in_english(address: str) -> None:
    headers = {"accept-language": "en-GB, en;q=0.9, de;q=0.5"}

    begun = requests.post(f"{address}/api/v1/conversations", json={}, headers=headers, timeout=20)
    refused = requests.post(
        f"{address}/api/v1/conversations", json={"locale": "en"}, headers=headers, timeout=20
    )

    assert (begun.status_code, begun.json()["locale"]) == (201, "de")
    assert refused.status_code == 400
    assert refused.json()["error"]["fields"] == {"locale": "Diese Sprache gibt es hier nicht."}


def test_every_text_of_the_desks_scripts_has_an_entry() -> None:
    static = ROOT / "bot" / "web" / "static"
    for domain, files in (
        ("desk", [*(static / "desk").glob("*.js"), static / "api.js"]),
        ("staff", [static / "staff.js", static / "sign_in.js", static / "api.js"]),
    ):
        used = {
            text for file in files for text in re.findall(r'\bt\("([^"]+)"', file.read_text(encoding="utf-8"))
        }
        assert used
        for locale in ("es", "de", "en"):
            assert used <= set(catalogue(domain, locale)), (domain, locale)


def test_who_looked_and_who_wrote_is_in_the_audit_by_whichever_road(
    house: House, signed_in: Callable[[str], Person]
) -> None:
    ana, jan, amy = signed_in("ana"), signed_in("jan"), signed_in("amy")
    chat = waiting_conversation(house)
    ana.post(f"{API}/{chat}/claim")

    seq = ana.post(f"{API}/{chat}/messages", {"client_id": "1", "text": "Hola"}).json()["seq"]
    ana.post(f"{API}/{chat}/messages", {"client_id": "1", "text": "Hola"})
    jan.post(f"{API}/{chat}/messages", {"client_id": "2", "text": "Hallo"})
    jan.get(f"{API}/{chat}/events?after=0")
    jan.get(f"{API}/{chat}")

    found = [(kind, who, body.get("seq")) for kind, who, body in _audit(house, chat)]
    assert found == [
        ("claimed", "Ana Test", None),
        ("replied", "Ana Test", seq),
        ("viewed", "Jan Test", None),
    ]
    assert ana.get(f"{API}/{chat}/audit").status_code == 403
    shown = amy.get(f"{API}/{chat}/audit").json()["events"]
    assert [(event["label"], event["by"], event["seq"]) for event in shown] == [
        ("viewed", "Jan Test", None),
        ("replied", "Ana Test", seq),
        ("claimed", "Ana Test", None),
    ]
