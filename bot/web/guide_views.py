"""The guided contact's wire forms: topics, issues and order lines with the customer's words put to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.base.clock import isoformat
from bot.base.texts import catalogue, translate
from bot.service.guide import Issue, Leaf, Topic, guide
from bot.shop.model import OrderLine, Page, Product, Seller


@dataclass(frozen=True)
class OwnLine:
    """An order line of the customer with its product and page."""

    line: OrderLine
    product: Product
    page: Page | None

    @property
    def title(self) -> str:
        """What the product is called in the customer's language."""
        return self.page.title if self.page else self.product.id


def page_of(lines: list[OwnLine], number: int, *, size: int) -> list[OwnLine]:
    """Page `number` (from 1) of a list; empty beyond its end."""
    return lines[(number - 1) * size : number * size]


def topic_json(topic: Topic, locale: str) -> dict[str, Any]:
    """A topic with everything below it."""
    texts = catalogue("guide", locale)
    return {
        "topic": topic.name,
        "title": texts[f"topic {topic.name}"],
        "picks_line": topic.picks_line,
        "to_seller": topic.to_seller,
        "issues": [_issue_json(issue, texts) for issue in topic.issues],
    }


def line_json(own: OwnLine, seller: Seller | None, locale: str) -> dict[str, Any]:
    """An order line to pick; `topics` are those it can be picked for."""
    line = own.line
    return {
        "line_id": line.id,
        "order_id": line.order_id,
        "ordered_at": isoformat(line.ordered_at),
        "title": own.title,
        "image": own.product.image,
        "url": f"/{locale}/p/{line.product_id}",
        "quantity": line.quantity,
        "state": line.state,
        "state_label": translate("bot", locale, f"state {line.state}"),
        "seller": seller.name if seller else line.seller_id,
        "sent_by": line.fulfilled_by,
        "topics": [topic.name for topic in guide().topics.values() if topic.accepts(own.product)],
    }


def _issue_json(issue: Issue, texts: Mapping[str, str]) -> dict[str, Any]:
    step = {"issue": issue.name, "title": texts[f"issue {issue.name}"]}
    if issue.leaf is None:
        return {**step, "issues": [_issue_json(finer, texts) for finer in issue.issues]}
    return {**step, "end": _leaf_json(issue.leaf, texts)}


def _leaf_json(leaf: Leaf, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "asks": texts[f"asks {leaf.asks}"],
        "needs_text": leaf.needs_text,
        "ways": [{"way": way, "title": texts[f"way {way}"]} for way in leaf.ways],
        "recommended": leaf.recommended,
        "hint": texts[f"hint {leaf.hint}"],
        "seller": leaf.seller_part,
    }
