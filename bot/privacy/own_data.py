"""What is kept of a customer, as data they can read and take with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import attachments
from bot.base.clock import isoformat
from bot.cases.tables import cases, seller_messages
from bot.conversations import log
from bot.conversations.tables import order_proofs
from bot.conversations.transcript import entries_of
from bot.desk.tables import callbacks, mail_ways
from bot.returns.tables import returns


def own_data(tx: Connection, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """These conversations with everything the customer said, got and gave in them, oldest first."""
    return sorted((_one(tx, one) for one in conversation_ids), key=lambda found: found["created_at"])


def _one(tx: Connection, conversation_id: str) -> dict[str, Any]:
    found = log.get_conversation(tx, conversation_id)

    def column(table: Any, *names: str) -> list[dict[str, Any]]:
        query = select(*(table.c[name] for name in names)).where(table.c.conversation_id == conversation_id)
        return [
            {
                name: isoformat(value) if hasattr(value, "isoformat") else value
                for name, value in row._mapping.items()
            }
            for row in tx.execute(query)
        ]

    return {
        "conversation_id": found.id,
        "created_at": isoformat(found.created_at),
        "language": found.locale,
        "customer_id": found.customer_id,
        "name": found.customer_name,
        "opened_on": found.context,
        "entries": [entry.as_json() for entry in entries_of(tx, conversation_id)],
        "files": [file.as_json() for file in attachments.of_conversation(tx, conversation_id)],
        "cases": column(
            cases, "reference", "order_id", "reason", "details", "customer_words", "state", "opened_at"
        ),
        "messages_to_sellers": column(seller_messages, "order_id", "text", "created_at"),
        "returns": column(returns, "reference", "order_id", "opened_at"),
        "callbacks": column(callbacks, "phone", "window_start", "window_end", "outcome"),
        "mail": column(mail_ways, "address", "since"),
        "proven_orders": column(order_proofs, "order_id", "proven_at"),
    }
