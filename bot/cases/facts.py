"""What the rules have to know of a case, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.cases import store
from bot.cases.model import Case, LineOfCase
from bot.returns import Goods
from bot.service import (
    CaseFacts,
    Exclusion,
    Fulfilment,
    Resolution,
    Sender,
    exclusion_of,
    guarantee_until,
    policy_in_force,
    resolution_table,
    return_rules,
    return_until,
)
from bot.shop.sql import policies_of


@dataclass(frozen=True)
class CaseMatter:
    """The facts of a case, the order line behind them, and its pieces as goods that may go back.

    Line and goods are None when the case is about no line we know.
    """

    facts: CaseFacts
    line: LineOfCase | None
    goods: Goods | None

    def offered(self) -> tuple[Resolution, ...]:
        """The resolutions the seller may choose now, in the order they are shown."""
        return resolution_table().offered(
            self.facts.reason,
            line_state=self.facts.line_state,
            within_return_window=self.facts.within_return_window,
        )


def matter_of(tx: Connection, case: Case, *, now: datetime) -> CaseMatter:
    """Read what a decision on `case` depends on, as it stands at `now`.

    A change of mind counts from the moment it was declared, which is when the case was opened: the time the
    seller takes for an answer is not taken from the customer.
    """
    line = store.line_of(tx, case.line_id)
    if line is None:
        return CaseMatter(CaseFacts(case.reason, None, None), None, None)
    seller = store.seller_contact(tx, case.seller_id)
    rules = return_rules()
    law = rules.law_of(line.customer_country)
    policy = policy_in_force(policies_of(tx, [case.seller_id]), rules.standard, at=line.ordered_at)
    window = guarantee = False
    if line.delivered_at is not None:
        kind = Exclusion(line.excluded_as) if line.excluded_as else None
        excluded, _ = exclusion_of(kind, returnable=line.returnable, policy=policy, law=law)
        until = return_until(line.delivered_at, policy=policy, law=law, returnable=not excluded)
        window = until is not None and case.opened_at < until
        guarantee = now < guarantee_until(line.delivered_at, law=law, seller_months=line.guarantee_months)
    pieces = _pieces(case, line)
    facts = CaseFacts(
        reason=case.reason,
        line_state=line.state,
        value_cents=line.price_cents * pieces,
        abroad=seller is not None and seller.country != line.customer_country,
        within_return_window=window,
        within_guarantee=guarantee,
    )
    goods = Goods(
        order_id=line.order_id,
        line_id=line.line_id,
        product_id=line.product_id,
        seller_id=case.seller_id,
        quantity=pieces,
        ordered=line.quantity,
        amount_cents=line.price_cents * pieces,
        delivered_at=line.delivered_at,
        promised_at=line.promised_at,
        customer_country=line.customer_country,
        sender=Sender(
            Fulfilment.SELLER.value,
            seller.country if seller else line.customer_country,
            seller.return_addresses if seller else {},
        ),
        policy=policy,
    )
    return CaseMatter(facts, line, goods)


def _pieces(case: Case, line: LineOfCase) -> int:
    """How many pieces the case is about: what the customer said, never more than were ordered."""
    said = case.details.get("quantity")
    return min(said, line.quantity) if isinstance(said, int) and said > 0 else line.quantity
