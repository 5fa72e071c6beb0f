"""The desk's wire forms: what the rooms know as data, with the reader's words put to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.base.clock import isoformat
from bot.base.texts import DEFAULT_LOCALE, DESK_LOCALES, catalogue, translate
from bot.cases.wording import resolution_label
from bot.conversations.model import Entry
from bot.conversations.satisfaction import Share
from bot.desk.canned import Canned
from bot.desk.model import CallBack, CaseSummary, Note, Package, Queue, Row, SharedQueue, ShopView, Step
from bot.desk.people import Person
from bot.desk.reports import NO_REASON
from bot.service.guide import guide
from bot.service.reasons import GROUP_OF
from bot.shop.model import Order, OrderLine, Page

EXCERPT_CHARACTERS = 160
ANSWER_COLUMNS = ("conversation_id", "language", "reason", "handled_by", "asked_at", "solved", "answered_at")


class Words:
    """The reader's words for codes. A code without words is shown as it is: better than hiding it."""

    def __init__(self, locale: str) -> None:
        self.locale = locale if locale in DESK_LOCALES else DEFAULT_LOCALE
        self._reasons = catalogue("reasons", self.locale)
        self._desk = catalogue("desk", self.locale)
        self._guide = catalogue("guide", self.locale)

    def reason(self, reason: str | None) -> str | None:
        """A contact reason's short label."""
        return self._reasons.get(reason, reason) if reason else None

    def handoff(self, reason: str | None) -> str | None:
        """Why a conversation came to the queue: a contact reason, or one of the desk's own."""
        return self._desk.get(f"handoff.{reason}") or self.reason(reason)

    def event(self, kind: str) -> str:
        """What somebody did, as the audit calls it."""
        return translate("desk", self.locale, f"event.{kind}")

    def counted(self, code: str) -> str:
        """What conversations are counted by: a reason, or that there is none."""
        if code == NO_REASON:
            return translate("desk", self.locale, "Without a reason")
        return self.handoff(code) or code

    def of(self, kind: str, code: str) -> str:
        """The text of a code: an `outcome`, a `case` state, a `line` state."""
        return self._desk.get(f"{kind}.{code}", code)

    def of_guide(self, msgid: str) -> str:
        """A text of the guided contact; a step that is not there any more is shown by its name."""
        return self._guide.get(msgid, msgid.partition(" ")[2])

    def guided(self, topic: str, issue: str) -> list[str]:
        """The steps to an issue of the guided contact, each in words."""
        found = guide().topics.get(topic)
        leaf = found.leaf(issue) if found else None
        issues = leaf.path if leaf else (issue,)
        return [self.of_guide(f"topic {topic}"), *(self.of_guide(f"issue {name}") for name in issues)]

    def customer(self, name: str | None) -> str:
        """A customer's first name, or "guest"."""
        return name.split()[0] if name and name.split() else translate("desk", self.locale, "Guest")


def queue_json(queue: Queue, words: Words, *, me: int, now: datetime) -> dict[str, Any]:
    """`GET /api/v1/desk/queue`."""
    return {
        **shared_json(queue.shared, words, now=now),
        "mine": [row_json(row, words) for row in queue.mine],
        "invited": [row_json(row, words) for row in queue.invited],
        "others": [row_json(row, words) for row in queue.others],
        "callbacks": [callback_json(callback, words, me=me, now=now) for callback in queue.callbacks],
    }


def shared_json(shared: SharedQueue, words: Words, *, now: datetime) -> dict[str, Any]:
    """What every desk of a language sees alike; whose a call-back is, a page tells by `taken_by_id`."""
    lists = {"waiting": shared.waiting, "held": shared.held, "bot": shared.bot}
    return {
        "now": isoformat(now),
        **{name: [row_json(row, words) for row in rows] for name, rows in lists.items()},
        "waiting_count": shared.waiting_count,
        "callbacks": [callback_json(callback, words, me=0, now=now) for callback in shared.callbacks],
        "people": [person_json(person) for person in shared.people],
    }


def person_json(person: Person) -> dict[str, Any]:
    """A colleague: whether they are here, and how much they have in hand."""
    return {
        "id": person.account_id,
        "name": person.name.split()[0],
        "state": person.state,
        "since": isoformat(person.since),
        "held": person.held,
        "capacity": person.capacity,
        "languages": list(person.languages),
        "skills": list(person.skills),
    }


def row_json(row: Row, words: Words) -> dict[str, Any]:
    """One conversation in a list."""
    conversation = row.conversation
    return {
        "conversation_id": conversation.id,
        "customer": words.customer(conversation.customer_name),
        "language": conversation.locale,
        "controller": conversation.controller,
        "agent": first_name(row.agent_name),
        "agent_id": conversation.agent_id,
        "skill": GROUP_OF.get(conversation.reason or conversation.handoff_reason or ""),
        "labels": list(row.labels),
        "reason": conversation.reason,
        "reason_label": words.reason(conversation.reason),
        "handoff_reason": conversation.handoff_reason,
        "handoff_label": words.handoff(conversation.handoff_reason),
        "waiting_since": instant(conversation.queued_at),
        "last_text": excerpt(row.last_text),
        "last_text_at": instant(row.last_text_at),
        "customer_waits": row.customer_waits,
        "answer_by": instant(row.answer_by),
        "case": case_json(row.case, words) if row.case else None,
    }


def callback_json(callback: CallBack, words: Words, *, me: int, now: datetime) -> dict[str, Any]:
    """A customer who wants to be called, and whether account `me` has it in hand."""
    return {
        "id": callback.id,
        "conversation_id": callback.conversation_id,
        "customer": words.customer(callback.customer_name),
        "language": callback.locale,
        "reason_label": words.reason(callback.reason),
        "phone": callback.phone,
        "requested_at": instant(callback.requested_at),
        "window_start": instant(callback.window_start),
        "window_end": instant(callback.window_end),
        "overdue": callback.is_overdue(now),
        "tries": callback.tries,
        "wrote": excerpt(callback.wrote),
        "wrote_at": instant(callback.wrote_at),
        "taken_by": first_name(callback.taken_name),
        "taken_by_id": callback.taken_by,
        "mine": callback.taken_by == me,
    }


def shares_json(days: int, shares: dict[str, Share]) -> dict[str, Any]:
    """R20: the shares of the last `days`: in `all` and by who handled it."""
    counts = {
        name: {"asked": one.asked, "answered": one.answered, "solved": one.solved, "share": one.share}
        for name, one in shares.items()
    }
    return {"days": days, **counts}


def answers_csv(answers: Iterable[dict[str, Any]]) -> str:
    """R20: the export, a line for each question."""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=ANSWER_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for answer in answers:
        solved = {True: "yes", False: "no", None: ""}[answer["solved"]]
        writer.writerow({**answer, "solved": solved})
    return file.getvalue()


def package_json(
    package: Package, shop: ShopView, canned: list[Canned], words: Words, *, me: int, now: datetime
) -> dict[str, Any]:
    """`GET /api/v1/desk/conversations/{id}`."""
    conversation = package.conversation
    return {
        "now": isoformat(now),
        "conversation_id": conversation.id,
        "language": conversation.locale,
        "controller": conversation.controller,
        "agent": first_name(package.agent_name),
        "mine": conversation.controller == "agent" and conversation.agent_id == me,
        "created_at": isoformat(conversation.created_at),
        "waiting_since": instant(conversation.queued_at),
        "answer_by": instant(package.answer_by),
        "reason": conversation.reason,
        "reason_label": words.reason(conversation.reason),
        "handoff_reason": conversation.handoff_reason,
        "handoff_label": words.handoff(conversation.handoff_reason),
        "wishes": _wishes(package.steps, words),
        "steps": [_step_json(step, words) for step in package.steps],
        "guided": [_guided_json(entry, words) for entry in package.guided],
        "customer": _customer_json(package, shop, words),
        "order": _order_json(shop.order, shop, words) if shop.order else None,
        "order_line": _line_json(shop.line, shop, words) if shop.line else None,
        "recent_orders": [_order_json(order, shop, words) for order in shop.recent_orders],
        "product": _product_json(package, shop),
        "shop_available": shop.available,
        "case": case_json(package.cases[0], words) if package.cases else None,
        "cases": [case_json(case, words) for case in package.cases],
        "callbacks": [callback_json(callback, words, me=me, now=now) for callback in package.callbacks],
        "mail_address": package.mail_address,
        "others": [row_json(row, words) for row in package.others],
        "notes": [note_json(note) for note in package.notes],
        "labels": package.labels,
        "common_labels": package.common_labels,
        "guests": [{"id": account_id, "name": first_name(name)} for account_id, name in package.guests],
        "invited": any(account_id == me for account_id, _ in package.guests),
        "people": [person_json(person) for person in package.people],
        "customer_waits_since": instant(package.waits_since),
        "blocked_until": instant(conversation.blocked_until)
        if conversation.blocked_until and conversation.blocked_until > now
        else None,
        "canned": [{"key": reply.key, "title": reply.title, "text": reply.text} for reply in canned],
        "events": [entry.as_json() for entry in package.entries],
        "last_seq": conversation.last_seq,
    }


def case_json(case: CaseSummary, words: Words) -> dict[str, Any]:
    """A case as the desk shows it: what is promised to the customer, and what the seller said."""
    return {
        "reference": case.reference,
        "state": case.state,
        "state_label": words.of("case", case.state),
        "reason_label": words.reason(case.reason),
        "opened_at": instant(case.opened_at),
        "answer_by": instant(case.answer_by),
        "promised_by": instant(case.promised_by),
        "answered_at": instant(case.answered_at),
        "resolution": case.resolution,
        "resolution_label": resolution_label(case.resolution, words.locale) if case.resolution else None,
        "answer_text": case.answer_text,
        "told_at": instant(case.told_at),
        "waits_to_be_told": case.waits_to_be_told,
    }


def note_json(note: Note) -> dict[str, Any]:
    """A private note."""
    return {"id": note.id, "author": note.author, "text": note.text, "created_at": instant(note.created_at)}


def instant(at: datetime | None) -> str | None:
    """An instant's wire form, or null."""
    return isoformat(at) if at else None


def first_name(name: str | None) -> str | None:
    """What colleagues and customers see of an agent."""
    return name.split()[0] if name else None


def excerpt(text: str | None) -> str | None:
    """The beginning of a text, cut at a word, for a list."""
    if text is None or len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _wishes(steps: list[Step], words: Words) -> list[dict[str, Any]]:
    """Each wish once, with its latest outcome, the newest last."""
    latest: dict[str, Step] = {}
    for step in steps:
        latest.pop(step.reason, None)
        latest[step.reason] = step
    return [_step_json(step, words) for step in latest.values()]


def _step_json(step: Step, words: Words) -> dict[str, Any]:
    return {
        "reason": step.reason,
        "label": words.reason(step.reason),
        "outcome": step.outcome,
        "outcome_label": words.of("outcome", step.outcome),
        "at": isoformat(step.at),
    }


def _guided_json(entry: Entry, words: Words) -> dict[str, Any]:
    """R17: what the customer chose step by step, in the reader's words; their own words as they are."""
    choices = entry.body["guide"]
    return {
        "seq": entry.seq,
        "at": isoformat(entry.created_at),
        "path": words.guided(choices["topic"], choices["issue"]),
        "line_id": choices["line_id"],
        "way": choices["way"],
        "way_label": words.of_guide(f"way {choices['way']}"),
        "text": choices["text"],
    }


def _customer_json(package: Package, shop: ShopView, words: Words) -> dict[str, Any]:
    conversation, known = package.conversation, shop.customer
    return {
        "first_name": words.customer(conversation.customer_name),
        "name": known.name if known else conversation.customer_name,
        "email": known.email if known else None,
        "customer_id": conversation.customer_id,
        "signed_in": conversation.customer_id is not None,
        "order_proven": package.order_proven,
    }


def _order_json(order: Order, shop: ShopView, words: Words) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "ordered_at": isoformat(order.ordered_at),
        "country": order.country,
        "address": order.address,
        "lines": [_line_json(line, shop, words) for line in order.lines],
    }


def _line_json(line: OrderLine, shop: ShopView, words: Words) -> dict[str, Any]:
    page = shop.pages.get(line.product_id)
    return {
        "line_id": line.id,
        "product_id": line.product_id,
        "title": page.title if page else line.product_id,
        "in_question": shop.line is not None and shop.line.id == line.id,
        "seller": shop.sellers.get(line.seller_id),
        "fulfilled_by": line.fulfilled_by,
        "quantity": line.quantity,
        "price_cents": line.price_cents,
        "state": line.state,
        "state_label": words.of("line", line.state),
        "promised_at": instant(line.promised_at),
        "shipped_at": instant(line.shipped_at),
        "delivered_at": instant(line.delivered_at),
        "carrier": line.carrier,
        "tracking_id": line.tracking_id,
        "return_started_at": instant(line.return_started_at),
        "return_received_at": instant(line.return_received_at),
        "refund_cents": line.refund_cents,
        "refunded_at": instant(line.refunded_at),
    }


def _product_json(package: Package, shop: ShopView) -> dict[str, Any] | None:
    product = shop.product
    page: Page | None = shop.pages.get(product.id) if product else None
    if product is None or page is None:
        return None
    passage = package.passage if package.passage and package.passage.get("source") == page.title else None
    return {
        "product_id": product.id,
        "title": page.title,
        "brand": product.brand,
        "seller": shop.sellers.get(product.seller_id),
        "image": product.image,
        "price_cents": product.price_cents,
        "stock": product.stock,
        "guarantee_months": product.guarantee_months,
        "language": page.locale,
        "passage": passage,
        "description": page.description,
        "attributes": [{"name": a.name, "value": a.value} for a in page.attributes],
        "box": list(page.box),
        "questions": [{"question": question, "answer": answer} for question, answer in page.questions],
    }
