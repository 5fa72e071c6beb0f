"""Alembic runs this; the connection is handed over by `bot.storage.migrate`."""

from typing import Any, Literal

from alembic import context

from bot.storage.schema import Instant, metadata


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Migrations stand alone: a column type of ours is written as what it is in the database."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
