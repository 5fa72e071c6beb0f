"""What a message means after what was said before: an answer, a correction, a question that goes on, or a new topic.

Pure functions and tables; nothing is looked up and nothing is said here.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from actions.heard import SURE, Message
from actions.kinship import (
    ABOUT_PRODUCTS,
    ANSWERED_BY,
    GOES_ON_WITH,
    ITEM,
    MOODS,
    PART_OF,
    WANTED_FOR_A_FAULT,
    is_for_a_person,
)
from bot.service.reasons import CONCRETE_REASONS

DATA = frozenset({"proof", "order", "phone", "email"})
"""Details that are data: a message with data in it is the answer."""

CHOICES = frozenset({"line", "product", "quantity", "window", "country"})
"""Details that are picked from a few: by naming one of them."""

TOLD = frozenset({"description", "part", "wish", "return_reason", "new_value"})
"""Details that are told: a question that is not understood is no answer to them."""

OBEYED = frozenset(
    {
        "stop",
        "talk_to_human",
        "repeat",
        "change_language",
        "bot_challenge",
        "help",
        "goodbye",
        "greet",
        "thank",
    }
)
"""What is never taken for an answer, whatever was asked."""

ABOUT_TO_ACT = frozenset({"confirm", "return_reason"})
"""Details after which something is done that would have to be undone."""

STOPS_FROM = 0.08
"""Confidence from which "stop", read beside the wish that is about to be carried out, is obeyed."""

LITTLE_MORE = 12
"""Words beside an order number up to which an apology, a greeting or a "no, not that one" only gives that number."""

FEW = 6
"""Words up to which a message that is not understood is the yes or the no it begins with."""

A_FEW = 4
"""Words beside an order number up to which, in a conversation under way, it is nothing but that number."""

TAKEN_FOR_A_SLIP = frozenset(
    {"item_wrong", "affirm", "deny", "inform", "out_of_scope", "clarify", "repeat", "stop", "greet"}
)
"""How "no, I was wrong, it is the other lamp" may be read."""

CORRECTS = frozenset({"repeat", "deny", "greet", "stop", "affirm", "thank"})
"""What such a message may be read as."""

LIKELY = 3
"""An unsure message asks for an order's status, or goes on with the last wish, when that is among this many readings."""

FOLLOWS = 9
"""Words up to which a question is a follow-up of the last wish, when it may be read so: "and to the islands?"."""

ASKS_ON = 14
"""The same of a question that begins with "and"."""

MANY = 5
"""Among how many of its readings the last wish has to be then."""

UNCERTAIN = 0.7
"""Confidence below which such a question may be one."""

SURELY = 0.85
"""Confidence from which even a few words, where data was asked for, are a new topic."""

ENDED_ELSEWHERE = frozenset({"case_opened", "redirected"})
"""Outcomes after which "yes, ask them" has been done already."""

FOREIGN_WORDS = 6
"""Words from which a message in the middle of a conversation is believed to be in a language we do not speak."""

_NUMBER = re.compile(r"\d{4}")


class Clues(Protocol):
    """What a text says beyond its reading, looked up by who knows the shop and the language (`actions.clues`)."""

    def picks(self, pending: dict[str, Any], text: str) -> bool:
        """Whether a text names one of what was offered."""

    def points(self, text: str) -> bool:
        """Whether it names something the customer bought."""

    def names(self, text: str) -> bool:
        """Whether it names a product of the shop."""

    def agrees(self, text: str) -> bool:
        """Whether it begins with a yes."""

    def denies(self, text: str) -> bool:
        """Whether it begins with a no that stands for itself."""

    def takes_yes_back(self, text: str) -> bool:
        """Whether it begins with a yes and goes on to take it back."""

    def corrects(self, text: str) -> bool:
        """Whether it says that something before it was a slip."""

    def says(self, what: str, text: str) -> bool:
        """Whether one of the "words for `what`" (catalogue `bot`) stands in it."""

    def begins(self, what: str, text: str) -> bool:
        """Whether it begins with one of them."""

    def refuses(self, text: str) -> bool:
        """Whether a no is more than "I do not know"."""

    def declined(self, text: str) -> frozenset[str]:
        """The ways to go on that it says no to."""

    def withdraws(self, text: str, *, just_opened: bool) -> bool:
        """Whether it takes a case back; `just_opened`: the message before has opened one."""

    def means_other(self, text: str) -> bool:
        """Whether it says that another item was meant, and nothing about which."""

    def names_nothing(self, text: str) -> bool:
        """Whether it has no word that tells what it is about."""

    def is_bare(self, text: str) -> bool:
        """Whether it is a yes or a no and nothing else."""

    def wants_version(self, text: str) -> bool:
        """Whether it asks for something in another colour, size or make than the one looked at."""


def in_context(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> str:
    """What a message means after what was said before, where that differs from how it reads alone."""
    if message.pressed:
        return reason
    pending = memory.get("pending") or {}
    if pending.get("detail") in ABOUT_TO_ACT and reason == pending["reason"] and _may_stop(message):
        return "stop"  # "then I won't send it back yet, leave it": the wish is named to be dropped
    if pending.get("detail") in {"line", "product"} and clues.says("none of them", message.text):
        return "deny"
    last = memory.get("last_reason")
    if (
        reason == "affirm"
        and (not pending or "only" in pending)
        and not memory.get("offered")
        and clues.says("thanks", message.text)
    ):
        return "thank"
    if reason in MOODS and last in MOODS and "goodbye" in message.likeliest(LIKELY):
        return "goodbye"
    if _leaves_it(reason, message, clues) or (pending and _leaves_it_in_a_mood(reason, message, clues)):
        return "stop"
    if "?" in message.text and _asks_after_case(reason, message, memory, clues):
        return "case_status"
    if message.has("order_id") and message.unsure and last in GOES_ON_WITH and clues.corrects(message.text):
        return str(last)  # "my mistake, it is this one. Would I have to send it to China?"
    gives_number = message.has("order_id") and len(message.text_without_data.split()) <= LITTLE_MORE
    little = len(message.text_without_data.split()) <= A_FEW
    corrects = message.unsure or little or clues.corrects(message.text)
    if gives_number and (reason in CORRECTS or (last and reason != last and corrects)):
        return "inform"
    says_no = reason == "deny" or (reason == "inform" and clues.denies(message.text))
    if says_no and last in GOES_ON_WITH and clues.points(message.text):
        return str(last)  # "no, not that one, the other": the same wish about something else
    if reason == "affirm" and (clues.denies(message.text) or clues.takes_yes_back(message.text)):
        return "deny"
    if reason in {"clarify", "out_of_scope"} and message.unsure and _is_short(message):
        if clues.agrees(message.text):
            return "affirm"
        if clues.denies(message.text):
            return "deny"
    if last == "delivery_options" and reason == "inform" and not message.has("order_id"):
        return str(last)  # "to Ibiza": where to
    if last in ABOUT_PRODUCTS and _swaps(reason, message, clues) and clues.names(message.text):
        return str(last)
    if last in GOES_ON_WITH and _swaps(reason, message, clues) and clues.points(message.text):
        return str(last)
    if (
        last in ABOUT_PRODUCTS
        and (message.unsure or reason in {"deny", "inform"})
        and clues.names(message.text)
    ):
        return str(last)  # "the pan, that one": what was asked, about another product
    if (
        reason == "seller_contact"
        and memory.get("last_outcome") in ENDED_ELSEWHERE
        and clues.agrees(message.text)
    ):
        return "affirm"
    return reason


def _may_stop(message: Message) -> bool:
    return "stop" in message.likeliest(LIKELY, least=STOPS_FROM)


def _leaves_it(reason: str, message: Message, clues: Clues) -> bool:
    """Whether a matter is dropped in passing: "we'll keep it then, forget it". A sure wish beside it is one."""
    little = message.unsure or len(message.text.split()) <= LITTLE_MORE or clues.denies(message.text)
    return (
        reason not in OBEYED | {"deny"}
        and little
        and message.confidence < SURELY
        and "?" not in message.text
        and clues.says("leaving it", message.text)
    )


def _leaves_it_in_a_mood(reason: str, message: Message, clues: Clues) -> bool:
    """Whether what we asked about is dropped with a sigh: "oh no, never mind, I'll keep it. But I am not happy"."""
    return reason in MOODS and clues.denies(message.text) and clues.says("leaving it", message.text)


def _asks_after_case(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> bool:
    """Whether a question is about the case just opened, or about a seller's answer that is awaited."""
    if reason == "seller_contact" and clues.says("news", message.text):
        return True
    return memory.get("last_outcome") == "case_opened" and clues.says("a reference", message.text)


def _swaps(reason: str, message: Message, clues: Clues) -> bool:
    """Whether a message takes back what was named before: "sorry, I meant the table lamp"."""
    if "?" in message.text or reason in OBEYED - {"stop", "repeat", "greet"}:
        return False
    doubtful = reason in TAKEN_FOR_A_SLIP or message.confidence < SURELY
    return doubtful and (clues.corrects(message.text) or clues.denies(message.text))


def means_other(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> bool:
    """Whether a message corrects us: not this item, the other one."""
    corrects = message.unsure or reason in {
        "deny",
        "inform",
        "repeat",
        "case_status",
        memory.get("last_reason"),
    }
    return corrects and memory.get("last_reason") in GOES_ON_WITH and clues.means_other(message.text)


def follows(reason: str, message: Message, clues: Clues, last: str | None) -> bool:
    """Whether a short question, not surely read as anything, asks on about the last wish; more so behind an "and"."""
    if last not in CONCRETE_REASONS or reason == last or message.pressed or is_for_a_person(str(last)):
        return False
    if "?" in message.text and clues.begins("asking on", message.text) and not message.has("order_id"):
        if clues.names_nothing(message.text):
            return True  # "and how much was it?"
        few, unsure, among = ASKS_ON, SURELY, MANY
    else:
        few, unsure, among = FOLLOWS, UNCERTAIN, LIKELY
    return (
        message.confidence < unsure and len(message.text.split()) <= few and last in message.likeliest(among)
    )


def goes_on(reason: str, message: Message, pending: dict[str, Any], clues: Clues) -> bool:
    """Whether a message answers what was asked, and is no new topic."""
    if message.pressed:
        return reason == pending["reason"]
    detail = pending["detail"]
    if reason == "talk_to_human":
        return False
    if _interrupts(reason, message, pending, clues):
        return False
    if detail == "confirm" and clues.agrees(message.text):
        return True  # "yes, thanks": the yes counts
    if reason == "deny" and detail in CHOICES | {"order"} and not clues.picks(pending, message.text):
        return bool(message.entities) or not clues.refuses(message.text)
    if _is_data(message, detail):
        return True
    if reason == "out_of_scope" and message.confidence >= SURE:
        return False
    if detail in CHOICES and message.has("order_id") and not _is_sure_wish(reason, message):
        return True
    if detail in TOLD | {"message"} and reason != pending["reason"] and _is_sure_wish(reason, message):
        return reason in ITEM and detail in {"description", "part"}
    if reason in OBEYED and message.confidence >= SURE:
        return False
    if reason in {"inform", "affirm", "deny", pending["reason"]} or reason in ANSWERED_BY.get(detail, ()):
        return True
    of_fault = WANTED_FOR_A_FAULT | (ITEM if clues.agrees(message.text) else frozenset())
    if pending["reason"] in ITEM and reason in of_fault:
        return True
    if detail in DATA and _says_nothing_else(message):
        return True  # "no idea": no answer either, but no new topic
    if message.unsure:
        return detail not in TOLD or "?" not in message.text
    return detail in CHOICES and clues.picks(pending, message.text)


def _interrupts(reason: str, message: Message, pending: dict[str, Any], clues: Clues) -> bool:
    """Whether a question of another matter is put first: "one second, when does the other order come?"."""
    own = {pending["reason"]} | PART_OF.get(pending["reason"], frozenset())
    return (
        reason in CONCRETE_REASONS - own
        and message.confidence >= SURE
        and "?" in message.text
        and clues.says("another matter first", message.text)
    )


def _is_data(message: Message, detail: str) -> bool:
    """Whether a message holds what was asked for, by its form. An order number is no phone number."""
    if detail not in DATA:
        return False
    numbers = bool(_NUMBER.search(message.text_without_data))
    if detail in {"phone", "email"}:
        return message.has(detail) or (numbers and not message.has("order_id"))
    return bool(message.entities) or numbers


def _is_sure_wish(reason: str, message: Message) -> bool:
    """A question that is surely read as a wish; an order number makes it one with less."""
    enough = SURE if message.has("order_id") else UNCERTAIN
    return reason in CONCRETE_REASONS and message.confidence >= enough and "?" in message.text


def _is_short(message: Message) -> bool:
    return len(message.text.split()) <= FEW and "?" not in message.text


def _says_nothing_else(message: Message) -> bool:
    """Whether a few words are not surely read as a topic of their own."""
    few = len(message.text.split()) <= A_FEW and "?" not in message.text
    return few and not message.entities and message.confidence < SURELY


def is_foreign(message: Message, memory: dict[str, Any]) -> bool:
    """In a conversation under way a few words of dialect are no foreign language."""
    return not memory.get("last_reason") or len(message.text.split()) >= FOREIGN_WORDS


def without_declined(reason: str, message: Message, clues: Clues) -> str:
    """The reason, or the likeliest other one, when a message only says no to the way it was read as asking for."""
    if message.pressed or not (declined := clues.declined(message.text)):
        return reason
    message.wishes = [name for name in message.wishes if name not in declined]
    others = [name for name in message.likeliest(LIKELY) if name not in declined]
    return others[0] if reason in declined and others else reason
