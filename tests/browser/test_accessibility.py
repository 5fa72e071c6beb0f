"""axe finds nothing on any screen, in light and in dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.browsing import Visits
from tests.browser.casting import AGENT, SELLER_ACCOUNTS, TRAINER, Casting
from tests.browser.pages import CaseLog, Desk, Shop, Studio
from tests.browser.said import SAID
from tests.browser.stories import in_chat, report_broken, say_something_unclear

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
axe = Axe()


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """The reader's colours."""
    return request.param


def assert_accessible(page: Page, screen: str) -> None:
    """Fails with what axe finds on the screen."""
    found = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    faults = [
        f"{fault['id']}: {[node['target'] for node in fault['nodes'][:3]]} {fault['help']}" for fault in found
    ]
    assert faults == [], screen


def test_shop_and_chat_are_accessible(visits: Visits, casting: Casting, scheme: str) -> None:
    page = visits.person("de", color_scheme=scheme, bypass_csp=True)
    shop = Shop(page, "de").home()
    assert_accessible(page, "shop")
    shop.product("PD1001")
    assert_accessible(page, "product page")
    shop.widget.open()
    assert_accessible(page, "empty chat")
    shop.widget.ask(SAID["de"].material)
    shop.widget.quotes.wait_for()
    shop.sign_in(casting.delivered("de", "s-verde").name)
    page.goto("/de/orders")
    page.locator(".order").first.wait_for()
    shop.widget.want_a_person()
    assert_accessible(page, "orders and chat")


def test_desk_is_accessible(visits: Visits, scheme: str) -> None:
    widget = in_chat(visits.person("es"), "es")
    widget.ask(SAID["es"].question_again)
    widget.want_a_person()
    desk = Desk.of(visits.person("de", color_scheme=scheme, bypass_csp=True), AGENT["de"], "de")
    assert_accessible(desk.page, "queue")
    desk.open(widget.conversation_id())
    desk.claim()
    desk.reply.wait_for()
    assert_accessible(desk.page, "conversation")
    desk.page.locator("#search-button").click()
    desk.page.locator(".search-dialog .found button").first.wait_for()
    assert_accessible(desk.page, "search")
    desk.page.keyboard.press("Escape")
    desk.page.locator("#me").click()
    assert_accessible(desk.page, "away and topics")
    desk.page.keyboard.press("Escape")
    desk.close()
    overview = visits.person("de", color_scheme=scheme, bypass_csp=True)
    Desk.of(overview, "sofia@puente.example", "de")
    overview.goto("/desk/overview")
    overview.locator("#report .chart").first.wait_for()
    assert_accessible(overview, "overview")


def test_case_log_is_accessible(visits: Visits, casting: Casting, scheme: str) -> None:
    role = casting.delivered("es", "s-haoyu")
    reference = report_broken(in_chat(visits.person("es"), "es", role), role)
    log = CaseLog.of(
        visits.person("zh-CN", color_scheme=scheme, bypass_csp=True), SELLER_ACCOUNTS["s-haoyu"], "zh"
    )
    assert_accessible(log.page, "cases")
    log.open(reference)
    assert_accessible(log.page, "case")
    log.case.locator(".resolution").first.click()
    log.dialog.wait_for()
    assert_accessible(log.page, "answer")
    log.page.keyboard.press("Escape")
    for room in ("messages", "pages"):
        log.page.locator(f'.rooms [data-room="{room}"]').click()
        log.page.locator("#wide .intro").wait_for()
        assert_accessible(log.page, room)


def test_studio_is_accessible(visits: Visits, scheme: str) -> None:
    _, words = say_something_unclear(visits.person("de"), "de")
    studio = Studio.of(visits.person("de", color_scheme=scheme, bypass_csp=True), TRAINER, "de")
    studio.message(words).click()
    assert_accessible(studio.page, "inbox")
    studio.tab("examples")
    studio.page.locator("#examples .link-button").first.click()
    studio.page.locator("#examples .add-form").wait_for()
    assert_accessible(studio.page, "examples")
    studio.tab("models")
    studio.models.locator(".table").wait_for()
    assert_accessible(studio.page, "models")


def test_sign_in_and_interface_are_accessible(visits: Visits, scheme: str) -> None:
    page = visits.person("es", color_scheme=scheme, bypass_csp=True)
    page.goto("/sign-in")
    page.locator(".demo-account").first.wait_for()
    assert_accessible(page, "sign-in")
    page.goto("/docs")
    assert_accessible(page, "interface")
