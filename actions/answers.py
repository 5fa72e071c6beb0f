"""Carries out what the table of answers (data/decisions/answers.yml) says about an order line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.ask import Ask
from actions.cards import line_card
from actions.escalation import known_case, route_for, settled_as, title_of, to_seller
from actions.flow import hand_off
from actions.which import other_line
from bot.conversations.model import Button, Outcome
from bot.service.answers import STATUS, LineFacts, Row, decide
from bot.service.coverage import Route
from bot.shop.model import OrderLine

NOT_SENT = frozenset({"placed", "preparing"})
AWAITED = NOT_SENT | {"shipped"}
SHOWS_LINE = frozenset({"order_status", "order_late", "order_not_received"})
"""Wishes whose answer comes with the line's card."""

LABELS = {"return_start": "start a return", "talk_to_human": "talk to a person"}
"""What the buttons of the table say."""

Needed = Callable[[Ask, OrderLine, str], bool]
"""Whether something is known; asks for it when not. Gets the product's title."""

NEEDED: dict[str, Needed] = {}
"""By what a row may need; filled by `asks_for`."""


def asks_for(need: str) -> Callable[[Needed], Needed]:
    """Registers what finds out, or asks for, one of `bot.service.answers.NEEDS`."""

    def register(ask_for: Needed) -> Needed:
        NEEDED[need] = ask_for
        return ask_for

    return register


def carry_out(ask: Ask, line: OrderLine, *, looked_up: list[dict[str, Any]] | None = None) -> Outcome:
    """Do what the table says about this wish and this line.

    A cancellation that was agreed on in a case comes first: until the shop shows it, its order says nothing of it.
    """
    if line.state in NOT_SENT and (case := settled_as(ask, line, {"cancel_confirmed"})):
        ask.say(
            "utter_cancel_agreed",
            product=title_of(ask, line),
            reference=case.reference,
            buttons=other_line(ask),
        )
        return "answered"
    row = decide(ask.reason, facts_of(ask, line))
    if row.then == "person":
        return hand_off(ask, row.person_for or ask.reason, row.says or "utter_handoff")
    if row.then == "seller":
        return _seller(ask, line, row, looked_up)
    _say(ask, line, row)
    if row.offers:
        _offer(ask, line, row.offers)
    return "answered"


def facts_of(ask: Ask, line: OrderLine) -> LineFacts:
    """What the table may depend on."""
    return LineFacts(
        state=line.state,
        overdue=line.state in AWAITED and ask.now > line.promised_at,
        digital=is_digital(line),
        route=route_for(ask, line).value,
    )


def is_digital(line: OrderLine) -> bool:
    """Delivered without ever having been sent."""
    return line.state == "delivered" and line.shipped_at is None and line.carrier is None


def _seller(ask: Ask, line: OrderLine, row: Row, looked_up: list[dict[str, Any]] | None) -> Outcome:
    """Asked once for what a case needs; whoever else takes over asks what they need, we could not use it."""
    if known := known_case(ask, line):
        return known
    if route_for(ask, line) is Route.CASE:
        for need in row.needs:
            if not NEEDED[need](ask, line, title_of(ask, line)):
                return "asked"
    if row.says and not ask.pressed:
        _say(ask, line, row)
    promised = {"what": "promised_date", "result": line.promised_at.date().isoformat()}
    return to_seller(ask, line, looked_up=looked_up or ([promised] if ask.reason in SHOWS_LINE else None))


def _say(ask: Ask, line: OrderLine, row: Row) -> None:
    text = _status(line) if row.says == STATUS else str(row.says)
    cards = []
    if ask.reason in SHOWS_LINE:
        product = ask.shop.product(line.product_id)
        page = ask.shop.page(line.product_id, ask.locale)
        cards = [line_card(ask, line, page, product.image if product else "")]
    buttons = [_button(ask, line, name) for name in row.buttons]
    ask.say(text, cards=cards, buttons=[*buttons, *other_line(ask)], **_values(ask, line))


def _status(line: OrderLine) -> str:
    if is_digital(line):
        return "utter_status_delivered_digital"
    tracked = line.carrier and line.tracking_id
    return f"utter_status_{line.state}" + (
        "_untracked" if line.state in {"shipped", "delivered"} and not tracked else ""
    )


def _button(ask: Ask, line: OrderLine, name: str) -> Button:
    if name == "talk_to_human":
        return ask.button(LABELS[name], name)
    return ask.button(LABELS[name], name, line_id=line.id)


def _offer(ask: Ask, line: OrderLine, reason: str) -> None:
    yes, no = ask.button("yes, please", reason, line_id=line.id), ask.button("no, I will wait", "deny")
    ask.say("utter_offer_inquiry", buttons=[yes, no])
    ask.remember(offered={"intent": reason, "entities": {"line_id": line.id}})


def _values(ask: Ask, line: OrderLine) -> dict[str, Any]:
    return {
        "product": title_of(ask, line),
        "order_id": line.order_id,
        "state": ask.label(f"is {line.state}") if line.state in _ENDED else "",
        "promised": ask.date(line.promised_at),
        "was_promised": ask.day(line.promised_at),
        "shipped": ask.day(line.shipped_at or line.ordered_at),
        "delivered": ask.day(line.delivered_at or line.promised_at),
        "carrier": line.carrier or "",
        "tracking": line.tracking_id or "",
        "cancelled": ask.day(line.cancelled_at or line.ordered_at),
    }


_ENDED = frozenset(
    {"lost", "returned_to_sender", "cancelled", "return_started", "return_received", "refunded"}
)
