"""A broken item becomes a case; the seller answers in another language; the customer reads it in theirs."""

from __future__ import annotations

from playwright.sync_api import expect

from bot.base.texts import translate
from tests.browser.browsing import Visits
from tests.browser.casting import FOREIGN_SELLER, SELLER_ACCOUNTS, SELLER_LOCALES, Casting
from tests.browser.pages import CaseLog
from tests.browser.said import SAID
from tests.browser.stories import in_chat

REPLACEMENT = "Send a new item"
TOLD = "A new item is on its way to you soon, free of charge."


def test_broken_item_becomes_a_case_and_the_answer_comes_back_live(
    visits: Visits, casting: Casting, locale: str
) -> None:
    seller = FOREIGN_SELLER[locale]
    role = casting.delivered(locale, seller)
    said = SAID[locale]

    widget = in_chat(visits.person(locale), locale, role)
    question = widget.ask(said.broken.format(order_id=role.order_id))
    expect(question).to_contain_text(role.product)  # which order and item is known: only the wish is asked
    expect(widget.choices()).to_have_count(2)
    expect(widget.case).to_have_count(0)

    widget.press(said.send_another)
    reference = widget.case_reference()
    promise = widget.case.locator("time.promise")
    expect(promise).to_be_visible()
    expect(widget.from_bot.last).to_contain_text(reference)
    expect(widget.from_bot.last).to_contain_text(promise.inner_text().split(",")[0])  # both name the same day

    log = CaseLog.of(visits.person(locale), SELLER_ACCOUNTS[seller], SELLER_LOCALES[seller])
    expect(log.row(reference).locator(".time-left")).to_contain_text("23")
    log.open(reference)
    expect(log.words).to_contain_text(said.broken.format(order_id=role.order_id)[:40])
    log.choose(REPLACEMENT)

    expect(widget.log).to_contain_text(translate("cases", locale, TOLD))
    expect(log.row(reference)).to_have_count(0)  # of the open ones
    log.show("Answered cases")
    expect(log.row(reference)).to_contain_text(translate("seller", log.locale, REPLACEMENT))
