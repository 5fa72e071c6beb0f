"""The demo shop."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.pages.widget import Widget


class Shop:
    """The shop's pages in one language, as one visitor sees them."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page = page
        self.locale = locale
        self.widget = Widget(page, locale)

    def home(self) -> Shop:
        """Go to the products."""
        self.page.goto(f"/{self.locale}/")
        return self

    def product(self, product_id: str) -> Shop:
        """Go to a product's page."""
        self.page.goto(f"/{self.locale}/p/{product_id}")
        return self

    def sign_in(self, name: str) -> Shop:
        """Choose a customer in the shop's menu."""
        self.page.locator("[data-who] button").first.click()
        self.page.locator(".person").filter(has=self.page.get_by_text(name, exact=True)).click()
        self.page.locator(".who-name", has_text=name).wait_for()
        return self
