"""The log: append-only, numbered per conversation. Whoever changes it does so through these functions."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, bindparam, func, insert, or_, select, text, update
from sqlalchemy.engine import Connection, Row

from bot.base.errors import BadInput, Conflict, Forbidden, Unknown
from bot.base.payment_cards import without_card_numbers
from bot.conversations import control, visits, words
from bot.conversations.buttons import title_of
from bot.conversations.card_notice import card_notice
from bot.conversations.model import ERASED, Audience, Conversation, Entry, NewEntry
from bot.conversations.tables import conversations, issued_buttons, log_entries, order_proofs, trackers
from bot.storage.schema import Instant

GUIDED = "guide:"
"""What the stored client id of a message begins with that was chosen step by step."""

MAX_TITLE = 200
"""Characters of a button's title that are kept."""

# Statements of every message are made once: making one costs as much as running it, and leaves cycles to collect.
_ENTRIES = insert(log_entries)
_CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
_END = select(conversations.c.last_seq).where(conversations.c.id == bindparam("id"))
_LEFT_FOR_BOT = (
    select(conversations.c.id)
    .where(
        conversations.c.controller == "bot",
        conversations.c.updated_at <= bindparam("before"),
        conversations.c.bot_seq < conversations.c.customer_seq,
    )
    .order_by(conversations.c.updated_at)
    .limit(bindparam("most"))
)
_BY_CLIENT_ID = select(log_entries).where(
    log_entries.c.conversation_id == bindparam("id"), log_entries.c.client_id == bindparam("client_id")
)
_FOR_STAFF = (
    select(log_entries)
    .where(log_entries.c.conversation_id == bindparam("id"), log_entries.c.seq > bindparam("after"))
    .order_by(log_entries.c.seq)
    .limit(bindparam("most"))
)
_AFTER: dict[Audience, Any] = {"staff": _FOR_STAFF, "all": _FOR_STAFF.where(log_entries.c.audience == "all")}
_NUMBER = text(
    """
    UPDATE conversations SET last_seq = last_seq + :more, updated_at = :now,
        customer_seq = CASE WHEN :asks THEN last_seq + :more ELSE customer_seq END
    WHERE id = :id RETURNING last_seq
    """
).bindparams(bindparam("now", type_=Instant), bindparam("asks", type_=Boolean))
_HELD = (
    update(conversations)
    .where(
        conversations.c.id == bindparam("held"),
        conversations.c.controller == "agent",
        or_(bindparam("as_guest", type_=Boolean), conversations.c.agent_id == bindparam("agent")),
    )
    .values(updated_at=bindparam("now"))
)


def start_conversation(
    tx: Connection,
    *,
    locale: str,
    now: datetime,
    customer_id: str | None = None,
    customer_name: str | None = None,
    context: dict[str, Any] | None = None,
    namespace: str = "web",
    conversation_id: str | None = None,
) -> Conversation:
    """Begin a conversation under the bot's control, with an empty log."""
    identity = conversation_id or uuid.uuid4().hex
    tx.execute(
        insert(conversations).values(
            id=identity,
            namespace=namespace,
            locale=locale,
            customer_id=customer_id,
            customer_name=customer_name,
            context=context or {},
            controller="bot",
            control_epoch=0,
            last_seq=0,
            customer_seq=0,
            bot_seq=0,
            created_at=now,
            updated_at=now,
            blocked_until=control.blocked_until(tx, customer_id),
        )
    )
    return get_conversation(tx, identity)


def get_conversation(tx: Connection, conversation_id: str) -> Conversation:
    """One conversation; raises `Unknown`. Who may see it is decided by the caller's token or role."""
    row = tx.execute(_CONVERSATION, {"id": conversation_id}).first()
    if row is None:
        raise Unknown("unknown_conversation")
    return conversation_from(row)


def get_living(tx: Connection, conversation_id: str) -> Conversation:
    """Like `get_conversation`, for its customer: what was erased is unknown."""
    found = get_conversation(tx, conversation_id)
    if found.namespace == ERASED:
        raise Unknown("unknown_conversation")
    return found


def conversation_from(row: Row) -> Conversation:
    """A row of `conversations` as the object every room uses."""
    return Conversation(**row._mapping)


def append(
    tx: Connection,
    conversation_id: str,
    entries: Iterable[NewEntry],
    *,
    now: datetime,
    wants_answer: bool = False,
) -> int:
    """Append entries in order and return the number of the last one; `wants_answer`: it is a message of the customer.

    The counter is raised first: that locks the conversation's row (PostgreSQL) within a transaction that
    already holds the write lock (SQLite), so numbers are dense, unique and visible in order. What a person wrote
    is kept without card numbers, whichever way it came.
    """
    new = list(entries)
    numbering = {"id": conversation_id, "more": len(new), "now": now, "asks": wants_answer}
    last = int(tx.execute(_NUMBER, numbering).scalar_one())
    if new:
        rows = [
            {
                "conversation_id": conversation_id,
                "seq": last - len(new) + 1 + index,
                "type": entry.type,
                "actor": entry.actor,
                "audience": entry.audience,
                "body": _kept(entry),
                "client_id": entry.client_id,
                "created_at": now,
            }
            for index, entry in enumerate(new)
        ]
        tx.execute(_ENTRIES, rows)
        words.index(tx, rows)
    if any(map(is_worth_a_mail, new)):
        visits.watch(tx, conversation_id, now=now)
    return last


def is_worth_a_mail(entry: NewEntry | Entry) -> bool:
    """What a customer who has left is told of: a person's words, and how a case ended."""
    if entry.audience != "all":
        return False
    if entry.type == "case":
        return entry.body.get("state") in ("answered", "decided", "expired")
    return entry.type == "message" and entry.actor in ("agent", "seller")


def entries_after(
    tx: Connection, conversation_id: str, after: int, *, audience: Audience, limit: int = 200
) -> list[Entry]:
    """Entries numbered above `after`, oldest first; the audience `staff` sees everything."""
    rows = tx.execute(_AFTER[audience], {"id": conversation_id, "after": after, "most": limit})
    return [_entry(row) for row in rows]


def end_of(tx: Connection, conversation_id: str) -> int:
    """The number of the last entry; 0 where there is no such conversation."""
    return int(tx.execute(_END, {"id": conversation_id}).scalar() or 0)


def accept_message(
    tx: Connection,
    conversation_id: str,
    *,
    client_id: str,
    text: str | None,
    payload: str | None,
    now: datetime,
    attachments: Sequence[dict[str, Any]] = (),
) -> tuple[int, bool]:
    """Accept a customer's message, typed (`text`) or a pressed button (`payload`); returns (seq, new?).

    `attachments` describes the files that come with it; with files there need be no text. Card numbers in it are hidden.

    The same `client_id` with the same content returns the first number again; with other content it raises
    `Conflict`. A message to a closed conversation reopens it with the bot. Raises `Unknown` for a
    conversation that is not there and `BadInput` for a button that was not issued in it.
    """
    conversation = get_living(tx, conversation_id)
    body = _message_body(tx, conversation, text or "" if attachments else text, payload)
    if attachments:
        body["attachments"] = list(attachments)
    earlier = _by_client_id(tx, conversation_id, client_id)
    if earlier is not None:
        if earlier.actor != "customer" or earlier.body != body:
            raise Conflict("client_id_reused")
        return earlier.seq, False
    return _accepted(tx, conversation, body, client_id=client_id, now=now), True


def accept_choices(
    tx: Connection,
    conversation_id: str,
    *,
    client_id: str,
    choices: dict[str, Any],
    text: str,
    command: str,
    reason: str | None,
    now: datetime,
) -> tuple[int, bool]:
    """R17: accept what a customer has chosen step by step as a message of theirs; returns (seq, new?).

    The log shows `text` and keeps `choices`; `command` is what they mean to the bot and stays with an opaque id of
    this conversation, like a button's. `reason` is what the conversation is about from now on (None: as before). The same
    `client_id` with the same choices returns the first number again, with others it raises `Conflict`.
    """
    earlier = accepted_choices(tx, conversation_id, client_id=client_id, choices=choices)
    if earlier is not None:
        return earlier, False
    conversation = get_living(tx, conversation_id)
    payload = secrets.token_urlsafe(12)
    issued = {"payload": payload, "title": text[:MAX_TITLE], "command": command, "issued_at": now}
    tx.execute(insert(issued_buttons).values(conversation_id=conversation_id, **issued))
    body = {"text": text, "lang": conversation.locale, "payload": payload, "guide": choices}
    seq = _accepted(tx, conversation, body, client_id=f"{GUIDED}{client_id}", now=now)
    if reason is not None:
        tx.execute(update(conversations).where(conversations.c.id == conversation_id).values(reason=reason))
    return seq, True


def accepted_choices(
    tx: Connection, conversation_id: str, *, client_id: str, choices: dict[str, Any]
) -> int | None:
    """The number of choices that were accepted under this `client_id` before; raises `Conflict` for other ones."""
    earlier = _by_client_id(tx, conversation_id, f"{GUIDED}{client_id}")
    if earlier is None:
        return None
    if earlier.actor != "customer" or earlier.body.get("guide") != choices:
        raise Conflict("client_id_reused")
    return int(earlier.seq)


def guided_entries(tx: Connection, conversation_id: str, *, limit: int) -> list[Entry]:
    """The newest `limit` messages that were chosen step by step, oldest first."""
    query = (
        select(log_entries)
        .where(log_entries.c.conversation_id == conversation_id, log_entries.c.client_id.like(f"{GUIDED}%"))
        .order_by(log_entries.c.seq.desc())
        .limit(limit)
    )
    found = [_entry(row) for row in tx.execute(query)]
    return [entry for entry in reversed(found) if "guide" in entry.body]


def accept_agent_message(
    tx: Connection,
    conversation_id: str,
    *,
    agent_id: int,
    client_id: str,
    body: dict[str, Any],
    now: datetime,
    as_guest: bool = False,
) -> tuple[int, bool]:
    """An agent's reply; only the one who holds the conversation may write. Returns (seq, new?).

    `as_guest`: somebody the holder has invited writes; a person has to be in control all the same.
    """
    key = f"agent:{client_id}"
    earlier = _by_client_id(tx, conversation_id, key)
    if earlier is not None:
        if earlier.body != body:
            raise Conflict("client_id_reused")
        return earlier.seq, False
    held = {"held": conversation_id, "agent": agent_id, "as_guest": as_guest, "now": now}
    if not tx.execute(_HELD, held).rowcount:
        get_conversation(tx, conversation_id)
        raise Conflict("not_yours")
    return append(tx, conversation_id, [NewEntry("message", "agent", body, client_id=key)], now=now), True


def dialogue_state(tx: Connection, conversation_id: str) -> Any:
    """What the dialogue engine stored at its last turn, or None."""
    query = select(trackers.c.state).where(trackers.c.conversation_id == conversation_id)
    return tx.execute(query).scalar()


def keep_dialogue_state(tx: Connection, conversation_id: str, state: Any) -> None:
    """Replace what the dialogue engine remembers; None (nothing yet) keeps what is there."""
    if state is None:
        return
    same = trackers.c.conversation_id == conversation_id
    if not tx.execute(update(trackers).where(same).values(state=state)).rowcount:
        tx.execute(insert(trackers).values(conversation_id=conversation_id, state=state))


def waiting_for_bot(tx: Connection, *, before: datetime, limit: int = 50) -> list[str]:
    """Conversations whose customer waits for the bot since before `before`: what a killed process left."""
    return list(tx.execute(_LEFT_FOR_BOT, {"before": before, "most": limit}).scalars())


def last_outcome_seq(tx: Connection, conversation_id: str) -> int:
    """The number of the entry with which the bot's last turn ended, 0 before the first."""
    query = select(func.max(log_entries.c.seq)).where(
        log_entries.c.conversation_id == conversation_id, log_entries.c.type == "outcome"
    )
    return tx.execute(query).scalar() or 0


def proven_orders(tx: Connection, conversation_id: str) -> frozenset[str]:
    """The orders the customer has proven to be theirs in this conversation."""
    query = select(order_proofs.c.order_id).where(order_proofs.c.conversation_id == conversation_id)
    return frozenset(tx.execute(query).scalars())


def _accepted(
    tx: Connection, conversation: Conversation, body: dict[str, Any], *, client_id: str, now: datetime
) -> int:
    """Write a customer's message; a closed conversation goes on with the bot. Returns its number.

    Raises `Forbidden` while the customer is blocked.
    """
    if conversation.blocked_until is not None and conversation.blocked_until > now:
        raise Forbidden("customer_blocked")
    if conversation.controller == "closed":
        control.reopen(tx, conversation.id, now=now)
    entry = NewEntry("message", "customer", body, client_id=client_id)
    seq = append(tx, conversation.id, [entry], now=now, wants_answer=True)
    if conversation.controller in ("queue", "agent"):  # otherwise the bot says it when it answers
        notice = card_notice(tx, conversation, body["text"], locale=body["lang"])
        if notice:
            append(tx, conversation.id, notice, now=now)
    return seq


def _kept(entry: NewEntry) -> dict[str, Any]:
    if entry.type != "message" or entry.actor == "bot":
        return entry.body
    return {**entry.body, "text": without_card_numbers(entry.body["text"])}


def _entry(row: Row) -> Entry:
    return Entry(row.seq, row.type, row.actor, row.audience, row.body, row.created_at)


def _message_body(
    tx: Connection, conversation: Conversation, text: str | None, payload: str | None
) -> dict[str, Any]:
    if payload is None:
        return {"text": without_card_numbers(text or ""), "lang": conversation.locale}
    title = title_of(tx, conversation.id, payload, conversation.locale)
    if title is None:
        raise BadInput("unknown_button", fields={"payload": "unknown_button"})
    return {"text": title, "lang": conversation.locale, "payload": payload}


def _by_client_id(tx: Connection, conversation_id: str, client_id: str) -> Row | None:
    return tx.execute(_BY_CLIENT_ID, {"id": conversation_id, "client_id": client_id}).first()


def exists(tx: Connection, conversation_id: str) -> bool:
    """Whether there is such a conversation."""
    return (
        tx.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first()
        is not None
    )
