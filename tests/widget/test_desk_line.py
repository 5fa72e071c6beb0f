"""The desk over a line that breaks: after it is back nothing shown is old, without a reload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bot.app import House
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.desk.tables import desk_sessions
from tests.browser.browsing import Visits
from tests.browser.casting import AGENT
from tests.browser.pages import Desk
from tests.faults.proxy import BreakingProxy


@pytest.fixture
def nobody_stays(house: House) -> Iterator[None]:
    """Pages that were behind a cut line leave at once, and not when their silence is noticed."""
    yield
    with house.database.read() as tx:
        open_pages = list(tx.execute(select(desk_sessions.c.id)).scalars())
    for session_id in {*open_pages, *house.desk_keeper.sessions}:
        house.desk_keeper.leave(session_id)


def begun(house: House, text: str) -> str:
    """A conversation that waits for a person."""
    with house.database.write() as tx:
        chat = log.start_conversation(tx, locale="es", now=house.clock.now()).id
        log.accept_message(tx, chat, client_id="1", text=text, payload=None, now=house.clock.now())
        control.hand_off(tx, chat, reason="talk_to_human", now=house.clock.now())
    house.tell_desk(chat, agents=(), shared=True)
    return chat


@pytest.mark.usefixtures("nobody_stays")
def test_after_the_line_is_back_the_open_chat_and_the_lists_are_as_they_are(
    house: House, visits: Visits, line: BreakingProxy
) -> None:
    desk = Desk.of(visits.person("es"), AGENT["es"], "es")
    chat = begun(house, "hola")
    desk.open(chat)
    expect(desk.chat).to_contain_text("hola")

    line.be_silent(True)
    with house.database.write() as tx:
        said = [NewEntry("message", "customer", {"text": f"perdido {n}", "lang": "es"}) for n in range(30)]
        log.append(tx, chat, said, now=house.clock.now())
        control.claim(tx, chat, agent_id=2, first_name="Jan", now=house.clock.now())
    other = begun(house, "yo también")
    line.cut_all()
    line.be_silent(False)
    desk.page.evaluate("dispatchEvent(new Event('online'))")

    expect(desk.row(other)).to_be_visible()
    expect(desk.row(chat)).to_have_count(0)
    expect(desk.chat.locator(".from-customer").last).to_contain_text("perdido 29")
    expect(desk.chat.locator(".from-customer")).to_have_count(31)
    expect(desk.holder).to_contain_text(desk.text("With {agent}", agent="Jan"))
