"""Working together at the desk: who is here, chats that change hands, labels, the right reason, a stop to abuse."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.base.errors import BadInput
from bot.base.texts import LOCALES
from bot.desk import hand_over, marks, people, work
from bot.desk.queue import mine_of
from bot.service.reasons import GROUPS
from bot.training.effects import note_corrected
from bot.web import desk_views as views
from bot.web.auth import allowed
from bot.web.context import body_of, in_thread, text_field, true_or_false, whole_number
from bot.web.desk import API, CONVERSATION, change

bp = Blueprint("desk_team")

MOST_CAPACITY = 100


@bp.put(f"{API}/me")
@allowed("desk")
async def change_me(request: Request) -> HTTPResponse:
    """{away?, give_back?, languages?, skills?} → me. `give_back`: my chats go to the queue, for going away."""
    body, account, house = body_of(request), request.ctx.account, request.app.ctx.house
    away = true_or_false(body["away"], "away") if "away" in body else None
    give_back = true_or_false(body["give_back"], "give_back") if "give_back" in body else False
    languages = _chosen(body, "languages", LOCALES)
    skills = _chosen(body, "skills", GROUPS)
    now, wall = house.clock.now(), house.clock.unshifted()

    def work_() -> tuple[dict[str, Any], list[str]]:
        given: list[str] = []
        with house.database.write() as tx:
            people.set_profile(tx, account.id, languages=languages, skills=skills, now=wall)
            if away is not None:
                people.set_away(tx, account.id, away, now=wall, clock_now=now)
            if give_back:
                for row in mine_of(tx, account.id):
                    work.give_back(tx, row.conversation.id, agent=account, to="queue", seen=None, now=now)
                    given.append(row.conversation.id)
            me = people.person(tx, account.id, capacity=house.settings.desk_capacity)
        assert me is not None  # `set_profile` made the row
        return views.person_json(me), given

    me, given = await in_thread(request, work_)
    house.tell_desk(agents=[account.id], shared=True)
    for conversation_id in given:
        house.bus.publish(f"conversation:{conversation_id}")
    return response.json(me, ensure_ascii=False)


@bp.put(f"{API}/people/<account_id:int>")
@allowed("figures")
async def change_colleague(request: Request, account_id: int) -> HTTPResponse:
    """{capacity}: how many chats somebody may hold at a time. For supervisors."""
    house = request.app.ctx.house
    capacity = whole_number(body_of(request).get("capacity"), "capacity", most=MOST_CAPACITY)

    def work_() -> None:
        with house.database.write() as tx:
            people.set_capacity(tx, account_id, capacity, now=house.clock.unshifted())

    await in_thread(request, work_)
    house.tell_desk(agents=[account_id], shared=True)
    return response.json({"id": account_id, "capacity": capacity})


@bp.post(f"{CONVERSATION}/pass-on")
@allowed("desk")
async def pass_on(request: Request, conversation_id: str) -> HTTPResponse:
    """Give the chat to a colleague: {to}. 409 when they are not here, or hold as many as they may."""
    to, agent, house = _to(request), request.ctx.account, request.app.ctx.house

    def do(tx: Connection, now: datetime) -> None:
        capacity, wall = house.settings.desk_capacity, house.clock.unshifted()
        hand_over.pass_on(tx, conversation_id, agent=agent, to=to, capacity=capacity, now=now, wall=wall)

    await change(request, conversation_id, do)
    return response.json({"controller": "agent", "to": to})


@bp.post(f"{CONVERSATION}/invite")
@allowed("desk")
async def invite(request: Request, conversation_id: str) -> HTTPResponse:
    """Ask a colleague into the chat: {to}. They may write; you stay responsible."""
    to, agent, capacity = _to(request), request.ctx.account, request.app.ctx.house.settings.desk_capacity

    def do(tx: Connection, now: datetime) -> None:
        hand_over.invite(tx, conversation_id, agent=agent, to=to, capacity=capacity, now=now)

    await change(request, conversation_id, do)
    return response.json({"to": to})


@bp.post(f"{CONVERSATION}/leave")
@allowed("desk")
async def leave(request: Request, conversation_id: str) -> HTTPResponse:
    """Leave a chat one was asked into."""
    agent = request.ctx.account
    await change(
        request, conversation_id, lambda tx, now: hand_over.leave(tx, conversation_id, agent=agent, now=now)
    )
    return response.json({})


@bp.post(f"{CONVERSATION}/requeue")
@allowed("figures")
async def requeue(request: Request, conversation_id: str) -> HTTPResponse:
    """Put a colleague's chat back into the queue. For supervisors."""
    agent = request.ctx.account
    await change(
        request, conversation_id, lambda tx, now: hand_over.take_away(tx, conversation_id, by=agent, now=now)
    )
    return response.json({"controller": "queue"})


@bp.put(f"{CONVERSATION}/labels")
@allowed("desk")
async def set_labels(request: Request, conversation_id: str) -> HTTPResponse:
    """Replace the labels: {labels: [text]} → {labels} as they are kept."""
    given = body_of(request).get("labels")
    if not isinstance(given, list) or not all(isinstance(label, str) for label in given):
        raise BadInput("bad_fields", fields={"labels": "list_required"})
    labels = [text_field({"labels": label}, "labels", limit=200) for label in given[:100] if label.strip()]
    agent = request.ctx.account

    def do(tx: Connection, now: datetime) -> list[str]:
        return marks.set_labels(tx, conversation_id, labels, agent=agent, now=now)

    return response.json({"labels": await change(request, conversation_id, do)}, ensure_ascii=False)


@bp.post(f"{CONVERSATION}/reason")
@allowed("desk")
async def correct_reason(request: Request, conversation_id: str) -> HTTPResponse:
    """Say what it is really about: {reason, seq?}. What was misread lies in the studio's inbox then."""
    body, agent, house = body_of(request), request.ctx.account, request.app.ctx.house
    reason = text_field(body, "reason", limit=40)
    seq = whole_number(body["seq"], "seq") if body.get("seq") is not None else None
    model = house.responder.model_name

    def do(tx: Connection, now: datetime) -> bool:
        misread = marks.correct_reason(tx, conversation_id, agent=agent, reason=reason, seq=seq, now=now)
        if misread is None:
            return False
        note_corrected(
            tx, conversation_id, text=misread.text, language=misread.language, read_as=misread.read_as,
            means=misread.means, seq=misread.seq, model=model, now=now,
        )  # fmt: skip
        return True

    return response.json({"reason": reason, "to_the_studio": await change(request, conversation_id, do)})


@bp.post(f"{CONVERSATION}/block")
@allowed("desk")
async def block(request: Request, conversation_id: str) -> HTTPResponse:
    """Take nothing from an abusive customer for {hours: 1|24|168}; by who holds the chat."""
    hours = whole_number(body_of(request).get("hours"), "hours", least=1)
    agent = request.ctx.account

    def do(tx: Connection, now: datetime) -> datetime:
        return marks.block(tx, conversation_id, agent=agent, hours=hours, now=now)

    return response.json({"blocked_until": isoformat(await change(request, conversation_id, do))})


@bp.post(f"{CONVERSATION}/unblock")
@allowed("desk")
async def unblock(request: Request, conversation_id: str) -> HTTPResponse:
    """Listen to the customer again."""
    agent = request.ctx.account
    await change(
        request, conversation_id, lambda tx, now: marks.unblock(tx, conversation_id, agent=agent, now=now)
    )
    return response.json({})


def _to(request: Request) -> int:
    return whole_number(body_of(request).get("to"), "to", least=1)


def _chosen(body: dict[str, Any], name: str, known: Any) -> list[str] | None:
    """Some of the `known` names; None when the field is missing."""
    given = body.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(one, str) and one in known for one in given):
        raise BadInput("bad_fields", fields={name: "list_required"})
    return given
