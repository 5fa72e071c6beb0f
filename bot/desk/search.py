"""Search over conversations: by the words that were said, in either language, by number, name, label, reason and time.

A word is found in all its forms: PostgreSQL's `to_tsvector` and SQLite's FTS5 hold stems (`bot.conversations.words`). A
conversation is found when every word of the question was said in it, in whatever message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, column, func, literal_column, or_, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.base.text import folded
from bot.cases.tables import cases
from bot.conversations.tables import conversations, log_entries
from bot.conversations.words import ALGORITHMS, stems
from bot.desk import store
from bot.desk.model import Row
from bot.desk.tables import desk_labels

MOST_WORDS = 8
_TERM = re.compile(r"\w[\w.@+-]*")
_POSTGRES_WORDS = literal_column(
    "to_tsvector(CASE WHEN log_entries.body ->> 'lang' = 'de' THEN 'german'::regconfig "
    "ELSE 'spanish'::regconfig END, log_entries.body ->> 'text')"
)
"""Word for word the expression of the index in migration 0005."""


_WORDS = table("entry_words", column("id"), column("conversation_id"))
_INDEX = table("entry_words_index")
"""SQLite's index of words."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; everything given has to hold. `words` may be a number, a reference or a name, too."""

    words: str = ""
    language: str | None = None
    reason: str | None = None
    label: str | None = None
    agent_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A conversation, and the newest message in it that has one of the words."""

    row: Row
    seq: int | None
    actor: str | None
    text: str | None


def search(tx: Connection, wanted: Wanted, *, limit: int = 30) -> list[Found]:
    """The newest conversations in which it holds."""
    at = conversations.c
    order = _order_number(wanted.words)
    terms = [order] if order else _TERM.findall(wanted.words)[:MOST_WORDS]
    conditions: list[ColumnElement[bool]] = [at.customer_seq > 0]
    if terms:
        said = and_(*(at.id.in_(_with_term(tx, term)) for term in terms))
        conditions.append(or_(said, _named(wanted.words.strip())))
    if wanted.language:
        conditions.append(at.locale == wanted.language)
    if wanted.reason:
        conditions.append(or_(at.reason == wanted.reason, at.handoff_reason == wanted.reason))
    if wanted.agent_id is not None:
        conditions.append(at.agent_id == wanted.agent_id)
    if wanted.label:
        labelled = select(desk_labels.c.conversation_id).where(desk_labels.c.label == wanted.label.lower())
        conditions.append(at.id.in_(labelled))
    if wanted.since:
        conditions.append(at.updated_at >= wanted.since)
    if wanted.until:
        conditions.append(at.created_at < wanted.until)
    rows = store.rows(tx, and_(*conditions), [at.updated_at.desc(), at.id], limit=limit)
    return [_found(tx, row, terms) for row in rows]


def _named(words: str) -> ColumnElement[bool]:
    """Conversations that a number, a case's reference or a name points at."""
    at = conversations.c
    order = _order_number(words) or words
    of_case = select(cases.c.conversation_id).where(cases.c.reference == words.upper())
    beginning = func.lower(at.customer_name).like(_escaped(words.lower()) + "%", escape="\\")
    return or_(at.order_id == order, at.id == words, at.customer_id == words, at.id.in_(of_case), beginning)


def _with_term(tx: Connection, term: str) -> Any:
    """The conversations in which a word was said, in any of its forms, or as the beginning of a word."""
    if tx.dialect.name == "sqlite":
        match = bindparam("match", _fts(term), unique=True)
        rowids = (
            select(column("rowid"))
            .select_from(_INDEX)
            .where(literal_column("entry_words_index").op("MATCH")(match))
        )
        return select(_WORDS.c.conversation_id).where(_WORDS.c.id.in_(rowids))
    return select(log_entries.c.conversation_id).where(log_entries.c.type == "message", _tsquery(term))


def _tsquery(term: str) -> ColumnElement[bool]:
    either = [
        func.plainto_tsquery(literal_column(f"'{name}'::regconfig"), term) for name in ALGORITHMS.values()
    ]
    return or_(*(_POSTGRES_WORDS.op("@@")(query) for query in either))


def _fts(term: str) -> str:
    """FTS5's question for a word: its stems in both languages, and words that begin with it.

    Everything is quoted, so that nothing of it is read as FTS5's own language.
    """
    words = re.findall(r"\w+", term.lower())
    each = []
    for word in words:
        forms = {stem for language in ALGORITHMS for stem in stems([word], language)}
        each.append(
            "(" + " OR ".join([*(f'"{form}"' for form in sorted(forms)), f'"{folded(word)}" *']) + ")"
        )
    return " AND ".join(each)


def _found(tx: Connection, row: Row, terms: list[str]) -> Found:
    """The row with the newest message that has one of the words; the customer's newest when none has."""
    if not terms:
        return Found(row, None, None, row.last_text)
    wanted = {
        stem for term in terms for word in re.findall(r"\w+", term.lower())
        for language in ALGORITHMS for stem in stems([word], language)
    }  # fmt: skip
    query = (
        select(log_entries.c.seq, log_entries.c.actor, log_entries.c.body)
        .where(log_entries.c.conversation_id == row.conversation.id, log_entries.c.type == "message")
        .order_by(log_entries.c.seq.desc())
        .limit(200)
    )
    for entry in tx.execute(query):
        said = re.findall(r"\w+", (entry.body.get("text") or "").lower())
        if wanted & set(stems(said, entry.body.get("lang") or row.conversation.locale)):
            return Found(row, entry.seq, entry.actor, entry.body["text"])
    return Found(row, None, None, row.last_text)


def _order_number(words: str) -> str | None:
    """The order number these words are, as it is written; None: they are something else."""
    digits = re.sub(r"[ -]", "", words)
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}" if re.fullmatch(r"\d{17}", digits) else None


def _escaped(words: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", words)
