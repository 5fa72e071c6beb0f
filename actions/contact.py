"""A person; what became of a case; praise and complaint. Calls and mails have modules of their own."""

from __future__ import annotations

from actions.ask import Ask
from actions.flow import hand_off
from actions.registry import serves
from actions.withdrawal import wants_withdrawal, withdraw_or_ask
from bot.cases import store
from bot.cases.model import Promise
from bot.conversations.model import Outcome

MOST_OFFERED = 5
"""Open cases that are offered to choose from."""


@serves("talk_to_human")
def talk_to_human(ask: Ask) -> Outcome:
    """Nobody is ever refused a person."""
    return hand_off(ask, "talk_to_human")


@serves("case_status")
def case_status(ask: Ask) -> Outcome:
    """R12: each open case with its reference, the promised date, and who has it: the seller or a person of ours."""
    promises = _promises(ask)
    waiting = [promise for promise in promises if _waits(promise)]
    if _withdraws(ask) and (outcome := withdraw_or_ask(ask, _meant(ask, waiting))):
        return outcome
    undecided = [promise for promise in promises if _waits_for_person(promise)]
    for promise in [*waiting, *undecided][:3]:
        response = "utter_case_with_person" if promise in undecided else "utter_case_waiting"
        ask.say(response, reference=promise.reference, reason=ask.label(f"matter {promise.reason}"),
                promised_by=ask.moment(promise.promised_by))  # fmt: skip
    if waiting or undecided:
        return "answered"
    person = ask.button("talk to a person", "talk_to_human")
    if promises:
        newest = promises[0]
        state = ask.label(f"case {newest.state}")
        ask.say("utter_case_done", reference=newest.reference, state=state, buttons=[person])
    elif seller := _written_to(ask):
        ask.say("utter_already_redirected", seller=seller, buttons=[person])
    else:
        ask.say("utter_no_case", buttons=[person])
    return "answered"


def _written_to(ask: Ask) -> str | None:
    """The name of the seller who answers the customer without us."""
    with ask.answer.services.database.read() as tx:
        seller_id = store.seller_written_to(tx, ask.answer.conversation.id)
    seller = ask.shop.seller(seller_id) if seller_id else None
    return seller.name if seller else seller_id


def has_open_case(ask: Ask) -> bool:
    """Whether the customer waits for the answer to a case."""
    return any(_waits(promise) or _waits_for_person(promise) for promise in _promises(ask))


def _withdraws(ask: Ask) -> bool:
    if ask.pressed:
        return ask.entity("choice") in {"withdraw", "ask_withdraw"}
    return wants_withdrawal(ask.text, ask.locale, just_opened=_just_opened(ask))


def _meant(ask: Ask, waiting: list[Promise]) -> list[Promise]:
    """Of the open cases the one just opened, when that is where the customer stands."""
    return waiting[:1] if not ask.pressed and _just_opened(ask) else waiting[:MOST_OFFERED]


def _just_opened(ask: Ask) -> bool:
    return ask.memory.get("last_outcome") == "case_opened"


def _promises(ask: Ask) -> list[Promise]:
    conversation = ask.answer.conversation
    with ask.answer.services.database.read() as tx:
        return store.promises(tx, conversation_id=conversation.id, customer_id=conversation.customer_id)


def _waits(promise: Promise) -> bool:
    return promise.told_at is None and promise.state == "opened"


def _waits_for_person(promise: Promise) -> bool:
    """Whether the seller let the time pass and a person of ours has yet to decide."""
    return promise.told_at is None and promise.state == "decided"


@serves("feedback_negative")
def feedback_negative(ask: Ask) -> Outcome:
    """Heard, and the ways out offered."""
    ask.say("utter_feedback_negative", buttons=[
        ask.button("where is my order", "order_status"),
        ask.button("something is wrong with it", "item_defective"),
        ask.button("talk to a person", "talk_to_human"),
    ])  # fmt: skip
    return "answered"


@serves("feedback_positive")
def feedback_positive(ask: Ask) -> Outcome:
    """Thanked for."""
    ask.say("utter_feedback_positive")
    return "answered"
