"""What a case is. Immutable; changes go through `effects`, `answer`, `expire` and `promise`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

CaseState = Literal["opened", "answered", "expired", "decided", "closed"]

CASE_ANSWER = "case_answer"
"""Kind of the deadline at which the seller's time is over; subject: the reference."""

CASE_PROMISE = "case_promise"
"""Kind of the deadline at which an agent is warned; subject: the reference."""

FALLBACK_LANGUAGE = "de"
"""R9: the language of cases to a seller the shop knows nothing about."""


@dataclass(frozen=True)
class Case:
    """A question to a seller. `told_at` is None until the customer has the answer."""

    reference: str
    conversation_id: str
    seller_id: str
    order_id: str | None
    line_id: str | None
    product_id: str | None
    reason: str
    details: dict[str, Any]
    looked_up: list[dict[str, Any]]
    customer_words: str
    customer_locale: str
    seller_language: str
    state: CaseState
    opened_at: datetime
    answer_by: datetime
    promised_by: datetime
    answered_at: datetime | None
    resolution: str | None
    answer_text: str | None
    no_reply_needed: bool
    decided_at: datetime | None
    decided_by: str | None
    told_at: datetime | None


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case; kept for ever."""

    type: str
    actor: str
    account_id: int | None
    client_id: str | None
    body: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Promise:
    """R12: what the customer was promised, and whether it is kept."""

    reference: str
    reason: str
    state: CaseState
    promised_by: datetime
    told_at: datetime | None


@dataclass(frozen=True)
class SellerContact:
    """How a seller is written to."""

    id: str
    name: str
    email: str
    country: str
    language: str
    return_addresses: dict[str, dict[str, str]]


@dataclass(frozen=True)
class LineOfCase:
    """The order line a case is about, with what a decision and a seller's reader need."""

    line_id: str
    order_id: str
    product_id: str
    quantity: int
    price_cents: int
    state: str
    ordered_at: datetime
    promised_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    carrier: str | None
    tracking_id: str | None
    customer_country: str
    returnable: bool
    excluded_as: str | None
    guarantee_months: int
