"""HTML and scripts in anybody's words are shown as text to everybody else. `visits` fails when a dialog opens."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.browsing import Visits
from tests.browser.casting import AGENT, SELLER_ACCOUNTS, TRAINER, Casting
from tests.browser.pages import CaseLog, Desk, Studio
from tests.browser.stories import in_chat, report_broken, say_something_unclear

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script><b>{name}</b>"


def _assert_inert(page: Page) -> None:
    for selector in ("img[src='x']", "script:text('alert(2)')", "b:text-matches('^of ')"):
        assert page.locator(selector).count() == 0, f"{selector} on {page.url}"


def _markup(name: str) -> str:
    return MARKUP.format(name=f"of {name}")


def test_markup_of_customer_seller_and_agent_is_shown_as_text(visits: Visits, casting: Casting) -> None:
    role = casting.delivered("es", "s-verde")
    widget = in_chat(visits.person("es"), "es", role)
    reference = report_broken(widget, role, also=f" {_markup('customer')}")
    expect(widget.mine.first).to_contain_text(_markup("customer"))

    log = CaseLog.of(visits.person("es"), SELLER_ACCOUNTS["s-verde"], "es")
    log.open(reference)
    expect(log.words).to_contain_text(_markup("customer"))
    log.write(f"Hola, lo sentimos mucho, te enviamos otro mañana. {_markup('seller')}")
    expect(widget.log).to_contain_text(_markup("seller"))
    _assert_inert(log.page)

    widget.want_a_person()
    desk = Desk.of(visits.person("es"), AGENT["es"], "es")
    desk.open(widget.conversation_id())
    expect(desk.chat).to_contain_text(_markup("customer"))
    expect(desk.chat).to_contain_text(_markup("seller"))
    desk.claim()
    desk.say(_markup("agent"))
    expect(widget.from_agent.last).to_contain_text(_markup("agent"))
    _assert_inert(desk.page)
    _assert_inert(widget.page)


def test_markup_in_an_unclear_message_is_text_in_the_studio(visits: Visits) -> None:
    widget, words = say_something_unclear(visits.person("de"), "de", also=f" {_markup('inbox')}")

    studio = Studio.of(visits.person("de"), TRAINER, "de")

    studio.message(words).click()
    expect(studio.inbox.locator(".said")).to_contain_text(_markup("inbox"))
    _assert_inert(studio.page)
    _assert_inert(widget.page)
