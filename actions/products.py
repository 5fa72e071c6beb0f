"""Before and beside an order: what a product is like, whether there is one, how it is delivered."""

from __future__ import annotations

import re
from typing import Any

from babel.lists import format_list

from actions.ask import Ask, command
from actions.cards import product_card, short_title
from actions.escalation import redirect, to_seller
from actions.product_search import compare_products, looked_for, show_found
from actions.registry import serves
from actions.speech import begins_with_no, label, says
from actions.which import OF_ORDER, own_lines
from actions.which_product import find_product
from bot.conversations.model import Button, Outcome
from bot.nlu.phones import country_name, country_named
from bot.service.delivery import delivery_terms
from bot.shop.effects import PageGap
from bot.shop.model import OrderLine, Page, Product
from bot.shop.passages import CLOSEST, Passage, closest_passages

TO_SELLER = "to_seller"
"""What a customer chooses who wants the seller to be asked after all."""


HALVES = 2
HALF_FROM = 0.5
"""Confidence with which each half of a question has to be answered for it to be taken as two."""


@serves("product_question")
def product_question(ask: Ask) -> Outcome:
    """R16: answered with the passage of the page; what the page does not say goes to the seller."""
    if compare_products(ask):
        return "answered"
    question = _question(ask)
    found = find_product(ask)
    if found is None:
        return "asked"
    product, page = found
    name = short_title(page.title, ask.locale)
    if not question:
        ask.say("utter_ask_question", product=name)
        return ask.wait_for("question")
    if ask.entity("choice") == TO_SELLER:
        return _ask_seller(ask, product, page, question)
    passages = _passages(question, page, ask.locale)
    if not passages:
        return _ask_seller(ask, product, page, question)
    quote = {"text": _quoted(passages),
             "source": page.title, "url": f"/{ask.locale}/p/{product.id}"}  # fmt: skip
    if all(passage.sure for passage in passages):
        ask.say("utter_product_answer", product=name, quote=quote)
        ask.remember(details={"answered": question})
        return "answered"
    on_yes = {"choice": TO_SELLER, "product_id": product.id}
    ask_seller = Button(ask.label("yes, ask the seller"), command(ask.reason, **on_yes))
    closest = "utter_product_closest" if len(passages) == 1 else "utter_product_closest_few"
    ask.say(closest, product=name, quote=quote, buttons=[ask_seller])
    ask.remember(offered={"intent": ask.reason, "entities": on_yes})
    return "answered"


@serves("product_availability")
def product_availability(ask: Ask) -> Outcome:
    """Stock, price, and when it is back, of one product; or what there is of what is looked for."""
    if compare_products(ask):
        return "answered"
    hits = looked_for(ask)
    one = hits[0].product_id if hits and len(hits) == 1 and not hits[0].close else None
    if hits is not None and one is None:
        show_found(ask, hits)
        return "answered"
    found = find_product(ask, meant=one)
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
    """The marketplace's delivery terms, after a plain no to a country we do not deliver to."""
    terms = delivery_terms()
    country = country_named(ask.text, ask.locale) if not ask.pressed else None
    if country is not None and country not in terms.countries:
        ask.say("utter_no_delivery_to", country=country_name(country, ask.locale))
    least, most = terms.days
    ask.say(
        "utter_delivery_options",
        buttons=[ask.button("where is my order", "order_status")],
        countries=format_list(
            [country_name(code, ask.locale) for code in terms.countries], locale=ask.locale
        ),
        least=least,
        most=most,
        free_from=ask.money(terms.free_from_cents),
        fee=ask.money(terms.fee_cents),
    )
    return "answered"


def _question(ask: Ask) -> str | None:
    """What is asked: this message, or the one before the product was known, or before another one was meant."""
    kept, answered = ask.details.get("question"), ask.details.get("answered")
    if ask.pressed or not ask.text or ask.pending_detail in OF_ORDER | {"product"}:
        return kept
    if (kept or answered) and _corrects(ask):
        ask.note(question=kept or answered)
        return kept or answered
    ask.note(question=ask.text)
    return ask.text


def _corrects(ask: Ask) -> bool:
    """Whether a message only says that another product was meant: "no, not those, the small ones"."""
    slip = says(ask.locale, "a slip", ask.text) or begins_with_no(ask.locale, ask.text)
    return slip and "?" not in ask.text


def _passages(question: str, page: Page, locale: str) -> list[Passage]:
    """What the page says to each question of a message: the passage that answers it, else those that come closest.

    "Is it for induction, and for the dishwasher?" is two questions where each half has something of its own to say.
    """
    asked = [part for part in re.findall(r"[^.!?¿\n]+\?", question) if len(part.split()) > 1] or [question]
    shown = [_of_one(part, page, locale) for part in asked]
    return list(dict.fromkeys(passage for passages in shown for passage in passages))[:CLOSEST]


def _of_one(question: str, page: Page, locale: str) -> list[Passage]:
    whole = closest_passages(question, page, locale=locale)
    halves = re.split(rf"\s+(?:{label(locale, 'words for and')})\s+", question)
    if len(halves) != HALVES or min(len(half.split()) for half in halves) < HALVES:
        return whole
    found = [best for half in halves if (best := _best_of_half(half, page, locale))]
    if len(found) == HALVES and found[0].text != found[1].text:
        return found
    return whole


def _best_of_half(question: str, page: Page, locale: str) -> Passage | None:
    found = closest_passages(question, page, locale=locale)
    return found[0] if found and found[0].score >= HALF_FROM else None


def _quoted(passages: list[Passage]) -> str:
    said = [f"{one.heading}: {one.text}" if one.heading else one.text for one in passages]
    return said[0] if len(said) == 1 else "\n".join(f"– {line}" for line in said)


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
