"""The chat on the shop's pages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.base.texts import translate


class Widget:
    """One customer's chat in one tab."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page = page
        self.locale = locale
        self.input = page.locator("#puente-text")
        self.log = page.locator(".log")
        self.header = page.locator(".head-text .status")
        self.foot = page.locator("#puente-panel .foot")
        self.typing = page.locator(".log .typing")
        self.case = page.locator(".notice-card")
        self.notices = page.locator(".log .notice")
        self.mine = page.locator(".group.customer .bubble")
        self.from_bot = page.locator(".group.bot .message")
        self.from_agent = page.locator(".group.agent .message")
        self.from_seller = page.locator(".group.seller .message")
        self.cards = page.locator(".log .chat-card")
        self.quotes = page.locator(".log figure.quote")

    def text(self, msgid: str, **values: Any) -> str:
        """A text of the widget in the customer's language."""
        return translate("widget", self.locale, msgid, **values)

    def open(self) -> Widget:
        """Open the chat by its round button."""
        self.page.locator(".launcher").click()
        self.input.wait_for()
        return self

    def say(self, text: str) -> None:
        """Write and send by Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Locator:
        """Say something and wait for the bot's answer; returns its last message."""
        before = self.from_bot.count()
        self.say(text)
        expect(self.from_bot.nth(before)).to_be_visible()
        return self.from_bot.last

    def choices(self) -> Locator:
        """The buttons that can still be pressed."""
        return self.page.locator(".choices:visible .choice:not(:disabled)")

    def press(self, title: str) -> None:
        """Press a button the bot has offered."""
        self.choices().filter(has_text=title).last.click()

    def want_a_person(self) -> None:
        """Press what is always there."""
        self.foot.get_by_role("button", name=self.text("I would like to talk to a person")).click()
        expect(self.header).to_have_text(self.text("Waiting for a person"))

    def case_reference(self) -> str:
        """The reference of the case that was opened, as the case's card shows it."""
        title = self.case.locator(".notice-title")
        title.wait_for()
        return next(word.strip(":.,") for word in title.inner_text().split() if word.startswith("P-"))

    def conversation_id(self) -> str:
        """Which conversation this browser has."""
        script = "() => JSON.parse(localStorage.getItem(`puente:${location.host}:conversation`)).id"
        return self.page.evaluate(script)
