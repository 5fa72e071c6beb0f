"""A return from the wish to the label: the card in the chat opens a page that can be printed."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bot.base.texts import translate
from tests.browser.browsing import Visits
from tests.browser.casting import Casting
from tests.browser.stories import in_chat
from tests.browser.test_accessibility import assert_accessible

WISH = {"es": "Quiero devolver el pedido {order_id}", "de": "Ich möchte Bestellung {order_id} zurückschicken"}
REASON = {"es": "Ya no lo quiero", "de": "Gefällt mir nicht"}


def test_a_return_gives_a_label_to_print(visits: Visits, casting: Casting, locale: str) -> None:
    role = casting.returnable(locale)
    page = visits.person(locale, bypass_csp=True)
    widget = in_chat(page, locale, role)
    widget.ask(WISH[locale].format(order_id=role.order_id))

    widget.press(REASON[locale])

    card = widget.cards.filter(has_text=re.compile(r"R-\w{6}")).last
    with page.expect_popup() as opened:
        card.get_by_role("link", name=widget.text("Print the label")).click()
    label = opened.value
    expect(label.locator("h1")).to_have_text(translate("returns", locale, "Return label"))
    expect(label.locator(".label svg.barcode")).to_be_visible()
    expect(label.locator(".slip")).to_contain_text(role.order_id)
    expect(label.locator("[data-print]")).to_be_visible()
    assert_accessible(label, "label")
    label.emulate_media(media="print")
    expect(label.locator("[data-print]")).to_be_hidden()
