"""The named queries of the room."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from bot.base.errors import Unknown
from bot.returns.model import Return
from bot.returns.tables import returns
from bot.service import ReturnWay
from bot.shop.tables import order_lines
from bot.storage.database import Database

_RETURN = [returns.c[field.name] for field in fields(Return)]


def open_returns(tx: Connection, line_ids: Collection[str]) -> dict[str, Return]:
    """The returns that stand, by order line. Whoever asks has checked whose lines they are."""
    query = select(*_RETURN).where(returns.c.line_id.in_(list(line_ids)), returns.c.withdrawn_at.is_(None))
    return {row.line_id: _return(row) for row in tx.execute(query)}


def returned_lines(database: Database) -> Callable[[Collection[str]], dict[str, tuple[int, datetime]]]:
    """How a shop of its own learns which order lines go back: line id → how many pieces, since when."""

    def look(line_ids: Collection[str]) -> dict[str, tuple[int, datetime]]:
        with database.read() as tx:
            found = open_returns(tx, line_ids).values()
        return {one.line_id: (one.quantity, one.opened_at) for one in found if one.ship_by is not None}

    return look


def hold_line(tx: Connection, line_id: str) -> None:
    """Let nobody else open a return of this line until the transaction ends (PostgreSQL; SQLite has one writer)."""
    tx.execute(select(order_lines.c.id).where(order_lines.c.id == line_id).with_for_update())


def access_return_by_token(tx: Connection, reference: str, token: str) -> Return:
    """A return for whoever has the address of its label; raises `Unknown` for a wrong token and a withdrawn return."""
    row = tx.execute(select(*_RETURN).where(returns.c.reference == reference)).first()
    known = row.token if row else ""
    same = hmac.compare_digest(known.encode(), token.encode(errors="replace"))
    if row is None or not same or row.withdrawn_at is not None:
        raise Unknown("unknown_return")
    return _return(row)


def _return(row: Row) -> Return:
    return Return(**{**row._mapping, "way": ReturnWay(row.way)})
