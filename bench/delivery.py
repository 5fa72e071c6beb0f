"""Loss and doubling over a line that breaks: `python -m bench.delivery [--messages 10000] [--json FILE]`.

Programs and one browser write through a proxy that loses answers and cuts connections, while the server is killed and
started again. Programs follow by long poll, the browser by socket; the browser's page is reloaded all the time. At
the end everything written must stand in the log once and in order, everybody must have been shown all of it once and
in order, and every message must have been answered once.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select

from bot.conversations.tables import log_entries
from bot.storage.database import Database
from tests.browser.browsing import Visits, launched
from tests.browser.pages import Shop
from tests.faults.proxy import BreakingProxy, breaking_proxy
from tests.faults.test_kill import Victim
from tests.harness import eventually

LOSE, CUT = 0.2, 0.1
KILL_EVERY_S = (20.0, 40.0)
API = "/api/v1/conversations"


class Writer(threading.Thread):
    """A program that writes message after message; each is sent under one id until it is acknowledged."""

    def __init__(self, address: str, number: int, count: int) -> None:
        super().__init__(daemon=True)
        self.number, self.count = number, count
        self.client = httpx.Client(base_url=address, timeout=3)
        started = self._through("POST", API, json={"locale": "es"})
        self.conversation_id, self.headers = (
            started["conversation_id"],
            {"authorization": f"Bearer {started['token']}"},
        )
        self.sends = 0

    def run(self) -> None:
        for n in range(self.count):
            if n % 100 == 0:
                print(f"writer {self.number}: {n} of {self.count}", file=sys.stderr, flush=True)
            body = {"client_id": f"{self.number}-{n}", "text": f"{self.number}-{n}"}
            self._through("POST", f"{API}/{self.conversation_id}/messages", json=body)

    def _through(self, method: str, path: str, **values: Any) -> dict[str, Any]:
        while True:
            try:
                answer = self.client.request(method, path, headers=getattr(self, "headers", None), **values)
                self.sends = getattr(self, "sends", 0) + 1
                if answer.status_code in (200, 201):
                    return answer.json()
                assert answer.status_code in (429, 503), answer.text
            except httpx.TransportError:
                self.sends = getattr(self, "sends", 0) + 1
            time.sleep(random.random() / 20)


class Reader(threading.Thread):
    """Follows a conversation from a number on, whatever happens to the line."""

    def __init__(self, address: str, writer: Writer) -> None:
        super().__init__(daemon=True)
        self.writer = writer
        self.client = httpx.Client(base_url=address, timeout=8)
        self.seen: list[tuple[int, str, str]] = []
        self.stop = threading.Event()

    def run(self) -> None:
        after = 0
        while not self.stop.is_set():
            try:
                path = f"{API}/{self.writer.conversation_id}/events?after={after}&wait=2"
                answer = self.client.get(path, headers=self.writer.headers)
                events = answer.json()["events"] if answer.status_code == 200 else []
            except (httpx.TransportError, ValueError):
                time.sleep(0.05)
                continue
            self.seen += [(one["seq"], one["actor"], one["body"].get("text", "")) for one in events]
            after = events[-1]["seq"] if events else after


def browser_writes(
    line: BreakingProxy, count: int, begin: Callable[[], None]
) -> tuple[str, list[str], list[str], int]:
    """(conversation, what was written, what the page shows at the end, reloads). `begin`: the page is there now."""
    chance, written, reloads = random.Random(5), [], 0
    with launched() as chromium:
        visits = Visits(chromium, line.address)
        widget = Shop(visits.person("es"), "es").home().widget.open()
        begin()
        for n in range(count):
            written.append(f"b-{n}")
            widget.say(written[-1])
            widget.page.wait_for_timeout(chance.randrange(200))
            if chance.random() < 0.08:
                reloads += 1
                _reload(widget)
        line.lose = line.cut = 0.0
        widget.page.locator(".outgoing .bubble").first.wait_for(state="detached", timeout=300_000)
        _reload(widget)
        eventually(lambda: widget.mine.count() >= count, seconds=60)
        shown = widget.mine.all_inner_texts()
        conversation_id = widget.conversation_id()
        visits.close()
    return conversation_id, written, shown, reloads


def _reload(widget: Any) -> None:
    while True:
        try:
            widget.page.reload()
            widget.input.wait_for(timeout=15_000)
        except PlaywrightError:
            time.sleep(0.3)  # the server is being started
        else:
            return


class Killer(threading.Thread):
    """SIGKILLs the server and starts it anew, until told to stop."""

    def __init__(self, victim: Victim) -> None:
        super().__init__(name="killer")
        self.victim = victim
        self.told_to_stop = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self.told_to_stop.wait(random.uniform(*KILL_EVERY_S)):
            self.victim.kill()
            self.victim.start(*VICTIM)
            self.kills += 1

    def stop(self) -> None:
        self.told_to_stop.set()
        if self.is_alive():
            self.join()


VICTIM = ("--echo", "--demo")


def measure(messages: int, writers: int, by_browser: int) -> dict[str, Any]:
    """Run it all; raises AssertionError naming what was lost, doubled or out of order."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/puente.db")
        victim = Victim(Path(folder), database)
        victim.start(*VICTIM)
        killer = Killer(victim)
        try:
            with breaking_proxy(f"http://127.0.0.1:{victim.port}") as line:
                share = math.ceil((messages - by_browser) / writers)
                people = [Writer(line.address, number, share) for number in range(writers)]
                readers = [Reader(line.address, writer) for writer in people]

                def begin() -> None:
                    line.lose, line.cut = LOSE, CUT
                    for thread in (*people, *readers, killer):
                        thread.start()

                conversation_id, written, shown, reloads = browser_writes(line, by_browser, begin)
                line.lose, line.cut = LOSE, CUT
                for writer in people:
                    writer.join()
                killer.stop()
                counts = dict(line.counts)
                line.lose = line.cut = 0.0
                expected = {
                    writer.conversation_id: [f"{writer.number}-{n}" for n in range(share)]
                    for writer in people
                }
                expected[conversation_id] = written
                eventually(lambda: _unanswered(database, expected) == 0, seconds=120)
                ends = {one: entries[-1][0] for one, entries in _log(database).items()}
                for reader in readers:
                    eventually(
                        lambda reader=reader: (
                            reader.seen
                            and reader.seen[-1][0] >= _last_shown(database, reader.writer.conversation_id)
                        ),
                        seconds=60,
                    )
                    reader.stop.set()
                faults = _faults(database, expected, readers, written, shown)
        finally:
            killer.stop()
            if victim.process is not None and victim.process.poll() is None:
                victim.kill()
        return {
            "messages": sum(len(texts) for texts in expected.values()),
            "by_browser": by_browser,
            "reloads": reloads,
            "kills": killer.kills,
            "answers_lost": counts["lost"],
            "connections_cut": counts["cut"],
            "sends": sum(writer.sends for writer in people),
            "entries": sum(ends.values()),
            "faults": faults,
            "seconds": round(time.monotonic() - began),
        }


def _log(database: Database) -> dict[str, list[tuple[int, str, str, dict[str, Any]]]]:
    found: dict[str, list[tuple[int, str, str, dict[str, Any]]]] = {}
    with database.read() as tx:
        for row in tx.execute(select(log_entries).order_by(log_entries.c.conversation_id, log_entries.c.seq)):
            found.setdefault(row.conversation_id, []).append((row.seq, row.type, row.actor, row.body))
    return found


def _last_shown(database: Database, conversation_id: str) -> int:
    return max(seq for seq, kind, _actor, _body in _log(database)[conversation_id] if kind != "outcome")


def _unanswered(database: Database, expected: dict[str, list[str]]) -> int:
    answered = sum(
        len(body["message_seqs"])
        for entries in _log(database).values()
        for _seq, kind, _actor, body in entries
        if kind == "outcome"
    )
    return sum(len(texts) for texts in expected.values()) - answered


def _faults(
    database: Database,
    expected: dict[str, list[str]],
    readers: list[Reader],
    written: list[str],
    shown: list[str],
) -> dict[str, int]:
    """How often something was not as it has to be."""
    faults = {"log": 0, "answers": 0, "shown_by_poll": 0, "shown_in_browser": int(shown != written)}
    log = _log(database)
    for conversation_id, texts in expected.items():
        entries = log[conversation_id]
        said = [
            body["text"] for _seq, kind, actor, body in entries if kind == "message" and actor == "customer"
        ]
        faults["log"] += said != texts
        taken = [
            seq for _seq, kind, _actor, body in entries if kind == "outcome" for seq in body["message_seqs"]
        ]
        faults["answers"] += sorted(taken) != sorted(set(taken)) or len(taken) != len(texts)
    for reader in readers:
        whole = [
            (seq, actor, body.get("text", ""))
            for seq, kind, actor, body in log[reader.writer.conversation_id]
            if kind != "outcome"
        ]
        faults["shown_by_poll"] += reader.seen != whole
    return faults


def main() -> None:
    """Measure, print, and exit with 1 when anything was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--by-browser", type=int, default=300)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = measure(options.messages, options.writers, options.by_browser)
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    raise SystemExit(1 if any(result["faults"].values()) else 0)


if __name__ == "__main__":
    main()
