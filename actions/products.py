"""Before and beside an order: what a product is like, whether there is one, how it is delivered."""

from __future__ import annotations

import re
from typing import Any

from actions.ask import Ask, command
from actions.cards import product_card, short_title
from actions.escalation import redirect, to_seller
from actions.mentions import mentioned
from actions.registry import serves
from actions.which import own_lines
from bot.conversations.model import Button, Outcome
from bot.shop.effects import PageGap
from bot.shop.model import OrderLine, Page, Product
from bot.shop.passages import Passage, best_passage

SHOWN_PRODUCTS = 4


@serves("product_question")
def product_question(ask: Ask) -> Outcome:
    """R16: answered with the passage of the page; what the page does not say goes to the seller."""
    question = _question(ask)
    found = find_product(ask)
    if found is None:
        return "asked"
    product, page = found
    name = short_title(page.title, ask.locale)
    if not question:
        ask.say("utter_ask_question", product=name)
        return ask.wait_for("question")
    passage = _passage(question, page, ask.locale)
    if passage is None:
        return _ask_seller(ask, product, page, question)
    quote = {"text": f"{passage.heading}: {passage.text}" if passage.heading else passage.text,
             "source": page.title, "url": f"/{ask.locale}/p/{product.id}"}  # fmt: skip
    ask.say("utter_product_answer", product=name, quote=quote)
    ask.remember(details=None)
    return "answered"


@serves("product_availability")
def product_availability(ask: Ask) -> Outcome:
    """Stock, price, and when it is back."""
    found = find_product(ask)
    if found is None:
        return "asked"
    product, page = found
    values: dict[str, Any] = {
        "product": short_title(page.title, ask.locale),
        "price": ask.money(product.price_cents),
    }
    card = product_card(ask, product, page)
    if product.stock > 0:
        ask.say("utter_in_stock", cards=[card], **values)
    elif product.restock_at is not None:
        ask.say("utter_back_on", cards=[card], restock=ask.date(product.restock_at), **values)
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
    settled = [i for i in (ask.slot("product_id"), ask.answer.conversation.context.get("product_id")) if i]
    unnamed = ask.pressed or not ask.text
    named = [] if unnamed else mentioned(ask.text, ask.answer.titles(), firm=bool(settled))
    product_id = ask.entity("product_id") or _one_of(ask, named, settled)
    product = ask.shop.product(str(product_id)) if product_id else None
    page = ask.shop.page(product.id, ask.locale) if product else None
    if product is not None and page is not None:
        ask.remember(product_id=product.id)
        return product, page
    if ask.reason == "product_question" and ask.text and ask.pending_detail != "product":
        ask.note(question=ask.text)
    choices = _titles(ask, named[:SHOWN_PRODUCTS]) or _bought(ask)
    buttons = [Button(title[:80], command(ask.reason, product_id=i)) for i, title in choices.items()]
    ask.say("utter_which_product" if named else "utter_ask_product", buttons=buttons)
    ask.wait_for("product")
    return None


def _one_of(ask: Ask, named: list[str], settled: list[str]) -> str | None:
    """Of products that are named alike, the one talked about, looked at or bought; None: it has to be asked.

    `settled`: the product talked about, then the one whose page is open.
    """
    if not named:
        return settled[0] if settled else None
    if len(named) == 1:
        return named[0]
    known = [product_id for product_id in settled if product_id in named]
    if known:
        return known[0]
    bought = [product_id for product_id in _bought_ids(ask) if product_id in named]
    return bought[0] if len(bought) == 1 else None


def _question(ask: Ask) -> str | None:
    """What is asked: this message, or the one before the product was known."""
    kept: str | None = ask.details.get("question")
    if ask.pressed or not ask.text or ask.pending_detail == "product":
        return kept
    ask.note(question=ask.text)
    return ask.text


def _passage(question: str, page: Page, locale: str) -> Passage | None:
    """The best passage for the questions of a message, or for all of it when nothing in it is put as one."""
    asked = [part for part in re.findall(r"[^.!?¿\n]+\?", question) if len(part.split()) > 1] or [question]
    found = [passage for part in asked if (passage := best_passage(part, page, locale=locale))]
    return max(found, key=lambda passage: passage.score, default=None)


def _bought(ask: Ask) -> dict[str, str]:
    """What the customer bought last: product id → title."""
    return _titles(ask, list(dict.fromkeys(_bought_ids(ask)))[:SHOWN_PRODUCTS])


def _bought_ids(ask: Ask) -> list[str]:
    return [line.product_id for line in own_lines(ask)]


def _titles(ask: Ask, product_ids: list[str]) -> dict[str, str]:
    pages = ask.shop.pages(product_ids, ask.locale)
    return {i: short_title(pages[i].title, ask.locale) for i in product_ids if i in pages}


def _ask_seller(ask: Ask, product: Product, page: Page, question: str) -> Outcome:
    """R16: a case when it is about a covered order, else a message; counted against the page either way."""
    ask.want(PageGap(product.id, page.locale, question))
    name = short_title(page.title, ask.locale)
    line = _own_line_of(ask, product)
    ask.note(words=[question], description=question)
    ask.say("utter_page_does_not_say", product=name)
    if line is not None:
        return to_seller(ask, line, looked_up=[{"what": "product_page", "result": "not_said"}])
    return redirect(ask, product.seller_id, product_id=product.id, text=question)


def _own_line_of(ask: Ask, product: Product) -> OrderLine | None:
    return next((line for line in own_lines(ask) if line.product_id == product.id), None)
