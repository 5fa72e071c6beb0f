"""R17–R19: a customer is led by steps, changes one of them, goes on by chat; an agent sees all of it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.browsing import Visits
from tests.browser.casting import AGENT, Casting
from tests.browser.pages import Desk, Guide, Shop
from tests.browser.stories import in_chat
from tests.browser.test_accessibility import RULES

PHONE = {"width": 360, "height": 740}
MANY = 7
"""More order lines than one page of the list shows."""

WORDS = {"es": "La pantalla está agrietada por un lado.", "de": "Der Schirm hat auf einer Seite einen Riss."}


def assert_accessible(page: Page, screen: str) -> None:
    """No finding of axe, and nothing wider than the screen."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == [], screen
    wide = page.evaluate(
        "() => { const g = document.querySelector('puente-chat').shadowRoot.querySelector('.guide');"
        " return g.scrollWidth - g.clientWidth; }"
    )
    assert wide == 0, screen


@pytest.mark.parametrize(("locale", "scheme"), [("es", "light"), ("de", "dark")])
def test_a_road_by_steps_with_one_changed_reaches_the_seller_and_the_agent(
    visits: Visits, casting: Casting, locale: str, scheme: str
) -> None:
    role = casting.delivered_among_others(locale)
    page = visits.person(locale, viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    guide = Guide(in_chat(page, locale, role))

    guide.start("order")
    assert_accessible(page, "lines")
    guide.pick(role)
    assert_accessible(page, "issues")
    guide.choose("problem", "missing", "missing_item")
    guide.text.fill(WORDS[locale])
    assert_accessible(page, "ways")
    guide.change(guide.said("issue missing")).choose("damaged")

    expect(guide.taken.filter(has_text=role.product)).to_be_visible()
    expect(guide.text).to_have_value(WORDS[locale])
    expect(guide.panel.locator(".guide-seller")).to_be_visible()
    expect(guide.ways.first).to_contain_text(guide.words("Recommended"))
    guide.way("chat").click()

    widget = guide.widget
    expect(widget.mine.last).to_contain_text(role.order_id)
    expect(widget.mine.last).to_contain_text(WORDS[locale])
    expect(widget.mine).to_have_count(1)
    widget.choices().first.click()  # what is wanted for it was not given, so it is asked for
    reference = widget.case_reference()
    widget.want_a_person()
    desk = Desk.of(visits.person(locale), AGENT[locale], locale)
    desk.open(widget.conversation_id())
    expect(desk.page.locator(".guided-choices")).to_contain_text(guide.said("issue damaged"))
    expect(desk.page.locator(".guided-choices")).to_contain_text(WORDS[locale])
    expect(desk.page.locator("body")).to_contain_text(reference)
    desk.claim()
    desk.reply.wait_for()
    desk.close()


def test_nothing_is_lost_by_a_reload_and_back_goes_step_by_step(
    visits: Visits, casting: Casting, locale: str
) -> None:
    role = casting.delivered_among_others(locale)
    page = visits.person(locale)
    guide = Guide(in_chat(page, locale, role))
    guide.start("order").pick(role).choose("problem", "defective")
    guide.text.fill(WORDS[locale])

    page.reload()

    expect(guide.text).to_have_value(WORDS[locale])
    expect(guide.taken).to_have_count(4)
    back = guide.panel.get_by_role("button", name=guide.words("Back"), exact=True)
    back.click()
    expect(guide.heading).to_contain_text(guide.said("issue problem"))
    back.click()
    back.click()
    expect(guide.heading).to_have_text(guide.words("Which item?"))
    guide.menu()
    expect(guide.widget.input).to_be_visible()
    guide.menu().at_new_step()
    expect(guide.heading).to_have_text(guide.words("Which item?"))


def test_the_steps_go_on_without_a_shop_that_is_silent(visits: Visits, casting: Casting, locale: str) -> None:
    role = casting.delivered_among_others(locale)
    page = visits.person(locale, viewport=PHONE, bypass_csp=True)
    guide = Guide(in_chat(page, locale, role))

    def without_lines(route: Route) -> None:
        answer = route.fetch()
        lines = {"items": [], "page": 1, "pages": 1, "found": 0, "total": 0, "available": False}
        route.fulfill(response=answer, json={**answer.json(), "lines": lines})

    page.route("**/guide?*", without_lines)
    guide.start("order")

    expect(guide.panel).to_contain_text(guide.words("Your orders cannot be shown at the moment. "
        "You can go on without picking an item; the chat asks you for it."))  # fmt: skip
    assert_accessible(page, "no lines")
    page.unroute("**/guide?*")
    guide.panel.get_by_role("button", name=guide.words("Try again")).click()
    expect(guide.panel.locator(".guide-line").first).to_be_visible()
    page.route("**/guide?*", without_lines)
    guide.panel.get_by_role("button", name=guide.words("Back"), exact=True).click()
    guide.at_new_step().choose_topic("order")
    guide.panel.get_by_role("button", name=guide.words("Go on without an item")).click()
    guide.at_new_step()
    expect(guide.heading).to_have_text(guide.words("What is wrong?"))


def test_the_seller_can_be_written_to_and_words_are_asked_for_first(
    visits: Visits, casting: Casting, locale: str
) -> None:
    role = casting.delivered_among_others(locale)
    guide = Guide(in_chat(visits.person(locale), locale, role))
    guide.start("order").pick(role).choose("problem", "defective")
    guide.panel.get_by_role("button", name=guide.words("Write to the seller")).click()
    guide.at_new_step()

    guide.way("chat").click()
    expect(guide.panel.get_by_role("alert")).to_have_text(guide.words("Please write a few words first."))
    expect(guide.text).to_be_focused()
    guide.text.fill(WORDS[locale])
    guide.way("chat").click()

    expect(guide.widget.case).to_be_visible()


def test_a_long_list_is_turned_and_searched_by_keyboard(visits: Visits, casting: Casting) -> None:
    customer = next(
        one for one in casting.customers if sum(len(order["lines"]) for order in one["orders"]) >= MANY
    )
    locale = customer["locale"]
    shop = Shop(visits.person(locale), locale).home().sign_in(customer["name"])
    guide = Guide(shop.widget.open()).start("order")
    guide.lines.first.wait_for()
    first = guide.lines.first.inner_text()

    older = guide.panel.get_by_role("button", name=guide.words("Older"))
    older.focus()
    older.press("Enter")
    expect(guide.lines.first).not_to_have_text(first, use_inner_text=True)
    oldest = customer["orders"][-1]["order_id"]
    guide.search.focus()
    guide.search.press_sequentially(oldest)

    expect(guide.lines.first).to_contain_text(oldest)
    expect(guide.search).to_be_focused()
    expect(guide.search).to_have_value(oldest)


def test_a_guest_is_led_without_orders(visits: Visits, locale: str) -> None:
    guide = Guide(in_chat(visits.person(locale), locale)).start("other")

    guide.choose("security", "suspicious_message")
    guide.way("chat").click()

    expect(guide.widget.from_bot.last).to_be_visible()
    guide.menu().at_new_step()
    guide.choose_topic("order")
    expect(guide.panel).to_contain_text(guide.words(
        "Sign in to pick the item from your orders. Otherwise the chat asks you for the order number."
    ))  # fmt: skip
