"""R20: whether it was solved. Asked at most once for each matter of a conversation; the newest answer counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.base.effect import Effect
from bot.base.texts import translate
from bot.conversations.buttons import issue
from bot.conversations.model import Button
from bot.conversations.tables import conversations, satisfaction

HandledBy = Literal["bot", "agent", "seller"]
SOLVED, UNSOLVED = "solved:", "unsolved:"
"""What the two buttons carry as `choice`, before the matter."""


@dataclass(frozen=True)
class Matter:
    """What a conversation was about: a contact reason, and the order line, order or product in question."""

    reason: str
    about: str = ""

    @property
    def key(self) -> str:
        """Its name within the conversation."""
        return f"{self.reason}|{self.about}"


@dataclass(frozen=True)
class AskSolved(Effect):
    """The customer is asked in this turn whether `matter` was solved."""

    matter: Matter
    handled_by: HandledBy


@dataclass(frozen=True)
class NoteSolved(Effect):
    """The customer has said whether the matter named `key` was solved."""

    key: str
    solved: bool


@dataclass(frozen=True)
class Share:
    """How often it was solved: of `asked`, `answered` said something, and `solved` of those said yes."""

    asked: int
    answered: int
    solved: int

    @property
    def share(self) -> float | None:
        """Solved among answered, 0 to 1; None while nobody has answered."""
        return self.solved / self.answered if self.answered else None


def buttons_for(matter: Matter, locale: str) -> tuple[Button, Button]:
    """Yes and no, in the customer's language."""
    return (
        Button(translate("bot", locale, "it is solved"), _command("affirm", SOLVED + matter.key)),
        Button(translate("bot", locale, "it is not solved"), _command("deny", UNSOLVED + matter.key)),
    )


def question(
    tx: Connection,
    conversation_id: str,
    matter: Matter,
    *,
    handled_by: HandledBy,
    text: str,
    locale: str,
    now: datetime,
) -> dict[str, Any] | None:
    """The body of a message that asks, noted as asked; None when this matter was asked about before."""
    if not note_asked(tx, conversation_id, AskSolved(matter, handled_by), now):
        return None
    buttons = issue(tx, conversation_id, buttons_for(matter, locale), now=now)
    return {"text": translate("bot", locale, text), "lang": locale, "buttons": buttons}


def was_asked(tx: Connection, conversation_id: str, matter: Matter) -> bool:
    """Whether the customer was asked about this matter."""
    return (
        tx.execute(select(satisfaction.c.id).where(*_same(conversation_id, matter.key))).first() is not None
    )


def note_asked(tx: Connection, conversation_id: str, effect: AskSolved, now: datetime) -> bool:
    """Note that it was asked; False, changing nothing, when it was before."""
    if was_asked(tx, conversation_id, effect.matter):
        return False
    row = {
        "conversation_id": conversation_id,
        "matter": effect.matter.key,
        "reason": effect.matter.reason,
        "handled_by": effect.handled_by,
        "asked_at": now,
    }
    tx.execute(insert(satisfaction).values(**row))
    return True


def note_solved(tx: Connection, conversation_id: str, effect: NoteSolved, now: datetime) -> None:
    """Keep the answer; what was never asked has none."""
    same = update(satisfaction).where(*_same(conversation_id, effect.key))
    tx.execute(same.values(solved=effect.solved, answered_at=now))


def shares(tx: Connection, *, since: datetime) -> dict[str, Share]:
    """The shares of what was asked since `since`: in `all`, and by who handled it."""
    at = satisfaction.c
    query = (
        select(
            at.handled_by,
            func.count().label("asked"),
            func.count(at.answered_at).label("answered"),
            func.sum(case((at.solved.is_(True), 1), else_=0)).label("solved"),
        )
        .where(at.asked_at >= since)
        .group_by(at.handled_by)
    )
    found = {row.handled_by: Share(row.asked, row.answered, int(row.solved)) for row in tx.execute(query)}
    total = Share(
        *(sum(getattr(one, name) for one in found.values()) for name in ("asked", "answered", "solved"))
    )
    return {"all": total, **{name: found.get(name, Share(0, 0, 0)) for name in ("bot", "agent", "seller")}}


def answers(tx: Connection, *, since: datetime) -> Iterator[dict[str, Any]]:
    """Everything that was asked since `since`, oldest first, for reports. No words of customers, no names."""
    at = satisfaction.c
    query = (
        select(satisfaction, conversations.c.locale)
        .join(conversations, conversations.c.id == at.conversation_id)
        .where(at.asked_at >= since)
        .order_by(at.asked_at, at.id)
    )
    for row in tx.execute(query):
        yield {
            "conversation_id": row.conversation_id,
            "language": row.locale,
            "reason": row.reason,
            "handled_by": row.handled_by,
            "asked_at": isoformat(row.asked_at),
            "solved": row.solved,
            "answered_at": isoformat(row.answered_at) if row.answered_at else None,
        }


def _same(conversation_id: str, key: str) -> tuple[Any, Any]:
    return satisfaction.c.conversation_id == conversation_id, satisfaction.c.matter == key


def _command(intent: str, choice: str) -> str:
    return f"/{intent}{json.dumps({'choice': choice})}"
