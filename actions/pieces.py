"""How many pieces of an order line a wish is about, where more than one was ordered."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.mentions import pieces_in
from bot.conversations.model import Button
from bot.shop.model import OrderLine

SHOWN_NUMBERS = 3

NOT_SAID = 0
"""In place of a number: asked, the customer did not say how many."""


def pieces_known(ask: Ask, line: OrderLine, product: str) -> bool:
    """Whether it is known how many pieces are meant; asks for it when not, once (the outcome is then `asked`)."""
    if line.quantity == 1 or "quantity" in ask.details:
        return True
    given = ask.entity("quantity") if ask.pressed else _written(ask, line)
    if given is not None:
        ask.note(quantity=min(int(given), line.quantity))
        return True
    if ask.pending_detail == "quantity" and not ask.taken_up:
        ask.note(quantity=NOT_SAID)  # asked once is enough: the whole line, until somebody says otherwise
        return True
    numbers = range(1, min(line.quantity, SHOWN_NUMBERS + 1))
    buttons = [Button(str(number), command(ask.reason, quantity=number)) for number in numbers]
    buttons.append(
        Button(ask.label("all {count}", count=line.quantity), command(ask.reason, quantity=line.quantity))
    )
    ask.say("utter_ask_quantity", product=product, ordered=line.quantity, buttons=buttons)
    ask.wait_for("quantity", ordered=line.quantity)
    return False


def _written(ask: Ask, line: OrderLine) -> int | None:
    asked = ask.pending_detail == "quantity"
    texts = [ask.text, *ask.details.get("words", [])]
    found = (
        pieces_in(text, ask.locale, ordered=line.quantity, asked=asked and text == ask.text) for text in texts
    )
    return next((number for number in found if number is not None), None)
