"""The trainers' studio."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.base.texts import translate
from tests.browser.pages.sign_in import sign_in


class Studio:
    """The studio of one trainer."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page = page
        self.locale = locale
        self.inbox = page.locator("#inbox")
        self.models = page.locator("#models")
        self.toast = page.locator(".toast")
        self.progress = self.models.locator("progress")
        self.comparison = page.locator("#comparison")

    @classmethod
    def of(cls, page: Page, email: str, locale: str) -> Studio:
        """Sign in and see the inbox."""
        sign_in(page, email, to="/studio")
        return cls(page, locale)

    def text(self, msgid: str, **values: Any) -> str:
        """A text of the studio in the trainer's language."""
        return translate("studio", self.locale, msgid, **values)

    def tab(self, name: str) -> None:
        """Go to inbox, examples or models."""
        self.page.locator(f'.studio-tabs [data-tab="{name}"]').click()

    def message(self, text: str) -> Locator:
        """A message's row in the inbox."""
        return self.inbox.locator(".row-button").filter(has=self.page.get_by_text(text, exact=True))

    def correct(self, reason: str) -> None:
        """Say by keyboard what the open message means: by the number of the reason, or by searching it."""
        name = translate("reasons", self.locale, reason)
        offered = self.inbox.locator(".choice").filter(has_text=name)
        if offered.count():
            self.page.keyboard.press(offered.locator("kbd").inner_text())
        else:
            self.page.keyboard.press("/")
            self.page.keyboard.type(name)
            self.page.keyboard.press("Enter")

    @property
    def in_use(self) -> Locator:
        """The card of the model that answers."""
        return (
            self.models.locator(".card")
            .filter(has=self.page.get_by_text(self.text("In use"), exact=True))
            .first
        )

    def model_in_use(self) -> str:
        """The name of the model that answers, as the page shows it."""
        return self.in_use.locator("h2").inner_text()

    def wait_for_other_model(self, before: str) -> str:
        """Wait until another model than `before` answers, loaded and all; returns its name."""
        expect(self.in_use.locator("h2")).not_to_have_text(before)
        expect(self.in_use.locator(".badge")).to_have_count(0)
        return self.model_in_use()
