"""The named queries of the room: each says who may see what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from bot.base.errors import Unknown
from bot.base.texts import SELLER_LOCALES
from bot.cases.model import FALLBACK_LANGUAGE, Case, CaseEvent, LineOfCase, Promise, SellerContact
from bot.cases.tables import case_events, cases, seller_messages
from bot.conversations.tables import conversations
from bot.service import SOON
from bot.shop.tables import order_lines, orders, product_pages, products, sellers

_CASE = [cases.c[field.name] for field in fields(Case)]
_UNTOLD = select(cases.c.reference).where(
    cases.c.conversation_id == bindparam("id"),
    cases.c.state.in_(("answered", "decided")),
    cases.c.told_at.is_(None),
)


def get_case(tx: Connection, reference: str) -> Case:
    """A case for staff and for the clock; raises `Unknown`."""
    row = tx.execute(select(*_CASE).where(cases.c.reference == reference)).first()
    if row is None:
        raise Unknown("unknown_case")
    return _case(row)


def access_case_by_seller(tx: Connection, reference: str, *, seller_id: str) -> Case:
    """A seller's own case; raises `Unknown` for another seller's just as for one that is not there."""
    case = get_case(tx, reference)
    if case.seller_id != seller_id:
        raise Unknown("unknown_case")
    return case


def access_case_by_customer(
    tx: Connection, reference: str, *, conversation_id: str, customer_id: str | None
) -> Case:
    """A case of this conversation, or of another one of the same signed-in customer; raises `Unknown`."""
    query = select(*_CASE).join(conversations).where(cases.c.reference == reference)
    row = tx.execute(query.where(_seen_by_customer(conversation_id, customer_id))).first()
    if row is None:
        raise Unknown("unknown_case")
    return _case(row)


def cases_of_conversation(tx: Connection, conversation_id: str) -> list[Case]:
    """All cases of a conversation, oldest first."""
    query = select(*_CASE).where(cases.c.conversation_id == conversation_id).order_by(cases.c.opened_at)
    return [_case(row) for row in tx.execute(query)]


def seller_written_to(tx: Connection, conversation_id: str) -> str | None:
    """The seller to whom the conversation's newest message outside of cases went; None without one."""
    at = seller_messages.c
    query = select(at.seller_id).where(at.conversation_id == conversation_id).order_by(at.id.desc()).limit(1)
    return tx.execute(query).scalar()


def promises(
    tx: Connection, *, conversation_id: str, customer_id: str | None, limit: int = 10
) -> list[Promise]:
    """R12: what this customer was promised, here and (signed in) in other conversations, newest first."""
    query = (
        select(*(cases.c[field.name] for field in fields(Promise)))
        .join(conversations)
        .where(_seen_by_customer(conversation_id, customer_id))
        .order_by(cases.c.opened_at.desc())
        .limit(limit)
    )
    return [Promise(**row._mapping) for row in tx.execute(query)]


def promise_of(tx: Connection, reference: str) -> Promise:
    """R12: the promise of one case, for staff and the clock; raises `Unknown`."""
    case = get_case(tx, reference)
    return Promise(case.reference, case.reason, case.state, case.promised_by, case.told_at)


def cases_of_line(
    tx: Connection, line_id: str, *, conversation_id: str, customer_id: str | None
) -> list[Case]:
    """R12: this customer's cases about an order line, newest first: a further question opens no second."""
    query = (
        select(*_CASE)
        .join(conversations)
        .where(cases.c.line_id == line_id, _seen_by_customer(conversation_id, customer_id))
        .order_by(cases.c.opened_at.desc())
    )
    return [_case(row) for row in tx.execute(query)]


def case_counts(tx: Connection, seller_id: str, *, now: datetime) -> dict[str, int]:
    """A seller's cases by state, and `soon`: open ones with little time left."""
    mine = select(cases.c.state, func.count().label("n")).where(cases.c.seller_id == seller_id)
    counts = {row.state: row.n for row in tx.execute(mine.group_by(cases.c.state))}
    soon = select(func.count()).where(
        cases.c.seller_id == seller_id, cases.c.state == "opened", cases.c.answer_by <= now + SOON
    )
    states = ("opened", "answered", "expired", "decided", "closed")
    return {**{state: counts.get(state, 0) for state in states}, "soon": tx.execute(soon).scalar_one()}


def events_of(tx: Connection, reference: str) -> list[CaseEvent]:
    """The history of a case, oldest first. Whoever asks has accessed the case before."""
    columns = [case_events.c[field.name] for field in fields(CaseEvent)]
    query = select(*columns).where(case_events.c.reference == reference).order_by(case_events.c.id)
    return [CaseEvent(**row._mapping) for row in tx.execute(query)]


def event_by_client_id(tx: Connection, reference: str, client_id: str) -> CaseEvent | None:
    """What a request with this id did before, if anything."""
    columns = [case_events.c[field.name] for field in fields(CaseEvent)]
    query = select(*columns).where(case_events.c.reference == reference, case_events.c.client_id == client_id)
    row = tx.execute(query).first()
    return None if row is None else CaseEvent(**row._mapping)


def untold_cases(tx: Connection, conversation_id: str) -> list[str]:
    """References of cases whose answer an agent still has to convey."""
    return list(tx.execute(_UNTOLD, {"id": conversation_id}).scalars())


def seller_contact(tx: Connection, seller_id: str) -> SellerContact | None:
    """How to write to a seller; None when the shop does not know them."""
    row = tx.execute(select(sellers).where(sellers.c.id == seller_id)).first()
    if row is None:
        return None
    language = row.case_language if row.case_language in SELLER_LOCALES else FALLBACK_LANGUAGE
    return SellerContact(row.id, row.name, row.email, row.country, language, row.return_addresses or {})


def line_of(tx: Connection, line_id: str | None) -> LineOfCase | None:
    """An order line with its order and product; None when there is none."""
    if line_id is None:
        return None
    query = (
        select(
            order_lines,
            orders.c.ordered_at,
            orders.c.country.label("customer_country"),
            products.c.returnable,
            products.c.excluded_as,
            products.c.guarantee_months,
        )
        .join(orders, orders.c.id == order_lines.c.order_id)
        .join(products, products.c.id == order_lines.c.product_id)
        .where(order_lines.c.id == line_id)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    values = {**row._mapping, "line_id": row.id}
    return LineOfCase(**{field.name: values[field.name] for field in fields(LineOfCase)})


def product_titles(tx: Connection, product_ids: Sequence[str | None], locale: str) -> dict[str, str]:
    """Titles by product id, in `locale` where the page exists in it, else in a language it has."""
    known = [product_id for product_id in product_ids if product_id]
    query = select(product_pages.c.product_id, product_pages.c.locale, product_pages.c.title)
    rows = tx.execute(
        query.where(product_pages.c.product_id.in_(known)).order_by(product_pages.c.locale)
    ).all()
    return {row.product_id: row.title for row in sorted(rows, key=lambda row: row.locale == locale)}


def hold_conversation(tx: Connection, conversation_id: str) -> None:
    """Take the conversation's row before the case's (PostgreSQL), so that no two writers wait for each other.

    Order everywhere: deadline, conversation, case. On SQLite the transaction already holds the write lock.
    """
    tx.execute(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())


def change_case(
    tx: Connection, reference: str, *, from_state: str, values: dict[str, Any], condition: Any = None
) -> bool:
    """Change a case if it is still in `from_state`; returns whether this caller won."""
    change = update(cases).where(cases.c.reference == reference, cases.c.state == from_state)
    if condition is not None:
        change = change.where(condition)
    return bool(tx.execute(change.values(**values)).rowcount)


def note_event(
    tx: Connection,
    reference: str,
    *,
    type: str,
    actor: str,
    body: dict[str, Any],
    now: datetime,
    account_id: int | None = None,
    client_id: str | None = None,
) -> None:
    """Add to the history of a case."""
    tx.execute(
        insert(case_events).values(
            reference=reference,
            type=type,
            actor=actor,
            account_id=account_id,
            client_id=client_id,
            body=body,
            created_at=now,
        )
    )


def _seen_by_customer(conversation_id: str, customer_id: str | None) -> Any:
    here = cases.c.conversation_id == conversation_id
    return here if customer_id is None else or_(here, conversations.c.customer_id == customer_id)


def _case(row: Row) -> Case:
    return Case(**row._mapping)
