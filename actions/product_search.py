"""Looking for products ("do you have floor lamps?") and comparing two of them."""

from __future__ import annotations

from typing import Any

from actions.ask import Ask
from actions.cards import product_card, short_title
from actions.mentions import mentioned
from actions.which_product import SHOWN_PRODUCTS, own_named, settled_products
from bot.shop.comparison import Compared, compared
from bot.shop.effects import PageGap
from bot.shop.model import Page
from bot.shop.search import Hit
from bot.shop.words import parts_compared


def looked_for(ask: Ask) -> list[Hit] | None:
    """What the shop has of what a message looks for, best first; None when it is no search but means a certain product."""
    if ask.pressed or not ask.text or ask.entity("product_id") or own_named(ask):
        return None
    catalogue, settled = ask.shop.catalogue(), settled_products(ask)
    if catalogue.named(ask.text_without_data, ask.locale):
        return None
    hits = catalogue.find(ask.text_without_data, ask.locale, limit=SHOWN_PRODUCTS)
    kind_named = catalogue.names_kind(ask.text_without_data, ask.locale)
    if not kind_named and (settled or not (hits or ask.has_entity("product"))):
        return None
    if any(hit.product_id in settled for hit in hits):
        return None
    return hits


def show_found(ask: Ask, hits: list[Hit]) -> None:
    """Up to four products with price and stock; or that there is nothing, and the way to a person."""
    if not hits:
        ask.say("utter_no_such_product", buttons=[ask.button("talk to a person", "talk_to_human")])
        return
    text = "utter_products_close" if hits[0].close else "utter_products_found"
    ask.say(text, cards=_cards(ask, [hit.product_id for hit in hits]))


def compare_products(ask: Ask) -> bool:
    """Put the asked properties of two products side by side; False when a message does not compare two."""
    pages = _two_compared(ask)
    if pages is None:
        return False
    first, second = pages
    names: dict[str, Any] = {
        "first": short_title(first.title, ask.locale),
        "second": short_title(second.title, ask.locale),
    }
    found = compared(ask.text, first, second, locale=ask.locale)
    cards = _cards(ask, [first.product_id, second.product_id])
    if found:
        lines = "\n".join(_line(ask, one, names) for one in found)
        ask.say("utter_products_compared", cards=cards, lines=lines, **names)
        return True
    for page in pages:
        ask.want(PageGap(page.product_id, page.locale, ask.text))
    person = ask.button("talk to a person", "talk_to_human")
    ask.say("utter_comparison_not_said", cards=cards, buttons=[person], **names)
    return True


def _two_compared(ask: Ask) -> tuple[Page, Page] | None:
    """The pages of the two products a message compares: each part names one, or one stands for the page looked at."""
    if ask.pressed or not ask.text:
        return None
    parts = parts_compared(ask.text, ask.locale)
    if not parts:
        return None
    titles = ask.answer.titles(ask.text)
    named = [found[0] for part in parts if len(found := mentioned(part, titles)) == 1]
    products = list(dict.fromkeys([*named, *settled_products(ask)] if named else []))[:2]
    pages = ask.shop.pages(products, ask.locale)
    if len(pages) < 2:
        return None
    return pages[products[0]], pages[products[1]]


def _line(ask: Ask, one: Compared, names: dict[str, Any]) -> str:
    silent = ask.label("the page does not say")
    return (
        f"{one.name}:\n– {names['first']}: {one.first or silent}\n– {names['second']}: {one.second or silent}"
    )


def _cards(ask: Ask, product_ids: list[str]) -> list[dict[str, Any]]:
    products, pages = ask.shop.products(product_ids), ask.shop.pages(product_ids, ask.locale)
    return [product_card(ask, products[i], pages[i]) for i in product_ids if i in products and i in pages]
