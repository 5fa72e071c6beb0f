"""The bridge to a desk the shop has already: it hears of every hand-off by signed webhook, and follows the conversation.

What is sent is read from the log when it is sent: the outbox holds numbers only, in order, each at least once. While a
conversation waits or is in an agent's hands the other desk is told every entry; with the bot or closed, nothing more.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts import store as accounts
from bot.accounts.model import Account
from bot.base.clock import Clock, isoformat
from bot.base.errors import Unknown
from bot.base.signature import HEADER, signature
from bot.conversations import log
from bot.conversations.model import Conversation
from bot.conversations.tables import conversations
from bot.desk import store
from bot.desk.tables import bridge_links
from bot.storage import outbox
from bot.storage.database import Database

logger = logging.getLogger(__name__)

KIND = "bridge"
"""Kind of the outbox items this worker takes."""

SECONDS = 8.0
"""How long the other desk may take to answer a webhook."""

ENTRIES = 200
"""Most entries of one webhook; the newest ones at a hand-off, what is left comes with the next one."""

ADDRESS = "bridge@puente.invalid"
"""The account in whose name the other desk's agents hold chats; nobody can sign in with it."""


class Bridge:
    """Sends webhooks to `url`, signed with `secret`. `transport` is a test's own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        url: str,
        secret: str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._url = url
        self._secret = secret
        self._client = httpx.Client(timeout=SECONDS, transport=transport, follow_redirects=False)

    def run(self) -> int:
        """Queue what is new, send what is due; returns how many webhooks went through."""
        queue_new(self._database, now=self._clock.now())
        done = 0
        for item in outbox.claim(self._database, self._clock.now(), kind=KIND):
            error = self._send(item)
            if error is None:
                outbox.sent(self._database, item, self._clock.now())
                done += 1
            else:
                logger.warning("webhook not taken, try %d: key=%s error=%s", item.tries, item.key, error)
                outbox.failed(self._database, item, self._clock.now(), error)
        return done

    def _send(self, item: outbox.Item) -> str | None:
        """Send one; returns why it did not go through."""
        try:
            with self._database.read() as tx:
                content = webhook(tx, item.key, **item.payload)
        except Unknown:
            return None  # erased meanwhile: nothing is left to say
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json",
            HEADER: signature(self._secret, body, at=self._clock.unshifted()),
        }
        try:
            answer = self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if answer.is_success else f"status {answer.status_code}"


def queue_new(database: Database, *, now: datetime) -> int:
    """Queue a webhook for each conversation the other desk has not heard all of; returns how many.

    Of two processes that find the same one queues it: the link's number is compared and moved in the same
    transaction.
    """
    with database.read() as tx:
        found = [*_not_linked(tx), *_behind(tx)]
    count = 0
    for conversation_id, sent in found:
        with database.write() as tx:
            count += _queue_one(tx, conversation_id, sent, now)
    return count


def webhook(
    tx: Connection, key: str, *, conversation_id: str, after: int, to: int, first: bool
) -> dict[str, Any]:
    """The content of a webhook: the conversation as it is now, and its entries after `after` up to `to`.

    `id` is the same whenever it is sent again. Raises `Unknown` when the conversation is gone.
    """
    conversation = log.get_conversation(tx, conversation_id)
    entries = log.entries_after(tx, conversation_id, after, audience="staff", limit=ENTRIES)
    shown = [entry.as_json() for entry in entries if entry.seq <= to]
    is_handoff = first or any(entry["type"] == "handoff" for entry in shown)
    content = {
        "id": key,
        "type": "handoff" if is_handoff else "entries",
        "conversation": conversation_json(tx, conversation),
        "entries": shown,
        "last_seq": to,
    }
    if is_handoff:
        content["package"] = package_json(tx, conversation)
    return content


def conversation_json(tx: Connection, conversation: Conversation) -> dict[str, Any]:
    """What the other desk sees of a conversation."""
    name = store.name_of(tx, conversation.agent_id)
    return {
        "conversation_id": conversation.id,
        "language": conversation.locale,
        "controller": conversation.controller,
        "agent": name.split()[0] if name else None,
        "reason": conversation.reason,
        "handoff_reason": conversation.handoff_reason,
        "waiting_since": isoformat(conversation.queued_at) if conversation.queued_at else None,
        "customer": {"customer_id": conversation.customer_id, "name": conversation.customer_name},
        "order_id": conversation.order_id,
        "line_id": conversation.line_id,
        "product_id": conversation.product_id,
        "last_seq": conversation.last_seq,
    }


def package_json(tx: Connection, conversation: Conversation) -> dict[str, Any]:
    """What the bot tried, the cases, and the customer's other conversations: nothing has to be asked again."""
    others = []
    if conversation.customer_id is not None:
        at = conversations.c
        same = and_(at.customer_id == conversation.customer_id, at.id != conversation.id)
        others = store.rows(tx, same, [at.updated_at.desc()], limit=5)
    return {
        "order_proven": store.is_proven(tx, conversation.id, conversation.order_id),
        "steps": [
            {"reason": step.reason, "outcome": step.outcome, "at": isoformat(step.at)}
            for step in store.steps_of(tx, conversation.id)
        ],
        "cases": [
            {"reference": case.reference, "state": case.state, "promised_by": isoformat(case.promised_by)}
            for case in store.cases_of(tx, [conversation.id])
        ],
        "other_conversations": [
            {"conversation_id": row.conversation.id, "reason": row.conversation.reason} for row in others
        ],
    }


def account_for(tx: Connection, name: str, *, now: datetime) -> Account:
    """The bridge's account, under the name of the other desk's agent."""
    found = accounts.account_by_email(tx, ADDRESS)
    if found is None:
        password = secrets.token_urlsafe(32)
        accounts.add_account(tx, email=ADDRESS, name="Bridge", role="agent", password=password, now=now)
        found = accounts.account_by_email(tx, ADDRESS)
    assert found is not None
    return replace(found, name=name)


def holds(tx: Connection, conversation: Conversation) -> bool:
    """Whether a conversation is in the hands of the other desk."""
    account = accounts.account_by_email(tx, ADDRESS)
    return account is not None and conversation.agent_id == account.id


def _not_linked(tx: Connection) -> list[tuple[str, int | None]]:
    at = conversations.c
    linked = select(bridge_links.c.conversation_id)
    query = (
        select(at.id).where(at.controller == "queue", at.id.not_in(linked)).order_by(at.queued_at).limit(100)
    )
    return [(found, None) for found in tx.execute(query).scalars()]


def _behind(tx: Connection) -> list[tuple[str, int | None]]:
    at, link = conversations.c, bridge_links.c
    joined = bridge_links.join(conversations, at.id == link.conversation_id)
    query = select(at.id, link.sent_seq).select_from(joined).where(at.last_seq > link.sent_seq).limit(200)
    return [(row.id, row.sent_seq) for row in tx.execute(query)]


def _queue_one(tx: Connection, conversation_id: str, sent: int | None, now: datetime) -> int:
    """Queue what comes after `sent` (None: the other desk does not know the conversation yet)."""
    link = bridge_links.c.conversation_id == conversation_id
    conversation = log.get_conversation(tx, conversation_id)
    if sent is None:
        after = max(0, conversation.last_seq - ENTRIES)
        if conversation.controller != "queue" or tx.execute(select(bridge_links).where(link)).first():
            return 0
        tx.execute(insert(bridge_links).values(conversation_id=conversation_id, sent_seq=after, since=now))
    else:
        after = sent
    to = min(conversation.last_seq, after + ENTRIES)
    moved = update(bridge_links).where(link, bridge_links.c.sent_seq == after)
    if not tx.execute(moved.values(sent_seq=to)).rowcount:
        return 0
    if to == conversation.last_seq and conversation.controller in ("bot", "closed"):
        tx.execute(delete(bridge_links).where(link))
    payload = {"conversation_id": conversation_id, "after": after, "to": to, "first": sent is None}
    outbox.queue(tx, key=f"{KIND}:{conversation_id}:{after}-{to}", kind=KIND, payload=payload, now=now)
    return 1
