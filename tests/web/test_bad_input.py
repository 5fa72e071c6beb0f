"""Bad input gets a clear error in the reader's language with the right status, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import requests
import websockets
from sqlalchemy import select

from bot.accounts.tokens import demo_customer_token
from bot.app import House
from bot.base.clock import FrozenClock
from bot.base.text import MAX_MESSAGE_CHARACTERS
from bot.base.texts import catalogue
from bot.conversations.dialogue import ServedWish, TurnInput, TurnOutput
from bot.conversations.model import Button, Reply
from bot.serve import application
from bot.storage.limits import Limit
from bot.storage.schema import metadata
from bot.web import chat as routes
from tests.conftest import START
from tests.harness import EchoResponder, eventually, house_in
from tests.serving import served
from tests.web.naughty import naughty_strings

SHOP_KEY = "the key of a shop, known to its server alone"
SCRIPT = "<script>alert(1)</script>"
NEVER_STORED = {"attempts", "alembic_version"}
"""Tables that bad input may change: tries are counted."""

OK = {"client_id": "ok"}

BAD_MESSAGES: dict[str, tuple[Any, int, str, dict[str, str]]] = {
    "empty": ({**OK, "text": ""}, 400, "bad_fields", {"text": "text_empty"}),
    "blank": ({**OK, "text": " \n\t\u3000 "}, 400, "bad_fields", {"text": "text_empty"}),
    "direction marks alone": ({**OK, "text": "\u202e\u2066"}, 400, "bad_fields", {"text": "text_empty"}),
    "too long": ({**OK, "text": "a" * 4001}, 413, "text_too_long", {"text": "text_too_long"}),
    "no text": ({**OK, "text": None}, 400, "bad_fields", {"text": "text_required"}),
    "a number": ({**OK, "text": 7}, 400, "bad_fields", {"text": "text_required"}),
    "control characters": ({**OK, "text": "a\x07b\x1b[0m"}, 400, "bad_fields", {"text": "control_characters"}),
    "a null character": ({**OK, "text": "hola\x00"}, 400, "bad_fields", {"text": "control_characters"}),
    "a lone surrogate": ({**OK, "text": "\ud800"}, 400, "bad_fields", {"text": "control_characters"}),
    "neither text nor button": (OK, 400, "bad_fields", {"text": "text_or_payload"}),
    "both": ({**OK, "text": "a", "payload": "b"}, 400, "bad_fields", {"text": "text_or_payload"}),
    "no client_id": ({"text": "hola"}, 400, "bad_fields", {"client_id": "text_required"}),
    "an empty client_id": ({"client_id": "", "text": "a"}, 400, "bad_fields", {"client_id": "text_empty"}),
    "a long client_id": (
        {"client_id": "c" * 81, "text": "a"}, 413, "text_too_long", {"client_id": "text_too_long"},
    ),
    "a button never offered": ({**OK, "payload": "nope"}, 400, "unknown_button", {"payload": "unknown_button"}),
    "a command as button": (
        {**OK, "payload": "/restart"}, 400, "unknown_button", {"payload": "unknown_button"},
    ),
    "attachments": (
        {**OK, "text": "a", "attachments": [{"name": "x.png"}]},
        400, "bad_fields", {"attachments": "list_required"},
    ),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", 400, "bad_json", {}),
    "broken JSON": (b'{"client_id": "1", "text": "hola"', 400, "bad_json", {}),
    "deep JSON": (b'{"text": ' + b"[" * 90_000, 400, "bad_json", {}),
    "no object": (b'["hola"]', 400, "bad_json", {}),
    "nothing": (b"", 400, "bad_json", {}),
    "a huge body": (b'{"text": "' + b"a" * 270_000 + b'"}', 413, "body_too_large", {}),
}  # fmt: skip

BAD_STARTS: dict[str, tuple[Any, int, str, dict[str, str]]] = {
    "an unknown language": ({"locale": "fr"}, 400, "bad_fields", {"locale": "unknown_locale"}),
    "no language at all": ({"locale": ["es"]}, 400, "bad_fields", {"locale": "unknown_locale"}),
    "a script as language": ({"locale": SCRIPT}, 400, "bad_fields", {"locale": "unknown_locale"}),
    "a list as context": ({"context": []}, 400, "bad_fields", {"context": "object_required"}),
    "a number as page": ({"context": {"page": 1}}, 400, "bad_fields", {"page": "text_required"}),
    "a long page": ({"context": {"page": "p" * 301}}, 413, "text_too_long", {"page": "text_too_long"}),
    "a token that is none": ({"customer_token": SCRIPT}, 401, "bad_customer_token", {}),
    "a number as token": ({"customer_token": 1}, 400, "bad_fields", {"customer_token": "text_required"}),
    "a surrogate as token": (
        {"customer_token": "\udfff"}, 400, "bad_fields", {"customer_token": "control_characters"},
    ),
    "an empty body": (b"", 400, "bad_json", {}),
}  # fmt: skip

LANGUAGES = pytest.mark.parametrize("language", ["es", "de"])


class RecordingResponder(EchoResponder):
    """Keeps the turns it is given, and offers a button with a command behind it."""

    def respond(self, turn: TurnInput) -> TurnOutput:
        """One reply with a button."""
        self.turns.append(turn)
        button = Button("¿Dónde está?", '/order_status{"order_id": "1"}')
        reply = Reply("¿Qué necesitas?", "es", (button,))
        return TurnOutput((reply,), (ServedWish("greet", "answered"),), "es", None)


class Chat:
    """A customer's client for one conversation of its own."""

    def __init__(self, house: House, address: str) -> None:
        self.house = house
        self.address = address
        self.begun = requests.post(
            f"{address}/api/v1/conversations", json={"locale": "es"}, timeout=20
        ).json()
        self.id: str = self.begun["conversation_id"]
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.begun['token']}"

    def post(self, body: Any, *, to: str = "messages", **headers: str) -> requests.Response:
        """POST JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{self.address}/api/v1/conversations/{self.id}/{to}"
        return self.session.post(
            url, data=data, headers={"Content-Type": "application/json", **headers}, timeout=20
        )

    def get(self, query: str, **headers: str) -> requests.Response:
        """Read events."""
        url = f"{self.address}/api/v1/conversations/{self.id}/events?{query}"
        return self.session.get(url, headers=headers, timeout=20)

    def said(self, seq: int) -> dict[str, Any]:
        """The body of the entry `seq`."""
        return next(e["body"] for e in self.get(f"after={seq - 1}").json()["events"] if e["seq"] == seq)

    def turn_of(self, seq: int) -> TurnInput:
        """The turn in which the message `seq` was answered."""
        turns: list[TurnInput] = self.house.responder.turns  # type: ignore[attr-defined]

        def found() -> TurnInput | None:
            mine = (turn for turn in turns if turn.conversation.id == self.id)
            return next((turn for turn in mine if any(m.seq == seq for m in turn.messages)), None)

        return eventually(found)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose responder records, on a clock of its own."""
    folder = tmp_path_factory.mktemp("house")
    return house_in(folder, responder=RecordingResponder(), clock=FrozenClock(START), shop_key=SHOP_KEY)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """The house, served."""
    with served(application(house)) as address:
        yield address


@pytest.fixture
def chat(house: House, address: str) -> Chat:
    """A conversation; every limit is fresh."""
    house.clock.offset += timedelta(minutes=15)
    return Chat(house, address)


def contents(house: House) -> dict[str, list[Any]]:
    """Everything the database holds, but for the tries."""
    with house.database.read() as tx:
        return {
            table.name: tx.execute(select(table).order_by(*table.primary_key)).all()
            for table in metadata.sorted_tables
            if table.name not in NEVER_STORED
        }


def check_refused(
    answer: requests.Response, language: str, status: int, code: str, fields: dict[str, str], **values: Any
) -> None:
    """The right status, code, and sentences in the reader's language."""
    texts = catalogue("errors", language)
    values = {"limit": values.get("limit", MAX_MESSAGE_CHARACTERS)}
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"] == texts[code].format(**values)
    assert error.get("fields", {}) == {
        name: texts[reason].format(**values) for name, reason in fields.items()
    }
    assert len(error["id"]) == 12


@LANGUAGES
@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_a_bad_message_is_refused_and_changes_nothing(chat: Chat, name: str, language: str) -> None:
    body, status, code, fields = BAD_MESSAGES[name]
    before = contents(chat.house)

    answer = chat.post(body, **{"Accept-Language": language})

    check_refused(answer, language, status, code, fields, limit=80 if "client_id" in fields else 4000)
    assert contents(chat.house) == before


def test_who_says_no_language_is_told_in_that_of_the_conversation(chat: Chat) -> None:
    start = requests.post(f"{chat.address}/api/v1/conversations", json={"locale": "de"}, timeout=20).json()
    url = f"{chat.address}/api/v1/conversations/{start['conversation_id']}/messages"
    headers = {"Authorization": f"Bearer {start['token']}", "Accept-Language": None}

    answer = requests.post(url, json={"client_id": "1", "text": " "}, headers=headers, timeout=20)

    check_refused(answer, "de", 400, "bad_fields", {"text": "text_empty"}, limit=4000)


@LANGUAGES
@pytest.mark.parametrize("name", BAD_STARTS)
def test_a_bad_start_is_refused_and_starts_nothing(chat: Chat, name: str, language: str) -> None:
    body, status, code, fields = BAD_STARTS[name]
    before = contents(chat.house)

    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = requests.post(f"{chat.address}/api/v1/conversations?locale={language}", data=data, timeout=20)

    check_refused(answer, language, status, code, fields, limit=300)
    assert SCRIPT not in answer.text
    assert contents(chat.house) == before


@LANGUAGES
def test_a_client_id_used_again_with_another_text_is_refused(chat: Chat, language: str) -> None:
    first = chat.post({"client_id": "1", "text": "hola"})
    chat.turn_of(first.json()["seq"])
    eventually(lambda: chat.get("after=1").json()["events"])
    before = contents(chat.house)

    answer = chat.post({"client_id": "1", "text": "adiós"}, **{"Accept-Language": language})
    again = chat.post({"client_id": "1", "text": "hola"})

    check_refused(answer, language, 409, "client_id_reused", {})
    assert (again.status_code, again.json()) == (200, first.json())
    assert contents(chat.house) == before


@LANGUAGES
@pytest.mark.parametrize(
    "token", [None, "", "nonsense", "a.b.c", "clé-ñ", SCRIPT], ids=lambda token: repr(token)[:12]
)
def test_a_token_that_is_none_opens_nothing(chat: Chat, token: str | None, language: str) -> None:
    before = contents(chat.house)
    chat.session.headers.pop("Authorization")
    headers = {"Accept-Language": language}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}".encode()  # type: ignore[assignment]

    answers = [
        chat.post({"client_id": "1", "text": "hola"}, **headers),
        chat.post({"typing": True}, to="signals", **headers),
        chat.get("after=0", **headers),
    ]

    for answer in answers:
        check_refused(answer, language, 401, "bad_token", {})
    assert contents(chat.house) == before


@LANGUAGES
def test_a_foreign_token_opens_nothing(chat: Chat, language: str) -> None:
    other = Chat(chat.house, chat.address)
    before = contents(chat.house)
    chat.session.headers["Authorization"] = other.session.headers["Authorization"]

    answers = [
        chat.post({"client_id": "1", "text": "hola"}, **{"Accept-Language": language}),
        chat.get("after=0", **{"Accept-Language": language}),
    ]

    for answer in answers:
        check_refused(answer, language, 401, "bad_token", {})
    assert contents(chat.house) == before


def test_a_token_that_is_too_old_says_so(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.tokens.CONVERSATION_SECONDS", -1)

    answer = chat.get("after=0", **{"Accept-Language": "de"})

    check_refused(answer, "de", 401, "token_expired", {})


@LANGUAGES
def test_an_unknown_conversation_is_unknown(chat: Chat, language: str) -> None:
    before = contents(chat.house)
    chat.id = "0" * 32
    chat.session.headers["Authorization"] = f"Bearer {chat.house.tokens.for_conversation(chat.id)}"
    signed_in = json.dumps({"customer_token": demo_customer_token(SHOP_KEY, "c1", name="A", locale="es")})
    url = f"{chat.address}/api/v1/conversations/{chat.id}/customer"

    answers = [
        chat.post({"client_id": "1", "text": "hola"}, **{"Accept-Language": language}),
        chat.get("after=0", **{"Accept-Language": language}),
        chat.session.put(url, data=signed_in, headers={"Accept-Language": language}, timeout=20),
    ]

    for answer in answers:
        check_refused(answer, language, 404, "unknown_conversation", {})
    assert contents(chat.house) == before


@pytest.mark.parametrize("path", ["conversations/%C3%B1%FF/events", "conversations/a%00b/events", "none"])
def test_odd_addresses_are_refused(chat: Chat, path: str) -> None:
    answer = chat.session.get(f"{chat.address}/api/v1/{path}", timeout=20)

    assert answer.status_code in (401, 404)
    assert answer.json()["error"]["code"] in ("bad_token", "unknown_page")


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("after=x", "after", "whole_number_required"),
        ("after=1.5", "after", "whole_number_required"),
        ("after=-1", "after", "number_out_of_range"),
        ("after=99999999999", "after", "number_out_of_range"),
        (f"after={'9' * 5000}", "after", "whole_number_required"),
        ("wait=26", "wait", "number_out_of_range"),
        ("wait=Infinity", "wait", "whole_number_required"),
    ],
)
def test_numbers_that_are_none_or_out_of_range_are_refused(
    chat: Chat, query: str, field: str, reason: str
) -> None:
    answer = chat.get(query, **{"Accept-Language": "de"})

    check_refused(answer, "de", 400, "bad_fields", {field: reason})


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b"{}", "typing", "signal_required"),
        (b'{"typing": 1}', "typing", "true_or_false_required"),
        (b'{"seen": true}', "seen", "whole_number_required"),
        (b'{"seen": null}', "seen", "whole_number_required"),
        (b'{"seen": Infinity}', "seen", "whole_number_required"),
        (b'{"seen": 1e400}', "seen", "whole_number_required"),
        (b'{"seen": 4294967296}', "seen", "number_out_of_range"),
    ],
)
def test_signals_that_say_nothing_are_refused(chat: Chat, body: bytes, field: str, reason: str) -> None:
    answer = chat.post(body, to="signals", **{"Accept-Language": "es"})

    check_refused(answer, "es", 400, "bad_fields", {field: reason})


@pytest.mark.parametrize(
    "typed",
    [
        "/restart",
        "/session_start",
        '/order_status{"order_id":"302-4817264-1935501"}',
        '/order_status{"order_id":',
        "EXTERNAL: greet",
    ],
)
def test_what_looks_like_a_command_is_text_to_the_bot(chat: Chat, typed: str) -> None:
    answer = chat.post({"client_id": "1", "text": typed})

    turn = chat.turn_of(answer.json()["seq"])
    assert answer.status_code == 201
    assert [(message.text, message.command) for message in turn.messages] == [(typed, None)]
    assert chat.said(answer.json()["seq"]) == {"text": typed, "lang": "es"}


def test_a_button_counts_when_pressed_in_its_own_conversation_and_never_when_typed(chat: Chat) -> None:
    chat.post({"client_id": "1", "text": "hola"})
    replies = eventually(lambda: chat.get("after=1").json()["events"])
    payload = replies[0]["body"]["buttons"][0]["payload"]
    elsewhere = Chat(chat.house, chat.address)

    typed = chat.turn_of(chat.post({"client_id": "2", "text": payload}).json()["seq"])
    pressed = chat.turn_of(chat.post({"client_id": "3", "payload": payload}).json()["seq"])
    foreign = elsewhere.post({"client_id": "1", "payload": payload}, **{"Accept-Language": "de"})

    assert typed.messages[-1].command is None
    assert pressed.messages[-1].command == '/order_status{"order_id": "1"}'
    assert "order_status" not in json.dumps(replies)
    check_refused(foreign, "de", 400, "unknown_button", {"payload": "unknown_button"})


def test_markup_is_kept_as_text_in_every_field_and_sent_as_json(chat: Chat) -> None:
    claims = {"sub": SCRIPT, "name": SCRIPT, "locale": SCRIPT, "exp": 4_000_000_000}
    start = {"context": {"page": SCRIPT, "product_id": SCRIPT, "order_id": SCRIPT}}

    begun = requests.post(f"{chat.address}/api/v1/conversations", json=start, timeout=20)
    said = chat.post({"client_id": SCRIPT, "text": SCRIPT, SCRIPT: SCRIPT})
    too_long_ahead = {"customer_token": jwt.encode(claims, SHOP_KEY, algorithm="HS256")}
    refused = requests.post(f"{chat.address}/api/v1/conversations", json=too_long_ahead, timeout=20)
    events = chat.get("after=0")

    assert (begun.status_code, said.status_code, refused.status_code) == (201, 201, 401)
    assert chat.said(said.json()["seq"])["text"] == SCRIPT
    assert events.headers["content-type"] == "application/json"
    assert events.headers["x-content-type-options"] == "nosniff"
    assert SCRIPT not in refused.text


@pytest.mark.parametrize(
    "path", [f"/{quote(SCRIPT)}", f"/docs?locale={quote(SCRIPT)}", f"/i18n/{quote(SCRIPT)}/es"]
)
def test_markup_in_an_address_never_comes_back_as_markup(address: str, path: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": SCRIPT}

    answer = requests.get(address + path, headers=headers, timeout=20)

    assert answer.status_code in (200, 404)
    assert SCRIPT not in answer.text


@LANGUAGES
def test_a_wrong_method_and_an_unknown_address_say_so(address: str, language: str) -> None:
    headers = {"Accept-Language": language}

    method = requests.delete(f"{address}/api/v1/conversations", headers=headers, timeout=20)
    unknown = requests.get(f"{address}/api/v1/nowhere", headers=headers, timeout=20)

    check_refused(method, language, 405, "wrong_method", {})
    check_refused(unknown, language, 404, "unknown_page", {})
    assert "POST" in method.headers["allow"]


@LANGUAGES
@pytest.mark.parametrize(
    "first", ['{"token": "x"}', "no JSON", "[]", '{"token": "\\ud800"}', '{"after": 1e400}']
)
def test_a_socket_with_a_bad_first_frame_is_told_why(chat: Chat, first: str, language: str) -> None:
    url = f"{chat.address.replace('http', 'ws')}/api/v1/conversations/{chat.id}/stream?locale={language}"

    async def refused() -> tuple[dict[str, Any], int]:
        async with websockets.connect(url) as socket:
            await socket.send(first)
            frame = json.loads(await socket.recv())
            await socket.wait_closed()
            return frame, socket.close_code

    frame, code = asyncio.run(refused())

    assert frame["error"]["code"] == "bad_token"
    assert frame["error"]["message"] == catalogue("errors", language)["bad_token"]
    assert code == 4401


def test_a_socket_that_is_none_is_a_bad_request(chat: Chat) -> None:
    url = f"{chat.address}/api/v1/conversations/{chat.id}/stream"

    answer = requests.get(url, headers={"Accept-Language": "de"}, timeout=20)

    check_refused(answer, "de", 400, "bad_request", {})


def test_naughty_strings_are_refused_cleanly_or_come_back_unchanged(chat: Chat) -> None:
    strings = naughty_strings()
    assert len(strings) > 150

    accepted = 0
    for number, text in enumerate(strings):
        chat.house.clock.offset += timedelta(minutes=2)
        answer = chat.post({"client_id": str(number), "text": text})
        assert answer.status_code in (201, 400, 413), (text, answer.text)
        if answer.status_code == 201:
            accepted += 1
            assert chat.said(answer.json()["seq"])["text"] == _kept(text), text
        else:
            assert answer.json()["error"]["code"] in ("bad_fields", "text_too_long")

    assert accepted > len(strings) * 0.8


def _kept(text: str) -> str:
    """What is kept of a text: Unix line ends, no direction overrides, NFC, no outer white space, no card number."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(c for c in lines if c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    kept = unicodedata.normalize("NFC", plain).strip()
    return "•••• •••• •••• 1111" if kept == "4111 1111 1111 1111" else kept


@LANGUAGES
def test_who_writes_too_fast_is_told_when_to_go_on_and_nobody_else_notices(
    chat: Chat, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MESSAGES_PER_CONVERSATION", Limit("message", 3, timedelta(minutes=1)))
    other, reader = Chat(chat.house, chat.address), {"Accept-Language": language}

    answers = [chat.post({"client_id": str(n), "text": "hola"}, **reader) for n in range(5)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    seconds = int(answers[-1].headers["Retry-After"])
    error = answers[-1].json()["error"]
    assert 0 < seconds <= 60
    assert error["code"] == "too_many_attempts"
    assert error["message"] == catalogue("errors", language)["too_many_attempts"].format(retry_after=seconds)
    assert other.post({"client_id": "1", "text": "hola"}).status_code == 201
    chat.house.clock.offset += timedelta(seconds=seconds)
    assert chat.post({"client_id": "4", "text": "hola"}, **reader).status_code == 201
