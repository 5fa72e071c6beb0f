"""Signing in, as staff and sellers do."""

from __future__ import annotations

from playwright.sync_api import Page

from bot.demo import PASSWORD


def sign_in(page: Page, email: str, *, to: str) -> None:
    """Fill in the form by keyboard; ends on the page `to`, where the visit was going."""
    page.goto(to)
    page.locator("#sign-in-button:enabled").wait_for()
    page.locator("#email").fill(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}*")
