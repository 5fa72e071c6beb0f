"""R2, R7: what is outside the service goes to the seller's own messages, and the customer is told so."""

from __future__ import annotations

from actions.ask import Ask
from actions.escalation import redirect, to_seller
from actions.products import find_product
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Outcome


@serves("invoice_request")
def invoice_request(ask: Ask) -> Outcome:
    """R2: never covered; the seller of the order writes the invoice."""
    _keep_words(ask)
    line = find_line(ask)
    if line is None:
        return "asked"
    return redirect(ask, line.seller_id, order_id=line.order_id, product_id=line.product_id)


@serves("customization_request", "preorder_question")
def before_order(ask: Ask) -> Outcome:
    """R2: never covered; it is about a product, to its seller."""
    _keep_words(ask)
    found = find_product(ask)
    if found is None:
        return "asked"
    product, _page = found
    return redirect(ask, product.seller_id, product_id=product.id)


@serves("seller_contact")
def seller_contact(ask: Ask) -> Outcome:
    """R7: about a covered order a case, about anything else the seller's messages."""
    _keep_words(ask)
    if (
        ask.answer.conversation.customer_id is None
        and not ask.entity("order_id")
        and not ask.slot("order_id")
    ):
        return before_order(ask)
    line = find_line(ask)
    if line is None:
        return "asked"
    if ask.pending_detail == "message" and not ask.pressed:
        ask.note(description=ask.text)
    if "description" not in ask.details and len(ask.text.split()) < 12:
        ask.say("utter_ask_message")
        return ask.wait_for("message")
    return to_seller(ask, line)


def _keep_words(ask: Ask) -> None:
    if not ask.pressed:
        ask.note(words=[*ask.details.get("words", []), ask.text])
