"""What time brings to the desk: pages that closed, chats nobody answers, hints that were lost. Run by every process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import bindparam, select

from bot.conversations.tables import conversations
from bot.desk import people
from bot.desk.hand_over import back_to_queue

if TYPE_CHECKING:
    from bot.base.clock import Clock
    from bot.base.settings import Settings
    from bot.storage.bus import Bus
    from bot.storage.database import Database

LOOK_EVERY = timedelta(seconds=5)
"""How often it is looked for chats that have to go back, and for hints that were lost."""

OVERLAP = timedelta(seconds=10)
"""Changes of before the last look are looked at again: their transactions may have been open then."""


_CHANGED = (
    select(conversations.c.id, conversations.c.last_seq)
    .where(conversations.c.updated_at > bindparam("since"))
    .limit(10_000)
)


class Keeping(Protocol):
    """What of the house is needed here."""

    clock: Clock
    database: Database
    bus: Bus
    settings: Settings

    def tell_desk(self, conversation_id: str | None = None, *, agents: Any, shared: bool = True) -> None:
        """Hint at the desks."""


class DeskKeeper:
    """Keeps presence and the queue true. `sessions` are the pages open at this process: {session: account}."""

    def __init__(self, house: Keeping) -> None:
        self._house = house
        self.sessions: dict[str, int] = {}
        self._beaten_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._repaired_at: datetime | None = None

    def keep(self) -> None:
        """One round; most of them find nothing to do."""
        wall = self._house.clock.unshifted()
        if self._beaten_at is None or abs(wall - self._beaten_at) >= people.BEAT:
            self._beaten_at = wall
            self._beat(wall)
        if self._looked_at is None or abs(wall - self._looked_at) >= LOOK_EVERY:
            self._looked_at = wall
            self.return_chats()
            self._repair_hints()

    def return_chats(self) -> None:
        """Chats whose agent is silent or gone go back to the queue, and everybody hears of it."""
        house, settings = self._house, self._house.settings
        done = back_to_queue(
            house.database,
            now=house.clock.now(),
            wall=house.clock.unshifted(),
            silent_after=timedelta(seconds=settings.desk_silent_seconds),
            gone_after=timedelta(seconds=settings.desk_gone_seconds),
        )
        for conversation_id, last_seq in done.items():
            house.bus.publish(f"conversation:{conversation_id}", last_seq)
            house.bus.publish("desk", conversation_id)

    def arrive(self, session_id: str, account_id: int) -> None:
        """A page of an agent was opened at this process."""
        wall = self._house.clock.unshifted()
        with self._house.database.write() as tx:
            people.arrive(tx, session_id, account_id, now=wall)
            people.leave(tx, _polling(account_id), now=wall)  # the line is back
        self.sessions[session_id] = account_id
        self._house.tell_desk(agents=(), shared=True)

    def look_in(self, account_id: int) -> None:
        """A page that cannot hold a socket asked for the queue: it counts as open until it stops asking."""
        if account_id in self.sessions.values():
            return
        session_id, wall = _polling(account_id), self._house.clock.unshifted()
        with self._house.database.read() as tx:
            seen_at = people.seen_at(tx, session_id)
        if seen_at is not None and wall - seen_at < people.BEAT:
            return
        with self._house.database.write() as tx:
            if people.seen_at(tx, session_id) is None:
                people.arrive(tx, session_id, account_id, now=wall)
            else:
                people.beat(tx, [session_id], now=wall)
        if seen_at is None:
            self._house.tell_desk(agents=(), shared=True)

    def leave(self, session_id: str) -> None:
        """It was closed."""
        self.sessions.pop(session_id, None)
        with self._house.database.write() as tx:
            people.leave(tx, session_id, now=self._house.clock.unshifted())
        self._house.tell_desk(agents=(), shared=True)

    def _beat(self, wall: datetime) -> None:
        database = self._house.database
        open_here = list(self.sessions)
        if open_here:
            with database.write() as tx:
                people.beat(tx, open_here, now=wall)
        with database.read() as tx:
            stale = people.stale_sessions(tx, now=wall)
        for session_id in stale:
            with database.write() as tx:
                people.leave(tx, session_id, now=wall)
        if stale:
            self._house.tell_desk(agents=(), shared=True)

    def _repair_hints(self) -> None:
        """One read for all who follow a conversation here, instead of one by each: what changed since the last look."""
        now, before = self._house.clock.now(), self._repaired_at
        self._repaired_at = now
        if before is None:
            return
        with self._house.database.read() as tx:
            changed = tx.execute(_CHANGED, {"since": before - OVERLAP}).all()
        for row in changed:
            self._house.bus.deliver_here(f"conversation:{row.id}", row.last_seq)


def _polling(account_id: int) -> str:
    """The session of an account's pages that cannot hold a socket."""
    return f"polling-{account_id}"
