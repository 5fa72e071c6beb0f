"""What supervisors see: the load of this moment, and reports over days. Counted in the database, never row by row here.

Days are those of the shop's customers: an instant belongs to the day it is in Madrid and Berlin, which share a clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from sqlalchemy import BigInteger, and_, case, exists, func, literal_column, select, type_coerce
from sqlalchemy.engine import Connection

from bot.accounts.tables import accounts
from bot.base.clock import TIME_ZONES
from bot.conversations.tables import conversations, log_entries, satisfaction
from bot.desk import audit, due, people
from bot.desk.tables import callbacks, desk_events

_ZONE = TIME_ZONES["es"]
NO_REASON = "none"
"""Code of what is counted of conversations whose matter is not known."""

MOST_EVENTS = 200_000
"""Claims that are looked at for waiting times: beyond, the oldest are left out."""


_LIVE_SINCE = case((~due.waits_for_mail, conversations.c.queued_at))
"""Who waits for a mail has a day: no clock runs for them."""


@dataclass(frozen=True)
class Waiting:
    """Who waits for a person: how many, and since when the one who waits longest in the chat; None: nobody does there."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class Live:
    """The load of this moment."""

    waiting: Waiting
    by_language: dict[str, Waiting]
    by_reason: dict[str, Waiting]
    with_agents: int
    unanswered: int
    with_bot_lately: int
    callbacks: int
    people: list[people.Person]
    alerts: list[audit.DeskEvent]


@dataclass
class Day:
    """One day of a report. Times in seconds; None: there was none."""

    day: date
    conversations: int = 0
    handed_off: int = 0
    claimed: int = 0
    requeued: int = 0
    closed: int = 0
    asked: int = 0
    solved: int = 0
    answered: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def wait_median(self) -> float | None:
        """Half of the customers waited less than this for a person."""
        return median(self.waits) if self.waits else None

    @property
    def wait_p90(self) -> float | None:
        """Nine of ten waited less than this."""
        if len(self.waits) < 2:
            return self.waits[0] if self.waits else None
        return quantiles(self.waits, n=10, method="inclusive")[8]


@dataclass(frozen=True)
class Report:
    """Days, and what the conversations of these days were about, by whom they were held."""

    days: list[Day]
    by_reason: dict[str, tuple[int, int]]
    by_language: dict[str, tuple[int, int]]
    by_agent: dict[str, tuple[int, float | None]]
    by_hour: list[int]


def live(tx: Connection, *, capacity: int, now: datetime) -> Live:
    """What is going on now."""
    at = conversations.c
    waits = and_(at.controller == "queue", ~due.waits_for_call)
    unanswered = (
        select(func.count())
        .where(at.controller == "agent")
        .where(
            ~exists().where(
                log_entries.c.conversation_id == at.id,
                log_entries.c.seq > at.customer_seq,
                log_entries.c.type == "message",
                log_entries.c.actor == "agent",
            )
        )
    )
    lately = and_(at.controller == "bot", at.updated_at >= now - timedelta(minutes=15), at.customer_seq > 0)
    total = tx.execute(select(func.count(), func.min(_LIVE_SINCE)).where(waits)).one()
    return Live(
        waiting=Waiting(total[0], total[1]),
        by_language=_waiting_by(tx, at.locale),
        by_reason=_waiting_by(tx, func.coalesce(at.reason, at.handoff_reason)),
        with_agents=_count(tx, at.controller == "agent"),
        unanswered=tx.execute(unanswered).scalar_one(),
        with_bot_lately=_count(tx, lately),
        callbacks=tx.execute(select(func.count()).where(callbacks.c.done_at.is_(None))).scalar_one(),
        people=people.people(tx, capacity=capacity),
        alerts=audit.newest(tx, "requeued", "blocked", limit=20),
    )


def report(tx: Connection, *, days: int, now: datetime) -> Report:
    """The last `days` days, today's part included."""
    last = now.astimezone(_ZONE).date()
    found = {last - timedelta(back): Day(last - timedelta(back)) for back in reversed(range(days))}
    since = datetime.combine(min(found), datetime.min.time(), _ZONE)
    at = conversations.c
    handed = exists().where(log_entries.c.conversation_id == at.id, log_entries.c.type == "handoff")
    hours = [0] * 24
    for hour, count, with_person in _by_hour(tx, at.created_at, since, at.customer_seq > 0, handed):
        found[hour.date()].conversations += count
        found[hour.date()].handed_off += with_person
        hours[hour.hour] += count
    for kind in ("claimed", "requeued", "closed"):
        for hour, count, _ in _by_hour(tx, desk_events.c.at, since, desk_events.c.kind == kind, None):
            setattr(found[hour.date()], kind, getattr(found[hour.date()], kind) + count)
    _add_waits(tx, found, since)
    _add_solved(tx, found, since)
    return Report(
        days=list(found.values()),
        by_reason=_split(tx, func.coalesce(at.reason, NO_REASON), since, handed),
        by_language=_split(tx, at.locale, since, handed),
        by_agent=_by_agent(tx, since),
        by_hour=hours,
    )


def _waiting_by(tx: Connection, what: Any) -> dict[str, Waiting]:
    at = conversations.c
    query = (
        select(what.label("what"), func.count().label("n"), func.min(_LIVE_SINCE).label("since"))
        .where(at.controller == "queue", ~due.waits_for_call)
        .group_by(what)
        .order_by(func.count().desc())
    )
    return {row.what or NO_REASON: Waiting(row.n, row.since) for row in tx.execute(query)}


def _count(tx: Connection, condition: Any) -> int:
    return int(tx.execute(select(func.count()).select_from(conversations).where(condition)).scalar_one())


def _by_hour(
    tx: Connection, instant: Any, since: datetime, condition: Any, counted_too: Any
) -> Iterable[tuple[datetime, int, int]]:
    """(hour of the shop, how many, how many of them with `counted_too`) of rows since then."""
    hour = _hour_of(instant)
    query = (
        select(hour.label("hour"), func.count().label("n")).where(instant >= since, condition).group_by(hour)
    )
    all_of_them = {row.hour: row.n for row in tx.execute(query)}
    some = {}
    if counted_too is not None:
        some = {row.hour: row.n for row in tx.execute(query.where(counted_too))}
    for number, count in all_of_them.items():
        yield datetime.fromtimestamp(number * 3600, _ZONE), count, some.get(number, 0)


def _hour_of(instant: Any) -> Any:
    """Hours since 1970 of a column of instants: whole microseconds, divided as whole numbers on both engines."""
    return type_coerce(instant, BigInteger).op("/")(literal_column("3600000000"))


def _add_waits(tx: Connection, found: dict[date, Day], since: datetime) -> None:
    at = desk_events.c
    query = select(at.at, at.body).where(at.kind == "claimed", at.at >= since)
    for row in tx.execute(query.order_by(at.at.desc()).limit(MOST_EVENTS)):
        if row.body.get("waited_s") is not None:
            found[row.at.astimezone(_ZONE).date()].waits.append(row.body["waited_s"])


def _add_solved(tx: Connection, found: dict[date, Day], since: datetime) -> None:
    at = satisfaction.c
    answers = select(at.asked_at, at.solved).where(at.asked_at >= since).limit(MOST_EVENTS)
    for row in tx.execute(answers):
        day = found[row.asked_at.astimezone(_ZONE).date()]
        day.asked += 1
        day.answered += row.solved is not None
        day.solved += bool(row.solved)


def _split(tx: Connection, what: Any, since: datetime, handed: Any) -> dict[str, tuple[int, int]]:
    """{code: (conversations, of them handed to a person)}, the most frequent first."""
    at = conversations.c
    query = (
        select(what.label("what"), func.count().label("n"))
        .where(at.created_at >= since, at.customer_seq > 0)
        .group_by(what)
    )
    handed_off = {row.what: row.n for row in tx.execute(query.where(handed))}
    rows = tx.execute(query.order_by(func.count().desc())).all()
    return {row.what: (row.n, handed_off.get(row.what, 0)) for row in rows}


def _by_agent(tx: Connection, since: datetime) -> dict[str, tuple[int, float | None]]:
    """{name: (chats taken, median seconds in hand until closed or given back)}."""
    at = desk_events.c
    query = select(accounts.c.name, at.kind, at.body).join(accounts, accounts.c.id == at.account_id)
    rows = tx.execute(
        query.where(at.kind.in_(("claimed", "closed", "gave_back")), at.at >= since).limit(MOST_EVENTS)
    )
    taken: dict[str, int] = defaultdict(int)
    held: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.kind == "claimed":
            taken[row.name] += 1
        elif row.body.get("held_s") is not None:
            held[row.name].append(row.body["held_s"])
    return {
        name: (count, median(held[name]) if held[name] else None) for name, count in sorted(taken.items())
    }
