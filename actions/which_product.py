"""Which product a question or a search is about: named, bought, talked about, looked at, or asked for."""

from __future__ import annotations

import functools

from actions.ask import Ask, command
from actions.cards import short_title
from actions.mentions import mentioned
from actions.speech import says
from actions.which import OF_ORDER, find_line, names_unseen_order, own_lines
from bot.conversations.model import Button
from bot.shop.model import Page, Product
from bot.shop.passages import passages_of
from bot.shop.words import kinds_of, says_own, telling_words

SHOWN_PRODUCTS = 4


def find_product(ask: Ask, *, meant: str | None = None) -> tuple[Product, Page] | None:
    """The product meant: pressed, named in the message, of the order under way, or of the page the chat is on.

    `meant`: the one a search found. None when the customer has been asked.
    """
    if ask.pending_detail in OF_ORDER or names_unseen_order(ask):
        line = find_line(ask)
        if line is None:
            return None
        meant = line.product_id
    settled = settled_products(ask)
    named = _named(ask, settled) or _ordered(ask)
    product_id = ask.entity("product_id") or meant or _one_of(ask, named, settled)
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


def known_product(ask: Ask) -> tuple[Product, Page] | None:
    """The product meant where that is known without asking: named in the message, talked about, or looked at."""
    settled = settled_products(ask)
    product_id = ask.entity("product_id") or _one_of(ask, _named(ask, settled), settled)
    product = ask.shop.product(str(product_id)) if product_id else None
    page = ask.shop.page(product.id, ask.locale) if product else None
    return (product, page) if product is not None and page is not None else None


def settled_products(ask: Ask) -> list[str]:
    """The product talked about, then the one whose page is open."""
    context = ask.answer.conversation.context
    return [str(i) for i in (ask.slot("product_id"), context.get("product_id")) if i]


def own_named(ask: Ask) -> list[str]:
    """The products the customer bought and means by "my lamp", best first."""
    if ask.pressed or not says_own(ask.text, ask.locale):
        return []
    bought = list(dict.fromkeys(_bought_ids(ask)))
    pages = ask.shop.pages(bought, ask.locale)
    return mentioned(ask.text, {i: pages[i].title for i in bought if i in pages})


def _named(ask: Ask, settled: list[str]) -> list[str]:
    """The products a message names, best first; what the customer owns before the catalogue."""
    if ask.pressed or not ask.text:
        return []
    page = ask.shop.page(settled[0], ask.locale) if settled else None
    text = _beyond_page(ask.text, page) if page else ask.text
    return own_named(ask) or mentioned(text, ask.answer.titles(text), firm=bool(settled))


def _ordered(ask: Ask) -> list[str]:
    """The products of the order a message names, where this customer may hear of it."""
    number = ask.entity("order_id")
    order = ask.shop.order(str(number)) if number else None
    if order is None or not ask.answer.may_see(order):
        return []
    return list(dict.fromkeys(line.product_id for line in order.lines))


def _beyond_page(text: str, page: Page) -> str:
    """A text without the words that the page talked about has itself, those that name a kind of product aside.

    Who asks on a lamp's page how high the shade is means no other product that is called "Shade", and who asks how many
    boards the shelf has means no board.
    """
    told = _told(page)
    words = text.split()
    return " ".join(
        word
        for at, word in enumerate(words)
        if (
            kinds_of(word, page.locale)
            and not says(page.locale, "how many", " ".join(words[max(0, at - 2) : at]))
        )
        or telling_words(word, page.locale).isdisjoint(told)
    )


@functools.lru_cache(maxsize=500)
def _told(page: Page) -> frozenset[str]:
    """The stems of the telling words of a page."""
    said = (f"{passage.heading} {passage.text}" for passage in passages_of(page))
    return frozenset(telling_words(" ".join([page.title, *said]), page.locale))


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


def _bought(ask: Ask) -> dict[str, str]:
    """What the customer bought last: product id → title."""
    return _titles(ask, list(dict.fromkeys(_bought_ids(ask)))[:SHOWN_PRODUCTS])


def _bought_ids(ask: Ask) -> list[str]:
    return [line.product_id for line in own_lines(ask)]


def _titles(ask: Ask, product_ids: list[str]) -> dict[str, str]:
    pages = ask.shop.pages(product_ids, ask.locale)
    return {i: short_title(pages[i].title, ask.locale) for i in product_ids if i in pages}
