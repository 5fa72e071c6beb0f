"""A desk in English shows nothing of the interface in Spanish or German, whatever the customers speak."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from bot.base.texts import LOCALES, catalogue
from tests.browser.browsing import Visits
from tests.browser.casting import Casting
from tests.browser.pages import Desk
from tests.browser.said import SAID
from tests.browser.stories import in_chat, report_broken
from tests.test_texts import SAME_IN_ENGLISH

AGENT = "amy@puente.example"
SUPERVISOR = "sofia@puente.example"
SHOWN = ("desk", "staff", "errors", "reasons", "guide", "seller", "widget")
LONG = 15
"""Characters from which on a text is looked for within a longer one, too."""

OF_OTHER_LANGUAGES = re.compile(
    r"\b(hace \d|dentro de \d|vor \d|in \d+ (Tag|Stunde|Minute)|ahora|jetzt|español|alemán|Spanisch)\b|\d,\d\d\s€"
)
"""What is not ours but the browser's: times, names of languages, amounts."""

TEXTS = """() => {
  const found = [], root = document.documentElement;
  const ours = (element) => element && element.closest("[lang]") === root && element.checkVisibility();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (ours(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  for (const element of document.body.querySelectorAll("*")) {
    const names = ours(element) ? ["title", "aria-label", "placeholder", "alt", "label"] : [];
    found.push(...names.map((name) => element.getAttribute(name) ?? ""));
  }
  return [document.title, ...new Set(found)].map((text) => text.trim()).filter((text) => /\\p{L}/u.test(text));
}"""
"""Everything one sees, or hears of, that is not marked as somebody's words in another language."""


def _foreign() -> tuple[dict[str, str], list[re.Pattern[str]]]:
    """Our texts in the customers' languages that are not English as well: plain ones, and those with placeholders."""
    english = SAME_IN_ENGLISH | {
        text for domain in SHOWN[:-1] for msgid, text in catalogue(domain, "en").items()
        if all(catalogue(domain, locale)[msgid] != text for locale in LOCALES)
    }  # fmt: skip
    texts = {
        text: f"{domain}/{locale}"
        for locale in LOCALES
        for domain in SHOWN
        for text in catalogue(domain, locale).values()
    }
    plain = {text: where for text, where in texts.items() if text not in english and "{" not in text}
    patterns = [
        re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))) for text in texts
        if "{" in text and text not in english and len(re.sub(r"\{\w+\}|\W", "", text)) > 2
    ]  # fmt: skip
    return plain, patterns


PLAIN, PATTERNS = _foreign()


def assert_english(page: Page, screen: str, *, at_least: int = 10) -> None:
    """Fails with every text of the interface that is not English."""
    texts = page.evaluate(TEXTS)
    assert len(texts) >= at_least, (screen, texts)
    faults = [
        text for text in texts
        if text in PLAIN
        or OF_OTHER_LANGUAGES.search(text)
        or any(long in text for long in PLAIN if len(long) >= LONG)
        or any(pattern.fullmatch(text) for pattern in PATTERNS)
    ]  # fmt: skip
    assert faults == [], screen


def test_the_walk_over_a_screen_finds_what_is_not_english(visits: Visits) -> None:
    desk = Desk.of(visits.person("es"), "clara@puente.example", "es")

    texts = desk.page.evaluate(TEXTS)

    assert len([text for text in texts if text in PLAIN]) > 10


def test_an_agent_with_english_sees_an_english_desk(visits: Visits, casting: Casting) -> None:
    role = casting.delivered("es", "s-lumen")
    widget = in_chat(visits.person("es"), "es", role)
    reference = report_broken(widget, role)
    widget.want_a_person()
    other = in_chat(visits.person("de"), "de")
    other.ask(SAID["de"].question_again)
    other.want_a_person()

    page = visits.person("en-GB")
    page.goto("/desk")
    page.locator("#demo-accounts li").first.wait_for()
    assert_english(page, "signing in")
    page.locator("#email").fill(AGENT)
    page.locator("#password").fill("not the password")
    page.locator("#sign-in-button").click()
    page.locator("#sign-in-error").wait_for()
    assert_english(page, "signing in refused")
    desk = Desk.of(page, AGENT, "en")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    chat = widget.conversation_id()
    desk.row(chat).wait_for()
    assert_english(page, "queue", at_least=30)
    desk.open(chat)
    expect(desk.context).to_contain_text(reference)
    expect(desk.context).to_contain_text(role.order_id)
    for summary in desk.context.locator("summary").all():
        summary.click()
    assert_english(page, "a chat that waits", at_least=50)
    desk.claim()
    desk.say("Hola")
    expect(desk.holder).to_contain_text("With you")
    assert_english(page, "a chat of one's own", at_least=50)
    for key in ("t", "i", "b", "s", "l", "e", "g", "x", "a", "/", "?"):
        page.locator(".scroller").focus()
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        assert_english(page, f"dialog {key}", at_least=50)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached" if key != "?" else "hidden")
    page.locator(".scroller").focus()
    page.keyboard.press(".")
    page.get_by_text("Greeting", exact=True).wait_for()
    assert_english(page, "saved replies", at_least=50)
    page.keyboard.press("Escape")
    desk.close()
    assert_english(page, "a closed chat", at_least=50)

    desk.open(other.conversation_id())
    colleague = Desk.of(visits.person("de"), "jan@puente.example", "de")
    colleague.open(other.conversation_id())
    page.route(
        "**/claim",
        lambda route: (colleague.claim(), expect(colleague.reply).to_be_visible(), route.continue_()),
    )
    desk.claim()
    expect(desk.toast).to_contain_text("Jan has already taken this chat.")
    assert_english(page, "a chat of a colleague", at_least=40)
    colleague.close()


def test_a_supervisor_who_chooses_english_sees_an_english_overview(visits: Visits) -> None:
    desk = Desk.of(visits.person("de"), SUPERVISOR, "es")
    page = desk.page
    try:
        with page.expect_navigation():
            page.locator("#staff-language").select_option("en")
        expect(page.locator("html")).to_have_attribute("lang", "en-GB")
        expect(desk.queue).to_have_attribute("aria-busy", "false")
        assert_english(page, "queue", at_least=20)
        page.goto("/desk/overview")
        page.locator("#report .chart").first.wait_for()
        page.locator("#shares table, #shares p").first.wait_for()
        for summary in page.locator("summary").all():
            summary.click()
        assert_english(page, "overview", at_least=60)
    finally:
        page.goto("/desk")
        with page.expect_navigation():
            page.locator("#staff-language").select_option("es")
