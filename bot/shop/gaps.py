"""R16: which product pages did not answer what, for the seller of the products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.base.text import folded
from bot.shop.tables import page_gaps, products

_NEWEST_PER_PRODUCT = 40


@dataclass(frozen=True)
class OpenQuestion:
    """A question a page did not answer; alike ones are one, `times` counts them. As the customer wrote it."""

    text: str
    locale: str
    times: int
    last_asked_at: datetime


@dataclass(frozen=True)
class PageNeeds:
    """What a product's page lacks: `count` questions in the period, and the newest of them."""

    product_id: str
    image: str
    count: int
    last_asked_at: datetime
    questions: tuple[OpenQuestion, ...]


def needs_of_pages(
    tx: Connection, seller_id: str, *, since: datetime, limit: int = 50
) -> tuple[list[PageNeeds], int]:
    """R16: the seller's pages with open questions since then, most asked first, and how many there are."""
    count, last = func.count(), func.max(page_gaps.c.id)
    mine = (
        select(page_gaps.c.product_id, products.c.image, count.label("times"), last.label("last_id"))
        .join(products, products.c.id == page_gaps.c.product_id)
        .where(products.c.seller_id == seller_id, page_gaps.c.asked_at >= since)
        .group_by(page_gaps.c.product_id, products.c.image)
    )
    total = tx.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    rows = tx.execute(mine.order_by(count.desc(), last.desc()).limit(limit)).all()
    questions = _newest_questions(tx, [row.product_id for row in rows], since)
    return [
        PageNeeds(row.product_id, row.image, row.times, found[0].last_asked_at, found)
        for row in rows
        if (found := questions[row.product_id])
    ], total


def _newest_questions(
    tx: Connection, product_ids: Sequence[str], since: datetime
) -> dict[str, tuple[OpenQuestion, ...]]:
    """The newest questions by product, alike ones together, newest first."""
    newest_first = func.row_number().over(partition_by=page_gaps.c.product_id, order_by=page_gaps.c.id.desc())
    numbered = (
        select(page_gaps, newest_first.label("place"))
        .where(page_gaps.c.product_id.in_(list(product_ids)), page_gaps.c.asked_at >= since)
        .subquery()
    )
    query = select(numbered).where(numbered.c.place <= _NEWEST_PER_PRODUCT).order_by(numbered.c.id.desc())
    found: dict[str, dict[str, OpenQuestion]] = {product_id: {} for product_id in product_ids}
    for row in tx.execute(query):
        alike = found[row.product_id]
        key = folded(row.question).strip(" ?¿!¡.")
        known = alike.get(key)
        if known is None:
            alike[key] = OpenQuestion(row.question, row.locale, 1, row.asked_at)
        else:
            alike[key] = OpenQuestion(known.text, known.locale, known.times + 1, known.last_asked_at)
    return {product_id: tuple(alike.values()) for product_id, alike in found.items()}
