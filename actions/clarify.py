"""Not sure what is meant: two or three buttons in the customer's words; the second time in a row, a person."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.flow import UNCLEAR_LIMIT, hand_off
from actions.registry import serves
from bot.conversations.model import Button, Outcome
from bot.service.reasons import CONCRETE_REASONS

CHOICES = 3


@serves("clarify")
def clarify(ask: Ask) -> Outcome:
    """Offer the likeliest reasons, or a person after the second miss."""
    if int(ask.slot("unclear") or 0) + 1 >= UNCLEAR_LIMIT:
        return hand_off(ask, "not_understood", "utter_handoff_not_understood")
    ranked = [item["name"] for item in ask.heard.ranking]
    likely = [name for name in ranked if name in CONCRETE_REASONS and name != "talk_to_human"][:CHOICES]
    buttons = [Button(_words(ask, name), command(name)) for name in likely]
    buttons.append(ask.button("talk to a person", "talk_to_human"))
    ask.say("utter_clarify", buttons=buttons)
    return "not_understood"


def _words(ask: Ask, reason: str) -> str:
    return ask.label(f"want {reason}")
