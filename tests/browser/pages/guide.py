"""The guided contact in the chat."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from bot.base.texts import translate
from tests.browser.casting import Role
from tests.browser.pages.widget import Widget


class Guide:
    """The steps one customer takes."""

    def __init__(self, widget: Widget) -> None:
        self.widget = widget
        self.page = widget.page
        self.panel = self.page.locator(".guide")
        self.heading = self.panel.locator(".guide-heading")
        self.taken = self.panel.locator(".guide-taken li")
        self.lines = self.panel.locator(".guide-line")
        self.text = self.page.locator("#puente-guide-text")
        self.search = self.page.locator("#puente-guide-search")
        self.ways = self.panel.locator(".guide-ways .starter")

    def said(self, msgid: str) -> str:
        """A text of the tree in the customer's language."""
        return translate("guide", self.widget.locale, msgid)

    def words(self, msgid: str, **values: Any) -> str:
        """A text of the widget in the customer's language."""
        return self.widget.text(msgid, **values)

    def start(self, topic: str) -> Guide:
        """Begin with a topic on the start screen."""
        self.page.locator(".greeting .starter").filter(has_text=self.said(f"topic {topic}")).click()
        return self.at_new_step()

    def menu(self) -> Guide:
        """Open it by the button in the chat's head."""
        self.page.locator(".head").get_by_role("button", name=self.words("Step by step")).click()
        return self

    def choose(self, *issues: str) -> Guide:
        """Choose issues one after the other, by their names."""
        for issue in issues:
            self.panel.get_by_role("button", name=self.said(f"issue {issue}"), exact=True).click()
            self.at_new_step()
        return self

    def choose_topic(self, topic: str) -> Guide:
        """Choose a topic at the first step."""
        self.panel.get_by_role("button", name=self.said(f"topic {topic}"), exact=True).click()
        return self.at_new_step()

    def pick(self, role: Role) -> Guide:
        """Pick the item of a role, looking for its order when the list is long."""
        self.lines.first.wait_for()
        if self.search.is_visible():
            self.search.fill(role.order_id)
            expect(self.lines.filter(has_not_text=role.order_id)).to_have_count(0)
        self.lines.filter(has_text=role.order_id).filter(has_text=role.title).click()
        return self.at_new_step()

    def change(self, given: str) -> Guide:
        """Go back to the step that shows `given`."""
        step = self.taken.filter(has_text=given)
        step.get_by_role("button", name=self.words("Change")).click()
        return self.at_new_step()

    def at_new_step(self) -> Guide:
        """The focus is on the step's heading."""
        expect(self.heading).to_be_focused()
        return self

    def way(self, way: str) -> Locator:
        """The button of a way to go on."""
        return self.panel.locator(f'[data-way="{way}"]')
