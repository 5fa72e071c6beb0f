"""R11: the seller's time is over: we decide, and tell both sides once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.cases import notify, store
from bot.cases.facts import CaseMatter, matter_of
from bot.cases.goods_back import STANDS, settle_goods, standing_label
from bot.cases.tables import cases
from bot.cases.tell import Changed, Teller, bring_in_person, tell_nobody
from bot.cases.wording import money
from bot.service import DecisionPolicy, decide, decision_policy

PERSON = "person_takes_over"
"""The decision that decides nothing yet: the matter needs a person, and the customer's answer comes from an agent."""


def expire_case(
    tx: Connection,
    reference: str,
    now: datetime,
    *,
    policy: DecisionPolicy | None = None,
    changed: Changed = tell_nobody,
) -> None:
    """Deadline handler: decide a case that ran out. One that has its answer is left alone.

    The comparison in the WHERE clause decides the race with a reply; a second scheduler finds nothing to do.
    `policy` None: the one in data/decisions. `changed` hears of the conversation's new end.
    """
    case = store.get_case(tx, reference)
    store.hold_conversation(tx, case.conversation_id)
    ran_out = store.change_case(
        tx, reference, from_state="opened", values={"state": "expired"}, condition=cases.c.answer_by <= now
    )
    if not ran_out:
        return
    policy = policy or decision_policy()
    matter = matter_of(tx, case, now=now)
    decision = decide(matter.facts, policy)
    store.note_event(tx, reference, type="expired", actor="system", body={}, now=now)
    body = {
        "resolution": decision.resolution,
        "because": decision.reason_code,
        "amount_cents": matter.facts.value_cents,
        "policy": policy.version,
    }
    store.note_event(tx, reference, type="decided", actor="system", body=body, now=now)
    values = {
        "state": "decided",
        "resolution": decision.resolution,
        "decided_at": now,
        "decided_by": "policy",
        "told_at": None if decision.resolution == PERSON else now,
    }
    store.change_case(tx, reference, from_state="expired", values=values)
    case = store.get_case(tx, reference)
    undecided = decision.resolution == PERSON
    # what the customer sees then is only that the seller's time is over
    teller = Teller(tx, case).state("expired", actor="system", audience="all" if undecided else "staff")
    teller.state("decided", actor="system", audience="staff" if undecided else "all").bot_says(
        *_decision_told(tx, teller, matter, decision.resolution),
        teller.sentence(
            "The reason: {because}", because=teller.sentence(policy.because[decision.reason_code])
        ),
        card=settle_goods(tx, case, matter, decision.resolution, locale=teller.locale, now=now),
    )
    if not undecided:
        teller.asks_whether_solved("bot", now)
    last = teller.append(now)
    notify.mail_case_decided(tx, case, decision, now=now)
    if undecided:
        last = bring_in_person(tx, case, reason="decide_case", now=now)
    changed(case.conversation_id, last)


def _decision_told(tx: Connection, teller: Teller, matter: CaseMatter, resolution: str) -> tuple[str, ...]:
    standing = standing_label(tx, matter, resolution)
    if standing is not None:
        amount = money(standing.amount_cents, teller.locale)
        return (teller.sentence(STANDS, number=standing.reference, amount=amount),)
    late = (
        "The seller has not answered in time about {about} (case {reference})."
        if resolution == PERSON
        else "The seller has not answered in time about {about} (case {reference}), so we have decided."
    )
    return teller.sentence(late), teller.resolution(resolution, amount_cents=matter.facts.value_cents)
