"""Values all processes share, among them the demo shop's movable clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.base.clock import Clock
from bot.storage.database import Database
from bot.storage.tables import shared_values

_CLOCK = "clock_offset_seconds"


def get(tx: Connection, name: str, default: Any = None) -> Any:
    """The shared value `name`, or `default`."""
    row = tx.execute(select(shared_values.c.value).where(shared_values.c.name == name)).first()
    return default if row is None else row.value


def put(tx: Connection, name: str, value: Any) -> None:
    """Set the shared value `name`."""
    if not tx.execute(update(shared_values).where(shared_values.c.name == name).values(value=value)).rowcount:
        tx.execute(insert(shared_values).values(name=name, value=value))


def advance_clock(database: Database, clock: Clock, seconds: int) -> None:
    """Move the shared clock forward; other processes follow on their next `follow_clock`."""
    with database.write() as tx:
        offset = get(tx, _CLOCK, 0) + seconds
        put(tx, _CLOCK, offset)
    clock.offset = timedelta(seconds=offset)


def follow_clock(database: Database, clock: Clock) -> None:
    """Take over the offset the database holds."""
    with database.read() as tx:
        clock.offset = timedelta(seconds=get(tx, _CLOCK, 0))
