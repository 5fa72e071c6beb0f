"""The agents' desk."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.base.texts import translate
from tests.browser.pages.sign_in import sign_in


class Desk:
    """The desk of one agent."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page = page
        self.locale = locale
        self.queue = page.locator("#queue")
        self.chat = page.locator("#chat")
        self.context = page.locator("#context")
        self.holder = page.locator(".chat-head .badge").last
        self.reply = page.locator("#reply")
        self.toast = page.locator(".toast")

    @classmethod
    def of(cls, page: Page, email: str, locale: str) -> Desk:
        """Sign in and see the queue."""
        sign_in(page, email, to="/desk")
        desk = cls(page, locale)
        expect(desk.queue).to_have_attribute("aria-busy", "false")
        return desk

    def text(self, msgid: str, **values: Any) -> str:
        """A text of the desk in the agent's language."""
        return translate("desk", self.locale, msgid, **values)

    def row(self, conversation_id: str, within: str = "waiting") -> Locator:
        """A conversation's row in one of the lists: waiting, mine, others, bot."""
        return self.queue.locator(f'[data-row="{within}:{conversation_id}"]')

    def open(self, conversation_id: str, within: str = "waiting") -> None:
        """Open a conversation by its row."""
        self.row(conversation_id, within).click()
        self.chat.locator(".chat-head").wait_for()

    def claim(self) -> None:
        """Take the open chat by its button."""
        self.chat.get_by_role("button", name=self.text("Take the chat")).click()

    def say(self, text: str) -> None:
        """Reply by keyboard: r, the text, Enter."""
        self.reply.wait_for()
        self.page.locator(".scroller").focus()
        self.page.keyboard.press("r")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")
        expect(self.chat.locator(".log:not(.pending) .from-agent .text", has_text=text).last).to_be_visible()

    def give_back_to_bot(self) -> None:
        """Keys g, b."""
        self.page.locator(".scroller").focus()
        self.page.keyboard.press("g")
        self.page.locator("dialog[open]").wait_for()
        self.page.keyboard.press("b")
        expect(self.holder).to_contain_text(self.text("With the bot"))

    def close(self) -> None:
        """Key x, and yes."""
        self.page.locator(".scroller").focus()
        self.page.keyboard.press("x")
        self.page.locator("dialog[open]").get_by_role("button", name=self.text("Close the chat")).click()
        expect(self.holder).to_contain_text(self.text("Closed"))
