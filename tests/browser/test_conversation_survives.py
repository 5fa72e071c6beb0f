"""A reload, a second tab, a broken line, a customer who is not signed in: nothing is lost, shown twice, or given away."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.browsing import Visits
from tests.browser.casting import Casting
from tests.browser.pages import Shop
from tests.browser.said import SAID
from tests.browser.stories import in_chat


def test_conversation_survives_a_reload_and_goes_on_in_a_second_tab(visits: Visits, locale: str) -> None:
    said = SAID[locale]
    widget = in_chat(visits.person(locale), locale)
    widget.ask(said.question_again)
    before = widget.log.inner_text()

    widget.page.reload()

    expect(widget.mine).to_have_text([said.question_again])
    expect(widget.log).to_have_text(before, use_inner_text=True)
    second = Shop(widget.page.context.new_page(), locale).product("PD1001").widget
    second.open()
    expect(second.mine).to_have_text([said.question_again])
    second.ask(said.material)
    expect(widget.mine).to_have_text([said.question_again, said.material])
    expect(widget.from_bot).to_have_count(second.from_bot.count())


def test_messages_written_offline_are_sent_once_and_in_order(visits: Visits, locale: str) -> None:
    widget = in_chat(visits.person(locale), locale)
    first, *offline = (f"{SAID[locale].question_again} ({number})" for number in range(3))
    widget.ask(first)

    widget.page.context.set_offline(True)
    for text in offline:
        widget.say(text)
    expect(widget.page.locator(".outgoing .problem").first).to_be_visible()
    widget.page.context.set_offline(False)

    expect(widget.page.locator(".outgoing .bubble")).to_have_count(0)
    expect(widget.mine).to_have_text([first, *offline])
    widget.page.reload()
    expect(widget.mine).to_have_text([first, *offline])


def test_message_whose_answer_was_lost_is_kept_once(visits: Visits, locale: str) -> None:
    widget = in_chat(visits.person(locale), locale)
    first, second = (f"{SAID[locale].question_again} ({number})" for number in range(2))
    widget.ask(first)
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)  # the server accepts it, the browser never hears
        return route.abort()

    widget.page.route("**/messages", lose_first)
    widget.ask(second)

    expect(widget.page.locator(".outgoing .bubble")).to_have_count(0)
    expect(widget.mine).to_have_text([first, second])
    assert lost == [201]
    widget.page.reload()
    expect(widget.mine).to_have_text([first, second])


def test_customer_who_is_not_signed_in_proves_an_order(visits: Visits, casting: Casting, locale: str) -> None:
    role = casting.awaited(locale)
    widget = in_chat(visits.person(locale), locale)
    widget.ask(SAID[locale].where_is_it.format(order_id=role.order_id))
    expect(widget.cards).to_have_count(0)

    widget.ask("somebody.else@example.com")
    expect(widget.cards).to_have_count(0)
    expect(widget.log).not_to_contain_text(role.product)

    widget.ask(role.email)
    expect(widget.cards).to_contain_text(role.title)
