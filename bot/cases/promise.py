"""R12: an agent is warned before the promise to the customer is missed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.cases import store
from bot.cases.tell import Changed, bring_in_person, tell_nobody


def warn_of_promise(tx: Connection, reference: str, now: datetime, *, changed: Changed = tell_nobody) -> None:
    """Deadline handler: put the conversation before an agent if the customer still has no answer.

    `changed` hears of the conversation's new end.
    """
    case = store.get_case(tx, reference)
    store.hold_conversation(tx, case.conversation_id)
    case = store.get_case(tx, reference)  # again, now that nobody else can tell the customer meanwhile
    if case.told_at is not None or case.state == "closed":
        return
    body = {"promised_by": isoformat(case.promised_by)}
    store.note_event(tx, reference, type="promise_due", actor="system", body=body, now=now)
    changed(case.conversation_id, bring_in_person(tx, case, reason="promise_due", now=now))
