"""R18: calling customers back. Each function is one change of state with one winner; the customer hears what came of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from sqlalchemy import update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.accounts.model import Account
from bot.base.errors import Conflict
from bot.base.texts import translate
from bot.conversations import control, log
from bot.conversations.model import NewEntry
from bot.desk import store
from bot.desk.due import BY_PHONE
from bot.desk.model import CallBack
from bot.desk.tables import callbacks
from bot.service.contact_ways import CallRules, Window, next_try


def take(tx: Connection, callback_id: int, *, agent: Account, now: datetime) -> str:
    """Take a call-back in hand, so that nobody else calls. Returns the conversation; the winner's second click is nothing.

    Raises `Conflict` with the first name of who has it, and `Unknown`.
    """
    free = (callbacks.c.id == callback_id) & callbacks.c.done_at.is_(None) & callbacks.c.taken_by.is_(None)
    won = tx.execute(update(callbacks).where(free).values(taken_by=agent.id, taken_at=now)).rowcount
    return (store.get_callback(tx, callback_id) if won else _held(tx, callback_id, agent)).conversation_id


def put_back(tx: Connection, callback_id: int, *, agent: Account) -> str:
    """Give a call-back that one has taken to the others again. Raises `Conflict`, `Unknown`."""
    conversation_id = _held(tx, callback_id, agent).conversation_id
    tx.execute(update(callbacks).where(_is_open(callback_id)).values(taken_by=None, taken_at=None))
    return conversation_id


def done(tx: Connection, callback_id: int, *, agent: Account, now: datetime) -> str:
    """The customer was reached. One agent's mark counts; a second one of the same agent changes nothing."""
    ended_by = store.callback_ended_by(tx, callback_id)
    if ended_by is not None and ended_by[0] == agent.id:
        return store.get_callback(tx, callback_id).conversation_id
    call = _held(tx, callback_id, agent, also_free=True)
    values = {"done_at": now, "done_by": agent.id, "outcome": "done"}
    tx.execute(update(callbacks).where(_is_open(callback_id)).values(**values))
    control.wait_anew(tx, call.conversation_id, reason=BY_PHONE, now=now)
    _tell(tx, call, "{agent} has called you.", now, agent=agent.first_name)
    return call.conversation_id


def not_reached(tx: Connection, callback_id: int, *, agent: Account, rules: CallRules, now: datetime) -> str:
    """Nobody answered the one who has it in hand: another try in the next window, or the end after the last one.

    The customer is told either way. Raises `Conflict`, `Unknown`.
    """
    call = _held(tx, callback_id, agent)
    again = next_try(rules, now) if call.tries + 1 < rules.tries else None
    values: dict[str, object] = {"tries": call.tries + 1, "taken_by": None, "taken_at": None}
    if again is None:
        values |= {"done_at": now, "done_by": agent.id, "outcome": "not_reached"}
    else:
        values |= {"window_start": again.start, "window_end": again.end}
    tx.execute(update(callbacks).where(_is_open(callback_id)).values(**values))
    if again is None:
        control.wait_anew(tx, call.conversation_id, reason=BY_PHONE, now=now)
        text = "We tried to call you on {phone} at {time} and did not reach you. Write to us here when it suits you better."
        _tell(tx, call, text, now, phone=call.phone, time=_time(call, now))
    else:
        text = "We tried to call you on {phone} at {time} and did not reach you. We try again {window}."
        window = window_text(again, call.locale, ZoneInfo(call.zone), now)
        _tell(tx, call, text, now, phone=call.phone, time=_time(call, now), window=window)
    return call.conversation_id


def window_text(window: Window, locale: str, zone: ZoneInfo, now: datetime) -> str:
    """A window as customers read it, by the clock of `zone`: "mañana entre las 10:00 y las 12:00"."""
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    ahead = (start.date() - now.astimezone(zone).date()).days
    named = {0: "today", 1: "tomorrow"}.get(ahead)
    pattern = {"es": "EEEE d 'de' MMMM", "de": "EEEE, d. MMMM"}[locale]
    day = (
        translate("bot", locale, named)
        if named
        else translate("bot", locale, "on {day}", day=format_date(start.date(), pattern, locale=locale))
    )
    times = {"start": _clock(start, locale), "end": _clock(end, locale)}
    return translate("bot", locale, "{day} between {start} and {end}", day=day, **times)


def _tell(tx: Connection, call: CallBack, text: str, now: datetime, **values: str) -> None:
    """A message of ours in the conversation, whoever is in control of it."""
    controller = log.get_conversation(tx, call.conversation_id).controller
    body = {"text": translate("bot", call.locale, text, **values), "lang": call.locale}
    if controller in ("queue", "agent"):
        body["during"] = controller
    log.append(tx, call.conversation_id, [NewEntry("message", "bot", body)], now=now)


def _held(tx: Connection, callback_id: int, agent: Account, *, also_free: bool = False) -> CallBack:
    """The call-back, held against others by an update; raises `Conflict` with the name of who has or had it."""
    mine = callbacks.c.taken_by == agent.id
    allowed = mine | callbacks.c.taken_by.is_(None) if also_free else mine
    same = update(callbacks).where(_is_open(callback_id), allowed)
    if tx.execute(same.values(phone=callbacks.c.phone)).rowcount:
        return store.get_callback(tx, callback_id)
    call = store.get_callback(tx, callback_id)
    ended_by = store.callback_ended_by(tx, callback_id)
    if ended_by is not None:
        raise Conflict("callback_done_by", name=ended_by[1].split()[0])
    if call.taken_name is None:
        raise Conflict("callback_not_taken")
    raise Conflict("callback_taken_by", name=call.taken_name.split()[0])


def _is_open(callback_id: int) -> ColumnElement[bool]:
    return (callbacks.c.id == callback_id) & callbacks.c.done_at.is_(None)


def _time(call: CallBack, now: datetime) -> str:
    return _clock(now.astimezone(ZoneInfo(call.zone)), call.locale)


def _clock(at: datetime, locale: str) -> str:
    return str(format_time(at.time(), "H:mm", locale=locale))
