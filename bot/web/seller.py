"""The sellers' side of the contract: cases, answers, redirected questions, what product pages lack."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.base.errors import BadInput
from bot.cases import AnswerResult, answer, case_log, store
from bot.cases.case_file import case_file, pictures
from bot.shop.gaps import needs_of_pages
from bot.web import seller_stream
from bot.web import seller_views as views
from bot.web.auth import allowed, allowed_page
from bot.web.context import body_of, client_id_of, in_thread, optional_text, optional_words, whole_number
from bot.web.pages import page

T = TypeVar("T")

bp = Blueprint("seller")

API = "/api/v1/seller"
CASE = f"{API}/cases/<reference:str>"
CASES_PER_PAGE = 50
MESSAGES_PER_PAGE = 50
GAPS_SHOWN_FOR = timedelta(days=90)

bp.websocket(f"{API}/stream")(seller_stream.stream)


@allowed_page("seller")
async def seller_page(request: Request, reference: str = "") -> HTTPResponse:
    """The case log; its script shows what the address names (mails link to cases and messages)."""
    return page(request, "seller/seller.html", domain="caselog", locale=request.ctx.account.locale)


for _name, _path in (
    ("seller_page", "/seller"),
    ("case_page", "/seller/cases/<reference:str>"),
    ("messages_page", "/seller/messages"),
    ("gaps_page", "/seller/pages"),
):
    bp.add_route(seller_page, _path, name=_name)


@bp.get(f"{API}/cases")
@allowed("seller")
async def cases(request: Request) -> HTTPResponse:
    """My cases: `?state=` open (default), soon, expired, answered, all.

    `?after=` is `next` of the page before.
    """
    group, after = request.args.get("state", "open"), request.args.get("after")
    limit = whole_number(request.args.get("limit"), "limit", default=CASES_PER_PAGE, least=1, most=100)

    def read(tx: Connection, seller_id: str, now: datetime) -> dict[str, Any]:
        found = case_log.page_of_cases(tx, seller_id, group=group, now=now, after=after, limit=limit)
        shown = _shown(tx, request, [case.product_id for case in found.cases])
        late = case_log.late_ones(tx, [case.reference for case in found.cases])
        return {
            "now": isoformat(now),
            "counts": case_log.group_counts(tx, seller_id, now=now),
            "cases": [views.row_json(case, shown, late=case.reference in late) for case in found.cases],
            "next": found.following,
        }

    return response.json(await _read(request, read), ensure_ascii=False)


@bp.get(CASE)
@allowed("seller")
async def case(request: Request, reference: str) -> HTTPResponse:
    """Everything about one of my cases; 404 for others'."""
    found = await _read(request, lambda tx, _seller_id, now: _file(tx, request, reference, now))
    return response.json(found, ensure_ascii=False)


@bp.post(f"{CASE}/answer")
@allowed("seller")
async def give_answer(request: Request, reference: str) -> HTTPResponse:
    """Answer: {client_id, resolution?, text?, no_reply_needed?, amount_cents?, date?} → 201 {result, case}.

    `result`: answered, or late (kept and marked, the decision stands). The same again → 200.
    """
    given = _given(body_of(request))
    house, account = request.app.ctx.house, request.ctx.account

    def work() -> tuple[AnswerResult, dict[str, Any]]:
        now = house.clock.now()
        with house.database.write() as tx:
            done = answer(tx, reference, seller_id=account.seller_id, account_id=account.id, now=now, **given)
            shown = _file(tx, request, reference, now)
        house.bus.publish(f"conversation:{done.conversation_id}", done.last_seq)
        house.bus.publish("desk", done.conversation_id)
        house.bus.publish(f"seller:{account.seller_id}", reference)
        return done, shown

    done, shown = await in_thread(request, work)
    body = {"result": done.kind, "case": shown}
    return response.json(body, status=201 if done.new else 200, ensure_ascii=False)


@bp.get(f"{API}/messages")
@allowed("seller")
async def messages(request: Request) -> HTTPResponse:
    """R2: questions redirected to me, newest first; `?before=` is `next` of the page before."""
    before = request.args.get("before")
    before = None if before is None else whole_number(before, "before", default=0)

    def read(tx: Connection, seller_id: str, now: datetime) -> dict[str, Any]:
        rows, following = case_log.page_of_messages(tx, seller_id, before=before, limit=MESSAGES_PER_PAGE)
        shown = _shown(tx, request, [row.product_id for row in rows])
        return {
            "now": isoformat(now),
            "messages": [views.message_json(row, shown) for row in rows],
            "next": following,
        }

    return response.json(await _read(request, read), ensure_ascii=False)


@bp.get(f"{API}/pages")
@allowed("seller")
async def gaps(request: Request) -> HTTPResponse:
    """R16: my product pages that did not answer a question in the last 90 days, most asked first."""

    def read(tx: Connection, seller_id: str, now: datetime) -> dict[str, Any]:
        needs, total = needs_of_pages(tx, seller_id, since=now - GAPS_SHOWN_FOR)
        shown = _shown(tx, request, [item.product_id for item in needs])
        return {
            "now": isoformat(now),
            "days": GAPS_SHOWN_FOR.days,
            "total": total,
            "products": [views.needs_json(item, shown) for item in needs],
        }

    return response.json(await _read(request, read), ensure_ascii=False)


async def _read(request: Request, work: Callable[[Connection, str, datetime], T]) -> T:
    """Run a query for the signed-in seller in a thread, in one transaction, at one moment."""
    house, seller_id = request.app.ctx.house, request.ctx.account.seller_id

    def work_() -> T:
        with house.database.read() as tx:
            return work(tx, seller_id, house.clock.now())

    return await in_thread(request, work_)


def _file(tx: Connection, request: Request, reference: str, now: datetime) -> dict[str, Any]:
    file = case_file(
        tx,
        reference,
        seller_id=request.ctx.account.seller_id,
        language=request.ctx.account.locale,
        now=now,
    )
    return views.file_json(file, _shown(tx, request, [file.case.product_id]), now=now)


def _shown(tx: Connection, request: Request, product_ids: Collection[str | None]) -> views.Shown:
    locale = request.ctx.account.locale
    return views.Shown(
        locale,
        titles=store.product_titles(tx, list(product_ids), locale),
        images=pictures(tx, product_ids),
        has_shop=request.app.ctx.house.settings.demo,
    )


def _given(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of an answer, each of its type; which belong together is the room's business."""
    no_reply = body.get("no_reply_needed", False)
    if not isinstance(no_reply, bool):
        raise BadInput("bad_fields", fields={"no_reply_needed": "true_or_false_required"})
    amount = body.get("amount_cents")
    if amount is not None and type(amount) is not int:
        raise BadInput("bad_fields", fields={"amount_cents": "whole_number_required"})
    return {
        "client_id": client_id_of(body),
        "resolution": optional_text(body, "resolution", limit=40),
        "text": optional_words(body),
        "no_reply_needed": no_reply,
        "amount_cents": amount,
        "date": optional_text(body, "date", limit=20),
    }
