"""What a customer may do with a case of theirs: add facts and photos, withdraw it, object to how it ended (S18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import attachments
from bot.base.errors import Conflict
from bot.cases import notify, store
from bot.cases.effects import AddToCase, WithdrawCase
from bot.cases.model import CASE_ANSWER, CASE_PROMISE, Case
from bot.cases.tables import case_events, cases
from bot.cases.tell import Teller, bring_in_person
from bot.conversations import log
from bot.conversations.card_notice import card_notice
from bot.conversations.model import NewEntry
from bot.storage import deadlines

Step = Literal["add", "withdraw", "object"]
MOST_SHOWN = 20
TO_OBJECT = timedelta(days=30)
"""How long after its end a case may be objected to here; later the customer writes, and a person looks."""


@dataclass(frozen=True)
class CustomersCase:
    """A case as its customer sees it, with what they may do now."""

    case: Case
    title: str | None
    steps: tuple[Step, ...]
    objected: bool


def cases_of_customer(
    tx: Connection, conversation_id: str, customer_id: str | None, *, locale: str, now: datetime
) -> list[CustomersCase]:
    """R12: the customer's cases, here and (signed in) in other conversations, newest first."""
    shown = [
        store.get_case(tx, promise.reference)
        for promise in store.promises(
            tx, conversation_id=conversation_id, customer_id=customer_id, limit=MOST_SHOWN
        )
    ]
    titles = store.product_titles(tx, [case.product_id for case in shown], locale)
    query = select(case_events.c.reference).where(
        case_events.c.reference.in_([case.reference for case in shown]), case_events.c.type == "objected"
    )
    objected = set(tx.execute(query).scalars())
    return [
        CustomersCase(
            case,
            titles.get(case.product_id or ""),
            steps_for(case, objected=case.reference in objected, now=now),
            case.reference in objected,
        )
        for case in shown
    ]


def steps_for(case: Case, *, objected: bool, now: datetime) -> tuple[Step, ...]:
    """What the customer may do: before its end add and withdraw, afterwards object, once."""
    if case.state == "opened":
        return ("add", "withdraw")
    ended = case.decided_at or case.answered_at
    if case.state in ("answered", "decided") and ended and now < ended + TO_OBJECT and not objected:
        return ("object",)
    return ()


def add_facts(
    tx: Connection,
    reference: str,
    *,
    conversation_id: str,
    customer_id: str | None,
    client_id: str,
    text: str,
    files: Sequence[str] = (),
    now: datetime,
) -> tuple[int, bool]:
    """What the customer adds to an open case goes to the seller, and stands in the log; returns (seq, new?).

    The promise's clock is not restarted (R12). Raises `Conflict` (`case_is_over`) when the case has ended.
    """
    case = _of(tx, reference, conversation_id, customer_id)
    body = {"text": text, "files": list(files)}
    earlier = _earlier(tx, case, client_id, "facts", body)
    if earlier is not None:
        return earlier, False
    if case.state != "opened":
        raise Conflict("case_is_over")
    seq = _said(tx, case, conversation_id, text, files, client_id, now)
    _pass_on(tx, case, client_id, body, seq, now)
    teller = Teller(tx, case)
    teller.bot_says(teller.sentence("I have added it to case {reference}. The seller sees it.")).append(now)
    return seq, True


def withdraw(
    tx: Connection,
    reference: str,
    *,
    conversation_id: str,
    customer_id: str | None,
    client_id: str,
    now: datetime,
) -> tuple[int, bool]:
    """The customer needs no answer any more: the case is closed and its clocks stop; returns (seq, new?).

    The comparison decides the race with the seller's answer and with the clock. Raises `Conflict`.
    """
    case = _of(tx, reference, conversation_id, customer_id)
    earlier = _earlier(tx, case, client_id, "withdrawn", {})
    if earlier is not None:
        return earlier, False
    teller = _closed(tx, case, now)
    seq = teller.bot_says(
        teller.sentence(
            "You have withdrawn case {reference} about {about}. The seller need not answer any more."
        )
    ).append(now)
    _note(tx, case, "withdrawn", client_id, {}, seq, now)
    notify.mail_case_withdrawn(tx, case, now=now)
    return seq, True


def object_to_end(
    tx: Connection,
    reference: str,
    *,
    conversation_id: str,
    customer_id: str | None,
    client_id: str,
    text: str,
    files: Sequence[str] = (),
    now: datetime,
) -> tuple[int, bool]:
    """The customer does not agree with how a case ended: a person looks at it anew; returns (seq, new?).

    The decision stands until that person changes it. Raises `Conflict` when the case has not ended, or was
    objected to before.
    """
    case = _of(tx, reference, conversation_id, customer_id)
    body = {"text": text, "files": list(files)}
    earlier = _earlier(tx, case, client_id, "objected", body)
    if earlier is not None:
        return earlier, False
    store.hold_conversation(tx, case.conversation_id)
    objected = any(event.type == "objected" for event in store.events_of(tx, reference))
    if "object" not in steps_for(case, objected=objected, now=now):
        raise Conflict("cannot_object" if not objected else "objected_before")
    seq = _said(tx, case, conversation_id, text, files, client_id, now)
    _note(tx, case, "objected", client_id, body, seq, now)
    teller = Teller(tx, case)
    teller.bot_says(
        teller.sentence(
            "Your objection to the end of case {reference} is here. A person of our team looks at it."
        )
    ).append(now)
    bring_in_person(tx, case, reason="case_objection", now=now)
    return seq, True


def add_to_case(tx: Connection, conversation_id: str, effect: AddToCase, now: datetime) -> None:
    """Carry out `AddToCase`. Raises `Conflict` when the case has ended meanwhile: the turn is computed anew."""
    case = _of_turn(tx, conversation_id, effect.reference)
    if case.state != "opened":
        raise Conflict("case_is_over")
    body = {"text": effect.text, "files": []}
    _pass_on(tx, case, _key_of_turn(conversation_id, effect.seq), body, effect.seq, now)


def withdraw_case(tx: Connection, conversation_id: str, effect: WithdrawCase, now: datetime) -> None:
    """Carry out `WithdrawCase`; the turn has said so. Raises `Conflict` as `add_to_case` does."""
    case = _of_turn(tx, conversation_id, effect.reference)
    _closed(tx, case, now).append(now)
    _note(tx, case, "withdrawn", _key_of_turn(conversation_id, effect.seq), {}, effect.seq, now)
    notify.mail_case_withdrawn(tx, case, now=now)


def add_files_to_open_case(
    tx: Connection, conversation_id: str, files: Sequence[str], *, now: datetime
) -> str | None:
    """Files sent while exactly one case of the conversation is open are its evidence; returns the case's reference."""
    open_ones = [case for case in store.cases_of_conversation(tx, conversation_id) if case.state == "opened"]
    if len(open_ones) != 1:
        return None
    reference = open_ones[0].reference
    count = attachments.add_to_case(tx, conversation_id, reference, identities=files)
    store.note_event(tx, reference, type="evidence", actor="customer", body={"files": list(files)}, now=now)
    return reference if count else None


def conversation_of(tx: Connection, reference: str) -> str:
    """Where a case stands."""
    return store.get_case(tx, reference).conversation_id


def _of(tx: Connection, reference: str, conversation_id: str, customer_id: str | None) -> Case:
    return store.access_case_by_customer(
        tx, reference, conversation_id=conversation_id, customer_id=customer_id
    )


def _of_turn(tx: Connection, conversation_id: str, reference: str) -> Case:
    customer_id = log.get_conversation(tx, conversation_id).customer_id
    return _of(tx, reference, conversation_id, customer_id)


def _closed(tx: Connection, case: Case, now: datetime) -> Teller:
    """Close an open case and stop its clocks; returns who tells of it. Raises `Conflict`."""
    for kind in (CASE_ANSWER, CASE_PROMISE):
        deadlines.cancel(tx, kind=kind, subject=case.reference)
    store.hold_conversation(tx, case.conversation_id)
    closed = store.change_case(
        tx,
        case.reference,
        from_state="opened",
        values={"state": "closed", "told_at": now},
        condition=cases.c.answer_by > now,
    )
    if not closed:
        raise Conflict("case_is_over")
    return Teller(tx, store.get_case(tx, case.reference)).state("closed", actor="customer")


def _pass_on(
    tx: Connection, case: Case, client_id: str, body: dict[str, Any], seq: int, now: datetime
) -> None:
    """Keep what was added, and mail it to the seller."""
    _note(tx, case, "facts", client_id, body, seq, now)
    key, files = f"{case.reference}:{seq}", len(body["files"])
    notify.mail_case_facts(tx, case, key=key, text=body["text"], files=files, now=now)


def _earlier(tx: Connection, case: Case, client_id: str, kind: str, body: dict[str, Any]) -> int | None:
    """The number a request with this id got before; raises `Conflict` when it was another one."""
    event = store.event_by_client_id(tx, case.reference, _key(client_id))
    if event is None:
        return None
    if event.type != kind or {name: event.body.get(name) for name in body} != body:
        raise Conflict("client_id_reused")
    return int(event.body["seq"])


def _note(
    tx: Connection, case: Case, kind: str, client_id: str, body: dict[str, Any], seq: int, now: datetime
) -> None:
    whole = {**body, "seq": seq}
    store.note_event(
        tx, case.reference, type=kind, actor="customer", body=whole, client_id=_key(client_id), now=now
    )


def _said(
    tx: Connection,
    case: Case,
    conversation_id: str,
    text: str,
    files: Sequence[str],
    client_id: str,
    now: datetime,
) -> int:
    """The customer's words as a message about the case, with files that are its evidence.

    It is settled here, so that no turn is made of it.
    """
    conversation = log.get_conversation(tx, conversation_id)
    body: dict[str, Any] = {"text": text, "lang": conversation.locale, "case": case.reference}
    if files:
        body["attachments"] = attachments.described(tx, conversation_id, files)
    entry = NewEntry("message", "customer", body, client_id=_key(client_id))
    seq = log.append(tx, conversation_id, [entry], now=now)
    notice = card_notice(tx, conversation, text, locale=conversation.locale)
    if notice:
        log.append(tx, conversation_id, notice, now=now)
    if files:
        attachments.attach(tx, conversation_id, files, seq=seq)
        attachments.add_to_case(tx, conversation_id, case.reference, identities=files)
    return seq


def _key_of_turn(conversation_id: str, seq: int) -> str:
    return f"turn:{conversation_id}:{seq}"


def _key(client_id: str) -> str:
    return f"case:{client_id}"


__all__ = [
    "CustomersCase",
    "add_facts",
    "add_files_to_open_case",
    "add_to_case",
    "cases_of_customer",
    "conversation_of",
    "object_to_end",
    "steps_for",
    "withdraw",
    "withdraw_case",
]
