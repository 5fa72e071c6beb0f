"""The seller answers a case: one of three kinds, once, in time or kept as late."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.engine import Connection

from bot.base.errors import Conflict
from bot.cases import store
from bot.cases.facts import CaseMatter, matter_of
from bot.cases.given import GivenAnswer, checked_answer, checked_resolution
from bot.cases.goods_back import settle_goods
from bot.cases.language import Detect, detect_language, readable_for
from bot.cases.model import CASE_ANSWER, Case
from bot.cases.tables import cases
from bot.cases.tell import IN_OWN_WORDS, NO_REPLY_NEEDED, Teller, bring_in_person
from bot.conversations import log
from bot.storage import deadlines


@dataclass(frozen=True)
class AnswerResult:
    """What came of it. `late`: kept and marked, the decision stands. `new`: False for a repeated request."""

    kind: Literal["answered", "late"]
    conversation_id: str
    last_seq: int
    new: bool


def answer(
    tx: Connection,
    reference: str,
    *,
    seller_id: str,
    account_id: int | None,
    client_id: str,
    resolution: str | None = None,
    text: str | None = None,
    no_reply_needed: bool = False,
    amount_cents: int | None = None,
    date: str | None = None,
    now: datetime,
    detect: Detect = detect_language,
) -> AnswerResult:
    """R10, R11: take a seller's answer to their case.

    Exactly one kind: a `resolution` that is offered for the case (with `amount_cents` or an ISO `date` where
    it needs one; it may carry a `text`), a `text`, or `no_reply_needed`. The same `client_id` with the same
    content changes nothing; after `answer_by`, or once we have decided, the answer is kept as late. Raises
    `Unknown` for another seller's case, `BadInput` naming the field, `Conflict` for a reused `client_id` or a
    case that has its answer; then the transaction has to be rolled back.

    `detect` is called inside the transaction: a caller with a slow one detects before and passes the result.
    """
    case = store.access_case_by_seller(tx, reference, seller_id=seller_id)
    given = checked_answer(
        client_id=client_id,
        resolution=resolution,
        text=text,
        no_reply_needed=no_reply_needed,
        amount_cents=amount_cents,
        date=date,
    )
    in_time = now < case.answer_by
    if in_time:  # before the other rows: the order in which the clock takes them, too
        deadlines.cancel(tx, kind=CASE_ANSWER, subject=reference)
    store.hold_conversation(tx, case.conversation_id)
    earlier = store.event_by_client_id(tx, reference, client_id)
    if earlier is not None:
        if earlier.body != asdict(given):
            raise Conflict("client_id_reused")
        kind: Literal["answered", "late"] = "late" if earlier.type == "late_answer" else "answered"
        last_seq = log.get_conversation(tx, case.conversation_id).last_seq
        return AnswerResult(kind, case.conversation_id, last_seq, new=False)
    matter = matter_of(tx, case, now=now)
    amount = checked_resolution(given, matter, now)
    won = in_time and _mark_answered(tx, case, given, now)
    case = store.get_case(tx, reference)
    if not won and case.state in ("answered", "closed"):
        raise Conflict("case_already_answered")
    store.note_event(
        tx,
        reference,
        type="answered" if won else "late_answer",
        actor="seller",
        account_id=account_id,
        client_id=client_id,
        body=asdict(given),
        now=now,
    )
    if not won:
        last = _note_late(tx, case, given, now)
        return AnswerResult("late", case.conversation_id, last, new=True)
    last = _tell(tx, case, given, matter, amount, now, detect)
    return AnswerResult("answered", case.conversation_id, last, new=True)


def conveyed(tx: Connection, reference: str, *, account_id: int | None = None, now: datetime) -> bool:
    """An agent has passed a seller's answer on to the customer; returns False when they were told before."""
    case = store.get_case(tx, reference)
    if case.state not in ("answered", "decided"):
        return False
    told = store.change_case(
        tx, reference, from_state=case.state, values={"told_at": now}, condition=cases.c.told_at.is_(None)
    )
    if told:
        store.note_event(
            tx, reference, type="conveyed", actor="agent", account_id=account_id, body={}, now=now
        )
    return told


def _mark_answered(tx: Connection, case: Case, given: GivenAnswer, now: datetime) -> bool:
    """The comparison that decides the race with the clock."""
    values = {
        "state": "answered",
        "answered_at": now,
        "resolution": given.resolution,
        "answer_text": given.text,
        "no_reply_needed": given.no_reply_needed,
    }
    return store.change_case(
        tx, case.reference, from_state="opened", values=values, condition=cases.c.answer_by > now
    )


def _tell(
    tx: Connection,
    case: Case,
    given: GivenAnswer,
    matter: CaseMatter,
    amount: int | None,
    now: datetime,
    detect: Detect,
) -> int:
    """Tell the customer what can be told in their language; what cannot goes to an agent."""
    teller = Teller(tx, case).state("answered", actor="seller")
    readable, language = True, teller.locale
    if given.text:
        readable, language = readable_for(
            given.text, reader=teller.locale, writer=case.seller_language, detect=detect
        )
    if given.no_reply_needed:
        teller.bot_says(teller.sentence(NO_REPLY_NEEDED))
    elif given.resolution:
        card = settle_goods(tx, case, matter, given.resolution, locale=teller.locale, now=now)
        _say_resolution(teller, given, amount, readable, card)
    else:
        _say_text(teller, case, readable, now)
    if given.text and readable:
        seller = store.seller_contact(tx, case.seller_id)
        teller.seller_is_quoted(given.text, seller.name if seller else case.seller_id)
    if readable and not given.no_reply_needed:
        teller.asks_whether_solved("seller", now)
    last = teller.append(now)
    if given.resolution or readable:
        store.change_case(tx, case.reference, from_state="answered", values={"told_at": now})
    if not readable:
        last = bring_in_person(tx, case, reason="convey_answer", now=now, text=given.text, lang=language)
    return last


def _say_resolution(
    teller: Teller, given: GivenAnswer, amount: int | None, readable: bool, card: dict[str, Any] | None
) -> None:
    sentences = [
        teller.sentence("The seller has answered about {about} (case {reference})."),
        teller.resolution(str(given.resolution), amount_cents=amount, day=given.day),
    ]
    if given.text and readable:
        sentences.append(teller.sentence("The seller adds, in their own words:"))
    elif given.text:
        sentences.append(
            teller.sentence(
                "The seller has added a note in another language. A colleague will pass it on to you here."
            )
        )
    teller.bot_says(*sentences, card=card)


def _say_text(teller: Teller, case: Case, readable: bool, now: datetime) -> None:
    if readable:
        teller.bot_says(teller.sentence(IN_OWN_WORDS))
    elif case.promised_by > now:
        teller.bot_says(
            teller.sentence(
                "The seller has answered about {about} (case {reference}), but in another language. "
                "A colleague will pass the answer on to you here, by {by} at the latest.",
                by=teller.moment(case.promised_by),
            )
        )
    else:
        teller.bot_says(
            teller.sentence(
                "The seller has answered about {about} (case {reference}), but in another language. "
                "A colleague will pass the answer on to you here as soon as possible."
            )
        )


def _note_late(tx: Connection, case: Case, given: GivenAnswer, now: datetime) -> int:
    """R11: the decision stands; staff see what came late."""
    late = {key: value for key, value in asdict(given).items() if value}
    return Teller(tx, case).state(case.state, actor="seller", audience="staff", late=late).append(now)
