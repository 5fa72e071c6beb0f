"""R11: a person decides a matter that the policy left to a person, or changes a decision on purpose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.engine import Connection

from bot.base.errors import Conflict
from bot.cases import notify, store
from bot.cases.facts import matter_of
from bot.cases.given import checked_answer, checked_resolution
from bot.cases.goods_back import settle_goods
from bot.cases.model import Case
from bot.cases.tables import cases
from bot.cases.tell import Teller
from bot.service import Resolution


def decidable(tx: Connection, reference: str, *, now: datetime) -> tuple[Case, tuple[Resolution, ...]]:
    """A case whose time is over, and how it may end. Raises `Unknown`, `Conflict` (not ours to decide yet)."""
    case = store.get_case(tx, reference)
    if case.state != "decided":
        raise Conflict("case_not_to_decide")
    return case, matter_of(tx, case, now=now).offered()


def decide_case(
    tx: Connection,
    reference: str,
    *,
    account_id: int,
    resolution: str,
    amount_cents: int | None,
    date: str | None,
    now: datetime,
) -> int:
    """Decide: customer and seller are told, once. Returns the number of the conversation's last entry.

    Of two who decide at once one wins, by comparison with the decision that stood. Raises `Unknown`, `Conflict`,
    `BadInput` naming the field.
    """
    case, _ = decidable(tx, reference, now=now)
    store.hold_conversation(tx, case.conversation_id)
    given = checked_answer(
        client_id=reference, resolution=resolution, text=None, no_reply_needed=False, amount_cents=amount_cents, date=date
    )  # fmt: skip
    matter = matter_of(tx, case, now=now)
    amount = checked_resolution(given, matter, now)
    as_it_stood = and_(cases.c.resolution == case.resolution, cases.c.decided_at == case.decided_at)
    values = {"resolution": resolution, "decided_at": now, "decided_by": "agent", "told_at": now}
    if not store.change_case(tx, reference, from_state="decided", values=values, condition=as_it_stood):
        raise Conflict("case_not_to_decide")
    body = {
        "resolution": resolution,
        "because": "person_decided",
        "amount_cents": amount,
        "instead_of": case.resolution,
    }
    store.note_event(tx, reference, type="decided", actor="agent", account_id=account_id, body=body, now=now)
    case = store.get_case(tx, reference)
    teller = Teller(tx, case).state("decided", actor="agent")
    teller.agent_says(
        teller.sentence("We have looked at {about} (case {reference}) and decided."),
        teller.resolution(resolution, amount_cents=amount, day=given.day),
        card=settle_goods(tx, case, matter, resolution, locale=teller.locale, now=now),
    )
    last = teller.append(now)
    notify.mail_case_decided_by_person(tx, case, last, now=now)
    return last
