"""Chats that change hands: passed on to a colleague, a second agent invited, and back to the queue by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.accounts.model import Account
from bot.accounts.store import account_of
from bot.accounts.tables import accounts
from bot.base.errors import Conflict, Unknown
from bot.conversations import control, log
from bot.conversations.model import Conversation
from bot.conversations.tables import conversations, log_entries
from bot.desk import audit, people
from bot.desk.tables import desk_guests, desk_people, mail_ways
from bot.storage.database import Database

SILENT, GONE, TAKEN_AWAY = "agent_silent", "agent_gone", "taken_away"
"""Why a chat came back: codes of `handoff_reason`."""

SILENT_BY_MAIL = timedelta(hours=24)
"""Whoever goes on by mail does not sit and wait."""

MOST_AT_ONCE = 200

_IN_HANDS = (
    select(conversations.c.controller, conversations.c.agent_id, desk_guests.c.account_id.label("guest"))
    .outerjoin(desk_guests, desk_guests.c.conversation_id == conversations.c.id)
    .where(conversations.c.id == bindparam("id"))
)


def pass_on(
    tx: Connection,
    conversation_id: str,
    *,
    agent: Account,
    to: int,
    capacity: int,
    now: datetime,
    wall: datetime,
) -> None:
    """Give a chat to a colleague who is here and has room; raises `Conflict` (`not_yours`, `colleague_…`), `Unknown`."""
    colleague = _colleague(tx, to, capacity=capacity)
    if to == agent.id:
        raise Conflict("yours_already")
    try:
        people.take_place(tx, to, capacity=capacity, now=wall)
    except Conflict as error:
        raise Conflict("colleague_full", name=colleague.first_name) from error
    control.pass_on(
        tx, conversation_id, agent_id=agent.id, to_id=to, first_name=colleague.first_name, now=now
    )
    _forget_guest(tx, conversation_id, to)
    audit.note(tx, "passed_on", now=now, conversation_id=conversation_id, by=agent.id, to=to)


def invite(
    tx: Connection, conversation_id: str, *, agent: Account, to: int, capacity: int, now: datetime
) -> None:
    """Ask a colleague who is here into the chat: they may write, the holder stays responsible. Twice is once."""
    _check_holder(tx, conversation_id, agent.id)
    _colleague(tx, to, capacity=capacity)
    if to == agent.id:
        raise Conflict("yours_already")
    if is_guest(tx, conversation_id, to):
        return
    row = {"conversation_id": conversation_id, "account_id": to, "invited_by": agent.id, "invited_at": now}
    tx.execute(insert(desk_guests).values(**row))
    audit.note(tx, "invited", now=now, conversation_id=conversation_id, by=agent.id, to=to)


def leave(tx: Connection, conversation_id: str, *, agent: Account, now: datetime) -> None:
    """An invited agent goes again; nothing for one who was not invited."""
    if _forget_guest(tx, conversation_id, agent.id):
        audit.note(tx, "left", now=now, conversation_id=conversation_id, by=agent.id)


def is_guest(tx: Connection, conversation_id: str, account_id: int) -> bool:
    """Whether somebody was invited into a chat."""
    at = desk_guests.c
    query = select(at.account_id).where(at.conversation_id == conversation_id, at.account_id == account_id)
    return tx.execute(query).first() is not None


def guests_of(tx: Connection, conversation_id: str) -> list[tuple[int, str]]:
    """Account and name of the invited agents of a chat."""
    query = select(accounts.c.id, accounts.c.name).join(
        desk_guests, desk_guests.c.account_id == accounts.c.id
    )
    found = tx.execute(
        query.where(desk_guests.c.conversation_id == conversation_id).order_by(accounts.c.name)
    )
    return [(row.id, row.name) for row in found]


def everybody_leaves(tx: Connection, conversation_id: str) -> None:
    """The chat is in no agent's hands any more."""
    tx.execute(delete(desk_guests).where(desk_guests.c.conversation_id == conversation_id))


def take_away(tx: Connection, conversation_id: str, *, by: Account, now: datetime) -> None:
    """A supervisor puts a colleague's chat back into the queue. Raises `Conflict`, `Unknown`."""
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller != "agent" or not _back(tx, conversation, TAKEN_AWAY, now, by=by.id):
        raise Conflict("not_with_an_agent")


def back_to_queue(
    database: Database, *, now: datetime, wall: datetime, silent_after: timedelta, gone_after: timedelta
) -> dict[str, int]:
    """Chats whose agent is silent while the customer waits, or gone, go back. Returns {conversation: last entry}.

    Looked at without a lock, done by comparison: a reply that comes meanwhile wins. `now` is the house's clock,
    `wall` the machine's, by which presence is measured.
    """
    since = {"since": now - silent_after, "by_mail_since": now - SILENT_BY_MAIL}
    with database.read() as tx:
        found = [
            *((id_, SILENT) for id_ in tx.execute(_SILENT_CHATS, since).scalars()),
            *(
                (id_, GONE)
                for id_ in tx.execute(_ABANDONED_CHATS, {"left_before": wall - gone_after}).scalars()
            ),
        ]
    done = {}
    for conversation_id, reason in dict(reversed(found)).items():
        with database.write() as tx:
            conversation = log.get_conversation(tx, conversation_id)
            if _still(tx, conversation, reason, now, wall, silent_after, gone_after) and _back(
                tx, conversation, reason, now
            ):
                done[conversation_id] = log.get_conversation(tx, conversation_id).last_seq
    return done


def _back(
    tx: Connection, conversation: Conversation, reason: str, now: datetime, *, by: int | None = None
) -> bool:
    since = waits_since(tx, conversation) or now
    if not control.requeue(tx, conversation, reason=reason, queued_at=since, now=now):
        return False
    everybody_leaves(tx, conversation.id)
    audit.note(
        tx,
        "requeued",
        now=now,
        conversation_id=conversation.id,
        by=by,
        to=conversation.agent_id,
        reason=reason,
    )
    return True


def waits_since(tx: Connection, conversation: Conversation) -> datetime | None:
    """Since when the customer waits for a person's answer: their first message after the agents' last one."""
    at = log_entries.c
    here = and_(at.conversation_id == conversation.id, at.type == "message")
    last_reply = select(func.max(at.seq)).where(here, at.actor == "agent")
    spoken = tx.execute(last_reply).scalar() or 0
    if conversation.customer_seq <= spoken:
        return None
    first = select(func.min(at.created_at)).where(here, at.actor == "customer", at.seq > spoken)
    found: datetime | None = tx.execute(first).scalar()
    if found is not None and conversation.queued_at is not None and spoken == 0:
        return max(found, conversation.queued_at)  # what the bot answered before is not waited for
    return found


def _silent_chats() -> Select:
    """Held chats whose customer waits since before `since`; by mail, since before `by_mail_since`."""
    at, since, by_mail_since = conversations.c, bindparam("since"), bindparam("by_mail_since")
    said, asked, by_mail = log_entries.alias("said"), log_entries.alias("asked"), mail_ways.alias("by_mail")
    answered = exists().where(
        said.c.conversation_id == at.id,
        said.c.seq > at.customer_seq,
        said.c.type == "message",
        said.c.actor == "agent",
    )
    spoken = select(func.max(said.c.seq)).where(
        said.c.conversation_id == at.id, said.c.type == "message", said.c.actor == "agent"
    )
    waiting_since = (
        select(func.min(asked.c.created_at))
        .where(
            asked.c.conversation_id == at.id,
            asked.c.type == "message",
            asked.c.actor == "customer",
            asked.c.seq > func.coalesce(spoken.scalar_subquery(), 0),
        )
        .scalar_subquery()
    )
    return (
        select(at.id)
        .select_from(conversations.outerjoin(by_mail, by_mail.c.conversation_id == at.id))
        .where(
            at.controller == "agent",
            at.claimed_at <= since,
            ~answered,
            waiting_since <= since,
            by_mail.c.address.is_(None)
            | ((waiting_since <= by_mail_since) & (at.claimed_at <= by_mail_since)),
        )
        .limit(MOST_AT_ONCE)
    )


def _abandoned_chats() -> Select:
    """Chats of agents whose last page was closed before `left_before`."""
    at = conversations.c
    return (
        select(at.id)
        .select_from(
            conversations.join(desk_people, desk_people.c.account_id == at.agent_id).outerjoin(
                mail_ways, mail_ways.c.conversation_id == at.id
            )
        )
        .where(
            at.controller == "agent",
            desk_people.c.left_at <= bindparam("left_before"),
            mail_ways.c.address.is_(None),
        )
        .limit(MOST_AT_ONCE)
    )


_SILENT_CHATS, _ABANDONED_CHATS = _silent_chats(), _abandoned_chats()
"""Looked for every few seconds: made once, because what SQLAlchemy makes of a query is garbage in cycles."""


def _still(
    tx: Connection,
    conversation: Conversation,
    reason: str,
    now: datetime,
    wall: datetime,
    silent_after: timedelta,
    gone_after: timedelta,
) -> bool:
    """Whether it is still so, looked at inside the transaction that changes it."""
    if conversation.controller != "agent":
        return False
    if reason == GONE:
        left = select(desk_people.c.left_at).where(desk_people.c.account_id == conversation.agent_id)
        left_at = tx.execute(left).scalar()
        return left_at is not None and left_at <= wall - gone_after
    since, held = waits_since(tx, conversation), conversation.claimed_at
    return since is not None and held is not None and max(since, held) <= now - silent_after


def _colleague(tx: Connection, account_id: int, *, capacity: int) -> Account:
    """A colleague who may be given something: of the desk, and here. Raises `Unknown`, `Conflict`."""
    account = account_of(tx, account_id)
    if account is None or not account.may("desk"):
        raise Unknown("unknown_colleague")
    found = people.person(tx, account_id, capacity=capacity)
    if found is None or found.state != "here":
        raise Conflict("colleague_not_here", name=account.first_name)
    return account


def _check_holder(tx: Connection, conversation_id: str, account_id: int) -> None:
    conversation = log.get_conversation(tx, conversation_id)
    if conversation.controller != "agent" or conversation.agent_id != account_id:
        raise Conflict("not_yours")


def _forget_guest(tx: Connection, conversation_id: str, account_id: int) -> bool:
    at = desk_guests.c
    same = delete(desk_guests).where(at.conversation_id == conversation_id, at.account_id == account_id)
    return bool(tx.execute(same).rowcount)


def concerned(tx: Connection, conversation_id: str) -> set[int]:
    """The accounts in whose hands a chat is: who holds it, and who was asked into it. Raises `Unknown`."""
    return in_hands(tx, conversation_id)[1]


def in_hands(tx: Connection, conversation_id: str) -> tuple[str, set[int]]:
    """Who is in control (bot, queue, agent, closed), and whom it concerns: see `concerned`. Raises `Unknown`."""
    rows = tx.execute(_IN_HANDS, {"id": conversation_id}).all()
    if not rows:
        raise Unknown("unknown_conversation")
    controller = rows[0].controller
    if controller != "agent" or rows[0].agent_id is None:
        return controller, set()
    return controller, {rows[0].agent_id, *(row.guest for row in rows if row.guest is not None)}
