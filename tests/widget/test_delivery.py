"""Messages over a line that breaks, in a real browser: none is lost or doubled, and the customer sees what goes on."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select, update

from bot.app import House
from bot.conversations import log, words
from bot.conversations.model import NewEntry
from bot.conversations.tables import conversations, log_entries
from bot.storage.limits import Limit
from bot.web import chat
from tests.browser.browsing import Visits
from tests.browser.pages import Shop, Widget
from tests.faults.proxy import BreakingProxy

MESSAGES = 20
WAKINGS = 5
"""A machine that is busy for 0.8 s makes a line look dead; that it does so five times is no accident."""
AT_ONCE_S = 5.0
"""Half of what the watch over a silent line takes to find it dead by itself."""


def texts_of(house: House, conversation_id: str, actor: str) -> list[str]:
    """What somebody said, as it stands in the log."""
    query = select(log_entries.c.body).where(
        log_entries.c.conversation_id == conversation_id,
        log_entries.c.type == "message",
        log_entries.c.actor == actor,
    )
    with house.database.read() as tx:
        return [body["text"] for body in tx.execute(query.order_by(log_entries.c.seq)).scalars()]


def test_messages_arrive_once_and_in_order_over_a_line_that_breaks(
    house: House, widget: Widget, line: BreakingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "MESSAGES_PER_CONVERSATION", Limit("message", 10_000, timedelta(minutes=1)))
    line.lose, line.cut = 0.3, 0.2
    said = ["first"]
    chance = random.Random(3)

    for number in range(MESSAGES):
        said.append(f"message {number}")
        widget.say(said[-1])
        if number in (6, 13):
            widget.page.wait_for_timeout(chance.randrange(400))
            widget.page.reload()
            widget.input.wait_for()
    line.lose = line.cut = 0.0

    expect(widget.page.locator(".outgoing .bubble")).to_have_count(0)
    expect(widget.mine).to_have_text(said)
    assert texts_of(house, widget.conversation_id(), "customer") == said
    assert line.counts["lost"] + line.counts["cut"] >= MESSAGES / 4
    answered = " | ".join(
        text.removeprefix("echo: ") for text in texts_of(house, widget.conversation_id(), "bot")
    )
    assert answered.split(" | ") == said


def test_dead_line_is_noticed_and_what_was_missed_is_shown_in_order(
    house: House, widget: Widget, line: BreakingProxy
) -> None:
    bar = widget.page.locator(".panel .bar")
    line.be_silent(True)
    expect(bar).to_be_visible()

    with house.database.write() as tx:
        entries = [NewEntry("message", "bot", {"text": f"missed {n}", "lang": "de"}) for n in range(200)]
        log.append(tx, widget.conversation_id(), entries, now=house.clock.now())
    line.cut_all()
    line.be_silent(False)
    widget.page.evaluate("dispatchEvent(new Event('online'))")
    widget.from_bot.filter(has_text="missed 199").wait_for(state="attached")

    expect(bar).to_be_hidden()
    shown = [text for text in widget.page.locator(".group.bot .bubble").all_inner_texts() if "missed" in text]
    assert shown == [f"missed {n}" for n in range(200)]


def test_page_that_wakes_up_finds_its_dead_line_at_once(widget: Widget, line: BreakingProxy) -> None:
    line.be_silent(True)
    before = line.counts["calls"]
    began = time.monotonic()

    widget.page.evaluate("dispatchEvent(new Event('focus'))")
    while line.counts["calls"] == before and time.monotonic() - began < AT_ONCE_S:
        widget.page.wait_for_timeout(20)

    assert line.counts["calls"] > before
    line.be_silent(False)
    widget.ask("and on it goes")


def test_line_that_is_well_is_not_given_up_on_waking(widget: Widget, line: BreakingProxy) -> None:
    calls = []
    for _ in range(WAKINGS):
        before = line.counts["calls"]
        widget.page.evaluate("dispatchEvent(new Event('focus'))")
        widget.page.wait_for_timeout(1500)
        calls.append(line.counts["calls"] - before)

    assert 0 in calls, "a new line each time, though the old one was well"


def test_where_sockets_are_blocked_messages_come_by_polling(visits: Visits, line: BreakingProxy) -> None:
    line.sockets = False
    widget = Shop(visits.person("es"), "es").home().widget.open()

    widget.ask("hola")
    widget.ask("otra vez")

    expect(widget.page.locator(".panel .bar")).to_be_hidden()


def test_without_storage_and_with_a_wrong_clock_messages_keep_their_order(
    visits: Visits,
) -> None:
    page = visits.person("es")
    page.add_init_script(
        """
        for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
        Object.defineProperty(navigator, "locks", { value: { request: () => Promise.reject(new DOMException("no")) } });
        let now = 4e12;
        Date.now = () => (now -= 60_000);
        """
    )
    widget = Shop(page, "es").home().widget.open()

    said = [f"número {n}" for n in range(5)]
    for text in said:
        widget.say(text)

    expect(widget.page.locator(".outgoing .bubble")).to_have_count(0)
    expect(widget.mine).to_have_text(said)


def test_a_log_that_ends_before_what_is_shown_is_shown_anew(house: House, widget: Widget) -> None:
    widget.ask("second")
    conversation_id = widget.conversation_id()
    with house.database.write() as tx:  # what restoring yesterday's backup does
        last = log.get_conversation(tx, conversation_id).last_seq
        tx.execute(
            delete(log_entries).where(
                log_entries.c.conversation_id == conversation_id, log_entries.c.seq > last - 3
            )
        )
        words.forget(tx, [conversation_id])
        same = update(conversations).where(conversations.c.id == conversation_id)
        tx.execute(same.values(last_seq=last - 3, customer_seq=1, bot_seq=1))

    widget.page.evaluate("dispatchEvent(new Event('online'))")

    expect(widget.mine).to_have_text(["first"])
    widget.ask("third")
    expect(widget.mine).to_have_text(["first", "third"])
