"""Search for everybody at the desk; live load and reports, with CSV, for supervisors."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.clock import UTC
from bot.base.errors import BadInput
from bot.base.texts import LOCALES
from bot.conversations import log
from bot.desk import audit, reports
from bot.desk.search import Found, Wanted, search
from bot.web import desk_views as views
from bot.web.auth import allowed, allowed_page
from bot.web.context import in_thread, reader_locale, whole_number
from bot.web.desk import API, PERIODS
from bot.web.pages import page

bp = Blueprint("desk_reports")

QUESTION_CHARACTERS = 200
AUDIT_SHOWN = 200
REPORT_COLUMNS = (
    "day", "conversations", "handed_off", "claimed", "requeued", "closed", "wait_median_s", "wait_p90_s", "asked",
    "answered", "solved",
)  # fmt: skip


@bp.get("/desk/overview")
@allowed_page("figures")
async def overview_page(request: Request) -> HTTPResponse:
    """The supervisors' page."""
    return page(request, "desk/overview.html", domain="desk")


@bp.get(f"{API}/search")
@allowed("desk")
async def search_conversations(request: Request) -> HTTPResponse:
    """`?q=&language=&reason=&label=&days=` → {found: [row with seq, actor, text]}, the newest first."""
    house, locale, account = request.app.ctx.house, reader_locale(request), request.ctx.account
    now = house.clock.now()
    words = request.args.get("q") or ""
    if len(words) > QUESTION_CHARACTERS or "\x00" in words:
        raise BadInput("bad_fields", fields={"q": "text_too_long_to_search"})
    language = request.args.get("language")
    if language is not None and language not in LOCALES:
        raise BadInput("bad_fields", fields={"language": "unknown_locale"})
    days = whole_number(request.args.get("days"), "days", default=0, most=3660)
    limit = whole_number(request.args.get("limit"), "limit", default=30, least=1, most=100)
    wanted = Wanted(
        words,
        language=language,
        reason=request.args.get("reason"),
        label=request.args.get("label"),
        since=now - timedelta(days) if days else None,
    )

    def work() -> list[Found]:
        with house.database.read() as tx:
            found = search(tx, wanted, limit=limit)
        if words.strip():
            with house.database.write() as tx:  # that it was searched is kept, not for what
                audit.note(tx, "searched", now=now, by=account.id, found=len(found))
        return found

    found, texts = await in_thread(request, work), views.Words(locale)
    rows = [
        {
            **views.row_json(one.row, texts),
            "seq": one.seq,
            "actor": one.actor,
            "text": views.excerpt(one.text),
        }
        for one in found
    ]
    return response.json({"found": rows}, ensure_ascii=False)


@bp.get(f"{API}/live")
@allowed("figures")
async def live(request: Request) -> HTTPResponse:
    """The load of this moment: who waits, by language and reason; who is here; what went wrong lately."""
    house, locale = request.app.ctx.house, reader_locale(request)

    def work() -> dict[str, Any]:
        now = house.clock.now()
        with house.database.read() as tx:
            found = reports.live(tx, capacity=house.settings.desk_capacity, now=now)
        return _live_json(found, views.Words(locale), now)

    return response.json(await in_thread(request, work), ensure_ascii=False)


@bp.get(f"{API}/conversations/<conversation_id:str>/audit")
@allowed("figures")
async def conversation_audit(request: Request, conversation_id: str) -> HTTPResponse:
    """Who looked at a conversation, took it, wrote in it, changed it; the newest first."""
    house = request.app.ctx.house

    def work() -> list[audit.DeskEvent]:
        with house.database.read() as tx:
            log.get_conversation(tx, conversation_id)
            return audit.newest(tx, conversation_id=conversation_id, limit=AUDIT_SHOWN)

    words, found = views.Words(reader_locale(request)), await in_thread(request, work)
    return response.json({"events": [_event_json(event, words) for event in found]}, ensure_ascii=False)


@bp.get(f"{API}/report")
@allowed("figures")
async def report(request: Request) -> HTTPResponse:
    """`?days=7|30|90`: per day, per reason, language, agent and hour."""
    days, found = await _report(request)
    words = views.Words(reader_locale(request))
    split = {"reason": found.by_reason, "language": found.by_language}
    answer: dict[str, Any] = {
        f"by_{name}": [
            {"code": code, "label": words.counted(code), "conversations": n, "handed_off": handed}
            for code, (n, handed) in counts.items()
        ]
        for name, counts in split.items()
    }
    answer["by_agent"] = [
        {"name": name, "claimed": taken, "held_median_s": held}
        for name, (taken, held) in found.by_agent.items()
    ]
    return response.json(
        {"days": days, "per_day": [_day_json(day) for day in found.days], "by_hour": found.by_hour, **answer},
        ensure_ascii=False,
    )


@bp.get(f"{API}/report.csv")
@allowed("figures")
async def report_csv(request: Request) -> HTTPResponse:
    """The days as CSV; no names and no words."""
    _, found = await _report(request)
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=REPORT_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_day_json(day) for day in found.days)
    headers = {"content-disposition": 'attachment; filename="desk.csv"'}
    return response.text(file.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


async def _report(request: Request) -> tuple[int, reports.Report]:
    house = request.app.ctx.house
    days = whole_number(request.args.get("days"), "days", default=PERIODS[0], least=1, most=PERIODS[-1])

    def work() -> reports.Report:
        with house.database.read() as tx:
            return reports.report(tx, days=days, now=house.clock.now())

    return days, await in_thread(request, work)


def _day_json(day: reports.Day) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        **{name: getattr(day, name) for name in REPORT_COLUMNS[1:6]},
        "wait_median_s": None if day.wait_median is None else round(day.wait_median),
        "wait_p90_s": None if day.wait_p90 is None else round(day.wait_p90),
        **{name: getattr(day, name) for name in REPORT_COLUMNS[8:]},
    }


def _live_json(found: reports.Live, words: views.Words, now: datetime) -> dict[str, Any]:
    def waiting(one: reports.Waiting) -> dict[str, Any]:
        return {"count": one.count, "since": views.instant(one.since)}

    return {
        "now": views.instant(now.astimezone(UTC)),
        "waiting": waiting(found.waiting),
        "by_language": [{"code": code, **waiting(one)} for code, one in found.by_language.items()],
        "by_reason": [
            {"code": code, "label": words.counted(code), **waiting(one)}
            for code, one in found.by_reason.items()
        ],
        **{
            name: getattr(found, name)
            for name in ("with_agents", "unanswered", "with_bot_lately", "callbacks")
        },
        "people": [views.person_json(person) for person in found.people],
        "alerts": [
            {
                "at": views.instant(event.at),
                "kind": event.kind,
                "conversation_id": event.conversation_id,
                "agent": views.first_name(event.other or event.account),
                "label": words.handoff(event.body.get("reason")) if event.body.get("reason") else None,
            }
            for event in found.alerts
        ],
    }


def _event_json(event: audit.DeskEvent, words: views.Words) -> dict[str, Any]:
    return {
        "at": views.instant(event.at),
        "kind": event.kind,
        "label": words.event(event.kind),
        "by": event.account,
        "to": event.other,
        "seq": event.body.get("seq"),
    }
