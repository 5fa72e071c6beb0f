"""A further wish that may as well not be one: the customer is asked, and nothing is done for it before."""

from __future__ import annotations

from actions.ask import Ask, command
from bot.conversations.model import Button, Outcome


def offer_further(ask: Ask) -> Outcome:
    """Ask whether this wish is meant, too; what was written about it is kept for a yes. What was said so far is dropped."""
    reason = ask.reason
    ask.messages.clear()
    ask.remembered.clear()
    ask.reason = "clarify"
    buttons = [Button(ask.label(f"want {reason}"), command(reason)), ask.button("no, that was all", "deny")]
    ask.say("utter_clarify_further", buttons=buttons)
    kept = [{"entity": one["entity"], "value": one["value"]} for one in ask.entities]
    return ask.wait_for("reason", only=reason, text=ask.text, entities=kept)
