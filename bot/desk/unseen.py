"""A mail when an answer comes after the customer has left, with a link back into the conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.base.errors import Unknown
from bot.conversations import log, visits
from bot.conversations.model import Conversation, Entry
from bot.desk import letters
from bot.shop.tables import customers

MOST_TOLD = 10
MOST_READ = 50
"""So many of the newest entries are looked through for what was not seen."""


def known_address(tx: Connection, conversation: Conversation) -> str | None:
    """Where the customer can be written to: the address they gave here, else the one the shop knows."""
    given = letters.address_of(tx, conversation.id)
    if given or not conversation.customer_id:
        return given
    return tx.execute(select(customers.c.email).where(customers.c.id == conversation.customer_id)).scalar()


def mail_unseen(tx: Connection, conversation_id: str, now: datetime) -> None:
    """Deadline handler: mail the answers that the customer has not seen; none is younger than the deadline."""
    try:
        conversation = log.get_conversation(tx, conversation_id)
    except Unknown:  # erased meanwhile
        return
    seen = visits.seen_up_to(tx, conversation_id)
    newest = max(seen, conversation.last_seq - MOST_READ)
    entries = log.entries_after(tx, conversation_id, newest, audience="all", limit=MOST_READ)
    if not any(map(log.is_worth_a_mail, entries)):
        return
    address = known_address(tx, conversation)
    if address is None:
        return
    by_mail = letters.address_of(tx, conversation_id) is not None
    told = [entry for entry in entries if _is_news(entry, by_mail)][-MOST_TOLD:]
    if told:
        letters.mail_answer_waiting(tx, conversation, address=address, entries=told, now=now)


def _is_news(entry: Entry, by_mail: bool) -> bool:
    """What of the log goes into the mail; an agent's words went by mail at once to who asked for that."""
    if entry.type != "message" or entry.actor == "customer":
        return False
    return not (by_mail and entry.actor == "agent")
