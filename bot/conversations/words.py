"""The words of messages, for search: each reduced to its stem by the rules of its language.

PostgreSQL keeps such an index itself (an expression of `to_tsvector`); for SQLite the stemmed words are written beside
the text, into `entry_words`, which FTS5 indexes. Both tables are made by migration 0005 and belong to one engine each:
they are no part of the common schema.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import Stemmer
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.base.text import folded

ALGORITHMS = {"es": "spanish", "de": "german"}
"""Language → Snowball's rules: the same names in PostgreSQL and in PyStemmer."""

_WORD = re.compile(r"\w+")
_ADD = text("INSERT INTO entry_words (conversation_id, seq, words) VALUES (:conversation_id, :seq, :words)")
_FORGET = text("DELETE FROM entry_words WHERE conversation_id = :conversation_id")
_own = threading.local()


def words_of(said: str, language: str) -> str:
    """The stems of a text's words, accents folded, in order, separated by blanks."""
    return " ".join(stems(_WORD.findall(said.lower()), language))


def stems(words: Iterable[str], language: str) -> list[str]:
    """Each word's stem. The stemmer wants the word with its accents; the stem is folded after."""
    return [folded(stem) for stem in _stemmer(language).stemWords(list(words))]


def index(tx: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Keep the words of new entries (rows of `log_entries`); nothing where the database does it itself."""
    if tx.dialect.name != "sqlite":
        return
    found = [
        {"conversation_id": row["conversation_id"], "seq": row["seq"], "words": words}
        for row in rows
        if row["type"] == "message"
        and (words := words_of(row["body"].get("text") or "", row["body"].get("lang") or "es"))
    ]
    if found:
        tx.execute(_ADD, found)


def forget(tx: Connection, conversation_ids: Sequence[str]) -> None:
    """Forget the words of these conversations; nothing where the database indexes the entries themselves."""
    if tx.dialect.name == "sqlite":
        tx.execute(_FORGET, [{"conversation_id": one} for one in conversation_ids])


def _stemmer(language: str) -> Any:
    """This thread's stemmer: one is not to be used by two at a time."""
    algorithm = ALGORITHMS.get(language, "spanish")
    if not hasattr(_own, algorithm):
        setattr(_own, algorithm, Stemmer.Stemmer(algorithm))
    return getattr(_own, algorithm)
