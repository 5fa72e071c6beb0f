"""What applies to sending a line back, the return that stands already, and the one we can authorise ourselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from actions.ask import Ask
from actions.cards import short_title
from actions.which import other_line
from bot.cases.effects import OpenCase
from bot.conversations.model import Outcome
from bot.returns import AuthoriseReturn, Goods, Return, authorisation, return_card
from bot.returns.store import open_returns
from bot.service import (
    Exclusion,
    Law,
    ReturnPolicy,
    Sender,
    exclusion_of,
    policy_in_force,
    refund_cents,
    refund_due,
    return_rules,
    return_until,
    way_at_once,
)
from bot.shop.model import OrderLine, Product

MOMENT = timedelta(microseconds=1)
"""Periods end at a midnight that no longer belongs to them; people are told the last day that does."""


@dataclass(frozen=True)
class Terms:
    """What applies to a line: policy and law, the end of the return period (None: not there yet, or excluded)."""

    policy: ReturnPolicy
    law: Law
    until: datetime | None
    excluded: bool
    excluded_as: Exclusion | None


def terms_of(ask: Ask, line: OrderLine | None) -> Terms:
    """R13, R15: the policy in force when the line was ordered, under the law of where it went; None: the standard."""
    rules = return_rules()
    law = rules.law_of(country_of(ask, line))
    if line is None:
        return Terms(rules.standard, law, None, excluded=False, excluded_as=None)
    policy = policy_in_force(ask.shop.policies(line.seller_id), rules.standard, at=line.ordered_at)
    product = ask.shop.product(line.product_id)
    kind = Exclusion(product.excluded_as) if product and product.excluded_as else None
    excluded, named = exclusion_of(
        kind, returnable=bool(product and product.returnable), policy=policy, law=law
    )
    until = None
    if line.delivered_at is not None:
        until = return_until(line.delivered_at, policy=policy, law=law, returnable=not excluded)
    return Terms(policy, law, until, excluded, named)


def terms_of_product(ask: Ask, product: Product) -> Terms:
    """R13, R15: what would apply to an order of this product placed now, in the country of the language."""
    rules = return_rules()
    law = rules.law_of(country_of(ask, None))
    policy = policy_in_force(ask.shop.policies(product.seller_id), rules.standard, at=ask.now)
    kind = Exclusion(product.excluded_as) if product.excluded_as else None
    excluded, named = exclusion_of(kind, returnable=product.returnable, policy=policy, law=law)
    return Terms(policy, law, None, excluded, named)


def country_of(ask: Ask, line: OrderLine | None) -> str:
    """Where the order went; without one, the country of the language."""
    order = ask.shop.order(line.order_id) if line else None
    return order.country if order else {"es": "ES", "de": "DE"}[ask.locale]


def refund_due_by(ask: Ask, line: OrderLine) -> datetime | None:
    """R13, R15: until when (exclusive) the money of a return has to be on its way; None: the goods have not arrived."""
    if line.return_received_at is None:
        return None
    terms = terms_of(ask, line)
    return refund_due(
        delivered_at=line.delivered_at,
        declared_at=line.return_started_at or line.return_received_at,
        received_at=line.return_received_at,
        policy=terms.policy,
        law=terms.law,
    )


def standing_return(ask: Ask, line: OrderLine) -> Return | None:
    """The return of this line that is authorised already, by whomever and wherever it was asked for."""
    with ask.answer.services.database.read() as tx:
        return open_returns(tx, [line.id]).get(line.id)


def return_we_give(ask: Ask, line: OrderLine) -> AuthoriseReturn | None:
    """R3, R8: the return of as many pieces as were named, where nobody has anything to decide; else None."""
    rules, terms = return_rules(), terms_of(ask, line)
    seller, country = ask.shop.seller(line.seller_id), country_of(ask, line)
    if seller is None:
        return None
    sender = Sender(line.fulfilled_by, seller.country, seller.return_addresses or {})
    back = way_at_once(sender, customer_country=country, paid_by=terms.policy.return_paid_by, ways=rules.ways)
    if back is None:
        return None
    pieces = min(int(ask.details.get("quantity") or line.quantity), line.quantity)
    amount = refund_cents(
        line.price_cents * pieces,
        delivered_at=line.delivered_at,
        declared_at=ask.now,
        policy=terms.policy,
        law=terms.law,
    )
    goods = Goods(
        order_id=line.order_id,
        line_id=line.id,
        product_id=line.product_id,
        seller_id=line.seller_id,
        quantity=pieces,
        ordered=line.quantity,
        amount_cents=amount,
        delivered_at=line.delivered_at,
        promised_at=line.promised_at,
        customer_country=country,
        sender=sender,
        policy=terms.policy,
    )
    return authorisation(goods, back, now=ask.now, rules=rules, case_reference=None)


def give_return(ask: Ask, line: OrderLine, given: AuthoriseReturn) -> None:
    """Authorise the return in the turn's commit, together with the case that was opened for it, and hand out the label."""
    cases = [e.reference for e in ask.answer.effects if isinstance(e, OpenCase) and e.line_id == line.id]
    ask.want(replace(given, case_reference=cases[-1] if cases else None))
    page = ask.shop.page(line.product_id, ask.locale)
    ask.say(
        "utter_return_label",
        product=short_title(page.title, ask.locale) if page else line.product_id,
        ship_by=ask.day((given.ship_by or ask.now) - MOMENT),
        amount=ask.money(given.amount_cents),
        cards=[return_card(given, title=page.title if page else line.product_id, locale=ask.locale)],
    )


def tell_standing(ask: Ask, line: OrderLine, known: Return) -> Outcome:
    """Asked again: the same return once more, with its label as long as there is time."""
    page = ask.shop.page(line.product_id, ask.locale)
    title = page.title if page else line.product_id
    person = ask.button("talk to a person", "talk_to_human")
    if known.ship_by is None:
        name, until = "utter_return_not_needed", known.refund_by
    elif known.may_be_sent(ask.now):
        name, until = "utter_return_stands", known.ship_by
    else:
        name, until = "utter_return_label_over", known.ship_by
    ask.say(
        name,
        product=short_title(title, ask.locale),
        reference=known.reference,
        amount=ask.money(known.amount_cents),
        until=ask.day((until or ask.now) - MOMENT),
        cards=[return_card(known, title=title, locale=ask.locale)]
        if name != "utter_return_label_over"
        else None,
        buttons=[*other_line(ask), person],
    )
    ask.remember(pending=None, details=None)
    return "answered"
