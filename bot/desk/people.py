"""Who is at the desk: here while a page of theirs is open, away when they said so, gone when no page is open any more.

Times of presence are by the machine's own clock (`Clock.unshifted`): moving the demo's clock sends nobody home.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.tables import accounts
from bot.base.errors import Conflict, Unknown
from bot.conversations.tables import conversations
from bot.desk import audit
from bot.desk.tables import desk_people, desk_sessions

State = Literal["here", "away", "gone"]

BEAT = timedelta(seconds=15)
"""How often a process says that its pages are still open."""

STALE = timedelta(seconds=45)
"""A page of which nothing was heard for this long is closed: its process was killed."""


@dataclass(frozen=True)
class Person:
    """An agent as colleagues see them. `held` counts every chat in their hands, reactivated ones too."""

    account_id: int
    name: str
    state: State
    since: datetime
    held: int
    capacity: int
    languages: tuple[str, ...]
    skills: tuple[str, ...]

    @property
    def has_room(self) -> bool:
        """Whether they may take another chat."""
        return self.held < self.capacity


def arrive(tx: Connection, session_id: str, account_id: int, *, now: datetime) -> bool:
    """A page was opened. Returns whether this account was not there before."""
    row = _known(tx, account_id, now)
    tx.execute(insert(desk_sessions).values(id=session_id, account_id=account_id, seen_at=now))
    first = _sessions(tx, account_id) == 1
    values: dict[str, Any] = {"left_at": None}
    if first and not row.away:
        values["since"] = now
    tx.execute(_person(account_id).values(**values))
    return first


def leave(tx: Connection, session_id: str, *, now: datetime) -> bool:
    """A page was closed. Returns whether it was the account's last one."""
    same = desk_sessions.c.id == session_id
    account_id = tx.execute(select(desk_sessions.c.account_id).where(same)).scalar()
    if account_id is None:
        return False
    _known(tx, account_id, now)
    tx.execute(delete(desk_sessions).where(same))
    if _sessions(tx, account_id):
        return False
    tx.execute(_person(account_id).values(left_at=now, since=now))
    return True


def beat(tx: Connection, session_ids: Sequence[str], *, now: datetime) -> None:
    """These pages are still open."""
    if session_ids:
        same = desk_sessions.c.id.in_(list(session_ids))
        tx.execute(update(desk_sessions).where(same).values(seen_at=now))


def seen_at(tx: Connection, session_id: str) -> datetime | None:
    """When a page was heard of last; None: it is not open."""
    found: datetime | None = tx.execute(
        select(desk_sessions.c.seen_at).where(desk_sessions.c.id == session_id)
    ).scalar()
    return found


def anybody_here(tx: Connection) -> bool:
    """Whether an agent who is not away has a page of the desk open."""
    here = select(desk_sessions.c.id).join(
        desk_people, desk_people.c.account_id == desk_sessions.c.account_id
    )
    return tx.execute(here.where(desk_people.c.away.is_(False)).limit(1)).first() is not None


def stale_sessions(tx: Connection, *, now: datetime) -> list[str]:
    """Pages whose process was killed."""
    return list(tx.execute(select(desk_sessions.c.id).where(desk_sessions.c.seen_at < now - STALE)).scalars())


def set_away(
    tx: Connection, account_id: int, away: bool, *, now: datetime, clock_now: datetime | None = None
) -> None:
    """Say that one is away, or back. `clock_now` is the audit's time, the house's clock."""
    row = _known(tx, account_id, now)
    if row.away != away:
        tx.execute(_person(account_id).values(away=away, since=now))
        audit.note(tx, "away" if away else "back", now=clock_now or now, by=account_id)


def set_profile(
    tx: Connection,
    account_id: int,
    *,
    languages: Collection[str] | None = None,
    skills: Collection[str] | None = None,
    now: datetime,
) -> None:
    """What an agent takes: languages and groups of reasons ([]: all). None: as it is."""
    _known(tx, account_id, now)
    values: dict[str, Any] = {}
    if languages is not None:
        values["languages"] = sorted(set(languages))
    if skills is not None:
        values["skills"] = sorted(set(skills))
    if values:
        tx.execute(_person(account_id).values(**values))


def set_capacity(tx: Connection, account_id: int, capacity: int, *, now: datetime) -> None:
    """How many chats somebody may hold at a time. Raises `Unknown`."""
    if tx.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is None:
        raise Unknown("unknown_colleague")
    _known(tx, account_id, now)
    tx.execute(_person(account_id).values(capacity=capacity))


def take_place(tx: Connection, account_id: int, *, capacity: int, now: datetime) -> None:
    """Make sure that an agent may take one more chat; raises `Conflict`. They are at work now, away or not.

    The update takes the agent's row: of two claims by one agent at once the second counts the first.
    """
    row = _known(tx, account_id, now)
    tx.execute(_person(account_id).values(away=False, **({"since": now} if row.away else {})))
    if not _sessions(tx, account_id):
        tx.execute(_person(account_id).values(left_at=None))  # by mail or from a program: no page to close
    most = row.capacity if row.capacity is not None else capacity
    held = _held_by(tx, account_id)
    if held >= most:
        raise Conflict("desk_full", count=held)


def people(tx: Connection, *, capacity: int) -> list[Person]:
    """Everybody who was ever at the desk and still may, by name. `capacity` is the setting's."""
    held = (
        select(conversations.c.agent_id, func.count().label("held"))
        .where(conversations.c.controller == "agent")
        .group_by(conversations.c.agent_id)
        .subquery()
    )
    pages = (
        select(desk_sessions.c.account_id, func.count().label("pages"))
        .group_by(desk_sessions.c.account_id)
        .subquery()
    )
    query = (
        select(desk_people, accounts.c.name, held.c.held, pages.c.pages)
        .select_from(
            desk_people.join(accounts, accounts.c.id == desk_people.c.account_id)
            .outerjoin(held, held.c.agent_id == desk_people.c.account_id)
            .outerjoin(pages, pages.c.account_id == desk_people.c.account_id)
        )
        .where(accounts.c.active)
        .order_by(accounts.c.name)
    )
    return [_from(row, capacity) for row in tx.execute(query)]


def person(tx: Connection, account_id: int, *, capacity: int) -> Person | None:
    """One of them."""
    return next((one for one in people(tx, capacity=capacity) if one.account_id == account_id), None)


def _from(row: Any, capacity: int) -> Person:
    state: State = "gone" if not row.pages else "away" if row.away else "here"
    most = row.capacity if row.capacity is not None else capacity
    return Person(
        row.account_id,
        row.name,
        state,
        row.since,
        row.held or 0,
        most,
        tuple(row.languages),
        tuple(row.skills),
    )


def _known(tx: Connection, account_id: int, now: datetime) -> Any:
    """The agent's row, made when it is their first time, and held until the transaction ends."""
    same = desk_people.c.account_id == account_id
    if not tx.execute(_person(account_id).values(account_id=account_id)).rowcount:
        with tx.begin_nested():
            tx.execute(
                insert(desk_people).values(
                    account_id=account_id, away=False, since=now, languages=[], skills=[]
                )
            )
    return tx.execute(select(desk_people).where(same)).one()


def _person(account_id: int) -> Any:
    return update(desk_people).where(desk_people.c.account_id == account_id)


def _sessions(tx: Connection, account_id: int) -> int:
    query = select(func.count()).where(desk_sessions.c.account_id == account_id)
    return int(tx.execute(query).scalar_one())


def _held_by(tx: Connection, account_id: int) -> int:
    at = conversations.c
    query = select(func.count()).where(at.controller == "agent", at.agent_id == account_id)
    return int(tx.execute(query).scalar_one())
