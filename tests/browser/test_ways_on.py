"""Being called back, and saying at the end whether it was solved: customer, agent and supervisor."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.browsing import Visits
from tests.browser.casting import AGENT, FIRST_NAMES
from tests.browser.pages import Desk
from tests.browser.stories import in_chat

SUPERVISOR = "sofia@puente.example"
CALL_ME = {"es": "¿Me podéis llamar por teléfono?", "de": "Können Sie mich bitte anrufen?"}
NUMBER = {"es": ("612 345 678", "+34612345678"), "de": ("030 23125000", "+493023125000")}
SOLVED = {"es": "Está resuelto", "de": "Es ist geklärt"}
TRIED = {"es": "no hemos podido hablar contigo", "de": "nicht erreicht"}
TALKED = {"es": "ha hablado contigo por teléfono", "de": "mit Ihnen telefoniert"}


def test_a_customer_is_called_back_and_says_that_it_is_solved(visits: Visits, locale: str) -> None:
    widget = in_chat(visits.person(locale), locale)
    widget.ask(CALL_ME[locale])
    widget.choices().last.click()  # the last window offered: nobody calls at every hour of a test
    written, number = NUMBER[locale]
    widget.ask(written)
    expect(widget.from_bot.last).to_contain_text(number)
    chat = widget.conversation_id()

    desk = Desk.of(visits.person(locale), AGENT[locale], locale)
    call = desk.queue.locator(".callback").filter(has_text=number)
    call.get_by_role("button", name=desk.text("I will call")).click()
    expect(call.get_by_role("button", name=desk.text("Not reached"))).to_be_visible()
    other = next(one for one in AGENT if one != locale)
    colleague = Desk.of(visits.person(other), AGENT[other], other)
    theirs = colleague.queue.locator(".callback").filter(has_text=number)
    expect(theirs).to_contain_text(colleague.text("{agent} is calling", agent=FIRST_NAMES[AGENT[locale]]))
    expect(theirs.get_by_role("button", name=colleague.text("I will call"))).to_have_count(0)

    call.get_by_role("button", name=desk.text("Not reached")).click()
    expect(widget.log).to_contain_text(TRIED[locale])
    expect(call).to_contain_text(desk.text("Tried without success: {count}", count=1))
    call.get_by_role("button", name=desk.text("I will call")).click()
    call.get_by_role("button", name=desk.text("Reached"), exact=True).click()
    expect(widget.log).to_contain_text(TALKED[locale])
    expect(call).to_have_count(0)

    desk.open(chat)
    desk.claim()
    desk.say("Listo." if locale == "es" else "Erledigt.")
    desk.close()
    widget.press(SOLVED[locale])
    expect(widget.from_bot.last).to_contain_text("Gracias" if locale == "es" else "Danke")

    supervisor = Desk.of(visits.person("es"), SUPERVISOR, "es")
    supervisor.page.goto("/desk/overview")
    expect(supervisor.page.locator("#shares table")).to_contain_text("100")
    expect(desk.page.locator("a[href='/desk/overview']")).to_have_count(0)
