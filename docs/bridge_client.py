"""A small desk behind the bridge: hears of hand-offs, checks who speaks, answers, and gives back to the bot.

Python 3.10 and its standard library. An example to read and to begin with; docs/bridge.md explains it.

    python docs/bridge_client.py --puente http://127.0.0.1:8000 --secret … --port 9000
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEADER = "X-Puente-Signature"
TOLERANCE_SECONDS = 300


def sign(secret: str, *said: bytes, seconds: int | None = None) -> str:
    """The signature of what is said: HMAC-SHA256 over the time and the parts, joined by dots."""
    at = int(time.time()) if seconds is None else seconds
    digest = hmac.new(secret.encode(), b".".join([str(at).encode(), *said]), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_signed(secret: str, header: str, *said: bytes) -> bool:
    """Whether the header belongs to what is said, and is not old."""
    try:
        seconds = int(header.partition(",")[0].removeprefix("t="))
    except ValueError:
        return False
    right = hmac.compare_digest(header, sign(secret, *said, seconds=seconds))
    return right and abs(time.time() - seconds) <= TOLERANCE_SECONDS


class Puente:
    """Calls to Puente, each of them signed."""

    def __init__(self, address: str, secret: str) -> None:
        self.address = address.rstrip("/")
        self.secret = secret

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call; raises `urllib.error.HTTPError`. 409 means that somebody else was first."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {
            HEADER: sign(self.secret, method.encode(), path.encode(), content),
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(self.address + path, content or None, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # the address is the operator's own
            return json.load(answer)

    def reply(self, conversation_id: str, text: str, agent: str, client_id: str = "") -> int:
        """Write to the customer; the first reply takes the chat. The same client_id is never sent twice."""
        body = {"client_id": client_id or uuid.uuid4().hex, "text": text, "agent": {"name": agent}}
        return self.call("POST", f"/api/v1/bridge/conversations/{conversation_id}/messages", body)["seq"]

    def give_back(self, conversation_id: str, seen: int) -> None:
        """The bot goes on; refused (409) when the customer wrote after entry `seen`."""
        self.call(
            "POST", f"/api/v1/bridge/conversations/{conversation_id}/release", {"to": "bot", "seen": seen}
        )


class Desk:
    """What this desk knows: the entries of each conversation by number, whatever order webhooks come in."""

    def __init__(self, puente: Puente, agent: str = "Lucía Bridge") -> None:
        self.puente = puente
        self.agent = agent
        self.entries: dict[str, dict[int, dict[str, Any]]] = {}
        self.answered: set[str] = set()
        self.lock = threading.Lock()

    def take(self, webhook: dict[str, Any]) -> None:
        """Take a webhook in; the same one again changes nothing."""
        conversation_id = webhook["conversation"]["conversation_id"]
        with self.lock:
            known = self.entries.setdefault(conversation_id, {})
            fresh = [entry for entry in webhook["entries"] if entry["seq"] not in known]
            known.update({entry["seq"]: entry for entry in fresh})
            greet = webhook["type"] == "handoff" and conversation_id not in self.answered
            if greet:
                self.answered.add(conversation_id)
        if greet:
            threading.Thread(target=self.greet, args=(conversation_id, webhook), daemon=True).start()

    def greet(self, conversation_id: str, webhook: dict[str, Any]) -> None:
        """Where a real desk would show the chat to its agents."""
        german = webhook["conversation"]["language"] == "de"
        text = "Guten Tag, ich kümmere mich darum." if german else "Hola, me ocupo yo."
        try:
            self.puente.reply(conversation_id, text, self.agent, client_id=f"greet:{webhook['id']}")
        except urllib.error.HTTPError as error:
            print(f"{conversation_id}: not greeted ({error.code})")


def serve(desk: Desk, secret: str, port: int) -> ThreadingHTTPServer:
    """A server for Puente's webhooks on 127.0.0.1; `serve_forever` runs it."""

    class Webhooks(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not is_signed(secret, self.headers.get(HEADER, ""), body):
                self.send_response(401)
            else:
                desk.take(json.loads(body))  # first keep it, then say that it was taken
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing of customers in a log."""

    return ThreadingHTTPServer(("127.0.0.1", port), Webhooks)


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--puente", default="http://127.0.0.1:8000")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--port", type=int, default=9000)
    options = parser.parse_args()
    desk = Desk(Puente(options.puente, options.secret))
    serve(desk, options.secret, options.port).serve_forever()


if __name__ == "__main__":
    main()
