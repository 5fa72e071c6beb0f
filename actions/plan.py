"""Which wishes of a message to serve, in which order, after it was seen what it means where it stands (`actions.context`).

Pure functions and tables; nothing is looked up and nothing is said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from actions.context import (
    LIKELY,
    Clues,
    follows,
    goes_on,
    in_context,
    is_foreign,
    means_other,
    without_declined,
)
from actions.heard import SURE, Message
from actions.kinship import (
    ANSWERED_BY,
    GOES_ON_WITH,
    ITEM,
    MAIN_OVER,
    MOODS,
    PART_OF,
    PRODUCT,
    WANTED_FOR_A_FAULT,
    is_for_a_person,
)
from bot.service.reasons import CONCRETE_REASONS

HARMLESS = frozenset({"feedback_negative", "feedback_positive", "thank", "goodbye", "greet"})
"""Said for nothing, these do no harm: an unsure message most likely one of them is answered so, not asked about …"""

HARMLESS_FROM = 0.35
"""… from this confidence on."""

NEVER_DOUBTED = ITEM | {"talk_to_human"}
"""A fault said beside what is wanted for it, and the wish for a person, are believed when they are read at all."""

CLOSE_BEHIND = 0.2
"""A fault read second with at least this confidence is meant beside a wish for money or a replacement."""


@dataclass(frozen=True)
class Step:
    """One wish to serve. `text` is what was written about it; `pressed`: nothing was (a button, a yes).

    `part` are the wishes that were read beside it and belong to it. `noted`: the reason to record, where it is another.
    `doubtful`: a further wish that may as well not be one: nothing is done for it unasked.
    """

    reason: str
    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    pressed: bool = False
    part: tuple[str, ...] = ()
    noted: str | None = None
    doubtful: bool = False


def plan(reason: str, message: Message, memory: dict[str, Any], clues: Clues) -> list[Step]:
    """What to serve for `message`, in order; `reason` is the wish Rasa's rule named."""
    reason = without_declined(reason, message, clues)
    pending = memory.get("pending") or {}
    offered = memory.get("offered")
    if message.foreign and not pending and not message.pressed and is_foreign(message, memory):
        return [_step("out_of_scope", message)]
    just_opened = memory.get("last_outcome") == "case_opened"
    if not message.pressed and clues.withdraws(message.text, just_opened=just_opened):
        return [_step("case_status", message)]  # what becomes of a case is said, and done, there
    read, reason = reason, in_context(reason, message, memory, clues)
    if reason != read:
        message.wishes = [name for name in message.wishes if name != read]  # it was something else
    if not message.pressed and not pending and means_other(reason, message, memory, clues):
        other = ({"entity": "choice", "value": "other"},)
        return [Step(str(memory["last_reason"]), message.text, (*message.entities, *other))]
    if pending.get("reason") == "clarify":
        return _after_clarifying(reason, message, pending, clues)
    if offered and reason == "affirm" and not message.pressed:
        return [Step(offered["intent"], entities=_entities(offered.get("entities") or {}), pressed=True)]
    ended = (offered and reason == "deny") or (reason == "stop" and reason != read)
    if pending and not ended and goes_on(reason, message, pending, clues):
        return [*_answering(message, pending, clues), *rest_of(pending)]
    if reason == "inform" and (message.has("order_id") or message.has("line_id")):
        last = memory.get("last_reason")
        if last in GOES_ON_WITH:
            return [_step(last, message)]
        return [replace(_step("order_status", message), noted="inform")]
    steps = _fresh(reason, message, clues, memory.get("last_reason"))
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
    further = [
        replace(_step_beside(name, message, ()), doubtful=name in message.doubtful - NEVER_DOUBTED)
        for name in beside
    ]
    return [_step(reason, message), *further]


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


def _fresh(reason: str, message: Message, clues: Clues, last: str | None = None) -> list[Step]:
    """What a message means that stands for itself, or goes on with the `last` wish."""
    if follows(reason, message, clues, last):
        return [_step(str(last), message)]
    if reason in {"clarify", "out_of_scope"} and message.unsure:
        return [_step(_guess(message, clues), message)]
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
            *_all_of(main, concrete, message),
        ]
    return _all_of(reason, read, message)


def _all_of(reason: str, read: Sequence[str], message: Message) -> list[Step]:
    """The wishes read, each with its own words; last those that may as well not be wishes, unless they belong to one."""
    doubtful = frozenset() if message.unsure else message.doubtful - NEVER_DOUBTED - {reason}
    main = wishes_of(reason, [name for name in read if name not in doubtful])[0][0]
    doubtful -= PART_OF.get(main, frozenset())
    believed = wishes_of(reason, [name for name in read if name not in doubtful])
    steps = [_step_beside(name, message, part) for name, part in believed]
    apart = CONCRETE_REASONS - MOODS if main in CONCRETE_REASONS else frozenset()
    further = [name for name in dict.fromkeys(read) if name in doubtful & apart]
    return [*steps, *(replace(_step_beside(name, message, ()), doubtful=True) for name in further)]


def _guess(message: Message, clues: Clues) -> str:
    """The wish an unsure message still has for certain, else `clarify`.

    Two readings that belong to one matter (a fault and what is wanted for it) count together. A message that
    names an order and may ask for its status is answered with it: that tells nothing but facts; so is a question most
    likely on a product, when it names one.
    """
    concrete = [item for item in message.ranking if item["name"] in CONCRETE_REASONS]
    if len(concrete) > 1 and concrete[0]["confidence"] + concrete[1]["confidence"] >= SURE:
        first, second = concrete[0]["name"], concrete[1]["name"]
        if second in PART_OF.get(first, ()):
            return str(first)
        if first in PART_OF.get(second, ()):
            return str(second)
    asks = "?" in message.text and concrete[:1] and concrete[0]["name"] == "product_question"
    if asks and (clues.names(message.text) or clues.points(message.text)):
        return "product_question"
    harmless = [name for name in message.likeliest(1, least=HARMLESS_FROM) if name in HARMLESS]
    if harmless and "?" not in message.text:
        return harmless[0]
    likely = [item["name"] for item in concrete[:LIKELY]]
    return "order_status" if message.has("order_id") and "order_status" in likely else "clarify"


def _after_clarifying(reason: str, message: Message, pending: dict[str, Any], clues: Clues) -> list[Step]:
    """What was said before we asked what is meant still counts: with the button pressed, or with the other words."""
    kept = tuple(pending.get("entities") or ())
    if message.pressed and reason != "talk_to_human":
        return [Step(reason, pending.get("text", ""), kept)]
    if reason == "affirm" and "only" in pending:
        return [Step(pending["only"], pending.get("text", ""), kept)]
    if reason == "affirm":
        return [_step("clarify", message)]  # yes to which of them?
    names = {entity["entity"] for entity in message.entities}
    carried = tuple(entity for entity in kept if entity["entity"] not in names)
    return [replace(step, entities=(*step.entities, *carried)) for step in _fresh(reason, message, clues)]


def _step(reason: str, message: Message) -> Step:
    return Step(reason, message.text, tuple(message.entities), not message.is_written)


def _step_beside(reason: str, message: Message, part: tuple[str, ...]) -> Step:
    """A wish that may be one of several: with what was written about it alone."""
    text, entities = message.about([reason, *(name for name in part if name in message.wishes)])
    return Step(reason, text, tuple(entities), not message.is_written, part)


def _entities(values: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple({"entity": name, "value": value} for name, value in values.items())
