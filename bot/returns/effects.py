"""What a turn or a decision wants of a return: authorise it, or take it back because nothing has to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.returns.tables import returns
from bot.service import ReturnWay
from bot.shop.tables import order_lines


@dataclass(frozen=True)
class AuthoriseReturn(Effect):
    """R13, R14: goods may go back. `reference` and `token` are chosen before, so that the reply can name them.

    Instants in UTC, `ship_by` and `refund_by` exclusive; `amount_cents` is what comes back for these pieces.
    `whole_line`: all pieces of the line go back, so that the line itself becomes one that is returned.
    """

    reference: str
    token: str
    case_reference: str | None
    order_id: str
    line_id: str
    product_id: str
    seller_id: str
    quantity: int
    amount_cents: int
    way: ReturnWay
    address: dict[str, str] | None = field(hash=False)
    carrier: str | None
    ship_by: datetime | None
    refund_by: datetime | None
    whole_line: bool


_STORED = tuple(one.name for one in fields(AuthoriseReturn) if one.name not in {"way", "whole_line"})


def authorise_return(tx: Connection, conversation_id: str, effect: AuthoriseReturn, now: datetime) -> None:
    """Carry out `AuthoriseReturn`: the record, and the state of the line where the shop's tables are ours.

    Raises `IntegrityError` when the line has an open return already (another chat was faster); the turn is
    then computed again and shows that one.
    """
    values = {name: getattr(effect, name) for name in _STORED}
    tx.execute(
        insert(returns).values(
            **values, way=effect.way.value, conversation_id=conversation_id, opened_at=now, withdrawn_at=None
        )
    )
    if effect.ship_by is not None and effect.whole_line:
        started = update(order_lines).where(
            order_lines.c.id == effect.line_id, order_lines.c.state == "delivered"
        )
        tx.execute(started.values(state="return_started", return_started_at=now))


def withdraw_return(tx: Connection, line_id: str, now: datetime) -> bool:
    """The customer keeps the item after all: its label ends; returns whether there was a return to take back.

    A parcel that has arrived is not touched.
    """
    ended = update(returns).where(
        returns.c.line_id == line_id, returns.c.withdrawn_at.is_(None), returns.c.ship_by.is_not(None)
    )
    if not tx.execute(ended.values(withdrawn_at=now)).rowcount:
        return False
    back = update(order_lines).where(order_lines.c.id == line_id, order_lines.c.state == "return_started")
    tx.execute(back.values(state="delivered", return_started_at=None))
    return True
