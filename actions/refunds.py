"""Where is my money."""

from __future__ import annotations

from actions.ask import Ask
from actions.escalation import known_case, settled_as, title_of, to_seller
from actions.going_back import MOMENT, refund_due_by, standing_return, tell_standing, terms_of
from actions.registry import serves
from actions.which import confirm_line, find_line, other_line, own_lines
from bot.conversations.model import Outcome
from bot.returns import Return, return_card
from bot.returns.store import open_returns
from bot.shop.model import OrderLine

OWED = frozenset({"cancelled", "lost", "returned_to_sender"})
AGREED = frozenset({"refund", "partial_refund", "cancel_confirmed"})
"""Ends of a case that bring money, before the shop shows it."""


def refundable(line: OrderLine) -> bool:
    """Whether money of this line can be on its way back."""
    return line.state in OWED | {"return_started", "return_received", "refunded"}


@serves("refund_status")
def refund_status(ask: Ask) -> Outcome:
    """What the order and the return say about the refund; overdue ones go to the seller."""
    ask.keep_words()
    with_return = _lines_with_return(ask)
    line = find_line(ask, lambda one: refundable(one) or one.id in with_return)
    if line is None:
        return "asked"
    product, known = title_of(ask, line), standing_return(ask, line)
    person = ask.button("talk to a person", "talk_to_human")
    if line.refunded_at is not None:
        amount = ask.money(line.refund_cents or line.price_cents * line.quantity)
        ask.say("utter_refund_sent", amount=amount, refunded=ask.day(line.refunded_at), product=product,
                buttons=[*other_line(ask), person])  # fmt: skip
        return "answered"
    if known is not None and known.refund_by is not None and ask.now < known.refund_by:
        return tell_standing(ask, line, known)
    amount = ask.money(known.amount_cents if known else line.price_cents * line.quantity)
    if _awaits_parcel(line, known):
        page, days = ask.shop.page(line.product_id, ask.locale), terms_of(ask, line).policy.refund_within_days
        title = page.title if page else line.product_id
        cards = (
            [return_card(known, title=title, locale=ask.locale)]
            if known and known.may_be_sent(ask.now)
            else None
        )
        ask.say("utter_refund_awaits_return", product=product, amount=amount, days=days, cards=cards,
                buttons=other_line(ask))  # fmt: skip
        return "answered"
    due = refund_due_by(ask, line)
    if line.return_received_at is not None and due is not None and ask.now < due:
        ask.say("utter_refund_soon", amount=amount, until=ask.day(due - MOMENT), received=ask.day(line.return_received_at),
                product=product, buttons=other_line(ask))  # fmt: skip
        return "answered"
    if refundable(line) or known is not None:
        if case_open := known_case(ask, line):
            return case_open
        talked_about = ask.memory.get("line_id") == line.id
        if (
            ask.assumed and not talked_about
        ):  # nothing is asked of a seller about something that was only guessed
            return confirm_line(ask, line)
        ask.say("utter_refund_missing", product=product)
        return to_seller(ask, line, looked_up=[{"what": "refund", "result": "not_found"}])
    if case_open := known_case(ask, line):
        return case_open
    if case := settled_as(ask, line, AGREED):
        ask.say(
            "utter_refund_agreed",
            product=product,
            reference=case.reference,
            buttons=[*other_line(ask), person],
        )
        return "answered"
    ask.say("utter_no_refund_yet", product=product, buttons=[
        ask.button("start a return", "return_start", line_id=line.id),
        ask.button("something is wrong with this one", "item_defective", line_id=line.id),
        *other_line(ask),
        person,
    ])  # fmt: skip
    return "asked"  # what has happened: the next message says it, as a wish of its own


def _lines_with_return(ask: Ask) -> set[str]:
    """The customer's lines with a return of ours; some keep the state they had, a part of their pieces goes back."""
    with ask.answer.services.database.read() as tx:
        return set(open_returns(tx, [line.id for line in own_lines(ask)]))


def _awaits_parcel(line: OrderLine, known: Return | None) -> bool:
    """Whether goods are to be sent and have not arrived."""
    if line.return_received_at is not None or line.state not in {"delivered", "return_started"}:
        return False
    return line.state == "return_started" or (known is not None and known.ship_by is not None)
