"""R13: approving a seller's return policy: nothing that is worse than the standard in any respect gets in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.base.errors import BadInput, Unknown
from bot.service import ReturnPolicy, RulesError, refused, return_rules
from bot.shop.sql import policies_of
from bot.shop.tables import return_policies, sellers


def approve_policy(
    tx: Connection,
    seller_id: str,
    terms: Mapping[str, Any] | None,
    *,
    approved_by: str,
    valid_from: datetime,
    now: datetime,
) -> None:
    """R13: from `valid_from` (UTC, not in the past) on `terms` apply to this seller's new orders; None: the standard.

    Raises `Unknown` for an unknown seller, and `BadInput`: `policy_refused` with every respect that is worse
    in `fields`, `bad_policy` for terms that cannot be read, `policy_in_the_past` when `valid_from` is, or is
    not later than the seller's newest policy. What was approved once is never changed: orders rest on it.
    """
    if tx.execute(select(sellers.c.id).where(sellers.c.id == seller_id)).first() is None:
        raise Unknown("unknown_seller")
    if valid_from < now or any(policy.valid_from >= valid_from for policy in policies_of(tx, [seller_id])):
        raise BadInput("policy_in_the_past", fields={"valid_from": "policy_in_the_past"})
    tx.execute(
        insert(return_policies).values(
            seller_id=seller_id,
            terms=None if terms is None else _acceptable(terms).as_json(),
            valid_from=valid_from,
            approved_at=now,
            approved_by=approved_by,
        )
    )


def _acceptable(terms: Mapping[str, Any]) -> ReturnPolicy:
    try:
        policy = ReturnPolicy.from_json(terms)
    except RulesError as error:
        raise BadInput("bad_policy", reason=str(error)) from error
    if worse := refused(policy, return_rules().standard):
        raise BadInput("policy_refused", fields={one.value: f"worse_{one.value}" for one in worse})
    return policy
