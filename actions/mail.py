"""R18: going on by e-mail. Where to, and what helps; what was written goes out as mail."""

from __future__ import annotations

from actions.ask import Ask
from actions.flow import hand_off
from actions.registry import serves
from actions.shop_down import in_passing
from actions.speech import says_nothing
from bot.conversations.model import Outcome
from bot.desk import store
from bot.desk.effects import GoOnByMail
from bot.service.contact_ways import contact_ways
from bot.service.reasons import SUBJECTS

OTHER_ADDRESS, SEND = "other_address", "send"
"""What the buttons carry."""

MORE_THAN_AN_ADDRESS, A_MATTER = 4, 15
"""So many words beside the address say what it is about: in the answer with the address, in the first wish for a mail."""


@serves("request_email")
def request_email(ask: Ask) -> Outcome:
    """Address and what helps in one question; who is signed in has an address and is asked only for what helps."""
    choice = ask.entity("choice") if ask.pressed else None
    if choice == OTHER_ADDRESS:
        ask.note(other_address=True, email=None)
    given = ask.entity("email") or ask.details.get("email")
    address = given or (None if ask.details.get("other_address") else _known_address(ask))
    if address is None:
        again = ask.pending_detail == "email" and "@" in ask.text
        ask.say("utter_ask_email_again" if again else "utter_ask_email", hint=_hint(ask))
        return ask.wait_for("email")
    ask.note(email=given)
    guided = ask.heard.guided is not None and bool(ask.heard.guided.text)
    told = guided or ask.has_entity("email") or choice == SEND
    told = told or (ask.pending_detail == "message" and not ask.pressed)
    written = _written(ask) if told and _has_matter(ask) else ""
    if not written:
        return _ask_what_helps(ask, address)
    ask.want(GoOnByMail(address, written))
    return hand_off(ask, "request_email", "utter_email_sent", email=address, hint=_hint(ask))


def _has_matter(ask: Ask) -> bool:
    """Whether anything the customer has said is what somebody could answer: a mail without it is not sent."""
    guided = ask.heard.guided is not None and bool(ask.heard.guided.text)
    if guided or _subject(ask) or ask.has_entity("order_id"):
        return True
    if says_nothing(ask.locale, ask.text):
        return False
    words = len(ask.text_without_data.split())
    needed = {"message": 1, "email": MORE_THAN_AN_ADDRESS}.get(ask.pending_detail or "", A_MATTER)
    return words >= needed


def _ask_what_helps(ask: Ask, address: str) -> Outcome:
    if ask.pending_detail == "message" and not ask.pressed:
        ask.say("utter_ask_mail_matter")
        return ask.wait_for("message")
    buttons = [ask.button("another address", "request_email", choice=OTHER_ADDRESS)]
    if _subject(ask):
        buttons.insert(0, ask.button("send what I have written", "request_email", choice=SEND))
    ask.say("utter_ask_mail_text", email=address, hint=_hint(ask), buttons=buttons)
    return ask.wait_for("message")


def _hint(ask: Ask) -> str:
    """R18: what helps with this issue."""
    return ask.label(f"hint {contact_ways().hint_for(_subject(ask))}")


def _subject(ask: Ask) -> str | None:
    """What it is about: another wish of this message, or what the conversation was about before."""
    reasons = [wish.reason for wish in ask.answer.wishes if wish.reason in SUBJECTS]
    before = ask.answer.conversation.reason
    return reasons[0] if reasons else before if before in SUBJECTS else None


def _written(ask: Ask) -> str:
    """What the customer has typed in this conversation, this message included."""
    with ask.answer.services.database.read() as tx:
        texts = store.customers_words(tx, ask.answer.conversation.id)
    return "\n\n".join(texts)


def _known_address(ask: Ask) -> str | None:
    customer_id = ask.answer.conversation.customer_id
    customer = in_passing(lambda: ask.shop.customer(customer_id), otherwise=None) if customer_id else None
    return customer.email if customer else None
