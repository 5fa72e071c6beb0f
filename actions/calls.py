"""R18: being called back. The number with its country, and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from actions.ask import Ask, command
from actions.flow import hand_off
from actions.registry import serves
from actions.shop_down import in_passing
from bot.base.clock import TIME_ZONES, UTC
from bot.conversations.model import Button, Outcome
from bot.desk.calls import window_text
from bot.desk.effects import RequestCallBack
from bot.nlu.call_times import call_time_in
from bot.nlu.entities import find_patterns
from bot.nlu.phones import NoPhone, Phone, country_name, country_named, read_phone
from bot.service.contact_ways import CallRules, Window, call_now, contact_ways, next_windows, window_for

REGIONS = {"es": "ES", "de": "DE"}
NOW = "now"
"""What the button for a call at once carries."""

NO_PHONE_NUMBERS = frozenset({"order_id", "tracking_id", "money"})


@serves("request_callback")
def request_callback(ask: Ask) -> Outcome:
    """Number and time in one question. A number alone is called at once; outside the service hours it is asked when."""
    rules = contact_ways().calls
    phone = _phone(ask)
    zone = rules.zones.get(_country(ask, phone), TIME_ZONES[ask.locale])
    wish, window = _window(ask, rules, zone)
    if window is not None:
        ask.note(when=_kept(window) if wish != NOW else NOW)
    if isinstance(phone, NoPhone):
        return _ask_phone(ask, phone, rules, zone)
    ask.note(phone=phone.number, country=phone.country)
    if window is None and not wish:
        window = call_now(rules, ask.now)
    if window is None:
        return _ask_time(ask, rules, zone, wished=bool(wish))
    ask.want(RequestCallBack(phone.number, window, str(zone)))
    return hand_off(
        ask,
        "request_callback",
        "utter_callback_noted",
        phone=_shown(ask, phone),
        window=_when(ask, window, zone),
    )


def _phone(ask: Ask) -> Phone | NoPhone:
    """The number in this message, or the one given before. A country named now completes what was written before."""
    details, home = ask.details, _home(ask)
    country = country_named(ask.text, ask.locale)
    found = read_phone(
        _without_other_numbers(ask.text), home or REGIONS[ask.locale], sure=home is not None, country=country
    )
    pressed = ask.entity("phone") if ask.pressed else None
    if pressed:
        found = read_phone(str(pressed), REGIONS[ask.locale])
    if isinstance(found, NoPhone) and found.wrong == "not_there":
        if details.get("phone"):
            return Phone(details["phone"], details.get("country") or "")
        if country and details.get("written"):
            return read_phone(details["written"], country, country=country)
    return found


def _home(ask: Ask) -> str | None:
    """The customer's country as the shop knows it; None: it is asked for, also while the shop is silent."""
    return in_passing(lambda: _country_of_orders(ask), otherwise=None)


def _country_of_orders(ask: Ask) -> str | None:
    """Where the order in question goes, or the newest one."""
    order_id, customer_id = ask.slot("order_id"), ask.answer.conversation.customer_id
    order = ask.shop.order(order_id) if order_id else None
    if order is not None and ask.answer.may_see(order):
        return order.country
    newest = ask.shop.orders_of(customer_id, limit=1) if customer_id else []
    return newest[0].country if newest else None


def _country(ask: Ask, phone: Phone | NoPhone) -> str:
    return phone.country if isinstance(phone, Phone) else _home(ask) or ""


def _without_other_numbers(text: str) -> str:
    for match in reversed(find_patterns(text)):
        if match.entity in NO_PHONE_NUMBERS:
            text = text[: match.start] + " " + text[match.end :]
    return text


def _ask_phone(ask: Ask, phone: NoPhone, rules: CallRules, zone: ZoneInfo) -> Outcome:
    if phone.wrong == "not_there":
        again = ask.pending_detail in ("phone", "country") and not ask.pressed
        chosen = ask.details.get("when")
        text = "utter_ask_phone_again" if again else "utter_ask_phone_alone" if chosen else "utter_ask_phone"
        ask.say(text, buttons=[] if chosen else _windows(ask, rules, zone))
        return ask.wait_for("phone")
    ask.note(written=phone.written)
    if phone.wrong != "which_country":
        ask.say(f"utter_phone_{phone.wrong}", written=phone.written)
        return ask.wait_for("phone")
    readings = [read_phone(phone.written, code, country=code) for code in phone.countries]
    buttons = [
        Button(country_name(one.country, ask.locale), command("request_callback", phone=one.number))
        for one in readings
        if isinstance(one, Phone)
    ]
    ask.say("utter_phone_which_country", written=phone.written, buttons=buttons)
    return ask.wait_for("country")


def _window(ask: Ask, rules: CallRules, zone: ZoneInfo) -> tuple[str, Window | None]:
    """What was wished (empty: nothing) and the window it means now; None: nobody calls then."""
    chosen = ask.entity("choice") if ask.pressed else None
    if not chosen and not ask.pressed:
        today = ask.now.astimezone(zone).date()
        wish = call_time_in(_about_the_call(ask), ask.locale, today=today)
        if wish is not None:
            return NOW if wish.now else "said", window_for(wish, rules, ask.now, zone)
    chosen = str(chosen or ask.details.get("when") or "")
    if chosen == NOW:
        return NOW, call_now(rules, ask.now)
    window = _from_kept(chosen) if chosen else None
    return chosen, window if window and window.end > ask.now else None


def _about_the_call(ask: Ask) -> str:
    """What of a message may say when to call: all of an answer; of a first message the sentence that asks for the call."""
    if ask.pending_detail:
        return ask.text
    words = ask.label("words for calling").split("|")
    sentences = ask.text.replace("?", ".").replace("!", ".").replace(";", ".").split(". ")
    return " ".join(one for one in sentences if any(word in one.casefold() for word in words))


def _ask_time(ask: Ask, rules: CallRules, zone: ZoneInfo, *, wished: bool) -> Outcome:
    """Nobody calls at the time that was wished, or just now, or no time was understood."""
    ask.note(when=None)
    missed = ask.pending_detail == "window" and not ask.taken_up
    text = "utter_call_time_closed" if wished else "utter_ask_call_time" if missed else "utter_call_not_now"
    ask.say(text, buttons=_windows(ask, rules, zone))
    return ask.wait_for("window")


def _windows(ask: Ask, rules: CallRules, zone: ZoneInfo) -> list[Button]:
    """Now, when somebody calls now, and the next windows."""
    now = [ask.button("call me now", "request_callback", choice=NOW)] if call_now(rules, ask.now) else []
    later = [one for one in next_windows(rules, ask.now) if not now or one.start > ask.now]
    return now + [
        Button(_title(_when(ask, one, zone)), command("request_callback", choice=_kept(one)))
        for one in later[: rules.offered]
    ]


def _when(ask: Ask, window: Window, zone: ZoneInfo) -> str:
    """A window in the customer's words; the place is named where their clock is not that of their language."""
    text = window_text(window, ask.locale, zone, ask.now)
    if zone == TIME_ZONES[ask.locale]:
        return text
    city = get_timezone_location(zone, locale=ask.locale, return_city=True).rpartition("/")[2]
    return f"{text} ({city})"


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(ask: Ask, phone: Phone) -> str:
    return f"{phone.number} ({country_name(phone.country, ask.locale)})" if phone.country else phone.number


def _kept(window: Window) -> str:
    return f"{window.start.isoformat()}/{window.end.isoformat()}"


def _from_kept(text: str) -> Window:
    start, end = (datetime.fromisoformat(one).astimezone(UTC) for one in text.split("/"))
    return Window(start, end)
