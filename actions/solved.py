"""R20: the question whether it was solved, and what follows from the answer."""

from __future__ import annotations

from actions.ask import Ask, command
from bot.conversations.model import Button
from bot.conversations.satisfaction import (
    SOLVED,
    UNSOLVED,
    AskSolved,
    HandledBy,
    Matter,
    NoteSolved,
    buttons_for,
    was_asked,
)
from bot.desk import store
from bot.service.contact_ways import contact_ways
from bot.service.reasons import OUTCOMES
from bot.service.satisfaction import MATTERS, served_reason

LOOKED_BACK = 8
"""Turns of the bot that are looked at for what was served last."""


def ask_whether_solved(ask: Ask) -> list[Button]:
    """The buttons that ask about what was served last, noted as asked; none when there is nothing to ask.

    A yes or no that is typed next is taken as the answer.
    """
    found = _served(ask)
    if found is None:
        return []
    matter, handled_by = found
    ask.want(AskSolved(matter, handled_by))
    ask.remember(offered={"intent": "affirm", "entities": {"choice": SOLVED + matter.key}})
    return list(buttons_for(matter, ask.locale))


def solved(ask: Ask) -> bool:
    """Take a yes to our question; False: it was none."""
    choice = str(ask.entity("choice") or "")
    if not choice.startswith(SOLVED):
        return False
    ask.want(NoteSolved(choice.removeprefix(SOLVED), True))
    ask.say("utter_solved")
    ask.remember(offered=None)
    return True


def unsolved(ask: Ask) -> bool:
    """Take a no to our question: a person, the seller and a call are offered. False: it was none."""
    key = _denied(ask)
    if key is None:
        return False
    ask.want(NoteSolved(key, False))
    ask.say("utter_not_solved", buttons=_ways_on(ask, key.partition("|")[0]))
    ask.remember(offered=None)
    return True


def _denied(ask: Ask) -> str | None:
    choice = str(ask.entity("choice") or "")
    if choice.startswith(UNSOLVED):
        return choice.removeprefix(UNSOLVED)
    offered = ((ask.slot("offered") or {}).get("entities") or {}).get("choice") or ""
    return offered.removeprefix(SOLVED) if not ask.pressed and offered.startswith(SOLVED) else None


def _ways_on(ask: Ask, reason: str) -> list[Button]:
    line_id = ask.answer.conversation.line_id
    ways = [ask.button("talk to a person", "talk_to_human")]
    if line_id:
        wanted = reason if OUTCOMES.get(reason) == "seller" else "seller_contact"
        ways.append(Button(ask.label("have the seller asked"), command(wanted, line_id=line_id)))
    return [*ways, ask.button("be called back", "request_callback")]


def _served(ask: Ask) -> tuple[Matter, HandledBy] | None:
    """What was served last and is not asked about yet, and by whom."""
    conversation = ask.answer.conversation
    if ask.slot("pending") or ask.answer.hands_off:
        return None
    with ask.answer.services.database.read() as tx:
        reason, handled_by = _last(ask, store.steps_of(tx, conversation.id, limit=LOOKED_BACK))
        if reason is None:
            return None
        about = conversation.line_id or conversation.order_id or conversation.product_id or ""
        matter = Matter(reason, about)
        return None if was_asked(tx, conversation.id, matter) else (matter, handled_by)


def _last(ask: Ask, steps: list[store.Step]) -> tuple[str | None, HandledBy]:
    """What a person of ours spoke about since the bot's last turn, else what the bot served."""
    if ask.answer.turn.overheard and ask.answer.conversation.reason in MATTERS:
        return ask.answer.conversation.reason, "agent"
    done = [(step.reason, step.outcome) for step in steps]
    return served_reason(done, asked_after=contact_ways().asked_after), "bot"
