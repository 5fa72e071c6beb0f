"""Mails to sellers about cases: queued in the transaction of the event they tell of, each exactly once."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.base.clock import isoformat
from bot.base.text import without_contact_data
from bot.cases import store, wording
from bot.cases.model import FALLBACK_LANGUAGE, Case
from bot.service import Decision, decision_policy
from bot.storage import outbox

logger = logging.getLogger(__name__)

MAIL = "mail"
"""Kind of the outbox items that bot.mail sends."""


def mail_case_opened(tx: Connection, case: Case, *, now: datetime) -> None:
    """R8: announce a case at the seller's default address."""
    language = case.seller_language
    line = store.line_of(tx, case.line_id)
    title = _title(tx, case.product_id, language)
    values = {
        "reference": case.reference,
        "matter": wording.title_of(case.reason, language),
        "asks": wording.asked(case, language),
        "item": title or "",
        "line": wording.line_shown(line, title, language) if line else [],
        "details": wording.details_shown(case, language),
        "looked_up": wording.looked_up_shown(case, language),
        "words": wording.masked_words(case),
        "words_language": wording.language_name(case.customer_locale, language),
        "answer_by": isoformat(case.answer_by),
        "answer_by_local": wording.moment(case.answer_by, language),
    }
    _queue(tx, f"case-opened:{case.reference}", "case_opened", case.seller_id, language, values, now)


def mail_case_decided(tx: Connection, case: Case, decision: Decision, *, now: datetime) -> None:
    """R11: tell the seller what was decided, and why."""
    language = case.seller_language
    values = {
        "reference": case.reference,
        "matter": wording.title_of(case.reason, language),
        "item": _title(tx, case.product_id, language) or "",
        "decision": wording.resolution_label(decision.resolution, language),
        "because": wording.say(language, decision_policy().because[decision.reason_code]),
    }
    _queue(tx, f"case-decided:{case.reference}", "case_decided", case.seller_id, language, values, now)


def mail_case_facts(tx: Connection, case: Case, *, key: str, text: str, files: int, now: datetime) -> None:
    """Tell the seller what the customer has added to an open case; their time is not longer for it."""
    language = case.seller_language
    values = {
        "reference": case.reference,
        "matter": wording.title_of(case.reason, language),
        "item": _title(tx, case.product_id, language) or "",
        "words": without_contact_data(text),
        "words_language": wording.language_name(case.customer_locale, language),
        "files": files,
        "answer_by": isoformat(case.answer_by),
        "answer_by_local": wording.moment(case.answer_by, language),
    }
    _queue(tx, f"case-facts:{key}", "case_facts", case.seller_id, language, values, now)


def mail_case_withdrawn(tx: Connection, case: Case, *, now: datetime) -> None:
    """Tell the seller that nothing is left to answer."""
    language = case.seller_language
    values = {
        "reference": case.reference,
        "matter": wording.title_of(case.reason, language),
        "item": _title(tx, case.product_id, language) or "",
    }
    _queue(tx, f"case-withdrawn:{case.reference}", "case_withdrawn", case.seller_id, language, values, now)


def mail_case_decided_by_person(tx: Connection, case: Case, seq: int, *, now: datetime) -> None:
    """R11: tell the seller what a person of ours decided; `seq` is the entry that told the customer."""
    language = case.seller_language
    values = {
        "reference": case.reference,
        "matter": wording.title_of(case.reason, language),
        "item": _title(tx, case.product_id, language) or "",
        "decision": wording.resolution_label(str(case.resolution), language),
        "because": wording.say(language, "A person of customer service has looked at the matter."),
    }
    _queue(tx, f"case-decided:{case.reference}:{seq}", "case_decided", case.seller_id, language, values, now)


def mail_seller_message(
    tx: Connection,
    *,
    message_id: int,
    seller_id: str,
    words: str,
    locale: str,
    order_id: str | None,
    product_id: str | None,
    now: datetime,
) -> None:
    """R2: tell a seller that a customer's question waits in their messages. `words` are masked already."""
    seller = store.seller_contact(tx, seller_id)
    language = seller.language if seller else FALLBACK_LANGUAGE
    values = {
        "item": _title(tx, product_id, language) or "",
        "order_id": order_id or "",
        "words": words,
        "words_language": wording.language_name(locale, language),
    }
    _queue(tx, f"seller-message:{message_id}", "seller_message", seller_id, language, values, now)


def _title(tx: Connection, product_id: str | None, language: str) -> str | None:
    return store.product_titles(tx, [product_id], language).get(product_id or "")


def _queue(
    tx: Connection,
    key: str,
    template: str,
    seller_id: str,
    language: str,
    values: dict[str, Any],
    now: datetime,
) -> None:
    seller = store.seller_contact(tx, seller_id)
    if seller is None:
        logger.error("no mail, the shop does not know the seller: key=%s", key)
        return
    payload = {
        "to": seller.email,
        "template": template,
        "language": language,
        "values": {**values, "seller": seller.name},
    }
    outbox.queue(tx, key=key, kind=MAIL, payload=payload, now=now)
