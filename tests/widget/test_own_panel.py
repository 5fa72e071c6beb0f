"""What is the customer's own, on screen: cases, transcript, data, waiting, the way back, one sound over all tabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.accounts import store
from bot.accounts.model import Account
from bot.app import House
from bot.cases.effects import OpenCase, open_case
from bot.cases.expire import expire_case
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.desk import hand_over, waiting, work
from tests.browser.browsing import PHONE, Visits
from tests.browser.pages import Shop, Widget
from tests.browser.test_accessibility import assert_accessible
from tests.widget.test_delivery import texts_of

ERASED = "This conversation and what we knew of you from it are erased. You can begin anew."


def case_of(house: House, widget: Widget, reference: str, *, age: timedelta = timedelta()) -> None:
    """A case of this customer, opened `age` ago."""
    conversation_id, at = widget.conversation_id(), house.clock.now() - age
    effect = OpenCase(
        reference=reference, reason="item_damaged", seller_id="s-lumen", order_id=None, line_id=None, product_id="PD1001",
        customer_words="kaputt", customer_locale="de", started_at=at,
    )  # fmt: skip
    with house.database.write() as tx:
        open_case(tx, conversation_id, effect, at)
    house.bus.publish(f"conversation:{conversation_id}")


def agents_of(house: House) -> tuple[Account, Account]:
    """Clara and Jan of the demo."""
    with house.database.read() as tx:
        known = {account.email: account for account in store.list_accounts(tx)}
    return known["clara@puente.example"], known["jan@puente.example"]


def own(widget: Widget) -> None:
    """Open what is the customer's own."""
    widget.page.get_by_role("button", name=widget.text("Your conversation")).click()


def button(widget: Widget, msgid: str) -> None:
    """Press a button of the panel."""
    widget.page.locator(".own").get_by_role("button", name=widget.text(msgid), exact=True).click()


def test_customer_adds_to_a_case_withdraws_one_and_objects_to_another(house: House, widget: Widget) -> None:
    case_of(house, widget, "P-PANEL1")
    expect(widget.case).to_have_count(1)
    own(widget)
    button(widget, "Add something")
    widget.page.locator("#puente-case-P-PANEL1").fill("Auch der Schirm hat einen Riss")
    button(widget, "Send")
    expect(widget.mine.last).to_have_text("Auch der Schirm hat einen Riss")
    expect(widget.from_bot.last).to_contain_text("P-PANEL1")

    own(widget)
    button(widget, "Withdraw the case")
    button(widget, "Yes, withdraw it")
    expect(widget.from_bot.last).to_contain_text("zurückgezogen")

    case_of(house, widget, "P-PANEL2", age=timedelta(hours=25))
    with house.database.write() as tx:
        expire_case(tx, "P-PANEL2", house.clock.now())
    own(widget)
    button(widget, "I do not agree")
    widget.page.locator("#puente-case-P-PANEL2").fill("Das reicht mir nicht")
    button(widget, "Send")
    expect(widget.header).to_have_text(widget.text("Waiting for a person"))


def test_conversation_is_saved_and_erased(house: House, widget: Widget) -> None:
    before = widget.conversation_id()
    own(widget)
    with widget.page.expect_download() as saved:
        button(widget, "Save the conversation")
    assert "Sie: first" in saved.value.path().read_text(encoding="utf-8")
    with widget.page.expect_download() as saved:
        button(widget, "Save my data")
    assert before in saved.value.path().read_text(encoding="utf-8")

    button(widget, "Erase my data")
    button(widget, "Yes, erase it")

    expect(widget.mine).to_have_count(0)
    assert texts_of(house, before, "customer") == []
    told = widget.text(ERASED)
    expect(widget.page.locator(".greeting .note")).to_have_text(told)
    expect(widget.page.locator("[aria-live=polite] p").filter(has_text=told)).to_have_count(1)
    widget.ask("ganz neu")
    expect(widget.page.locator(".greeting .note")).to_have_count(0)
    assert widget.conversation_id() != before


def test_who_waits_sees_it_and_leaves_an_address(house: House, widget: Widget) -> None:
    conversation_id = widget.conversation_id()
    with house.database.write() as tx:
        control.hand_off(tx, conversation_id, reason="talk_to_human", now=house.clock.now())
    house.bus.publish(f"conversation:{conversation_id}")

    form = widget.page.locator(".waiting-form")
    expect(form).to_be_visible()
    widget.page.locator("#puente-address").fill("kein@")
    widget.page.get_by_role("button", name=widget.text("Leave it")).click()
    expect(form.locator(".problem")).not_to_be_empty()
    widget.page.locator("#puente-address").fill("ana@example.com")
    widget.page.get_by_role("button", name=widget.text("Leave it")).click()

    expect(form).to_be_hidden()
    expect(widget.from_bot.last).to_contain_text("ana@example.com")


@pytest.fixture
def somebody_there(house: House) -> Iterator[None]:
    """Clara is at the desk."""
    house.desk_keeper.arrive("a page of Clara's", agents_of(house)[0].id)
    yield
    house.desk_keeper.leave("a page of Clara's")


@pytest.mark.usefixtures("somebody_there")
def test_place_in_the_queue_moves_on_the_screen_and_is_told_once_to_those_who_listen(
    house: House, widget: Widget
) -> None:
    conversation_id, (agent, _) = widget.conversation_id(), agents_of(house)
    with house.database.write() as tx:
        before = [log.start_conversation(tx, locale="de", now=house.clock.now()).id for _ in range(2)]
        for one in (*before, conversation_id):
            control.hand_off(tx, one, reason="talk_to_human", now=house.clock.now())
        place = control.queue_position(tx, conversation_id)
        last_seq = log.get_conversation(tx, conversation_id).last_seq
    house.bus.publish(f"conversation:{conversation_id}")
    line, heard = widget.foot.locator(".waiting > p"), widget.page.locator("[aria-live=polite] p")
    expect(line).to_contain_text(widget.text("You are number {position} in the queue.", position=place))
    widget.page.locator("#puente-address").fill("ana@")
    line.evaluate("(element) => (element.id = 'the-same')")

    for number, one in enumerate(before, 1):
        with house.database.write() as tx:
            work.claim(tx, one, agent=agent, now=house.clock.now())
        house.tell_desk(one, agents=[agent.id], shared=True)
        left = place - number
        told = widget.text("You are number {position} in the queue.", position=left)
        expect(line).to_contain_text(told if left > 1 else widget.text("You are next."))
        house.tell_desk(None, agents=[], shared=True)

    last = widget.text("You are number {position} in the queue.", position=place - 2)
    expect(heard.filter(has_text=last if place > 3 else widget.text("You are next."))).to_have_count(1)
    expect(
        heard.filter(has_text=widget.text("You are number {position} in the queue.", position=place))
    ).to_have_count(1)
    expect(line).to_have_id("the-same")
    expect(widget.page.locator("#puente-address")).to_have_value("ana@")
    expect(widget.page.locator("#puente-address")).to_be_focused()
    expect(widget.notices).to_have_count(1)
    with house.database.read() as tx:
        assert log.get_conversation(tx, conversation_id).last_seq == last_seq


def test_what_is_said_of_the_wait_is_true(
    house: House, widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens_at = house.clock.now() + timedelta(hours=60)
    hours = {"now": (False, opens_at)}
    monkeypatch.setattr(waiting, "hours", lambda _rules, _now: hours["now"])
    conversation_id, (agent, _) = widget.conversation_id(), agents_of(house)
    with house.database.write() as tx:
        control.hand_off(tx, conversation_id, reason="talk_to_human", now=house.clock.now())
    house.bus.publish(f"conversation:{conversation_id}")
    line, place = widget.foot.locator(".waiting > p"), re.compile("Sie sind")

    expect(line).to_contain_text("Gerade ist niemand da")
    expect(line).to_contain_text(
        widget.text("If you would rather be called, write your number and when it suits you.")
    )
    expect(widget.page.locator("#puente-address")).to_be_visible()
    expect(widget.page.locator("[role=dialog]")).not_to_have_text(place)

    hours["now"] = (True, None)
    house.tell_desk(None, agents=[], shared=True)
    expect(line).to_contain_text("Im Moment ist niemand aus dem Team im Chat")
    expect(line).not_to_contain_text(place)

    hours["now"] = (False, opens_at)
    house.desk_keeper.arrive("a page of Clara's", agent.id)
    expect(line).to_contain_text(widget.text("A person of our team will answer you here."))
    expect(line).to_contain_text(place)
    house.desk_keeper.leave("a page of Clara's")
    expect(line).to_contain_text("Gerade ist niemand da")


@pytest.mark.usefixtures("somebody_there")
def test_who_is_called_back_is_told_no_place_in_the_queue(house: House, widget: Widget) -> None:
    conversation_id = widget.conversation_id()
    with house.database.write() as tx:
        control.hand_off(tx, conversation_id, reason="request_callback", now=house.clock.now())
    house.bus.publish(f"conversation:{conversation_id}")

    line = widget.foot.locator(".waiting > p")
    expect(line).to_have_text(widget.text("You can go on writing here: whoever takes care of it reads it."))


def test_colleague_who_was_asked_in_writes_under_their_own_name(house: House, widget: Widget) -> None:
    chat, (clara, jan) = widget.conversation_id(), agents_of(house)
    house.desk_keeper.arrive("a page of Jan's", jan.id)

    def do(change: Callable[..., Any], **values: Any) -> None:
        with house.database.write() as tx:
            change(tx, chat, agent=values.pop("agent", clara), now=house.clock.now(), **values)
        house.bus.publish(f"conversation:{chat}")

    do(work.claim)
    do(hand_over.invite, to=jan.id, capacity=100)
    names, heard = widget.page.locator(".group.agent .sender"), widget.page.locator("[aria-live=polite] p")
    do(work.reply, client_id="1", text="Ich frage meinen Kollegen.", conveys=[])
    expect(names).to_have_text(["Clara"])
    house.bus.publish(f"signals:{chat}", {"typing": "Jan", "from": "agent"})
    expect(widget.typing).to_contain_text(widget.text("{name} is writing…", name="Jan"))
    do(work.reply, agent=jan, client_id="2", text="Das Teil ist unterwegs.", conveys=[])
    expect(names).to_have_text(["Clara", "Jan"])
    do(work.reply, client_id="3", text="Danke, Jan.", conveys=[])

    expect(names).to_have_text(["Clara", "Jan", "Clara"])
    expect(heard.filter(has_text="Jan: Das Teil ist unterwegs.")).to_have_count(1)
    expect(heard.filter(has_text="Clara: Danke, Jan.")).to_have_count(1)
    expect(widget.header).to_have_text(widget.text("Answering: {name}", name="Clara"))
    widget.page.reload()
    expect(names).to_have_text(["Clara", "Jan", "Clara"])
    house.desk_keeper.leave("a page of Jan's")


def test_link_of_a_mail_leads_back_into_the_conversation_in_another_browser(
    house: House, widget: Widget, visits: Visits
) -> None:
    key = house.tokens.for_return(widget.conversation_id())
    page = visits.person("de")
    page.goto(f"/chat?locale=de#puente={key}")

    expect(page.locator(".group.customer .bubble")).to_have_text(["first"])
    assert "#" not in page.url


def test_one_sound_over_all_tabs_and_the_shop_hears_of_it(house: House, visits: Visits) -> None:
    page = visits.person("es")
    page.context.add_init_script(
        """
        window.chimes = 0; window.heard = [];
        window.AudioContext = class { constructor() { window.chimes += 1; throw new Error("counted"); } };
        for (const type of ["message", "case", "open", "close", "unread"])
          addEventListener(`puente:${type}`, (event) => window.heard.push([type, event.detail]));
        """
    )
    widget = Shop(page, "es").home().widget.open()
    widget.ask("hola")
    page.keyboard.press("Escape")
    second = Shop(page.context.new_page(), "es").product("PD1001").page
    second.locator(".launcher").wait_for()
    second.mouse.click(5, 5)
    second.wait_for_timeout(500)
    conversation_id = widget.conversation_id()
    with house.database.write() as tx:
        entry = NewEntry("message", "agent", {"text": "Soy Eva", "lang": "es"})
        log.append(tx, conversation_id, [entry], now=house.clock.now())
    house.bus.publish(f"conversation:{conversation_id}")

    for one in (page, second):
        expect(one.locator(".badge-count")).to_have_text("1")
    page.wait_for_timeout(500)
    assert sum(one.evaluate("window.chimes") for one in (page, second)) == 1
    heard = page.evaluate("window.heard.map(([type]) => type)")
    assert {"open", "close", "message", "unread"} <= set(heard)
    assert "Soy Eva" not in str(page.evaluate("window.heard"))


def test_panel_is_accessible_on_a_phone_in_both_colours(house: House, visits: Visits) -> None:
    for scheme in ("light", "dark"):
        page = visits.person("de", color_scheme=scheme, bypass_csp=True, viewport=PHONE)
        widget = Shop(page, "de").home().widget.open()
        widget.ask("first")
        case_of(house, widget, f"P-AXE{scheme[:2].upper()}")
        expect(widget.case).to_have_count(1)
        page.set_input_files(
            'input[type="file"][multiple]', {"name": "a.exe", "mimeType": "image/png", "buffer": b"MZ"}
        )
        page.locator(".file.failed").wait_for()
        assert_accessible(page, f"files, {scheme}")
        own(widget)
        button(widget, "Add something")
        button(widget, "Erase my data")
        assert_accessible(page, f"own, {scheme}")
        page.keyboard.press("Escape")
        expect(page.locator(".launcher")).to_be_focused()


def test_nothing_is_cut_off_at_320_pixels(visits: Visits) -> None:
    page = visits.person("de", viewport={"width": 320, "height": 640})
    widget = Shop(page, "de").home().widget.open()
    widget.ask("first")
    own(widget)
    page.locator(".own-part").first.wait_for()

    wide = page.locator(".own").evaluate("own => own.scrollWidth - own.clientWidth")

    assert wide <= 0
    assert re.search(r"\w", page.locator(".own").inner_text())
