"""The 24 hours run out: we decide, the customer is told once, the seller sees why; a late answer changes nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from bot.base.texts import translate
from tests.browser.browsing import Visits
from tests.browser.casting import SELLER_ACCOUNTS, SELLER_LOCALES, Casting
from tests.browser.pages import CaseLog
from tests.browser.server import Server
from tests.browser.stories import in_chat, report_broken

SELLER = {"es": "s-haoyu", "de": "s-lumen"}


def test_expired_case_is_decided_and_told_once_and_a_late_answer_is_kept(
    visits: Visits, server: Server, casting: Casting, locale: str
) -> None:
    seller = SELLER[locale]
    role = casting.delivered(locale, seller)
    widget = in_chat(visits.person(locale), locale, role)
    reference = report_broken(widget, role)
    decided = widget.text("Case {reference}: decided", reference=reference)

    server.advance_clock(hours=24.1)

    expect(widget.case.filter(has_text=decided)).to_have_count(1)
    told = widget.from_bot.last.locator(".bubble").inner_text()
    messages = widget.log.locator(".message").count()
    log = CaseLog.of(visits.person(locale), SELLER_ACCOUNTS[seller], SELLER_LOCALES[seller])
    log.show("Expired cases")
    log.open(reference)
    expect(log.ending).to_contain_text(log.text("The customer has been told."))

    log.case.locator("summary", has_text=log.text("Answer late")).click()
    log.choose("Refund in full, the customer keeps the item")

    expect(log.thanks).to_contain_text(log.text("Your late answer is kept"))
    expect(log.row(reference)).to_contain_text(log.text("Answered late"))
    expect(log.ending).to_contain_text(translate("caselog", log.locale, "The customer has been told."))
    server.advance_clock(hours=2)
    widget.page.reload()
    expect(widget.case.filter(has_text=decided)).to_have_count(1)
    expect(widget.log.locator(".bubble", has_text=told)).to_have_count(1)
    expect(widget.log.locator(".message")).to_have_count(messages)
