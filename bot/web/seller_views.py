"""The case log's wire forms: what the rooms know as data, in the words of the seller who reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Row

from bot.base.clock import isoformat
from bot.base.text import without_contact_data
from bot.base.texts import LOCALES, translate
from bot.cases import wording
from bot.cases.case_file import CaseFile, Choice, Told
from bot.cases.case_log import group_of
from bot.cases.given import MAX_DAYS_AHEAD
from bot.cases.model import Case, CaseEvent
from bot.service import SOON, decision_policy
from bot.shop.gaps import PageNeeds
from bot.web.desk_views import excerpt, instant

_NOT_FOR_SELLERS = {"promise_due"}
"""Events of a case that are between us and our staff."""

_OUTSIDE_SERVICE = {
    "invoice_request": "Invoice",
    "customization_request": "Customisation",
    "preorder_question": "Before an order",
}
"""R2: reasons that are no case of ours, with their English source texts (catalogue `caselog`)."""


class Shown:
    """How a seller is shown products: titles in their language, pictures, links to the pages.

    `has_shop`: whether the shop's pages are served beside the case log (demo mode).
    """

    def __init__(
        self, locale: str, *, titles: dict[str, str], images: dict[str, str], has_shop: bool
    ) -> None:
        self.locale = locale
        self._titles = titles
        self._images = images
        self._has_shop = has_shop

    def product(self, product_id: str | None, *, page_locale: str) -> dict[str, Any] | None:
        """A product as a small card. `page_locale`: the one to link when the reader has none."""
        if product_id is None:
            return None
        language = self.locale if self.locale in LOCALES else page_locale
        return {
            "product_id": product_id,
            "title": self._titles.get(product_id, product_id),
            "image": self._images.get(product_id),
            "url": f"/{language}/p/{product_id}" if self._has_shop else None,
        }


def row_json(case: Case, shown: Shown, *, late: bool) -> dict[str, Any]:
    """One case in the list."""
    return {
        **_head(case, shown.locale),
        "product": shown.product(case.product_id, page_locale=case.customer_locale),
        "excerpt": excerpt(wording.masked_words(case)),
        "language": case.customer_locale,
        "resolution_label": _resolution_label(case.resolution, shown.locale),
        "no_reply_needed": case.no_reply_needed,
        "late": late,
    }


def file_json(file: CaseFile, shown: Shown, *, now: datetime) -> dict[str, Any]:
    """`GET /api/v1/seller/cases/{reference}`."""
    case, locale = file.case, shown.locale
    words = wording.masked_words(case)
    answered = [event for event in file.events if event.type == "answered"]
    decided = [event for event in file.events if event.type == "decided"]
    return {
        "now": isoformat(now),
        **_head(case, locale),
        "promised_by": isoformat(case.promised_by),
        "standing": file.standing,
        "asks": wording.asked(case, locale),
        "words": {"text": words, "language": case.customer_locale},
        "files": [one.as_json() for one in file.evidence],
        "details": _pairs(pair for pair in wording.details_shown(case, locale) if pair[1] != words),
        "looked_up": _pairs(wording.looked_up_shown(case, locale)),
        "product": shown.product(case.product_id, page_locale=file.customer_locale),
        "line": _line_json(file, locale),
        "told_in": file.customer_locale,
        "resolutions": [_choice_json(choice, locale) for choice in file.choices],
        "whole_cents": file.matter.facts.value_cents,
        "dates": {
            "first": now.date().isoformat(),
            "last": (now.date() + timedelta(days=MAX_DAYS_AHEAD)).isoformat(),
        },
        "no_reply": _told_json(file.no_reply),
        "in_own_words": _told_json(file.in_own_words),
        "answer": _event_json(answered[-1], file, locale) if answered else None,
        "decision": _event_json(decided[-1], file, locale) if decided else None,
        "told_at": instant(case.told_at),
        "late": any(event.type == "late_answer" for event in file.events),
        "history": [
            _event_json(event, file, locale) for event in file.events if event.type not in _NOT_FOR_SELLERS
        ],
    }


def message_json(message: Row, shown: Shown) -> dict[str, Any]:
    """A question that was redirected to the seller (R2, R3, R4), contact data masked."""
    return {
        "id": message.id,
        "title": _matter(message.reason, shown.locale),
        "product": shown.product(message.product_id, page_locale=message.locale),
        "order_id": message.order_id,
        "text": without_contact_data(message.text),
        "language": message.locale,
        "created_at": isoformat(message.created_at),
    }


def needs_json(needs: PageNeeds, shown: Shown) -> dict[str, Any]:
    """A product page and the questions it did not answer (R16)."""
    return {
        **(shown.product(needs.product_id, page_locale=needs.questions[0].locale) or {}),
        "count": needs.count,
        "last_asked_at": isoformat(needs.last_asked_at),
        "questions": [
            {
                "text": without_contact_data(question.text),
                "language": question.locale,
                "times": question.times,
                "last_asked_at": isoformat(question.last_asked_at),
            }
            for question in needs.questions
        ],
    }


def _head(case: Case, locale: str) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "group": group_of(case),
        "state": case.state,
        "title": wording.title_of(case.reason, locale),
        "opened_at": isoformat(case.opened_at),
        "answer_by": isoformat(case.answer_by),
        "soon_at": isoformat(case.answer_by - SOON),
        "answered_at": instant(case.answered_at),
        "decided_at": instant(case.decided_at),
    }


def _line_json(file: CaseFile, locale: str) -> dict[str, Any] | None:
    line = file.matter.line
    if line is None:
        return None
    on_the_card = {wording.say(locale, "Item"), wording.say(locale, "State")}
    facts = wording.line_shown(line, file.title, locale)
    return {
        "order_id": line.order_id,
        "state": line.state,
        "state_label": wording.state_label(line.state, locale),
        "facts": _pairs(pair for pair in facts if pair[0] not in on_the_card),
    }


def _choice_json(choice: Choice, locale: str) -> dict[str, Any]:
    resolution = choice.resolution
    return {
        "name": resolution.name,
        "label": wording.resolution_label(resolution.name, locale),
        "needs": list(resolution.needs),
        "told": _told_json(choice.told),
    }


def _event_json(event: CaseEvent, file: CaseFile, locale: str) -> dict[str, Any]:
    body = event.body
    because = decision_policy().because.get(body.get("because", ""))
    return {
        "type": event.type,
        "at": isoformat(event.created_at),
        "by": file.authors.get(event.account_id) if event.account_id is not None else None,
        "resolution": body.get("resolution"),
        "resolution_label": _resolution_label(body.get("resolution"), locale),
        "because": wording.say(locale, because) if because else None,
        "amount_cents": body.get("amount_cents"),
        "date": body.get("date"),
        "text": without_contact_data(body["text"])
        if event.actor == "customer" and body.get("text")
        else body.get("text"),
        "no_reply_needed": bool(body.get("no_reply_needed")),
    }


def _matter(reason: str, locale: str) -> str:
    outside = _OUTSIDE_SERVICE.get(reason)
    return translate("caselog", locale, outside) if outside else wording.title_of(reason, locale)


def _told_json(told: Told) -> dict[str, str]:
    return {"customer": told.customer, "seller": told.seller}


def _resolution_label(name: str | None, locale: str) -> str | None:
    return wording.resolution_label(name, locale) if name else None


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in pairs]
