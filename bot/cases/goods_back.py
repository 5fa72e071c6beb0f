"""What a resolution means for the goods: a return with its label, or nothing to send any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.cases import store
from bot.cases.facts import CaseMatter
from bot.cases.model import Case
from bot.returns import (
    AuthoriseReturn,
    Return,
    authorisation,
    authorise_return,
    refund_without_return,
    return_card,
    withdraw_return,
)
from bot.returns.store import hold_line, open_returns
from bot.service import return_rules, way_of_label

STANDS = (
    "The seller has added nothing about {about} (case {reference}). Your return {number} stands as it is: you can "
    "send the item back free of charge and get {amount} back as soon as the parcel has arrived."
)
"""R11: the decision on a case whose return was authorised when it was opened."""

LABEL = "return_label"
KEEP_AND_REFUND = "refund"


def settle_goods(
    tx: Connection, case: Case, matter: CaseMatter, resolution: str | None, *, locale: str, now: datetime
) -> dict[str, Any] | None:
    """R14: carry out what `resolution` says about the goods; returns the card to show, None: there is nothing to show.

    `return_label`: the return that stands already, else a new one with its label. `refund`: the label of an
    earlier one ends, the money is due without a return. Goods that were never delivered are left alone then.
    """
    goods = matter.goods
    if goods is None or resolution not in (LABEL, KEEP_AND_REFUND):
        return None
    title = store.product_titles(tx, [goods.product_id], locale).get(goods.product_id, goods.product_id)
    rules = return_rules()
    hold_line(tx, goods.line_id)
    if resolution == LABEL:
        known = open_returns(tx, [goods.line_id]).get(goods.line_id)
        if known is not None:
            return return_card(known, title=title, locale=locale)
        back = way_of_label(goods.sender, customer_country=goods.customer_country, ways=rules.ways)
        effect = authorisation(goods, back, now=now, rules=rules, case_reference=case.reference)
    else:
        withdraw_return(tx, goods.line_id, now)
        if goods.delivered_at is None or open_returns(tx, [goods.line_id]):
            return None
        effect = refund_without_return(goods, now=now, rules=rules, case_reference=case.reference)
    return _authorised(tx, case, effect, title=title, locale=locale, now=now)


def standing_label(tx: Connection, matter: CaseMatter, resolution: str) -> Return | None:
    """The return that a decision for `return_label` only confirms; None: it brings about something new."""
    if matter.goods is None or resolution != LABEL:
        return None
    return open_returns(tx, [matter.goods.line_id]).get(matter.goods.line_id)


def _authorised(
    tx: Connection, case: Case, effect: AuthoriseReturn, *, title: str, locale: str, now: datetime
) -> dict[str, Any]:
    authorise_return(tx, case.conversation_id, effect, now)
    return return_card(effect, title=title, locale=locale)
