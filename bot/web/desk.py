"""The agents' side of the contract: queue, conversations, claim, reply, give back, close, notes, calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.base.errors import BadInput
from bot.conversations import log, satisfaction
from bot.desk import audit, calls, store, work
from bot.desk.canned import canned_replies
from bot.desk.hand_over import concerned
from bot.desk.package import package_of, shop_view
from bot.desk.queue import invited_of, mine_of, queue_of
from bot.service.contact_ways import contact_ways
from bot.web import desk_views as views
from bot.web import follow
from bot.web.auth import allowed, allowed_page
from bot.web.context import (
    body_of,
    client_id_of,
    in_thread,
    reader_locale,
    true_or_false,
    whole_number,
    words_field,
)
from bot.web.pages import page

bp = Blueprint("desk")

Change = Callable[[Connection, datetime], Any]

API = "/api/v1/desk"
CONVERSATION = f"{API}/conversations/<conversation_id:str>"
NOTE_CHARACTERS = 2000
PERIODS = (7, 30, 90)
"""Days over which shares are shown."""


@bp.get("/desk")
@allowed_page("desk")
async def desk_page(request: Request) -> HTTPResponse:
    """The desk."""
    translates = request.app.ctx.house.translator is not None
    return page(request, "desk/desk.html", domain="desk", translates=translates)


@bp.get(f"{API}/queue")
@allowed("desk")
async def queue(request: Request) -> HTTPResponse:
    """Who waits, what is mine, what others and the bot are doing, who wants to be called.

    With `?here=1` the reader counts as at the desk, as by an open socket: for pages where sockets are blocked.
    """
    house = request.app.ctx.house
    is_here = request.args.get("here") == "1"

    def work_() -> dict[str, Any]:
        if is_here:
            house.desk_keeper.look_in(request.ctx.account.id)
        with house.database.read() as tx:
            found = queue_of(tx, request.ctx.account.id, capacity=house.settings.desk_capacity)
        words = views.Words(reader_locale(request))
        return views.queue_json(found, words, me=request.ctx.account.id, now=house.clock.now())

    return response.json(await in_thread(request, work_), ensure_ascii=False)


@bp.get(f"{API}/queue/mine")
@allowed("desk")
async def mine(request: Request) -> HTTPResponse:
    """What only I see: the chats I hold, and those I was asked into."""
    house, account = request.app.ctx.house, request.ctx.account

    def work_() -> dict[str, Any]:
        words = views.Words(reader_locale(request))
        with house.database.read() as tx:
            lists = {"mine": mine_of(tx, account.id), "invited": invited_of(tx, account.id)}
        return {name: [views.row_json(row, words) for row in rows] for name, rows in lists.items()}

    return response.json(await in_thread(request, work_), ensure_ascii=False)


@bp.get(CONVERSATION)
@allowed("desk")
async def conversation(request: Request, conversation_id: str) -> HTTPResponse:
    """Everything about a conversation."""
    house, account = request.app.ctx.house, request.ctx.account
    locale = reader_locale(request)

    def work_() -> dict[str, Any]:
        with house.database.read() as tx:
            package = package_of(tx, conversation_id, capacity=house.settings.desk_capacity)
        note_view(request, conversation_id)
        shop = shop_view(house.shop, package.conversation)
        canned = canned_replies(
            customer_locale=package.conversation.locale, agent_locale=locale, agent_name=account.first_name
        )
        words = views.Words(locale)
        return views.package_json(package, shop, canned, words, me=account.id, now=house.clock.now())

    return response.json(await in_thread(request, work_), ensure_ascii=False)


@bp.get(f"{CONVERSATION}/events")
@allowed("desk")
async def events(request: Request, conversation_id: str) -> HTTPResponse:
    """What comes after `?after=SEQ`, waiting up to `?wait=` seconds; staff see every entry."""
    after = whole_number(request.args.get("after"), "after", default=0)
    wait = whole_number(request.args.get("wait"), "wait", default=0, most=25)
    await in_thread(request, note_view, request, conversation_id)
    batch = await follow.next_batch(request, conversation_id, after, audience="staff", wait=wait)
    return response.json(batch, ensure_ascii=False)


@bp.post(f"{CONVERSATION}/claim")
@allowed("desk")
async def claim(request: Request, conversation_id: str) -> HTTPResponse:
    """Take a conversation: one winner; 409 tells the others who it is, and who holds enough that it is enough."""
    house, agent = request.app.ctx.house, request.ctx.account

    def change_(tx: Connection, now: datetime) -> None:
        capacity, wall = house.settings.desk_capacity, house.clock.unshifted()
        work.claim(tx, conversation_id, agent=agent, now=now, capacity=capacity, wall=wall)

    await change(request, conversation_id, change_)
    return response.json({"controller": "agent", "agent": request.ctx.account.first_name}, ensure_ascii=False)


@bp.post(f"{CONVERSATION}/messages")
@allowed("desk")
async def send(request: Request, conversation_id: str) -> HTTPResponse:
    """Reply: {client_id, text} → 201 {seq}; the same again → 200; 409 for who does not hold the chat.

    `conveys?`: references of the cases whose end the customer learns by this reply; without it all of them.
    """
    body = body_of(request)
    client_id, text, conveys = client_id_of(body), words_field(body), _references(body)
    account = request.ctx.account

    def reply(tx: Connection, now: datetime) -> tuple[int, bool]:
        return work.reply(
            tx, conversation_id, agent=account, client_id=client_id, text=text, conveys=conveys, now=now
        )

    seq, new = await change(request, conversation_id, reply, shared=False)
    return response.json({"seq": seq}, status=201 if new else 200)


@bp.post(f"{CONVERSATION}/release")
@allowed("desk")
async def release(request: Request, conversation_id: str) -> HTTPResponse:
    """Give back: {to: bot|queue, seen?}. With `seen`, 409 when the customer wrote after that entry."""
    body = body_of(request)
    to, seen = body.get("to"), _seen(body)
    if to not in ("bot", "queue"):
        raise BadInput("bad_fields", fields={"to": "bot_or_queue"})
    account = request.ctx.account
    await change(
        request,
        conversation_id,
        lambda tx, now: work.give_back(tx, conversation_id, agent=account, to=to, seen=seen, now=now),
    )
    return response.json({"controller": to})


@bp.post(f"{CONVERSATION}/close")
@allowed("desk")
async def close(request: Request, conversation_id: str) -> HTTPResponse:
    """Close: {seen?}. With `seen`, 409 when the customer wrote after that entry."""
    seen = _seen(body_of(request) if request.body else {})
    account = request.ctx.account
    await change(
        request,
        conversation_id,
        lambda tx, now: work.close(tx, conversation_id, agent=account, seen=seen, now=now),
    )
    return response.json({"controller": "closed"})


@bp.post(f"{CONVERSATION}/notes")
@allowed("desk")
async def add_note(request: Request, conversation_id: str) -> HTTPResponse:
    """Keep a private note: {text} → 201, the notes as they are now."""
    text = words_field(body_of(request), limit=NOTE_CHARACTERS)
    account = request.ctx.account

    def add(tx: Connection, now: datetime) -> list[dict[str, Any]]:
        work.add_note(tx, conversation_id, agent=account, text=text, now=now)
        return [views.note_json(note) for note in store.notes_of(tx, conversation_id)]

    notes = await change(request, conversation_id, add)
    return response.json({"notes": notes}, status=201, ensure_ascii=False)


@bp.post(f"{CONVERSATION}/signals")
@allowed("desk")
async def signal(request: Request, conversation_id: str) -> HTTPResponse:
    """Tell the customer {typing: true|false}, or {seen: SEQ}; counts only from who holds the chat, or was asked into it.

    Colleagues who look at the same chat hear of typing from everybody.
    """
    body = body_of(request)
    note: dict[str, Any] = {}
    if "typing" in body:
        note["typing"] = request.ctx.account.first_name if true_or_false(body["typing"], "typing") else ""
    if "seen" in body:
        note["seen"] = whole_number(body["seen"], "seen")
    if not note:
        raise BadInput("bad_fields", fields={"typing": "signal_required"})
    house = request.app.ctx.house
    account = request.ctx.account
    if await in_thread(request, _may_write, house, conversation_id, account.id):
        house.bus.publish(f"signals:{conversation_id}", {**note, "from": "agent"})
    if "typing" in note:
        doing = "typing" if note["typing"] else "viewing"
        house.bus.publish(
            f"staff:{conversation_id}", {"id": account.id, "name": account.first_name, "doing": doing}
        )
    return response.json({})


@bp.post(f"{API}/callbacks/<callback_id:int>/take")
@allowed("desk")
async def callback_take(request: Request, callback_id: int) -> HTTPResponse:
    """Take a call-back in hand: one winner; 409 tells the others who it is."""
    agent = request.ctx.account
    return await _change_call(request, lambda tx, now: calls.take(tx, callback_id, agent=agent, now=now))


@bp.post(f"{API}/callbacks/<callback_id:int>/put-back")
@allowed("desk")
async def callback_put_back(request: Request, callback_id: int) -> HTTPResponse:
    """Give a call-back to the others again."""
    agent = request.ctx.account
    return await _change_call(request, lambda tx, _now: calls.put_back(tx, callback_id, agent=agent))


@bp.post(f"{API}/callbacks/<callback_id:int>/done")
@allowed("desk")
async def callback_done(request: Request, callback_id: int) -> HTTPResponse:
    """The customer was called."""
    agent = request.ctx.account
    return await _change_call(request, lambda tx, now: calls.done(tx, callback_id, agent=agent, now=now))


@bp.post(f"{API}/callbacks/<callback_id:int>/not-reached")
@allowed("desk")
async def callback_not_reached(request: Request, callback_id: int) -> HTTPResponse:
    """Nobody answered: it is tried again, or ends after the last try. Only by who has taken it."""
    agent, rules = request.ctx.account, contact_ways().calls

    def change(tx: Connection, now: datetime) -> str:
        return calls.not_reached(tx, callback_id, agent=agent, rules=rules, now=now)

    return await _change_call(request, change)


@bp.get(f"{API}/satisfaction")
@allowed("figures")
async def satisfaction_shares(request: Request) -> HTTPResponse:
    """R20: the share of solved matters over 7, 30 and 90 days, in all and by who handled them."""
    house = request.app.ctx.house

    def work_() -> list[dict[str, Any]]:
        now = house.clock.now()
        with house.database.read() as tx:
            return [
                views.shares_json(days, satisfaction.shares(tx, since=now - timedelta(days)))
                for days in PERIODS
            ]

    return response.json({"periods": await in_thread(request, work_)})


@bp.get(f"{API}/satisfaction.csv")
@allowed("figures")
async def satisfaction_export(request: Request) -> HTTPResponse:
    """R20: every question of the last `?days=` (90) with its answer, for reports; no names and no words."""
    days = whole_number(request.args.get("days"), "days", default=PERIODS[-1], most=3660)
    house = request.app.ctx.house

    def work_() -> str:
        with house.database.read() as tx:
            return views.answers_csv(satisfaction.answers(tx, since=house.clock.now() - timedelta(days)))

    headers = {"content-disposition": 'attachment; filename="satisfaction.csv"'}
    text = await in_thread(request, work_)
    return response.text(text, headers=headers, content_type="text/csv; charset=utf-8")


async def _change_call(request: Request, change: Callable[[Connection, datetime], str]) -> HTTPResponse:
    """Run one change of a call-back; it names the conversation whose followers are told."""
    house = request.app.ctx.house

    def work_() -> None:
        with house.database.write() as tx:
            conversation_id = change(tx, house.clock.now())
            seq = log.get_conversation(tx, conversation_id).last_seq
        house.bus.publish(f"conversation:{conversation_id}", seq)
        house.bus.publish("desk", conversation_id)

    await in_thread(request, work_)
    return response.json({})


async def change(
    request: Request, conversation_id: str, do: Callable[[Connection, Any], Any], *, shared: bool = True
) -> Any:
    """Run one change of state in a transaction, then tell whoever follows the conversation and the queue.

    `shared` False: only those in whose hands the chat is have anything to look at.
    """
    house = request.app.ctx.house

    def work_() -> Any:
        with house.database.write() as tx:
            before = concerned(tx, conversation_id)
            result = do(tx, house.clock.now())
            after = concerned(tx, conversation_id) if shared else before
            seq = log.get_conversation(tx, conversation_id).last_seq
        house.bus.publish(f"conversation:{conversation_id}", seq)
        house.tell_desk(conversation_id, agents=before | after, shared=shared)
        return result

    return await in_thread(request, work_)


def _may_write(house: Any, conversation_id: str, account_id: int) -> bool:
    with house.database.read() as tx:
        return account_id in concerned(tx, conversation_id)


def note_view(request: Request, conversation_id: str) -> None:
    """Who looks at what goes into the audit, by whichever road. Raises `Unknown`."""
    house = request.app.ctx.house
    audit.note_view(house.database, conversation_id, request.ctx.account.id, now=house.clock.now())


def _references(body: dict[str, Any]) -> list[str] | None:
    given = body.get("conveys")
    if given is not None and not (isinstance(given, list) and all(isinstance(item, str) for item in given)):
        raise BadInput("bad_fields", fields={"conveys": "list_required"})
    return given


def _seen(body: dict[str, Any]) -> int | None:
    return whole_number(body["seen"], "seen", default=0) if body.get("seen") is not None else None
