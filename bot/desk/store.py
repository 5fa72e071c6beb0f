"""The desk's named queries. Lists are bounded; nothing is asked for row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.accounts.tables import accounts
from bot.base.errors import Unknown
from bot.cases.tables import cases
from bot.conversations.model import Conversation
from bot.conversations.tables import conversations, log_entries, order_proofs
from bot.desk import due, marks
from bot.desk.model import CallBack, CaseSummary, Note, Row, Step
from bot.desk.tables import callbacks, notes

_CASE_COLUMNS = [cases.c[name] for name in CaseSummary.__dataclass_fields__]
_CUSTOMERS_LAST = log_entries.alias("customers_last")
_IS_LAST = and_(
    _CUSTOMERS_LAST.c.conversation_id == conversations.c.id,
    _CUSTOMERS_LAST.c.seq == conversations.c.customer_seq,
)
_SINCE_QUEUED = and_(
    conversations.c.controller == "queue", _CUSTOMERS_LAST.c.created_at > conversations.c.queued_at
)


def rows(
    tx: Connection, condition: ColumnElement[bool], order: Sequence[ColumnElement[Any]], *, limit: int
) -> list[Row]:
    """Conversations as rows of a list, each with the customer's newest message and its most urgent case."""
    answered = exists().where(
        log_entries.c.conversation_id == conversations.c.id,
        log_entries.c.seq > conversations.c.customer_seq,
        log_entries.c.type == "message",
        log_entries.c.actor.in_(("agent", "bot")),
    )
    query = (
        select(
            conversations,
            accounts.c.name.label("agent_name"),
            _CUSTOMERS_LAST.c.body.label("last_body"),
            _CUSTOMERS_LAST.c.created_at.label("last_at"),
            answered.label("answered"),
            due.has_mail_way.label("by_mail"),
        )
        .select_from(
            conversations.outerjoin(accounts, accounts.c.id == conversations.c.agent_id).outerjoin(
                _CUSTOMERS_LAST, _IS_LAST
            )
        )
        .where(condition)
        .order_by(*order)
        .limit(limit)
    )
    found = tx.execute(query).all()
    if not found:
        return []
    ids = [row.id for row in found]
    urgent, labels = _urgent_cases(tx, ids), marks.labels_of(tx, ids)
    return [_row(row, urgent.get(row.id), labels.get(row.id, [])) for row in found]


def cases_of(tx: Connection, conversation_ids: Iterable[str]) -> list[CaseSummary]:
    """Cases of some conversations, the nearest promise first."""
    query = select(*_CASE_COLUMNS).where(cases.c.conversation_id.in_(list(conversation_ids)))
    return [CaseSummary(**row._mapping) for row in tx.execute(query.order_by(cases.c.promised_by))]


def open_callbacks(tx: Connection, *, conversation_id: str | None = None, limit: int = 100) -> list[CallBack]:
    """Call-backs that are still to be done, by the time at which the customer is to be called."""
    condition = callbacks.c.done_at.is_(None)
    if conversation_id is not None:
        condition &= callbacks.c.conversation_id == conversation_id
    return _callbacks(tx, condition, limit)


def get_callback(tx: Connection, callback_id: int) -> CallBack:
    """One call-back, done or not; raises `Unknown`."""
    found = _callbacks(tx, callbacks.c.id == callback_id, 1)
    if not found:
        raise Unknown("unknown_callback")
    return found[0]


def callback_ended_by(tx: Connection, callback_id: int) -> tuple[int, str] | None:
    """Account and name of who ended a call-back; None while it is open."""
    query = select(accounts.c.id, accounts.c.name).join(callbacks, callbacks.c.done_by == accounts.c.id)
    row = tx.execute(query.where(callbacks.c.id == callback_id)).first()
    return (row.id, row.name) if row else None


def _callbacks(tx: Connection, condition: ColumnElement[bool], limit: int) -> list[CallBack]:
    at = callbacks.c
    query = (
        select(
            at.id,
            at.conversation_id,
            conversations.c.customer_name,
            conversations.c.locale,
            conversations.c.reason,
            at.phone,
            at.zone,
            at.requested_at,
            at.window_start,
            at.window_end,
            at.tries,
            at.taken_by,
            accounts.c.name.label("taken_name"),
            _CUSTOMERS_LAST.c.body.label("wrote"),
            _CUSTOMERS_LAST.c.created_at.label("wrote_at"),
        )
        .select_from(
            callbacks.join(conversations, conversations.c.id == at.conversation_id)
            .outerjoin(accounts, accounts.c.id == at.taken_by)
            .outerjoin(_CUSTOMERS_LAST, and_(_IS_LAST, _SINCE_QUEUED))
        )
        .where(condition)
        .order_by(at.window_start, at.id)
        .limit(limit)
    )
    return [
        CallBack(**{**row._mapping, "wrote": row.wrote["text"] if row.wrote else None})
        for row in tx.execute(query)
    ]


def notes_of(tx: Connection, conversation_id: str) -> list[Note]:
    """The notes of a conversation, oldest first."""
    query = (
        select(notes.c.id, accounts.c.name, notes.c.text, notes.c.created_at)
        .outerjoin(accounts, accounts.c.id == notes.c.account_id)
        .where(notes.c.conversation_id == conversation_id)
        .order_by(notes.c.id)
    )
    return [Note(r.id, r.name or "", r.text, r.created_at) for r in tx.execute(query)]


def steps_of(tx: Connection, conversation_id: str, *, limit: int = 50) -> list[Step]:
    """What the bot did, turn by turn, the newest `limit` turns, oldest first."""
    query = (
        select(log_entries.c.body, log_entries.c.created_at)
        .where(log_entries.c.conversation_id == conversation_id, log_entries.c.type == "outcome")
        .order_by(log_entries.c.seq.desc())
        .limit(limit)
    )
    turns = tx.execute(query).all()
    return [
        Step(wish["reason"], wish["outcome"], turn.created_at)
        for turn in reversed(turns)
        for wish in turn.body.get("wishes", [])
    ]


def newest_passage(tx: Connection, conversation_id: str, *, look_at: int = 50) -> dict[str, Any] | None:
    """The passage the bot quoted last ({text, source, …}), from its newest `look_at` messages."""
    query = (
        select(log_entries.c.body)
        .where(
            log_entries.c.conversation_id == conversation_id,
            log_entries.c.type == "message",
            log_entries.c.actor == "bot",
        )
        .order_by(log_entries.c.seq.desc())
        .limit(look_at)
    )
    quotes = (row.body.get("quote_of") for row in tx.execute(query))
    return next((quote for quote in quotes if quote), None)


def customers_words(tx: Connection, conversation_id: str, *, limit: int = 20) -> list[str]:
    """What the customer wrote, the newest `limit` messages, oldest first: typed, or chosen step by step, not pressed."""
    query = (
        select(log_entries.c.body)
        .where(
            log_entries.c.conversation_id == conversation_id,
            log_entries.c.type == "message",
            log_entries.c.actor == "customer",
        )
        .order_by(log_entries.c.seq.desc())
        .limit(limit)
    )
    bodies = reversed(tx.execute(query).scalars().all())
    return [body["text"] for body in bodies if "payload" not in body or "guide" in body]


def agent_wrote(tx: Connection, conversation_id: str) -> bool:
    """Whether a person of ours has said anything in a conversation."""
    query = select(log_entries.c.seq).where(
        log_entries.c.conversation_id == conversation_id,
        log_entries.c.type == "message",
        log_entries.c.actor == "agent",
    )
    return tx.execute(query.limit(1)).first() is not None


def is_proven(tx: Connection, conversation_id: str, order_id: str | None) -> bool:
    """Whether the customer has proven that the order is theirs."""
    query = select(order_proofs.c.order_id).where(
        order_proofs.c.conversation_id == conversation_id, order_proofs.c.order_id == order_id
    )
    return tx.execute(query).first() is not None


def name_of(tx: Connection, account_id: int | None) -> str | None:
    """The name of an account."""
    return tx.execute(select(accounts.c.name).where(accounts.c.id == account_id)).scalar()


def _urgent_cases(tx: Connection, conversation_ids: list[str]) -> dict[str, CaseSummary]:
    """Per conversation the case that matters most: untold before told, then the nearest promise."""
    found: dict[str, CaseSummary] = {}
    for case in sorted(cases_of(tx, conversation_ids), key=lambda case: case.told_at is not None):
        found.setdefault(case.conversation_id, case)
    return found


def _row(row: Any, case: CaseSummary | None, labels: Sequence[str]) -> Row:
    conversation = Conversation(**{name: row._mapping[name] for name in Conversation.__dataclass_fields__})
    text = row.last_body["text"] if row.last_body else None
    return Row(
        conversation=conversation,
        agent_name=row.agent_name,
        last_text=text,
        last_text_at=row.last_at,
        customer_waits=text is not None and not row.answered,
        case=case,
        labels=tuple(labels),
        answer_by=due.answer_by(conversation, by_mail=row.by_mail),
    )
