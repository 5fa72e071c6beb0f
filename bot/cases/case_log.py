"""What a seller sees of their cases: groups, counts, pages of the list, redirected questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, func, or_, select, type_coerce
from sqlalchemy import case as first_that_holds
from sqlalchemy.engine import Connection, Row

from bot.accounts.tables import accounts
from bot.base.errors import BadInput
from bot.cases import store
from bot.cases.model import Case
from bot.cases.tables import case_events, cases, seller_messages
from bot.service import SOON

_STATES: dict[str, tuple[str, ...] | None] = {
    "open": ("opened",),
    "soon": ("opened",),
    "expired": ("expired", "decided"),
    "answered": ("answered", "closed"),
    "all": None,
}

_CASE = [cases.c[field.name] for field in fields(Case)]
_is_done = first_that_holds((cases.c.state == "opened", 0), else_=1)
_due = type_coerce(cases.c.answer_by, BigInteger)
_urgency = first_that_holds((cases.c.state == "opened", _due), else_=-_due)


@dataclass(frozen=True)
class CasePage:
    """Some cases in the order of the list. `following` asks for the next ones, None at the end."""

    cases: list[Case]
    following: str | None


def group_of(case: Case) -> str:
    """The group a case is counted in: open, expired or answered."""
    return next(name for name in ("open", "expired", "answered") if case.state in (_STATES[name] or ()))


def page_of_cases(
    tx: Connection, seller_id: str, *, group: str, now: datetime, after: str | None = None, limit: int = 50
) -> CasePage:
    """A seller's cases of one group: open ones first, least time left first; then the newest.

    `after` is the `following` of the page before (keyset: what was answered meanwhile shifts nothing).
    Raises `BadInput` for an unknown group or a cursor that is none.
    """
    if group not in _STATES:
        raise BadInput("bad_fields", fields={"state": "unknown_case_group"})
    query = select(*_CASE, _is_done.label("done"), _urgency.label("urgency"))
    query = query.where(cases.c.seller_id == seller_id)
    states = _STATES[group]
    if states is not None:
        query = query.where(cases.c.state.in_(states))
    if group == "soon":
        query = query.where(cases.c.answer_by <= now + SOON)
    if after is not None:
        query = query.where(_after(after))
    rows = tx.execute(query.order_by(_is_done, _urgency, cases.c.reference).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = f"{last.done}.{last.urgency}.{last.reference}" if last else None
    return CasePage([Case(*row[: len(_CASE)]) for row in rows[:limit]], following)


def group_counts(tx: Connection, seller_id: str, *, now: datetime) -> dict[str, int]:
    """How many cases of a seller are in each group."""
    counts = store.case_counts(tx, seller_id, now=now)
    sums = {
        name: sum(counts[state] for state in _STATES[name] or ()) for name in ("open", "expired", "answered")
    }
    return {**sums, "soon": counts["soon"], "all": sum(sums.values())}


def late_ones(tx: Connection, references: Collection[str]) -> set[str]:
    """Which of these cases have an answer that came late."""
    query = select(case_events.c.reference).where(
        case_events.c.reference.in_(list(references)), case_events.c.type == "late_answer"
    )
    return set(tx.execute(query).scalars())


def names_of_accounts(tx: Connection, account_ids: Collection[int]) -> dict[int, str]:
    """Names by account id, for the history of a case."""
    query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(list(account_ids)))
    return {row.id: row.name for row in tx.execute(query)}


def page_of_messages(
    tx: Connection, seller_id: str, *, before: int | None = None, limit: int = 50
) -> tuple[Sequence[Row], int | None]:
    """R2: questions redirected to a seller, newest first, and the `before` of the next page.

    Contact data is not masked here.
    """
    query = select(seller_messages).where(seller_messages.c.seller_id == seller_id)
    if before is not None:
        query = query.where(seller_messages.c.id < before)
    rows = tx.execute(query.order_by(seller_messages.c.id.desc()).limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def version_of(tx: Connection, seller_id: str) -> str:
    """Changes whenever a case of the seller is opened or ends, or a question is redirected to them.

    Answered by the indexes alone, so that every open page may ask for it every few seconds.
    """
    states = select(cases.c.state, func.count(), func.max(_due)).where(cases.c.seller_id == seller_id)
    newest = select(func.max(seller_messages.c.id)).where(seller_messages.c.seller_id == seller_id)
    rows = tx.execute(states.group_by(cases.c.state).order_by(cases.c.state)).all()
    return f"{[tuple(row) for row in rows]}/{tx.execute(newest).scalar()}"


def _after(cursor: str) -> Any:
    """The rows behind the one a cursor names; raises `BadInput`."""
    parts = cursor.split(".", 2)
    try:
        done, urgency, reference = int(parts[0]), int(parts[1]), parts[2]
    except (ValueError, IndexError) as error:
        raise BadInput("bad_fields", fields={"after": "bad_cursor"}) from error
    if done not in (0, 1) or abs(urgency) >= 2**63:
        raise BadInput("bad_fields", fields={"after": "bad_cursor"})
    same_urgency = and_(_urgency == urgency, cases.c.reference > reference)
    return or_(_is_done > done, and_(_is_done == done, or_(_urgency > urgency, same_urgency)))
