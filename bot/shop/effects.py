"""What a turn may want written about the shop: questions a product page did not answer (R16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.shop.tables import page_gaps


@dataclass(frozen=True)
class PageGap(Effect):
    """R16: a question the page of a product does not answer."""

    product_id: str
    locale: str
    question: str


def count_page_gap(tx: Connection, conversation_id: str, gap: PageGap, now: datetime) -> None:
    """R16: count the question against the page."""
    tx.execute(
        insert(page_gaps).values(
            product_id=gap.product_id, locale=gap.locale, question=gap.question[:500], asked_at=now
        )
    )
