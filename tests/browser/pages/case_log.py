"""The sellers' case log."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.base.texts import translate
from tests.browser.pages.sign_in import sign_in


class CaseLog:
    """The case log of one seller."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page = page
        self.locale = locale
        self.list = page.locator("#list")
        self.case = page.locator("#case")
        self.words = self.case.locator("blockquote.words").first
        self.thanks = self.case.locator(".thanks")
        self.ending = self.case.locator(".ending")
        self.dialog = page.locator("dialog.confirm[open]")

    @classmethod
    def of(cls, page: Page, email: str, locale: str) -> CaseLog:
        """Sign in and see the open cases."""
        sign_in(page, email, to="/seller")
        log = cls(page, locale)
        expect(log.list.locator(".rows-place")).to_have_attribute("aria-busy", "false")
        return log

    def text(self, msgid: str, **values: Any) -> str:
        """A text of the case log in the seller's language."""
        return translate("caselog", self.locale, msgid, **values)

    def row(self, reference: str) -> Locator:
        """A case's row in the list that is shown."""
        return self.list.locator(f'[data-reference="{reference}"]')

    def show(self, group: str) -> None:
        """Show another group of cases, by the msgid of its name."""
        self.list.locator(".filter", has_text=self.text(group)).click()

    def open(self, reference: str) -> None:
        """Open a case by its row."""
        self.row(reference).click()
        self.case.locator(".reference", has_text=reference).wait_for()

    def choose(self, label: str) -> None:
        """Choose a resolution by the msgid of its label, and confirm."""
        self.case.locator(".resolution", has_text=translate("seller", self.locale, label)).click()
        self.confirm()

    def write(self, text: str) -> None:
        """Answer in the seller's own words, and confirm."""
        self.case.locator("#answer-text").fill(text)
        self.case.locator(".own-text button").click()
        self.confirm()

    def confirm(self) -> None:
        """Send what the dialog shows; wait for the thanks."""
        self.dialog.locator("footer .primary").click()
        self.thanks.wait_for()
