"""Erasing what is kept of a customer.

What was said is deleted. A case or a return is a record of the seller's business: it stays, without the customer's
words, tied to a conversation that says nothing any more. Orders are the shop's own and are not touched.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Executable

from bot import attachments
from bot.cases.model import CASE_ANSWER, CASE_PROMISE
from bot.cases.tables import case_events, cases, seller_messages
from bot.conversations import words
from bot.conversations.model import ERASED
from bot.conversations.tables import (
    conversations,
    issued_buttons,
    log_entries,
    order_proofs,
    satisfaction,
    trackers,
    visits,
)
from bot.desk.tables import (
    callbacks,
    desk_guests,
    desk_labels,
    mail_ways,
    notes,
    received_mails,
    translations,
)
from bot.privacy.tables import erasures
from bot.returns.tables import returns
from bot.storage import deadlines
from bot.storage.tables import outbox
from bot.training.inbox import forget_conversations

_OF_CONVERSATION = (
    issued_buttons,
    trackers,
    order_proofs,
    visits,
    callbacks,
    mail_ways,
    notes,
    received_mails,
    translations,
    desk_labels,
    desk_guests,
    log_entries,
)


class Erased:
    """What was erased: how much of what, and the files whose bytes have to go once this is committed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.files: list[str] = []


def conversations_of_customer(tx: Connection, customer_id: str) -> list[str]:
    """All conversations of a signed-in customer."""
    query = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    return list(tx.execute(query).scalars())


def erase_conversations(
    tx: Connection, conversation_ids: Sequence[str], *, subject: str, by: str, now: datetime
) -> Erased:
    """Erase these conversations and what hangs on them. `subject` is whose they are; only its digest is kept."""
    erased = Erased()
    ids = list(conversation_ids)
    erased.counts["conversations"] = len(ids)
    references = _blank_cases(tx, ids, erased, now)
    _blank_mails(tx, ids, references, erased)
    forget_conversations(tx, ids)
    erased.files = attachments.remove_of(tx, ids)
    erased.counts["files"] = len(erased.files)
    words.forget(tx, ids)
    for table in _OF_CONVERSATION:
        erased.counts[table.name] += _run(tx, delete(table).where(table.c.conversation_id.in_(ids)))
    _run(tx, delete(satisfaction).where(satisfaction.c.conversation_id.in_(ids)))
    kept = _with_records(tx, ids)
    _run(tx, delete(conversations).where(conversations.c.id.in_([one for one in ids if one not in kept])))
    blank: dict[str, Any] = {
        "namespace": ERASED,
        "customer_id": None,
        "customer_name": None,
        "context": {},
        "controller": "closed",
        "agent_id": None,
        "order_id": None,
        "line_id": None,
        "updated_at": now,
    }
    _run(tx, update(conversations).where(conversations.c.id.in_(kept)).values(**blank))
    digest = hashlib.sha256(subject.encode()).hexdigest()
    counts = {name: count for name, count in erased.counts.items() if count}
    tx.execute(insert(erasures).values(erased_at=now, by=by, subject=digest, counts=counts))
    return erased


def _blank_cases(tx: Connection, ids: list[str], erased: Erased, now: datetime) -> list[str]:
    found = tx.execute(select(cases.c.reference, cases.c.state).where(cases.c.conversation_id.in_(ids))).all()
    references = [row.reference for row in found]
    for row in found:
        for kind in (CASE_ANSWER, CASE_PROMISE):
            deadlines.cancel(tx, kind=kind, subject=row.reference)
    these = cases.c.reference.in_(references)
    open_ones = (these) & cases.c.state.in_(("opened", "expired"))
    _run(tx, update(cases).where(open_ones).values(state="closed", told_at=now))
    _run(tx, update(cases).where(these).values(customer_words="", details={}))
    by_customer = case_events.c.reference.in_(references) & (case_events.c.actor == "customer")
    _run(tx, update(case_events).where(by_customer).values(body={}))
    mine = seller_messages.c.conversation_id.in_(ids)
    erased.counts["seller_messages"] = _run(tx, update(seller_messages).where(mine).values(text=""))
    erased.counts["cases"] = len(references)
    return references


def _blank_mails(tx: Connection, ids: list[str], references: list[str], erased: Erased) -> None:
    """Mails hold what was said: those that wait are not sent, of the others only that they were sent is kept."""
    marks = [f"%:{one}:%" for one in ids] + [f"%:{one}%" for one in references]
    for mark in marks:
        about = outbox.c.key.like(mark)
        erased.counts["mails"] += _run(tx, delete(outbox).where(about, outbox.c.sent_at.is_(None)))
        erased.counts["mails"] += _run(tx, update(outbox).where(about).values(payload={}, last_error=None))


def _with_records(tx: Connection, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for table in (cases, returns):
        query = select(table.c.conversation_id).where(table.c.conversation_id.in_(ids))
        found |= set(tx.execute(query).scalars())
    return found


def _run(tx: Connection, statement: Executable) -> int:
    return int(tx.execute(statement).rowcount)
