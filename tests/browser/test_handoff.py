"""A wish for a person: queue, one winner, live talk, back to the bot, closed."""

from __future__ import annotations

from playwright.sync_api import expect

from bot.base.texts import translate
from tests.browser.browsing import Visits
from tests.browser.casting import AGENT, FIRST_NAMES, Casting
from tests.browser.pages import Desk
from tests.browser.said import SAID
from tests.browser.stories import in_chat


def test_wish_for_a_person_is_claimed_by_one_agent_and_given_back_to_the_bot(
    visits: Visits, casting: Casting, locale: str
) -> None:
    said = SAID[locale]
    role = casting.awaited(locale)
    widget = in_chat(visits.person(locale), locale, role)
    widget.ask(said.where_is_it.format(order_id=role.order_id))
    expect(widget.cards).to_contain_text(role.title)
    widget.want_a_person()
    chat = widget.conversation_id()

    winner, loser = (Desk.of(visits.person(one), AGENT[one], one) for one in _own_language_first(locale))
    winner.open(chat)
    loser.open(chat)
    expect(winner.context).to_contain_text(role.order_id)
    expect(winner.context).to_contain_text(role.title)
    expect(winner.context).to_contain_text(translate("reasons", winner.locale, "order_status"))
    expect(winner.chat).to_contain_text(said.where_is_it.format(order_id=role.order_id))

    name = FIRST_NAMES[AGENT[locale]]
    _claim_at_once(winner, loser)
    expect(winner.holder).to_contain_text(winner.text("With you"))
    expect(loser.toast).to_contain_text(name)
    expect(loser.holder).to_contain_text(loser.text("With {agent}", agent=name))
    expect(loser.reply).to_have_count(0)
    expect(widget.header).to_have_text(widget.text("Answering: {name}", name=name))

    winner.reply.press_sequentially("…")
    expect(widget.typing).to_contain_text(widget.text("{name} is writing…", name=name))
    winner.reply.fill("")
    winner.say(said.agent_greets)
    expect(widget.from_agent.last).to_contain_text(said.agent_greets)
    bot_messages = widget.from_bot.count()
    widget.say(said.question_again)
    expect(winner.chat.locator(".from-customer").last).to_contain_text(said.question_again)

    winner.give_back_to_bot()
    expect(widget.header).to_have_text(widget.text("Answering: automatic assistant"))
    widget.say(said.question_again)
    expect(widget.from_bot.nth(bot_messages)).to_be_visible()

    winner.claim()
    winner.say(said.agent_ends)
    winner.close()
    expect(widget.header).to_have_text(widget.text("Conversation closed"))
    expect(widget.log).to_contain_text(
        widget.text("This conversation is closed. If you write again, it goes on here.")
    )


def _own_language_first(locale: str) -> list[str]:
    return sorted(AGENT, key=lambda one: one != locale)


def _claim_at_once(winner: Desk, loser: Desk) -> None:
    """Both press at the same moment; the loser's request arrives second."""
    held: list = []
    loser.page.route("**/claim", lambda route: held.append(route))
    with loser.page.expect_request("**/claim"):
        loser.claim()
    winner.claim()
    expect(winner.reply).to_be_visible()
    with loser.page.expect_response("**/claim") as answer:
        held[0].continue_()
    assert answer.value.status == 409
