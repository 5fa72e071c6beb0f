"""Moves of the conversation itself."""

from __future__ import annotations

import re

from actions.ask import OTHERWISE, Ask, command
from actions.registry import serves
from actions.solved import ask_whether_solved, solved, unsolved
from bot.base.text import folded
from bot.base.texts import translate
from bot.conversations.model import Button, Outcome
from bot.service.guide import Issue, Topic, guide

OTHER_LANGUAGE = {"es": "de", "de": "es"}


@serves("greet")
def greet(ask: Ask) -> Outcome:
    """Greeted by name where it is known; says who answers."""
    name = ask.answer.conversation.customer_name
    greeting = ask.label("hello {name}", name=name.split()[0]) if name else ask.label("hello")
    ask.say("utter_greet", greeting=greeting, buttons=_starters(ask))
    return "answered"


@serves("help")
def help_(ask: Ask) -> Outcome:
    """R17: what it can be about, as buttons; a pressed one leads to its issues, the last one to the matter itself."""
    found = guide().step(str(ask.entity("choice"))) if ask.pressed else None
    person = ask.button("talk to a person", "talk_to_human")
    steps = found.issues if found else tuple(guide().topics.values())
    ask.say("utter_guide" if found else "utter_help", buttons=[*(_step(ask, step) for step in steps), person])
    return "answered"


@serves("bot_challenge")
def bot_challenge(ask: Ask) -> Outcome:
    """Said plainly; a person is one click away."""
    ask.say("utter_bot_challenge", buttons=[ask.button("talk to a person", "talk_to_human")])
    return "answered"


@serves("goodbye")
def goodbye(ask: Ask) -> Outcome:
    """A good-bye asks nothing more: R20's buttons stand below it for who wants to say whether it was solved."""
    buttons = ask_whether_solved(ask)
    ask.remember(offered=None)  # nothing was asked in words
    ask.say("utter_goodbye", buttons=buttons)
    return "answered"


@serves("thank")
def thank(ask: Ask) -> Outcome:
    """R20: thanks for something that was answered is the moment to ask whether it was solved, once."""
    buttons = ask_whether_solved(ask)
    ask.say("utter_thank_solved" if buttons else "utter_thank", buttons=buttons)
    return "answered"


@serves("out_of_scope")
def out_of_scope(ask: Ask) -> Outcome:
    """Said plainly what this is for."""
    if ask.heard.foreign and not ask.pressed:
        ask.say("utter_foreign_language", buttons=[ask.button("talk to a person", "talk_to_human")])
        return "answered"
    ask.say("utter_out_of_scope", buttons=_starters(ask))
    return "answered"


@serves("affirm")
def affirm(ask: Ask) -> Outcome:
    """A yes to nothing asks what for; a yes to an offer is planned as what was offered."""
    if solved(ask):
        return "answered"
    ask.say("utter_affirm")
    return "answered"


@serves("deny")
def deny(ask: Ask) -> Outcome:
    """No: nothing is done; a no to whether it was solved is taken up."""
    if unsolved(ask):
        return "answered"
    dropped = ask.slot("offered") or ask.slot("pending")
    ask.say("utter_deny" if dropped else "utter_deny_more")
    ask.remember(offered=None, pending=None, details=None)
    return "answered"


@serves("inform")
def inform(ask: Ask) -> Outcome:
    """Data without a question: what for? (An order number alone is planned as a question about that order.)"""
    ask.say("utter_inform", buttons=_starters(ask))
    return "answered"


@serves("change_language")
def change_language(ask: Ask) -> Outcome:
    """The other language from here on. A question of ours that waits is put again in it."""
    if not ask.pressed and _names_third_language(ask):
        ask.say("utter_two_languages", buttons=[ask.button("talk to a person", "talk_to_human")])
        return "answered"
    wanted = str(ask.entity("choice") or _wanted_language(ask))
    ask.answer.locale = wanted
    ask.remember(language=wanted)
    ask.say("utter_language_goes_on" if ask.slot("pending") else "utter_language_changed")
    return "answered"


@serves("repeat")
def repeat(ask: Ask) -> Outcome:
    """The last reply again, whole, and in other words when there are any."""
    last = ask.slot("last_reply")
    if not last:
        return help_(ask)
    ask.say("utter_repeat_otherwise" if any(OTHERWISE in message for message in last) else "utter_repeat")
    ask.remember(last_reply=[ask.repeat(message) for message in last])
    return "answered"


@serves("stop")
def stop(ask: Ask) -> Outcome:
    """Dropped, what was under way; the order stays known."""
    ask.remember(pending=None, details=None, offered=None, line_id=None)
    ask.say("utter_stop", buttons=_starters(ask))
    return "answered"


def _step(ask: Ask, step: Topic | Issue) -> Button:
    """A step of the guided contact as a button."""
    kind = "topic" if isinstance(step, Topic) else "issue"
    title = translate("guide", ask.locale, f"{kind} {step.name}")
    leaf = step.leaf if isinstance(step, Issue) else None
    if leaf is None:
        return Button(title, command("help", choice=step.name))
    return Button(title, command(leaf.reason, **({"choice": leaf.choice} if leaf.choice else {})))


def _starters(ask: Ask) -> list[Button]:
    reasons = ("order_status", "item_defective", "return_start", "talk_to_human")
    labels = ("where is my order", "something is wrong with it", "start a return", "talk to a person")
    return [Button(ask.label(text), command(reason)) for text, reason in zip(labels, reasons, strict=True)]


def _wanted_language(ask: Ask) -> str:
    """The language asked for: the one it was asked in when that is new, else the one named, else the other one."""
    if ask.locale != ask.answer.conversation.locale:  # the message itself has changed it
        return ask.locale
    named = _named_languages(ask)
    return named[0] if len(named) == 1 else OTHER_LANGUAGE[ask.locale]


def _named_languages(ask: Ask) -> list[str]:
    text = ask.text.casefold()
    return [
        code for code in OTHER_LANGUAGE if any(w in text for w in ask.label(f"names of {code}").split("|"))
    ]


def _names_third_language(ask: Ask) -> bool:
    """Whether a language is asked for that is none of ours."""
    third = re.search(rf"\b(?:{ask.label('names of other languages')})\b", folded(ask.text))
    return bool(third) and not _named_languages(ask)
