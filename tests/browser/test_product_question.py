"""R16: a product question is answered with the passage of the page; what the page does not say goes to the seller."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.browsing import Visits
from tests.browser.casting import SELLER_ACCOUNTS, SELLER_LOCALES
from tests.browser.pages import CaseLog, Shop
from tests.browser.said import SAID

LAMP = "PD1001"
LAMPS_SELLER = "s-lumen"


def test_question_on_a_product_page_is_answered_with_its_passage(visits: Visits, locale: str) -> None:
    shop = Shop(visits.person(locale), locale).product(LAMP)
    material = shop.page.locator(".product table tr").filter(has_text="Material").locator("td").inner_text()

    shop.widget.open().ask(SAID[locale].material)

    expect(shop.widget.quotes).to_have_count(1)
    expect(shop.widget.quotes.locator("blockquote")).to_contain_text(material)
    expect(shop.widget.quotes.get_by_role("link")).to_have_attribute("href", f"{shop.page.url}")


def test_question_the_page_does_not_answer_goes_to_the_sellers_messages(visits: Visits, locale: str) -> None:
    question = SAID[locale].not_on_the_page
    shop = Shop(visits.person(locale), locale).product(LAMP)

    shop.widget.open().ask(question)

    expect(shop.widget.log).to_contain_text("Lumen & Co. GmbH")
    expect(shop.widget.quotes).to_have_count(0)
    log = CaseLog.of(visits.person("de"), SELLER_ACCOUNTS[LAMPS_SELLER], SELLER_LOCALES[LAMPS_SELLER])
    log.page.locator('.rooms [data-room="messages"]').click()
    expect(log.page.locator("#wide .message").first).to_contain_text(question)
    log.page.locator('.rooms [data-room="pages"]').click()
    expect(log.page.locator("#wide .questions")).to_contain_text([question])
