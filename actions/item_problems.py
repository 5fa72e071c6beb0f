"""Something is wrong with what came (or did not come) in the parcel: missing, damaged, defective, wrong."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.escalation import title_of, to_seller
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine

TELLING_WORDS = 6
"""A message of this many words says what is wrong; a shorter one is asked about."""

ASKED_FOR = {
    "item_missing": (),
    "item_parts_missing": ("part",),
    "item_damaged": ("description", "wish"),
    "item_defective": ("description", "wish"),
    "item_wrong": ("description", "wish"),
}
"""What the seller needs to know beyond the order line, in the order it is asked."""

WISHES = ("replacement", "refund")


def has_arrived(line: OrderLine) -> bool:
    """Whether a line can have something wrong with it already."""
    return line.state in {"delivered", "shipped"}


@serves("item_missing", "item_parts_missing", "item_damaged", "item_defective", "item_wrong")
def item_problem(ask: Ask) -> Outcome:
    """Find the line, ask only what is not known yet, then ask the seller."""
    _take_answer(ask)
    line = find_line(ask, has_arrived)
    if line is None:
        return "asked"
    if line.state in {"placed", "preparing"}:
        ask.say("utter_not_shipped_yet", product=title_of(ask, line), promised=ask.day(line.promised_at))
        return "answered"
    missing = next((name for name in ASKED_FOR[ask.reason] if name not in ask.details), None)
    if missing is not None:
        return _ask_detail(ask, missing, title_of(ask, line))
    return to_seller(ask, line)


def _take_answer(ask: Ask) -> None:
    """Keep what this message says: the answer to what was asked, or the story it begins with."""
    if ask.pressed:
        if ask.entity("choice") in WISHES:
            ask.note(wish=ask.entity("choice"))
        return
    ask.note(words=[*ask.details.get("words", []), ask.text])
    if ask.pending_detail in {"description", "part"}:
        ask.note(**{ask.pending_detail: ask.text})
    elif ask.pending_detail == "wish":
        ask.note(wish=_wish_in(ask) or ask.text)
    elif ask.pending_detail is None and len(ask.text.split()) >= TELLING_WORDS:
        name = "part" if ask.reason == "item_parts_missing" else "description"
        ask.note(**{name: ask.text})
        if wish := _wish_in(ask):
            ask.note(wish=wish)


def _wish_in(ask: Ask) -> str | None:
    """What the customer wants for it, when the message says so in as many words."""
    text = ask.text.casefold()
    told = [
        wish for wish in WISHES if any(word in text for word in ask.label(f"words for {wish}").split("|"))
    ]
    return told[0] if len(told) == 1 else None


def _ask_detail(ask: Ask, detail: str, product: str) -> Outcome:
    buttons: list[Button] = []
    if detail == "wish":
        buttons = [Button(ask.label(f"wish {wish}"), command(ask.reason, choice=wish)) for wish in WISHES]
    ask.say(f"utter_ask_{detail}_{ask.reason}" if detail == "description" else f"utter_ask_{detail}",
            buttons=buttons, product=product)  # fmt: skip
    return ask.wait_for(detail)
