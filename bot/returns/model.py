"""What a return is. Immutable; changes go through `effects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.service import ReturnWay


@dataclass(frozen=True)
class Return:
    """An authorised return of `quantity` pieces of an order line; see `tables` for the fields."""

    reference: str
    token: str
    conversation_id: str
    case_reference: str | None
    order_id: str
    line_id: str
    product_id: str
    seller_id: str
    quantity: int
    amount_cents: int
    way: ReturnWay
    address: dict[str, str] | None
    carrier: str | None
    opened_at: datetime
    ship_by: datetime | None
    refund_by: datetime | None
    withdrawn_at: datetime | None

    def may_be_sent(self, now: datetime) -> bool:
        """Whether there is something to send, and still time for it."""
        return self.withdrawn_at is None and self.ship_by is not None and now < self.ship_by


def label_path(reference: str, token: str, locale: str) -> str:
    """Where the label of a return is printed; whoever has the address may."""
    return f"/{locale}/returns/{quote(reference)}?token={quote(token)}"
