"""Payment, account, digital content: a person. Suspicious mails and calls: what to do, and a person one click away."""

from __future__ import annotations

from actions.ask import Ask
from actions.flow import hand_off
from actions.registry import serves
from bot.conversations.model import Outcome


@serves("payment_problem", "account_problem", "digital_content")
def needs_a_person(ask: Ask) -> Outcome:
    """Said what the person will need, then handed off."""
    return hand_off(ask, ask.reason, f"utter_handoff_{ask.reason}")


@serves("security_concern")
def security_concern(ask: Ask) -> Outcome:
    """R21: how to tell, what to do, and a person."""
    ask.say("utter_security", buttons=[ask.button("talk to a person", "talk_to_human")])
    return "answered"
