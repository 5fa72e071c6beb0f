"""Beginnings that several tests share: a customer in a chat, a customer with an open case, an unsure message."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.casting import Role
from tests.browser.pages import Shop, Widget
from tests.browser.said import SAID


def in_chat(page: Page, locale: str, role: Role | None = None) -> Widget:
    """A customer who has opened the chat on the shop's first page; signed in when there is a role."""
    shop = Shop(page, locale).home()
    if role:
        shop.sign_in(role.name)
    return shop.widget.open()


def report_broken(widget: Widget, role: Role, *, also: str = "") -> str:
    """Report the role's item as broken and wish for another one; returns the case's reference."""
    said = SAID[widget.locale]
    widget.ask(f"{said.broken.format(order_id=role.order_id)}{also}")
    widget.press(said.send_another)
    return widget.case_reference()


def say_something_unclear(page: Page, locale: str, *, also: str = "") -> tuple[Widget, str]:
    """Say what the bot is unsure of; returns the chat and the words. A model that knows one idiom gets the next."""
    for idiom in SAID[locale].unsure:
        words = f"{idiom}{also}"
        widget = in_chat(page, locale)
        widget.ask(words)
        if is_unsure(widget):
            return widget, words
        page.evaluate("localStorage.clear(); sessionStorage.clear()")  # a new customer, the chat closed
    raise AssertionError(f"the bot is sure of all of {SAID[locale].unsure}: give it harder ones")


def is_unsure(widget: Widget) -> bool:
    """Whether the bot's last message asks what was meant: by buttons, one of them a person."""
    expect(widget.from_bot.last).to_be_visible()
    question = {"es": "¿Es una de estas cosas?", "de": "Ist es eines davon?"}[widget.locale]
    return question in widget.from_bot.last.inner_text()
