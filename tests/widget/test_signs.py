"""What goes on just now, and how the chat is used without a mouse and in another language."""

from __future__ import annotations

from playwright.sync_api import expect

from bot.app import House
from bot.base.texts import translate
from bot.conversations import log
from bot.conversations.model import NewEntry
from tests.browser.browsing import Visits
from tests.browser.pages import Shop, Widget

EXPIRES_MS = 8_000
"""Somebody who stopped without saying so is writing for this long."""


def test_who_types_is_shown_until_it_expires(house: House, widget: Widget) -> None:
    signal = {"typing": "Clara", "from": "agent"}
    house.bus.publish(f"signals:{widget.conversation_id()}", signal)

    expect(widget.typing).to_contain_text(widget.text("{name} is writing…", name="Clara"))
    widget.page.wait_for_timeout(EXPIRES_MS / 2)
    expect(widget.typing).to_be_visible()
    expect(widget.typing).to_be_hidden(timeout=EXPIRES_MS)


def test_a_message_is_sent_then_seen(house: House, widget: Widget) -> None:
    chat = widget.conversation_id()
    with house.database.write() as tx:
        log.append(tx, chat, [NewEntry("assigned", "system", {"agent": "Clara"})], now=house.clock.now())
    house.bus.publish(f"conversation:{chat}")
    expect(widget.header).to_have_text(widget.text("Answering: {name}", name="Clara"))
    with house.database.write() as tx:
        seq, _ = log.accept_message(
            tx, chat, client_id="from another tab", text="noch da?", payload=None, now=house.clock.now()
        )
    house.bus.publish(f"conversation:{chat}", seq)
    tick = widget.page.locator(".group.customer .tick").last
    expect(tick).to_have_attribute("title", widget.text("Sent"))

    house.bus.publish(f"signals:{chat}", {"seen": seq, "from": "agent"})

    expect(tick).to_have_attribute("title", widget.text("Seen"))


def test_keys_open_the_chat_and_escape_gives_the_focus_back(visits: Visits) -> None:
    shop = Shop(visits.person("es"), "es").home()
    page, launcher = shop.page, shop.page.locator(".launcher")

    for key in ("Enter", "Space"):
        launcher.focus()
        page.keyboard.press(key)
        expect(shop.widget.input).to_be_focused()
        page.keyboard.press("Escape")
        expect(shop.widget.input).to_be_hidden()
        expect(launcher).to_be_focused()


def test_tab_leads_out_of_the_chat_beside_the_page(visits: Visits) -> None:
    widget = Shop(visits.person("es"), "es").home().widget.open()
    page = widget.page
    inside = "document.activeElement?.localName === 'puente-chat'"
    assert page.evaluate(inside)

    for _ in range(40):
        page.keyboard.press("Tab")
        if not page.evaluate(inside):
            break

    assert not page.evaluate(inside), "the keyboard is trapped in the chat"


def test_another_language_changes_every_text_and_keeps_what_was_said(house: House, widget: Widget) -> None:
    chat = widget.conversation_id()
    with house.database.write() as tx:
        log.append(tx, chat, [NewEntry("language", "system", {"locale": "es"})], now=house.clock.now())
    house.bus.publish(f"conversation:{chat}")
    spanish = Widget(widget.page, "es")

    expect(widget.header).to_have_text(spanish.text("Answering: automatic assistant"))
    expect(widget.mine).to_have_text(["first"])
    expect(widget.input).to_have_attribute("placeholder", spanish.text("Write your message…"))
    expect(
        widget.foot.get_by_role("button", name=spanish.text("I would like to talk to a person"))
    ).to_be_visible()


def test_what_was_read_in_one_tab_counts_as_read_in_the_other(house: House, visits: Visits) -> None:
    page = visits.person("de")
    widget = Shop(page, "de").home().widget.open()
    widget.ask("first")
    chat = widget.conversation_id()
    tab = page.context.new_page()
    other = Shop(tab, "de").home().widget
    page.keyboard.press("Escape")
    with house.database.write() as tx:
        log.append(
            tx, chat, [NewEntry("message", "bot", {"text": "neu", "lang": "de"})], now=house.clock.now()
        )
    house.bus.publish(f"conversation:{chat}")
    badges = [page.locator(".badge-count"), tab.locator(".badge-count")]
    for badge in badges:
        expect(badge).to_have_text("1")

    other.open()

    for badge in badges:
        expect(badge).to_be_hidden()


def test_signing_out_leaves_nothing_to_the_next_customer(visits: Visits) -> None:
    shop = Shop(visits.person("de"), "de").home()
    page = shop.page
    page.locator("[data-who] button").first.click()
    page.locator(".person").first.click()
    page.locator(".who-name").wait_for()
    widget = shop.widget.open()
    widget.ask("von mir")
    before = widget.conversation_id()
    widget.input.fill("und ein Entwurf")

    page.get_by_role("button", name=translate("shop", "de", "Sign out")).click()

    expect(widget.mine).to_have_count(0)
    expect(widget.input).to_have_value("")
    page.reload()
    expect(widget.mine).to_have_count(0)
    widget.ask("von jemand anderem")
    assert widget.conversation_id() != before
