"""The desk on narrow and low screens: everything can be reached, and no message lies over what is written in or pressed."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.browsing import Visits
from tests.browser.pages import Desk
from tests.browser.said import SAID
from tests.browser.stories import in_chat

SUPERVISOR = "sofia@puente.example"
"""Has the most in the header."""

SCREENS = [(320, 640), (360, 740), (844, 390), (1280, 800)]
TOASTS = """async () => {
  const { toast } = await import("/static/dom.js");
  for (const text of ["1", "2", "3", "4 ".repeat(60)]) toast(text);
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""


def test_everything_at_the_desk_is_in_reach_and_no_toast_covers_the_reply(visits: Visits) -> None:
    widget = in_chat(visits.person("es"), "es")
    widget.ask(SAID["es"].question_again)
    widget.want_a_person()
    desk = Desk.of(visits.person("es"), SUPERVISOR, "es")
    desk.open(widget.conversation_id())
    page, sign_out = desk.page, desk.page.locator("[data-staff='sign-out']")
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        expect(sign_out).to_be_in_viewport(ratio=1)
        assert too_wide(desk) <= 0

    take = desk.chat.get_by_role("button", name=desk.text("Take the chat"))
    page.evaluate(TOASTS)
    assert not covered(desk, take)
    desk.claim()
    desk.reply.wait_for()
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(TOASTS)
        expect(desk.toast).to_have_count(3)
        assert too_wide(desk) <= 0
        for target in (desk.reply, desk.chat.get_by_role("button", name=desk.text("Send"), exact=True)):
            assert not covered(desk, target), (width, height)

    desk.close()
    page.goto("/desk/overview")
    page.locator("#report .chart").first.wait_for()
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        expect(sign_out).to_be_in_viewport(ratio=1)
        assert too_wide(desk) <= 0


def too_wide(desk: Desk) -> int:
    """By how many pixels the page is wider than the screen."""
    return desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")


def covered(desk: Desk, target: Locator) -> bool:
    """Whether what shows toasts reaches over an element."""
    expect(target).to_be_in_viewport(ratio=1)
    over, under = desk.page.locator(".toasts").bounding_box(), target.bounding_box()
    assert over
    assert under
    return not (
        over["y"] + over["height"] <= under["y"]
        or under["y"] + under["height"] <= over["y"]
        or over["x"] + over["width"] <= under["x"]
        or under["x"] + under["width"] <= over["x"]
    )
