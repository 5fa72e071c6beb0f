"""One case for its seller: what is asked, what may be answered, what the customer would read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.attachments import Attachment, evidence_of
from bot.base.texts import translate
from bot.cases import case_log, store
from bot.cases.facts import CaseMatter, matter_of
from bot.cases.model import Case, CaseEvent
from bot.cases.tell import IN_OWN_WORDS, NO_REPLY_NEEDED, Teller
from bot.cases.wording import money
from bot.service import Resolution
from bot.shop.tables import products

Standing = Literal["in_time", "late", "over"]


@dataclass(frozen=True)
class Told:
    """What the customer would be told: as they read it, and in the seller's language.

    What the seller has yet to give stands there as {amount} or {date}.
    """

    customer: str
    seller: str


@dataclass(frozen=True)
class Choice:
    """A resolution that may be chosen, and what the customer would be told."""

    resolution: Resolution
    told: Told


@dataclass(frozen=True)
class CaseFile:
    """A case with all that its seller may see. `customer_locale`: the language the customer is told in."""

    case: Case
    matter: CaseMatter
    standing: Standing
    title: str | None
    image: str | None
    customer_locale: str
    choices: tuple[Choice, ...]
    no_reply: Told
    in_own_words: Told
    events: tuple[CaseEvent, ...]
    evidence: tuple[Attachment, ...]
    authors: dict[int, str]


def case_file(tx: Connection, reference: str, *, seller_id: str, language: str, now: datetime) -> CaseFile:
    """A seller's own case, in `language`; raises `Unknown` for others' cases."""
    case = store.access_case_by_seller(tx, reference, seller_id=seller_id)
    matter = matter_of(tx, case, now=now)
    teller = Teller(tx, case)
    customer_locale = teller.conversation.locale
    events = tuple(store.events_of(tx, reference))
    ids = {event.account_id for event in events if event.account_id is not None and event.actor == "seller"}

    def told(sentence: str) -> Told:
        teller.locale = customer_locale
        as_read = teller.sentence(sentence)
        teller.locale = language
        return Told(as_read, teller.sentence(sentence))

    return CaseFile(
        case=case,
        matter=matter,
        standing=standing_of(case, now),
        title=store.product_titles(tx, [case.product_id], language).get(case.product_id or ""),
        image=pictures(tx, [case.product_id]).get(case.product_id or ""),
        customer_locale=customer_locale,
        choices=tuple(_choice(item, matter, customer_locale, language) for item in matter.offered()),
        no_reply=told(NO_REPLY_NEEDED),
        in_own_words=told(IN_OWN_WORDS),
        events=events,
        evidence=tuple(evidence_of(tx, reference)),
        authors=case_log.names_of_accounts(tx, ids),
    )


def standing_of(case: Case, now: datetime) -> Standing:
    """R10, R11: whether an answer would count, be kept as late, or come after the seller's own answer."""
    if case.state in ("answered", "closed"):
        return "over"
    return "in_time" if case.state == "opened" and now < case.answer_by else "late"


def pictures(tx: Connection, product_ids: Collection[str | None]) -> dict[str, str]:
    """Paths of product pictures by product id."""
    known = [product_id for product_id in product_ids if product_id]
    query = select(products.c.id, products.c.image).where(products.c.id.in_(known))
    return {row.id: row.image for row in tx.execute(query)}


def _choice(resolution: Resolution, matter: CaseMatter, customer_locale: str, language: str) -> Choice:
    whole = matter.facts.value_cents

    def in_language(locale: str) -> str:
        known = whole is not None and "amount_cents" not in resolution.needs
        amount = money(whole, locale) if whole is not None and known else "{amount}"
        return translate("cases", locale, resolution.tells, amount=amount, date="{date}")

    return Choice(resolution, Told(in_language(customer_locale), in_language(language)))
