"""Something is wrong with what came (or did not come) in the parcel: missing, damaged, defective, wrong."""

from __future__ import annotations

from actions.ask import Ask, command, without_data
from actions.escalation import known_case, title_of, to_seller
from actions.pieces import pieces_known
from actions.registry import serves
from actions.which import find_line, other_line
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine
from bot.shop.passages import telling_words

TELLING_WORDS = 3
"""A story with this many words that tell something says what is wrong; a shorter one is asked about."""

ASKED_FOR = {
    "item_missing": (),
    "item_parts_missing": ("part",),
    "item_damaged": ("description", "wish"),
    "item_defective": ("description", "wish"),
    "item_wrong": ("description", "wish"),
}
"""What the seller needs to know beyond the order line, in the order it is asked."""

WISHES = ("replacement", "refund")
WISH_OF = {"replacement_request": "replacement", "refund_status": "refund", "return_start": "return"}
"""What a customer wants for a fault, by the wish that was read in or beside it."""


def has_arrived(line: OrderLine) -> bool:
    """Whether a line is with the customer."""
    return line.state == "delivered"


@serves("item_missing", "item_parts_missing", "item_damaged", "item_defective", "item_wrong")
def item_problem(ask: Ask) -> Outcome:
    """Find the line, ask only what is not known yet, then ask the seller."""
    _take_answer(ask)
    line = find_line(ask, has_arrived)
    if line is None:
        return "asked"
    product = title_of(ask, line)
    if line.state in {"placed", "preparing"}:
        ask.say(
            "utter_not_shipped_yet",
            product=product,
            promised=ask.date(line.promised_at),
            buttons=other_line(ask),
        )
        return "answered"
    if known := known_case(ask, line):
        return known
    if not pieces_known(ask, line, product):
        return "asked"
    _take_story(ask, line)
    missing = next((name for name in ASKED_FOR[ask.reason] if name not in ask.details), None)
    return to_seller(ask, line) if missing is None else _ask_detail(ask, missing, product)


def _take_answer(ask: Ask) -> None:
    """Keep what this message says: the answer to what was asked, or the story it begins with."""
    if ask.entity("choice") in WISHES:
        ask.note(wish=ask.entity("choice"))
    if ask.pressed or not ask.text:
        return
    ask.keep_words()
    if ask.pending_detail in {"description", "part"}:
        ask.note(**{ask.pending_detail: ask.text})
    if "wish" not in ask.details:
        _take_wish(ask)


def _take_story(ask: Ask, line: OrderLine) -> None:
    """The story so far says what is wrong when enough of it is neither the product's name nor courtesy."""
    first = ASKED_FOR[ask.reason][0] if ASKED_FOR[ask.reason] else None
    story = " ".join(ask.details.get("words", []))
    if first is None or first in ask.details or not story:
        return
    page = ask.shop.page(line.product_id, ask.locale)
    said = telling_words(without_data(story), ask.locale) - telling_words(
        page.title if page else "", ask.locale
    )
    if len(said - telling_words(ask.label("words that tell nothing"), ask.locale)) >= TELLING_WORDS:
        ask.note(**{first: story})


def _take_wish(ask: Ask) -> None:
    wish = _wish_in(ask)
    if wish is None and ask.pending_detail == "wish" and ask.heard.intent not in {"affirm", "deny"}:
        wish = ask.text
    if wish is not None:
        ask.note(wish=wish)


def _wish_in(ask: Ask) -> str | None:
    """What the customer wants for it: said in as many words, else read beside the fault."""
    text = ask.text.casefold()
    told = [
        wish for wish in WISHES if any(word in text for word in ask.label(f"words for {wish}").split("|"))
    ]
    if not told:
        read = [*ask.part, *([ask.heard.intent] if ask.pending_detail else [])]
        told = list(dict.fromkeys(WISH_OF[name] for name in read if name in WISH_OF))
    return told[0] if len(told) == 1 else None


def _ask_detail(ask: Ask, detail: str, product: str) -> Outcome:
    buttons: list[Button] = []
    if detail == "wish":
        buttons = [Button(ask.label(f"wish {wish}"), command(ask.reason, choice=wish)) for wish in WISHES]
    text = f"utter_ask_{detail}_{ask.reason}" if detail == "description" else f"utter_ask_{detail}"
    ask.say(text, buttons=[*buttons, *other_line(ask)], product=product)
    return ask.wait_for(detail)
