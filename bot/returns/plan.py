"""From goods and the rules to a return: way, address, deadline, amount. Pure, but for the random reference."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.base.references import new_reference
from bot.returns.effects import AuthoriseReturn
from bot.service import (
    ReturnPolicy,
    ReturnRules,
    ReturnWay,
    Sender,
    WayBack,
    refund_due,
    return_until,
    send_back_until,
)


@dataclass(frozen=True)
class Goods:
    """Pieces of an order line that may go back, and what the rules have to know of them.

    `amount_cents` is what the customer gets back for `quantity` of the `ordered` pieces. `policy` is the one
    in force when the order was placed.
    """

    order_id: str
    line_id: str
    product_id: str
    seller_id: str
    quantity: int
    ordered: int
    amount_cents: int
    delivered_at: datetime | None
    promised_at: datetime
    customer_country: str
    sender: Sender
    policy: ReturnPolicy


def authorisation(
    goods: Goods, back: WayBack, *, now: datetime, rules: ReturnRules, case_reference: str | None
) -> AuthoriseReturn:
    """R13–R15: the return of `goods` by `back`, declared `now`.

    Goods still on their way can be sent back as long as if they came on the promised day.
    """
    law = rules.law_of(goods.customer_country)
    arrives = goods.delivered_at or max(now, goods.promised_at)
    window = return_until(arrives, policy=goods.policy, law=law)
    ship_by = send_back_until(max(now, arrives), window_until=window, law=law)
    return _effect(goods, back, case_reference, ship_by=ship_by, refund_by=None)


def refund_without_return(
    goods: Goods, *, now: datetime, rules: ReturnRules, case_reference: str | None
) -> AuthoriseReturn:
    """R14: the money comes back and nothing is sent; the periods run from now on."""
    law = rules.law_of(goods.customer_country)
    due = refund_due(
        delivered_at=goods.delivered_at, declared_at=now, received_at=now, policy=goods.policy, law=law
    )
    back = WayBack(ReturnWay.REFUND_WITHOUT_RETURN, None, None)
    return _effect(goods, back, case_reference, ship_by=None, refund_by=due)


def _effect(
    goods: Goods,
    back: WayBack,
    case_reference: str | None,
    *,
    ship_by: datetime | None,
    refund_by: datetime | None,
) -> AuthoriseReturn:
    return AuthoriseReturn(
        reference=new_reference("R"),
        token=secrets.token_urlsafe(32),
        case_reference=case_reference,
        order_id=goods.order_id,
        line_id=goods.line_id,
        product_id=goods.product_id,
        seller_id=goods.seller_id,
        quantity=goods.quantity,
        amount_cents=goods.amount_cents,
        way=back.way,
        address=dict(back.address) if back.address else None,
        carrier=back.carrier,
        ship_by=ship_by,
        refund_by=refund_by,
        whole_line=goods.quantity == goods.ordered,
    )
