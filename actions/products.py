"""Before and beside an order: what a product is like, whether there is one, how it is delivered."""

from __future__ import annotations

from actions.ask import Ask, command
from actions.cards import product_card
from actions.escalation import redirect, to_seller
from actions.registry import serves
from actions.which import mentioned, may_see
from bot.conversations.model import Button, Outcome
from bot.shop.effects import PageGap
from bot.shop.model import OrderLine, Page, Product
from bot.shop.passages import best_passage

SHOWN_PRODUCTS = 4


@serves("product_question")
def product_question(ask: Ask) -> Outcome:
    """R16: answered with the passage of the page; what the page does not say goes to the seller."""
    question = _question(ask)
    found = find_product(ask)
    if found is None:
        return "asked"
    product, page = found
    name = page.title.split(",")[0]
    if not question:
        ask.say("utter_ask_question", product=name)
        return ask.wait_for("question")
    passage = best_passage(question, page, locale=ask.locale)
    if passage is not None:
        quote = {"text": f"{passage.heading}: {passage.text}" if passage.heading else passage.text,
                 "source": page.title, "url": f"/{ask.locale}/p/{product.id}"}  # fmt: skip
        ask.say("utter_product_answer", product=name, quote=quote)
        ask.remember(details=None)
        return "answered"
    return _ask_seller(ask, product, page, question)


@serves("product_availability")
def product_availability(ask: Ask) -> Outcome:
    """Stock, price, and when it is back."""
    found = find_product(ask)
    if found is None:
        return "asked"
    product, page = found
    values = {"product": page.title.split(",")[0], "price": ask.money(product.price_cents)}
    card = product_card(ask, product, page)
    if product.stock > 0:
        ask.say("utter_in_stock", cards=[card], **values)
    elif product.restock_at is not None:
        ask.say("utter_back_on", cards=[card], restock=ask.day(product.restock_at), **values)
    else:
        ask.say("utter_sold_out", cards=[card], **values)
    return "answered"


@serves("delivery_options")
def delivery_options(ask: Ask) -> Outcome:
    """The marketplace's delivery terms."""
    ask.say("utter_delivery_options", buttons=[ask.button("where is my order", "order_status")])
    return "answered"


def find_product(ask: Ask) -> tuple[Product, Page] | None:
    """The product meant: pressed, named in the message, of the order under way, or of the page the chat is on.

    None when the customer has been asked.
    """
    product_id = ask.entity("product_id") or _mentioned(ask) or ask.slot("product_id")
    product_id = product_id or ask.answer.conversation.context.get("product_id")
    product = ask.shop.product(str(product_id)) if product_id else None
    page = ask.shop.page(product.id, ask.locale) if product else None
    if product is None or page is None:
        if not ask.pressed and ask.reason == "product_question":
            ask.note(question=ask.text)
        ask.say("utter_ask_product", buttons=_bought(ask))
        ask.wait_for("order")
        return None
    ask.remember(product_id=product.id)
    return product, page


def _mentioned(ask: Ask) -> str | None:
    if ask.pressed:
        return None
    return mentioned(
        ask.text, {pid: title for pid, locale, title in ask.shop.titles() if locale == ask.locale}
    )


def _question(ask: Ask) -> str | None:
    """What is asked: this message, or the one before the product was known."""
    kept = ask.details.get("question")
    if ask.pressed or ask.pending_detail == "order":
        return kept
    ask.note(question=ask.text)
    return ask.text


def _bought(ask: Ask) -> list[Button]:
    """Buttons for what the customer bought last."""
    customer_id = ask.answer.conversation.customer_id
    orders = ask.shop.orders_of(customer_id, limit=SHOWN_PRODUCTS) if customer_id else []
    ids = list(dict.fromkeys(line.product_id for order in orders for line in order.lines))[:SHOWN_PRODUCTS]
    pages = ask.shop.pages(ids, ask.locale)
    return [
        Button(pages[i].title.split(",")[0][:80], command(ask.reason, product_id=i))
        for i in ids
        if i in pages
    ]


def _ask_seller(ask: Ask, product: Product, page: Page, question: str) -> Outcome:
    """R16: a case when it is about a covered order, else a message; counted against the page either way."""
    ask.want(PageGap(product.id, page.locale, question))
    name = page.title.split(",")[0]
    line = _own_line_of(ask, product)
    ask.note(words=[question], description=question)
    ask.say("utter_page_does_not_say", product=name)
    if line is not None:
        return to_seller(ask, line, looked_up=[{"what": "product_page", "result": "not_said"}])
    return redirect(ask, product.seller_id, product_id=product.id, text=question)


def _own_line_of(ask: Ask, product: Product) -> OrderLine | None:
    conversation = ask.answer.conversation
    orders = ask.shop.orders_of(conversation.customer_id) if conversation.customer_id else []
    for order_id in sorted(ask.answer.turn.proven_orders):
        if (order := ask.shop.order(order_id)) and may_see(ask, order):
            orders.append(order)
    return next((line for order in orders for line in order.lines if line.product_id == product.id), None)
