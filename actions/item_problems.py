"""Something is wrong with what came (or did not come) in the parcel: missing, damaged, defective, wrong."""

from __future__ import annotations

from actions.answers import asks_for, carry_out
from actions.ask import Ask, command
from actions.heard import without_data
from actions.pieces import pieces_known
from actions.registry import serves
from actions.which import find_line, other_line
from bot.conversations.model import Button, Outcome
from bot.shop.model import OrderLine
from bot.shop.words import telling_words

TELLING_WORDS = 3
"""A story with this many words that tell something says what is wrong; a shorter one is asked about."""

WISHES = ("replacement", "refund")
OPEN = ""
"""In place of a wish: asked, the customer did not choose."""

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
    return carry_out(ask, line)


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


@asks_for("pieces")
def _pieces(ask: Ask, line: OrderLine, product: str) -> bool:
    return pieces_known(ask, line, product)


@asks_for("part")
def _part(ask: Ask, line: OrderLine, product: str) -> bool:
    return _told(ask, line, "part") or _asked(ask, "part", "utter_ask_part", product)


@asks_for("description")
def _description(ask: Ask, line: OrderLine, product: str) -> bool:
    return _told(ask, line, "description") or _asked(
        ask, "description", f"utter_ask_description_{ask.reason}", product
    )


@asks_for("wish")
def _wish(ask: Ask, line: OrderLine, product: str) -> bool:
    if "wish" in ask.details:
        return True
    buttons = [Button(ask.label(f"wish {wish}"), command(ask.reason, choice=wish)) for wish in WISHES]
    return _asked(ask, "wish", "utter_ask_wish", product, buttons)


def _told(ask: Ask, line: OrderLine, detail: str) -> bool:
    """Whether the detail was given, or enough of the story so far is neither the product's name nor courtesy."""
    story = " ".join(ask.details.get("words", []))
    if detail in ask.details or not story:
        return detail in ask.details
    page = ask.shop.page(line.product_id, ask.locale)
    said = telling_words(without_data(story), ask.locale) - telling_words(
        page.title if page else "", ask.locale
    )
    if len(said - telling_words(ask.label("words that tell nothing"), ask.locale)) < TELLING_WORDS:
        return False
    ask.note(**{detail: story})
    return True


def _asked(ask: Ask, detail: str, text: str, product: str, buttons: list[Button] | None = None) -> bool:
    """Ask for a detail; never known yet."""
    ask.say(text, buttons=[*(buttons or []), *other_line(ask)], product=product)
    ask.wait_for(detail)
    return False


def _take_wish(ask: Ask) -> None:
    wish = _wish_in(ask)
    if (
        wish is None and ask.pending_detail == "wish"
    ):  # asked once is enough: the seller may propose something
        wish = ask.text if ask.heard.intent not in {"affirm", "deny"} else OPEN
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
