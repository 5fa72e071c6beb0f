"""R2, R7: what is outside the service goes to the seller's own messages, and the customer is told so."""

from __future__ import annotations

from actions.ask import Ask
from actions.escalation import known_case, redirect, title_of, to_seller
from actions.registry import serves
from actions.speech import says_nothing
from actions.which import find_line
from actions.which_product import find_product
from bot.conversations.model import Outcome
from bot.shop.model import OrderLine

MESSAGE_WORDS = 12
"""A wish to write to the seller of this many words already holds what is to be said."""


@serves("invoice_request")
def invoice_request(ask: Ask) -> Outcome:
    """R2: never covered; the seller of the order writes the invoice, for all of its lines of theirs."""
    ask.keep_words()
    line = find_line(ask, same=lambda line: (line.order_id, line.seller_id))
    if line is None:
        return "asked"
    return redirect(ask, line.seller_id, order_id=line.order_id, product_id=line.product_id)


@serves("customization_request", "preorder_question")
def before_order(ask: Ask) -> Outcome:
    """R2: never covered; it is about a product, to its seller."""
    ask.keep_words()
    found = find_product(ask)
    if found is None:
        return "asked"
    product, _page = found
    return redirect(ask, product.seller_id, product_id=product.id)


@serves("seller_contact")
def seller_contact(ask: Ask) -> Outcome:
    """R7: about a covered order a case, about anything else the seller's messages."""
    ask.keep_words()
    answered = ask.pending_detail == "message" and ask.text and not says_nothing(ask.locale, ask.text)
    if answered or len(ask.text_without_data.split()) >= MESSAGE_WORDS:
        ask.note(description=ask.text)
    line: OrderLine | None = None
    if _is_about_an_order(ask):
        line = find_line(ask)
        if line is None:
            return "asked"
        if "description" not in ask.details and (known := known_case(ask, line)):
            return known
        about = title_of(ask, line)
    else:
        found = find_product(ask)
        if found is None:
            return "asked"
        product, page = found
        about = page.title
    if "description" not in ask.details:
        ask.say("utter_ask_message", product=about.split(",")[0])
        return ask.wait_for("message")
    return to_seller(ask, line) if line else redirect(ask, product.seller_id, product_id=product.id)


def _is_about_an_order(ask: Ask) -> bool:
    return bool(ask.answer.conversation.customer_id or ask.entity("order_id") or ask.slot("order_id")
                or ask.pending_detail in {"proof", "order"})  # fmt: skip
