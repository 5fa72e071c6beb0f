"""What a message means where it stands: which wishes to serve, in which order, and whether it answers a question of ours.

Pure functions and tables; nothing is looked up and nothing is said here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from actions.heard import SURE, Message
from bot.service.reasons import CONCRETE_REASONS, GROUPS, OUTCOMES

_NUMBER = re.compile(r"\d{4}")

ORDER, ITEM, AFTER_SALE, PRODUCT = (
    frozenset(GROUPS[name]) for name in ("order", "item", "after_sale", "product")
)

PART_OF: dict[str, frozenset[str]] = {
    **{
        reason: ITEM | {"refund_status", "replacement_request", "return_start", "case_status"}
        for reason in ITEM
    },
    "order_status": frozenset({"digital_content"}),
    "order_late": frozenset({"order_status", "order_not_received", "case_status", "digital_content"}),
    "order_not_received": frozenset(
        {"order_status", "order_late", "refund_status", "replacement_request", "item_missing", "case_status"}
    ),
    "order_cancel": frozenset({"order_late", "refund_status", "return_start"}),
    "order_change": frozenset({"order_status", "product_availability", "item_wrong", "account_problem"}),
    "return_policy": frozenset({"return_start"}),  # its answer ends with a button for that
    "return_start": ITEM | {"return_policy", "refund_status"},
    "refund_status": frozenset({"payment_problem", "account_problem", "return_start", "case_status"}),
    "replacement_request": frozenset({"refund_status", "warranty_question"}),
    "request_email": frozenset({"inform"}),
}
"""Wishes that, said beside the first one, are part of it: what is wanted for a fault, the worry that goes with a delay."""

MAIN_OVER: dict[str, frozenset[str]] = {
    "refund_status": ITEM | {"order_not_received", "order_cancel"},
    "replacement_request": ITEM,
    "order_status": frozenset({"order_late", "order_not_received", "order_cancel", "order_change"}),
    "case_status": ITEM | {"order_late", "order_not_received", "refund_status"},
    "feedback_negative": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
    "feedback_positive": CONCRETE_REASONS - {"feedback_negative", "feedback_positive"},
}
"""Wishes that come before the one read first, when both are said: the fault before what is wanted for it."""

WANTED_FOR_A_FAULT = frozenset({"refund_status", "replacement_request", "return_start"})
"""Said while we ask about a fault, these are what is wanted for it."""

MOODS = frozenset({"feedback_negative", "feedback_positive"})
"""Served only when nothing is asked for."""

ANSWERED_BY: dict[str, frozenset[str]] = {
    "description": ITEM | AFTER_SALE - {"claim_guarantee"} | {"order_not_received", "feedback_negative"},
    "part": ITEM | {"product_question", "replacement_request"},
    "wish": frozenset(
        {
            "refund_status",
            "replacement_request",
            "return_start",
            "return_policy",
            "order_cancel",
            "order_change",
        }
    ),
    "return_reason": ITEM | AFTER_SALE - {"claim_guarantee"} | MOODS,
    "new_value": ORDER | PRODUCT | {"item_wrong", "replacement_request"},
    "question": PRODUCT | {"preorder_question"},
    "message": CONCRETE_REASONS - {"talk_to_human"},
}
"""Details given in the customer's own words, and how such words may be read without being a new topic."""

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

GOES_ON_WITH = (
    ORDER | ITEM | AFTER_SALE | {"invoice_request", "seller_contact", "case_status", "product_availability"}
) - {"claim_guarantee"}
"""An order number alone goes on with the last wish when it is one of these, else it asks for the status."""

ABOUT_PRODUCTS = frozenset({"warranty_question", "return_policy", "product_availability", "delivery_options"})
"""Questions that are asked of one product after the other."""

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

CORRECTS = frozenset({"repeat", "deny", "greet", "stop"})
"""What such a message may be read as."""

LIKELY = 3
"""An unsure message asks for an order's status, or goes on with the last wish, when that is among this many readings."""

FOLLOWS = 9
"""Words up to which a question is a follow-up of the last wish, when it may be read so: "and to the islands?"."""

UNCERTAIN = 0.7
"""Confidence below which such a question may be one."""

SURELY = 0.85
"""Confidence from which even a few words, where data was asked for, are a new topic."""

HARMLESS = frozenset({"feedback_negative", "feedback_positive", "thank", "goodbye", "greet"})
"""Said for nothing, these do no harm: an unsure message most likely one of them is answered so, not asked about …"""

HARMLESS_FROM = 0.35
"""… from this confidence on."""

FOREIGN_WORDS = 6
"""Words from which a message in the middle of a conversation is believed to be in a language we do not speak."""

ENDED_ELSEWHERE = frozenset({"case_opened", "redirected"})
"""Outcomes after which "yes, ask them" has been done already."""

CLOSE_BEHIND = 0.2
"""A fault read second with at least this confidence is meant beside a wish for money or a replacement."""


@dataclass(frozen=True)
class Step:
    """One wish to serve. `text` is what was written about it; `pressed`: nothing was (a button, a yes).

    `part` are the wishes that were read beside it and belong to it. `noted`: the reason to record, where it is another.
    """

    reason: str
    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    pressed: bool = False
    part: tuple[str, ...] = ()
    noted: str | None = None


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

    def corrects(self, text: str) -> bool:
        """Whether it says that something before it was a slip."""

    def refuses(self, text: str) -> bool:
        """Whether a no is more than "I do not know"."""

    def declined(self, text: str) -> frozenset[str]:
        """The ways to go on that it says no to."""

    def withdraws(self, text: str, *, just_opened: bool) -> bool:
        """Whether it takes a case back; `just_opened`: the message before has opened one."""

    def means_other(self, text: str) -> bool:
        """Whether it says that another item was meant, and nothing about which."""

    def is_bare(self, text: str) -> bool:
        """Whether it is a yes or a no and nothing else."""

    def wants_version(self, text: str) -> bool:
        """Whether it asks for something in another colour, size or make than the one looked at."""


def plan(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> list[Step]:
    """What to serve for `message`, in order; `reason` is the wish Rasa's rule named."""
    reason = _without_declined(reason, message, clues)
    pending = memory.get("pending") or {}
    offered = memory.get("offered")
    if message.foreign and not pending and not message.pressed and _is_foreign(message, memory):
        return [_step("out_of_scope", message)]
    just_opened = memory.get("last_outcome") == "case_opened"
    if not message.pressed and clues.withdraws(message.text, just_opened=just_opened):
        return [_step("case_status", message)]  # what becomes of a case is said, and done, there
    reason = _in_context(reason, message, memory, clues)
    if not message.pressed and not pending and _means_other(reason, message, memory, clues):
        other = ({"entity": "choice", "value": "other"},)
        return [Step(str(memory["last_reason"]), message.text, (*message.entities, *other))]
    if pending.get("reason") == "clarify":
        return _after_clarifying(reason, message, pending)
    if offered and reason == "affirm" and not message.pressed:
        return [Step(offered["intent"], entities=_entities(offered.get("entities") or {}), pressed=True)]
    if pending and not (offered and reason == "deny") and _goes_on(reason, message, pending, clues):
        return [*_answering(message, pending, clues), *rest_of(pending)]
    if reason == "inform" and (message.has("order_id") or message.has("line_id")):
        last = memory.get("last_reason")
        if last in GOES_ON_WITH:
            return [_step(last, message)]
        return [replace(_step("order_status", message), noted="inform")]
    steps = _fresh(reason, message, memory.get("last_reason"))
    return [_of_page(step) if _wants_version(step, message, clues) else step for step in steps]


def _wants_version(step: Step, message: Message, clues: Clues) -> bool:
    """Whether a product is asked for in another colour or size, also where that is all that is sure of a message."""
    unsure = step.reason == "clarify" and not PRODUCT.isdisjoint(message.likeliest(LIKELY))
    asks = step.reason == "product_availability" or unsure
    return asks and not step.pressed and clues.wants_version(step.text)


def _of_page(step: Step) -> Step:
    """Which colours there are says the page, or the seller; not the stock."""
    return replace(step, reason="product_question", noted="product_availability")


def _answering(message: Message, pending: dict[str, Any], clues: Clues) -> list[Step]:
    """The answer to a question of ours, and the wishes said beside it ("too small; and where is my other parcel?")."""
    reason, detail = pending["reason"], pending["detail"]
    if detail == "new_value" and not message.pressed and clues.is_bare(message.text):
        return [Step(reason, pressed=True)]  # a yes is no address: asked again
    of_answer = {reason} | PART_OF.get(reason, frozenset()) | ANSWERED_BY.get(detail, frozenset()) | MOODS
    if reason in ITEM:
        of_answer |= ITEM | WANTED_FOR_A_FAULT
    beside = [name for name in message.wishes if name in CONCRETE_REASONS - of_answer]
    if message.pressed or len(message.wishes) < 2 or not beside:
        return [_step(reason, message)]
    return [_step(reason, message), *(_step_beside(name, message, ()) for name in beside)]


def _may_stop(message: Message) -> bool:
    return "stop" in message.likeliest(LIKELY, least=STOPS_FROM)


def _without_declined(reason: str, message: Message, clues: Clues) -> str:
    """The reason, or the likeliest other one, when a message only says no to the way it was read as asking for."""
    if message.pressed or not (declined := clues.declined(message.text)):
        return reason
    message.wishes = [name for name in message.wishes if name not in declined]
    others = [name for name in message.likeliest(LIKELY) if name not in declined]
    return others[0] if reason in declined and others else reason


def _is_foreign(message: Message, memory: dict[str, Any]) -> bool:
    """In a conversation under way a few words of dialect are no foreign language."""
    return not memory.get("last_reason") or len(message.text.split()) >= FOREIGN_WORDS


def _in_context(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> str:
    """What a message means after what was said before, where that differs from how it reads alone."""
    if message.pressed:
        return reason
    pending = memory.get("pending") or {}
    if pending.get("detail") in ABOUT_TO_ACT and reason == pending["reason"] and _may_stop(message):
        return "stop"  # "then I won't send it back yet, leave it": the wish is named to be dropped
    last = memory.get("last_reason")
    gives_number = message.has("order_id") and len(message.text_without_data.split()) <= LITTLE_MORE
    little = len(message.text_without_data.split()) <= A_FEW
    corrects = message.unsure or little or clues.corrects(message.text)
    if gives_number and (reason in CORRECTS or (last and reason != last and corrects)):
        return "inform"
    says_no = reason == "deny" or (reason == "inform" and clues.denies(message.text))
    if says_no and last in GOES_ON_WITH and clues.points(message.text):
        return str(last)  # "no, not that one, the other": the same wish about something else
    if reason == "affirm" and clues.denies(message.text):
        return "deny"
    if reason in {"clarify", "out_of_scope"} and message.unsure and _is_short(message):
        if clues.agrees(message.text):
            return "affirm"
        if clues.denies(message.text):
            return "deny"
    if last == "delivery_options" and reason == "inform" and not message.has("order_id"):
        return str(last)  # "to Ibiza": where to
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


def _means_other(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> bool:
    """Whether a message corrects us: not this item, the other one."""
    corrects = message.unsure or reason in {
        "deny",
        "inform",
        "repeat",
        "case_status",
        memory.get("last_reason"),
    }
    return corrects and memory.get("last_reason") in GOES_ON_WITH and clues.means_other(message.text)


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


def waiting(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Wishes as a question of ours keeps them that has to be answered before they are served."""
    return [asdict(step) for step in steps]


def rest_of(pending: dict[str, Any]) -> list[Step]:
    """The wishes of an earlier message that wait until this question is answered."""
    return [
        Step(**{**kept, "entities": tuple(kept["entities"]), "part": tuple(kept["part"])})
        for kept in pending.get("rest", ())
    ]


def wishes_of(reason: str, read: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The wishes to serve, as (wish, what is part of it): the main one first, those for a person last."""
    others = [name for name in read if name != reason and name in CONCRETE_REASONS]
    if reason not in CONCRETE_REASONS or not others:
        return [(reason, ())]
    main = next((name for name in others if name in MAIN_OVER.get(reason, ())), reason)
    rest = [name for name in dict.fromkeys([reason, *others]) if name != main and name not in MOODS]
    part = tuple(name for name in rest if name in PART_OF.get(main, ()))
    wishes = [(main, part), *((name, ()) for name in rest if name not in part)]
    return wishes if main == "talk_to_human" else sorted(wishes, key=lambda wish: is_for_a_person(wish[0]))


def is_for_a_person(reason: str) -> bool:
    """Whether a wish usually ends with a person: it is served last, for then the bot falls silent."""
    return OUTCOMES.get(reason) == "agent"


def _fresh(reason: str, message: Message, last: str | None = None) -> list[Step]:
    """What a message means that stands for itself, or goes on with the `last` wish."""
    if _follows(reason, message, last):
        return [_step(str(last), message)]
    if reason in {"clarify", "out_of_scope"} and message.unsure:
        return [_step(_guess(message), message)]
    read = [name for name in message.wishes if not (name == "request_email" and message.has("email"))]
    if reason in MAIN_OVER:  # a fault that comes close behind what is wanted for it
        read += [
            name for name in message.likeliest(2, least=CLOSE_BEHIND) if name in MAIN_OVER[reason] & ITEM
        ]
    concrete = [name for name in read if name in CONCRETE_REASONS]
    if "change_language" in {reason, *read} and concrete:  # first, so that the rest is said in it
        main = reason if reason in CONCRETE_REASONS else concrete[0]
        return [
            _step("change_language", message),
            *(_step_beside(n, message, p) for n, p in wishes_of(main, concrete)),
        ]
    return [_step_beside(name, message, part) for name, part in wishes_of(reason, read)]


def _follows(reason: str, message: Message, last: str | None) -> bool:
    """Whether a short question, not surely read as anything, asks on about the last wish."""
    return (
        last in CONCRETE_REASONS
        and reason != last
        and not message.pressed
        and message.confidence < UNCERTAIN
        and len(message.text.split()) <= FOLLOWS
        and last in message.likeliest(LIKELY)
        and not is_for_a_person(str(last))
    )


def _guess(message: Message) -> str:
    """The wish an unsure message still has for certain, else `clarify`.

    Two readings that belong to one matter (a fault and what is wanted for it) count together. A message that
    names an order and may ask for its status is answered with it: that tells nothing but facts.
    """
    concrete = [item for item in message.ranking if item["name"] in CONCRETE_REASONS]
    if len(concrete) > 1 and concrete[0]["confidence"] + concrete[1]["confidence"] >= SURE:
        first, second = concrete[0]["name"], concrete[1]["name"]
        if second in PART_OF.get(first, ()):
            return str(first)
        if first in PART_OF.get(second, ()):
            return str(second)
    harmless = [name for name in message.likeliest(1, least=HARMLESS_FROM) if name in HARMLESS]
    if harmless and "?" not in message.text:
        return harmless[0]
    likely = [item["name"] for item in concrete[:LIKELY]]
    return "order_status" if message.has("order_id") and "order_status" in likely else "clarify"


def _after_clarifying(reason: str, message: Message, pending: dict[str, Any]) -> list[Step]:
    """What was said before we asked what is meant still counts: with the button pressed, or with the other words."""
    kept = tuple(pending.get("entities") or ())
    if message.pressed and reason != "talk_to_human":
        return [Step(reason, pending.get("text", ""), kept)]
    if reason == "affirm":
        return [_step("clarify", message)]  # yes to which of them?
    names = {entity["entity"] for entity in message.entities}
    carried = tuple(entity for entity in kept if entity["entity"] not in names)
    return [replace(step, entities=(*step.entities, *carried)) for step in _fresh(reason, message)]


def _goes_on(reason: str, message: Message, pending: dict[str, Any], clues: Clues) -> bool:
    """Whether a message answers what was asked, and is no new topic."""
    if message.pressed:
        return reason == pending["reason"]
    detail = pending["detail"]
    if reason == "talk_to_human":
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


def _is_data(message: Message, detail: str) -> bool:
    """Whether a message holds what was asked for, by its form. An order number is no phone number."""
    if detail not in DATA:
        return False
    numbers = bool(_NUMBER.search(message.text_without_data))
    if detail in {"phone", "email"}:
        return message.has(detail) or (numbers and not message.has("order_id"))
    return bool(message.entities) or numbers


def _step(reason: str, message: Message) -> Step:
    return Step(reason, message.text, tuple(message.entities), not message.is_written)


def _step_beside(reason: str, message: Message, part: tuple[str, ...]) -> Step:
    """A wish that may be one of several: with what was written about it alone."""
    text, entities = message.about([reason, *(name for name in part if name in message.wishes)])
    return Step(reason, text, tuple(entities), not message.is_written, part)


def _entities(values: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple({"entity": name, "value": value} for name, value in values.items())
