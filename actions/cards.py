"""Cards: an order line, a product, a case, as the customer sees them."""

from __future__ import annotations

from typing import Any

from actions import speech
from actions.ask import Ask, command
from bot.conversations.model import Button
from bot.shop.model import OrderLine, Page, Product

_INNER_QUOTES = {"es": str.maketrans("«»", "“”"), "de": str.maketrans("„“", "‚‘")}
"""A quotation within a title, for a title that is itself quoted."""


def short_title(title: str, locale: str) -> str:
    """A product's title as it is said in a sentence: without the properties that follow the first comma."""
    return title.split(",")[0].translate(_INNER_QUOTES[locale])


def line_card(ask: Ask, line: OrderLine, page: Page | None, image: str, *buttons: Button) -> dict[str, Any]:
    """An order line with its state and the dates that matter in that state."""
    facts = [("status", ask.label(f"state {line.state}"))]
    if line.state in {"placed", "preparing", "shipped"}:
        facts.append(("expected", speech.short_date(ask.locale, line.promised_at)))
    if line.delivered_at and line.state not in {"lost", "returned_to_sender"}:
        facts.append(("delivered", speech.short_date(ask.locale, line.delivered_at)))
    if line.quantity > 1:
        facts.append(("pieces", str(line.quantity)))
    if line.carrier and line.tracking_id and line.state not in {"placed", "preparing", "cancelled"}:
        facts += [("carrier", line.carrier), ("tracking number", line.tracking_id)]
    return _card(
        "order",
        title=page.title if page else line.product_id,
        subtitle=ask.label("order {id}", id=line.order_id),
        image=image,
        facts=[{"label": ask.label(name), "value": value} for name, value in facts],
        buttons=buttons,
    )


def product_card(ask: Ask, product: Product, page: Page, *buttons: Button) -> dict[str, Any]:
    """A product with price and stock."""
    stock = ask.label("in stock") if product.stock else ask.label("sold out")
    facts = [("price", ask.money(product.price_cents)), ("stock", stock)]
    return _card(
        "product",
        title=page.title,
        subtitle=product.brand,
        image=product.image,
        url=f"/{ask.locale}/p/{product.id}",
        facts=[{"label": ask.label(name), "value": value} for name, value in facts],
        buttons=buttons,
    )


def lines_cards(ask: Ask, lines: list[OrderLine], intent: str) -> list[dict[str, Any]]:
    """A pick list of order lines with pictures; choosing one goes on with `intent`."""
    pages = ask.shop.pages([line.product_id for line in lines], ask.locale)
    cards = []
    for line in lines:
        product = ask.shop.product(line.product_id)
        choose = Button(ask.label("this one"), command(intent, line_id=line.id))
        image = product.image if product else ""
        cards.append(line_card(ask, line, pages.get(line.product_id), image, choose))
    return cards


def _card(kind: str, *, buttons: tuple[Button, ...], **content: Any) -> dict[str, Any]:
    return {"kind": kind, **content, "buttons": [{"title": b.title, "payload": b.command} for b in buttons]}
