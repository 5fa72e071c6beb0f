"""What the rules have to know of a case, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.cases import store
from bot.cases.model import Case, LineOfCase
from bot.service import (
    CaseFacts,
    Resolution,
    guarantee_until,
    policy_in_force,
    resolution_table,
    return_rules,
    return_until,
)


@dataclass(frozen=True)
class CaseMatter:
    """The facts of a case, and the order line behind them (None: the case is about no line we know)."""

    facts: CaseFacts
    line: LineOfCase | None

    def offered(self) -> tuple[Resolution, ...]:
        """The resolutions the seller may choose now, in the order they are shown."""
        return resolution_table().offered(
            self.facts.reason,
            line_state=self.facts.line_state,
            within_return_window=self.facts.within_return_window,
        )


def matter_of(tx: Connection, case: Case, *, now: datetime) -> CaseMatter:
    """Read what a decision on `case` depends on, as it stands at `now`."""
    line = store.line_of(tx, case.line_id)
    if line is None:
        return CaseMatter(CaseFacts(case.reason, None, None), None)
    seller = store.seller_contact(tx, case.seller_id)
    rules = return_rules()
    law = rules.law_of(line.customer_country)
    window = guarantee = False
    if line.delivered_at is not None:
        policy = policy_in_force(seller.return_policy if seller else None, rules.standard)
        until = return_until(line.delivered_at, policy=policy, law=law, returnable=line.returnable)
        window = until is not None and now < until
        guarantee = now < guarantee_until(line.delivered_at, law=law, seller_months=line.guarantee_months)
    facts = CaseFacts(
        reason=case.reason,
        line_state=line.state,
        value_cents=line.price_cents * _pieces(case, line),
        abroad=seller is not None and seller.country != line.customer_country,
        within_return_window=window,
        within_guarantee=guarantee,
    )
    return CaseMatter(facts, line)


def _pieces(case: Case, line: LineOfCase) -> int:
    """How many pieces the case is about: what the customer said, never more than were ordered."""
    said = case.details.get("quantity")
    return min(said, line.quantity) if isinstance(said, int) and said > 0 else line.quantity
