"""A translation beside the original, by a LibreTranslate-compatible server, where one is set. Nothing is sent anywhere else.

What was translated once is kept, and goes with its conversation.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.base.errors import Unavailable
from bot.conversations.tables import log_entries
from bot.desk.tables import translations
from bot.storage.database import Database

logger = logging.getLogger(__name__)

SECONDS = 8.0
"""How long the server may take for one request."""

MOST_MESSAGES = 50

Translate = Callable[[Sequence[str], str, str], list[str]]
"""(texts, source language or "auto", target language) → as many texts. Raises `Unavailable`."""


class LibreTranslate:
    """The server at `address` (its `/translate`), with `key` when it wants one. `transport` is a test's own."""

    def __init__(self, address: str, key: str = "", *, transport: httpx.BaseTransport | None = None) -> None:
        self._url = f"{address.rstrip('/')}/translate"
        self._key = key
        self._client = httpx.Client(timeout=SECONDS, transport=transport, follow_redirects=False)

    def __call__(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate; raises `Unavailable` when the server does not answer as it should. Texts are never logged."""
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        try:
            answer = self._client.post(self._url, json=body)
            answer.raise_for_status()
            found = answer.json()["translatedText"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            logger.warning("no translation: %s", type(error).__name__)
            raise Unavailable("translator_down") from error
        if (
            not isinstance(found, list)
            or len(found) != len(texts)
            or not all(isinstance(t, str) for t in found)
        ):
            logger.warning("no translation: an answer of another form")
            raise Unavailable("translator_down")
        return found


def translated(
    database: Database,
    translate: Translate,
    conversation_id: str,
    seqs: Sequence[int],
    *,
    target: str,
    now: datetime,
) -> dict[int, str]:
    """Messages of a conversation in `target`, by their number; those in that language already are left out.

    The server is asked with no transaction open.
    """
    wanted = sorted(set(seqs))[:MOST_MESSAGES]
    with database.read() as tx:
        known = _kept(tx, conversation_id, wanted, target)
        missing = _texts(tx, conversation_id, [seq for seq in wanted if seq not in known], target)
    by_language: dict[str, list[int]] = {}
    for seq, (_, language) in missing.items():
        by_language.setdefault(language, []).append(seq)
    fresh: dict[int, str] = {}
    for language, numbers in by_language.items():
        texts = translate([missing[seq][0] for seq in numbers], language, target)
        fresh.update(zip(numbers, texts, strict=True))
    if fresh:
        with database.write() as tx:
            already = _kept(tx, conversation_id, list(fresh), target)
            rows = [
                {
                    "conversation_id": conversation_id,
                    "seq": seq,
                    "target": target,
                    "text": text,
                    "created_at": now,
                }
                for seq, text in fresh.items()
                if seq not in already
            ]
            if rows:
                tx.execute(insert(translations), rows)
    return {**known, **fresh}


def _kept(tx: Connection, conversation_id: str, seqs: Sequence[int], target: str) -> dict[int, str]:
    at = translations.c
    query = select(at.seq, at.text).where(
        at.conversation_id == conversation_id, at.target == target, at.seq.in_(list(seqs))
    )
    return {row.seq: row.text for row in tx.execute(query)}


def _texts(
    tx: Connection, conversation_id: str, seqs: Sequence[int], target: str
) -> dict[int, tuple[str, str]]:
    """Number → (text, language) of messages that are not in `target`."""
    at = log_entries.c
    query = select(at.seq, at.body).where(
        at.conversation_id == conversation_id, at.type == "message", at.seq.in_(list(seqs))
    )
    found = {}
    for row in tx.execute(query):
        text, language = row.body.get("text"), row.body.get("lang") or "auto"
        if text and language != target:
            found[row.seq] = (text, language)
    return found
