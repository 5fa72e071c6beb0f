"""Not sure what is meant: two or three buttons in the customer's words; the second time in a row, a person."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.contact import case_status, has_open_case
from actions.flow import UNCLEAR_LIMIT, hand_off
from actions.products import product_question
from actions.registry import serves
from bot.conversations.model import Button, Outcome
from bot.service.reasons import CONCRETE_REASONS
from bot.shop.passages import closest_passages

CHOICES = 3

LIKELY = 3
"""An unsure message asks for the customer's open case when that is among this many readings."""

PAGE_WITHIN = 8
"""On a product's page, an unsure message is tried as a question about it when that is among this many readings."""


@serves("clarify")
def clarify(ask: Ask) -> Outcome:
    """Offer the likeliest reasons, or a person after the second miss."""
    if _about_a_page(ask):
        return product_question(ask)
    if "case_status" in ask.heard.likeliest(LIKELY) and has_open_case(ask):
        ask.reason = "case_status"  # the reference, the date: there is one to be asked for
        return case_status(ask)
    if int(ask.slot("unclear") or 0) + 1 >= UNCLEAR_LIMIT:
        return hand_off(ask, "not_understood", "utter_handoff_not_understood")
    if not ask.heard.readable:
        ask.say("utter_unreadable", buttons=[ask.button("talk to a person", "talk_to_human")])
        return "not_understood"
    ranked = [item["name"] for item in ask.heard.ranking]
    likely = [name for name in ranked if name in CONCRETE_REASONS and name != "talk_to_human"][:CHOICES]
    buttons = [Button(_words(ask, name), command(name)) for name in likely]
    buttons.append(ask.button("talk to a person", "talk_to_human"))
    ask.say("utter_clarify", buttons=buttons)
    kept = [{"entity": e["entity"], "value": e["value"]} for e in ask.heard.entities]
    ask.wait_for("reason", text=ask.text, entities=kept)
    return "not_understood"


def _about_a_page(ask: Ask) -> bool:
    """Whether an unsure message may be a question about the product talked about or looked at, and its page tells of it.

    The page has to answer it surely, unless a question on a product is among the likeliest readings.
    """
    product_id = ask.slot("product_id") or ask.answer.conversation.context.get("product_id")
    page = ask.shop.page(str(product_id), ask.locale) if product_id else None
    if page is None or "product_question" not in ask.heard.likeliest(PAGE_WITHIN):
        return False
    found = closest_passages(ask.text, page, locale=ask.locale)
    if not found or not (found[0].sure or "product_question" in ask.heard.likeliest(LIKELY)):
        return False
    ask.reason = "product_question"
    return True


def _words(ask: Ask, reason: str) -> str:
    return ask.label(f"want {reason}")
