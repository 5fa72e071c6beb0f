"""An agent who looks elsewhere hears of who waits: a count in the title, a sound, a notification that goes again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.browsing import Visits
from tests.browser.casting import AGENT
from tests.browser.pages import Desk, Shop

ALLOWED = """
  window.notes = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, options) { window.notes.push(this); Object.assign(this, { title, ...options, shown: true }); }
    close() { this.shown = false; }
  };
"""
COUNTS_SOUNDS = """
  window.sounds = 0;
  window.AudioContext = class { constructor() { window.sounds += 1; throw new Error("counted"); } };
"""
LOOKS_ELSEWHERE = "Object.defineProperty(document, 'hidden', { get: () => true })"


def notes(page: Page, chat: str) -> list[bool]:
    """Whether the notifications of a chat are still shown."""
    return page.evaluate(
        "(chat) => notes.filter((note) => note.tag === chat).map((note) => note.shown)", chat
    )


def test_who_waits_is_told_by_title_sound_and_notification_until_somebody_takes_the_chat(
    visits: Visits,
) -> None:
    page = visits.person("de")
    page.add_init_script(ALLOWED + COUNTS_SOUNDS + LOOKS_ELSEWHERE)
    desk = Desk.of(page, AGENT["de"], "de")
    widget = Shop(visits.person("de"), "de").home().widget.open()
    title, waiting = page.title(), "/^\\(\\d+\\) /.test(document.title)"

    widget.want_a_person()
    chat = widget.conversation_id()
    expect(desk.row(chat)).to_be_visible()

    page.wait_for_function(waiting)
    assert page.title().endswith(title.split(") ")[-1])
    assert page.evaluate("sounds") == 1
    assert notes(page, chat) == [True]

    other = Desk.of(visits.person("es"), AGENT["es"], "es")
    other.open(chat, "waiting" if other.row(chat).count() else "elsewhere")
    other.claim()
    expect(desk.row(chat, "others")).to_be_visible()
    assert notes(page, chat) == [False]
    assert page.evaluate("sounds") == 1
    other.close()


def test_sound_is_on_until_it_is_switched_off_and_that_is_remembered(visits: Visits) -> None:
    page = visits.person("de")
    page.add_init_script("delete window.Notification;" + COUNTS_SOUNDS)
    desk = Desk.of(page, AGENT["de"], "de")
    switch = page.locator("#notify")
    expect(switch).to_have_attribute("aria-pressed", "true")

    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")

    widget = Shop(visits.person("de"), "de").home().widget.open()
    widget.want_a_person()
    expect(desk.row(widget.conversation_id())).to_be_visible()
    assert page.evaluate("sounds") == 0
