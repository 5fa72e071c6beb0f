"""New pictures of all screens in docs/screenshots: `python -m tests.browser.screenshots` (about five minutes).

The same people do the same things as in the browser tests, against the real server, with a model trained on the way.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from bot.base.settings import ROOT
from tests.browser.album import Album
from tests.browser.browsing import DESKTOP, PHONE, Visits, launched
from tests.browser.casting import AGENT, SELLER_ACCOUNTS, SELLER_LOCALES, TRAINER, Casting, Role
from tests.browser.pages import CaseLog, Desk, Shop, Studio, Widget
from tests.browser.pages.sign_in import sign_in
from tests.browser.said import COMPLAINTS, SAID
from tests.browser.server import Server, running_server
from tests.browser.stories import in_chat, say_something_unclear

SIZES = (DESKTOP, PHONE)
LOCALES = ("es", "de")
LAMP = "PD1001"
ENGLISH_AGENT, SUPERVISOR = "amy@puente.example", "sofia@puente.example"
SELLERS_CUSTOMERS = {"s-lumen": "es", "s-hogar": "de", "s-haoyu": "es"}
TRAINING_MS = 900_000


@dataclass
class Shoot:
    """Everything a picture needs."""

    visits: Visits
    server: Server
    casting: Casting
    album: Album

    def person(self, locale: str, size: dict[str, int], *, dark: bool = False) -> Page:
        """Somebody with a window of this size."""
        return self.visits.person(locale, viewport=size, color_scheme="dark" if dark else "light")


def main() -> int:
    """Take all pictures; returns the exit code."""
    album = Album(ROOT / "docs" / "screenshots")
    with (
        tempfile.TemporaryDirectory(prefix="puente-pictures-") as folder,
        running_server(Path(folder)) as server,
        launched() as browser,
    ):
        shoot = Shoot(Visits(browser, server.address), server, Casting(server.customers), album)
        trainer = _teach_and_train(shoot)
        _fill_case_logs(shoot)
        _fill_queue(shoot)
        for locale in LOCALES:
            for size in SIZES:
                _customer_and_agent(shoot, locale, size)
        _supervisor(shoot)
        _case_logs(shoot)
        _open_pages(shoot)
        _studio(shoot, trainer)
        problems = shoot.visits.problems
        shoot.visits.close()
    album.remove_others()
    print(f"{len(album.written)} pictures, {album.bytes / 1e6:.1f} MB")
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


def _teach_and_train(shoot: Shoot) -> Studio:
    """Correct one message and start a training, which goes on while the other pictures are taken."""
    _, words = say_something_unclear(shoot.person("de", DESKTOP), "de")
    studio = Studio.of(shoot.person("de", DESKTOP), TRAINER, "de")
    studio.message(words).click()
    studio.page.keyboard.press("1")
    expect(studio.message(words)).to_have_count(0)
    studio.tab("models")
    studio.page.locator("#train").click()
    studio.progress.wait_for()
    return studio


def _fill_case_logs(shoot: Shoot) -> None:
    """Cases that expired, were answered, run out soon and were opened just now, for each seller."""
    oldest = {seller: _open_cases(shoot, seller, 2) for seller in SELLERS_CUSTOMERS}
    for seller, (_, second) in oldest.items():
        log = CaseLog.of(shoot.person("de", DESKTOP), SELLER_ACCOUNTS[seller], SELLER_LOCALES[seller])
        log.open(second)
        log.case.locator(".resolution").first.click()
        log.confirm()
    shoot.server.advance_clock(hours=5)
    for seller in SELLERS_CUSTOMERS:
        _open_cases(shoot, seller, 1, kind=2)
    shoot.server.advance_clock(hours=19.4)
    for seller in SELLERS_CUSTOMERS:
        _open_cases(shoot, seller, 2, locale="de" if seller == "s-lumen" else None)


def _open_cases(
    shoot: Shoot, seller: str, count: int, *, kind: int = 0, locale: str | None = None
) -> list[str]:
    locale = locale or SELLERS_CUSTOMERS[seller]
    return [
        complain(
            in_chat(shoot.person(locale, DESKTOP), locale, role), role, COMPLAINTS[locale][kind + number]
        )
        for number, role in enumerate(shoot.casting.delivered(locale, seller) for _ in range(count))
    ]


def complain(widget: Widget, role: Role, complaint: str) -> str:
    """Say what is wrong; where the bot asks for the wish, take the first it offers. Returns the case's reference."""
    answer = widget.ask(complaint.format(order_id=role.order_id))
    if answer.locator(".choice").count():
        answer.locator(".choice").first.click()
    return widget.case_reference()


def _fill_queue(shoot: Shoot) -> None:
    """Some who wait for a person."""
    for locale, words in (("de", SAID["de"].question_again), ("es", SAID["es"].unsure[1])):
        role = shoot.casting.awaited(locale)
        widget = in_chat(shoot.person(locale, DESKTOP), locale, role)
        widget.ask(words)
        widget.want_a_person()


def _customer_and_agent(shoot: Shoot, locale: str, size: dict[str, int]) -> None:
    """A customer's whole road, then the agent who takes it over."""
    said, album = SAID[locale], shoot.album
    asked, broken = shoot.casting.awaited(locale), shoot.casting.delivered(locale, "s-verde")
    page = shoot.person(locale, size)
    shop = Shop(page, locale).home()
    page.locator(".product-card img, .card img").first.wait_for()
    album.shoot(page, "shop", locale)
    shop.sign_in(asked.name).product(LAMP)
    widget = shop.widget.open()
    album.shoot(page, "chat-start", locale)
    widget.ask(said.where_is_it.format(order_id=asked.order_id))
    widget.cards.first.wait_for()
    album.shoot(page, "chat-order", locale)
    page.emulate_media(color_scheme="dark")
    album.shoot(page, "chat-order-dark", locale)
    page.emulate_media(color_scheme="light")
    widget.ask(said.material)
    widget.quotes.first.wait_for()
    album.shoot(page, "chat-product", locale)
    _case_picture(shoot, locale, size, broken)
    widget.page.bring_to_front()
    widget.want_a_person()
    _desk(shoot, widget, locale, size)


def _case_picture(shoot: Shoot, locale: str, size: dict[str, int], role: Role) -> None:
    page = shoot.person(locale, size)
    widget = in_chat(page, locale, role)
    complain(widget, role, SAID[locale].broken)
    shoot.album.shoot(page, "chat-case", locale)


def _desk(shoot: Shoot, widget: Widget, locale: str, size: dict[str, int]) -> None:
    said, album = SAID[locale], shoot.album
    desk = Desk.of(shoot.person(locale, size), AGENT[locale], locale)
    album.shoot(desk.page, "desk-queue", locale)
    desk.open(widget.conversation_id())
    desk.claim()
    desk.say(said.agent_greets)
    expect(widget.from_agent.last).to_contain_text(said.agent_greets)
    widget.say(said.thanks)
    expect(desk.chat.locator(".from-customer").last).to_contain_text(said.thanks)
    album.shoot(widget.page, "chat-agent", locale)
    album.shoot(desk.page, "desk", locale)
    desk.page.emulate_media(color_scheme="dark")
    album.shoot(desk.page, "desk-dark", locale)


def _supervisor(shoot: Shoot) -> None:
    """The desk in English, who did what in a chat, and the overview."""
    desk = Desk.of(shoot.person("en-GB", DESKTOP), ENGLISH_AGENT, "en")
    desk.queue.locator('[data-row^="waiting:"]').first.click()
    desk.chat.locator(".chat-head").wait_for()
    shoot.album.shoot(desk.page, "desk", "en")
    page = shoot.person("de", DESKTOP)
    sign_in(page, SUPERVISOR, to="/desk")
    page.locator('[data-row^="others:"]').first.click()
    page.locator("#context details").last.locator("summary").click()
    page.locator("#context details").last.locator("li").first.scroll_into_view_if_needed()
    shoot.album.shoot(page, "desk-audit", "es")
    page.goto("/desk/overview")
    page.locator("svg.plot").first.wait_for()
    shoot.album.shoot(page, "overview", "es")


def _case_logs(shoot: Shoot) -> None:
    for seller in SELLERS_CUSTOMERS:
        locale = SELLER_LOCALES[seller]
        for size in SIZES if locale in LOCALES else (DESKTOP,):
            log = CaseLog.of(shoot.person(locale, size), SELLER_ACCOUNTS[seller], locale)
            log.list.locator(".case-row").first.wait_for()
            if size is PHONE:
                shoot.album.shoot(log.page, "case-log", locale)
            log.list.locator(".case-row").first.click()
            log.case.locator(".resolution").first.wait_for()
            shoot.album.shoot(log.page, "case", locale)
            if size is DESKTOP:
                log.show("All")
                log.list.locator(".case-row").nth(3).wait_for()
                shoot.album.shoot(log.page, "case-log", locale)


def _open_pages(shoot: Shoot) -> None:
    """What everybody may see: signing in, and the interface."""
    for locale in LOCALES:
        for size in SIZES:
            page = shoot.person(locale, size)
            page.goto(f"/sign-in?locale={locale}")
            page.locator(".demo-account").first.wait_for()
            shoot.album.shoot(page, "sign-in", locale)
            page.goto(f"/docs?locale={locale}")
            shoot.album.shoot(page, "docs", locale)


def _studio(shoot: Shoot, trainer: Studio) -> None:
    """The studio in both languages; the models once the training is done."""
    for locale in LOCALES:
        for words in SAID[locale].unsure[1:]:
            in_chat(shoot.person(locale, DESKTOP), locale).ask(words)
    for locale in LOCALES:
        for size in SIZES:
            studio = Studio.of(shoot.person(locale, size), TRAINER, "de")
            _speak(studio, locale)
            studio.inbox.locator(".row-button").first.click()
            studio.inbox.locator(".talk .bubble").first.wait_for()
            shoot.album.shoot(studio.page, "studio-inbox", locale)
            studio.tab("examples")
            studio.page.locator("#examples .link-button").nth(8).click()
            studio.page.locator("#examples .lines").first.wait_for()
            shoot.album.shoot(studio.page, "studio-examples", locale)
            studio.tab("models")
            expect(studio.progress).to_have_count(0, timeout=TRAINING_MS)
            studio.comparison.wait_for()
            shoot.album.shoot(studio.page, "studio-models", locale)


def _speak(studio: Studio, locale: str) -> None:
    """Choose the language of the page, as its reader would."""
    studio.page.locator("[data-staff='sign-out'] svg").wait_for()  # the page's shell is ready
    studio.page.locator("#staff-language").select_option(locale)
    expect(studio.page.locator("html")).to_have_attribute("lang", locale)


if __name__ == "__main__":
    sys.exit(main())
