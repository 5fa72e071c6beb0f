"""Which order line a wish is about, and whether this customer may hear of it.

Order facts go only to the customer they belong to: signed in, or proven by order number and the order's e-mail
address or postal code. An order that does not exist and one that is somebody else's look alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from rapidfuzz import fuzz

from actions.ask import Ask
from actions.cards import lines_cards
from bot.base.text import folded
from bot.conversations.dialogue import ProveOrder
from bot.shop.model import Order, OrderLine
from bot.shop.sql import canonical_order_id
from bot.storage.limits import Limit, SpendAttempt, exhausted

PROOFS = Limit("order-proof", 5, timedelta(hours=1))
"""Attempts to prove an order, per order number and per conversation."""

SHOWN_LINES = 5
MENTION_SCORE = 72
"""How alike (0–100) a mention and a title must be to be taken for the same product."""

_WORDS = re.compile(r"\w{3,}")
_EVIDENCE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{4,5}\b")
_COMMON = frozenset(
    "para con del los las una uno der die das und mit von für fur aus pedido bestellung cm kg set".split()
)


def any_line(line: OrderLine) -> bool:
    """Every line fits."""
    return True


def find_line(ask: Ask, fits: Callable[[OrderLine], bool] = any_line) -> OrderLine | None:
    """The order line the wish is about; None when the customer has been asked (the outcome is then `asked`)."""
    order = _named_order(ask)
    if order == "asked":
        return None
    lines = list(order.lines) if isinstance(order, Order) else _own_lines(ask)
    chosen = _chosen(ask, lines)
    if chosen is None and not lines:
        _ask_for_order(ask)
        return None
    line = chosen or _only_one(ask, lines, fits)
    if line is None:
        _offer_lines(ask, lines, fits)
        return None
    ask.remember(order_id=line.order_id, line_id=line.id, product_id=line.product_id)
    return line


def may_see(ask: Ask, order: Order) -> bool:
    """Whether this customer may hear of the order."""
    conversation = ask.answer.conversation
    if conversation.customer_id is not None and order.customer_id == conversation.customer_id:
        return True
    proven_now = {e.order_id for e in ask.answer.effects if isinstance(e, ProveOrder)}
    return order.id in ask.answer.turn.proven_orders | proven_now


def mentioned(text: str, titles: dict[str, str]) -> str | None:
    """The key of the title that `text` mentions, or None when none or several fit alike. Titles: key → title."""
    words = [word for word in _WORDS.findall(folded(text)) if word not in _COMMON]
    if not words:
        return None
    scores = sorted(((_likeness(words, title), key) for key, title in titles.items()), reverse=True)
    if not scores or scores[0][0] < MENTION_SCORE:
        return None
    if len(scores) > 1 and scores[0][0] - scores[1][0] < 4:
        return None
    return scores[0][1]


def _likeness(words: list[str], title: str) -> float:
    """How well a title's telling words stand in the text: its first noun weighs most, then brand and model."""
    telling = [word for word in _WORDS.findall(folded(title.split(",")[0])) if word not in _COMMON]
    if not telling:
        return 0.0
    best = [max(_word_likeness(own, word) for word in words) for own in telling]
    hits = [score for score in best if score >= 85]
    return max(best) * 0.75 + 25 * len(hits) / len(telling) if hits else 0.0


def _word_likeness(own: str, word: str) -> float:
    stem = min(len(own), len(word))
    if stem >= 5 and (
        own.startswith(word) or word.startswith(own) or own.endswith(word) or word.endswith(own)
    ):
        return 92.0
    return float(fuzz.ratio(own, word))


def _named_order(ask: Ask) -> Order | None | str:
    """The order named in this message, on the page, or earlier; "asked" when proof was asked for."""
    named = ask.entity("order_id")
    if ask.pending_detail == "proof":
        return _check_proof(ask, str((ask.memory.get("pending") or {}).get("order_id", "")))
    number = named or ask.slot("order_id") or ask.answer.conversation.context.get("order_id")
    if not number or ask.entity("line_id"):
        number = named or _order_of_line(ask) or number
    if not number:
        return None
    order = ask.shop.order(str(number))
    if order is not None and may_see(ask, order):
        return order
    if named is None:
        return None
    if ask.answer.conversation.customer_id is not None and _own_lines(ask):
        ask.say("utter_order_not_yours", order_id=canonical_order_id(str(number)))
        return None
    return _ask_for_proof(ask, canonical_order_id(str(number)))


def _order_of_line(ask: Ask) -> str | None:
    line_id = ask.entity("line_id")
    return str(line_id).rsplit("/", 1)[0] if line_id else None


def _ask_for_proof(ask: Ask, order_id: str) -> str:
    if (evidence := _EVIDENCE.findall(_without_order_numbers(ask.text))) and not ask.pressed:
        return _judge(ask, order_id, evidence) or "asked"
    ask.say("utter_ask_proof", order_id=order_id)
    ask.wait_for("proof", order_id=order_id)
    return "asked"


def _check_proof(ask: Ask, order_id: str) -> Order | str:
    named = ask.entity("order_id")
    order_id = canonical_order_id(str(named)) if named else order_id
    order = ask.shop.order(order_id)
    if order is not None and may_see(ask, order):  # signed in meanwhile
        return order
    return _judge(ask, order_id, _EVIDENCE.findall(_without_order_numbers(ask.text))) or "asked"


def _judge(ask: Ask, order_id: str, evidence: list[str]) -> Order | None:
    if not evidence:
        ask.say("utter_ask_proof", order_id=order_id)
        ask.wait_for("proof", order_id=order_id)
        return None
    keys = (f"order:{order_id}", f"conversation:{ask.answer.conversation.id}")
    with ask.answer.services.database.read() as tx:
        spent = any(exhausted(tx, PROOFS, key, ask.now) for key in keys)
    if spent:
        ask.say("utter_too_many_proofs", buttons=[ask.button("talk to a person", "talk_to_human")])
        ask.remember(pending=None)
        return None
    order = ask.shop.order(order_id)
    if order is not None and any(ask.shop.proves(order, item) for item in evidence):
        ask.want(ProveOrder(order.id))
        ask.remember(pending=None)
        return order
    for key in keys:
        ask.want(SpendAttempt(PROOFS, key))
    ask.say("utter_proof_failed", order_id=order_id)
    ask.wait_for("proof", order_id=order_id)
    return None


def _without_order_numbers(text: str) -> str:
    return re.sub(r"\d{3}[- ]?\d{7}[- ]?\d{7}", " ", text)


def _own_lines(ask: Ask) -> list[OrderLine]:
    """The lines of all orders this customer may hear of, newest first."""
    conversation = ask.answer.conversation
    orders = ask.shop.orders_of(conversation.customer_id) if conversation.customer_id else []
    for order_id in sorted(ask.answer.turn.proven_orders):
        if (order := ask.shop.order(order_id)) and all(order.id != known.id for known in orders):
            orders.append(order)
    return [line for order in orders for line in order.lines]


def _chosen(ask: Ask, lines: list[OrderLine]) -> OrderLine | None:
    """The line named by a button, by a mention in the text, or settled earlier."""
    by_id = {line.id: line for line in lines}
    pressed = ask.entity("line_id")
    if pressed:
        return by_id.get(str(pressed))
    pages = ask.shop.pages([line.product_id for line in lines], ask.locale)
    titles = {line.id: pages[line.product_id].title for line in lines if line.product_id in pages}
    if not ask.pressed and (key := mentioned(ask.text, titles)):
        return by_id[key]
    if ask.slot("line_id") in by_id and not ask.entity("order_id"):
        return by_id[ask.slot("line_id")]
    return None


def _only_one(ask: Ask, lines: list[OrderLine], fits: Callable[[OrderLine], bool]) -> OrderLine | None:
    fitting = [line for line in lines if fits(line)] or lines
    return fitting[0] if len(fitting) == 1 else None


def _offer_lines(ask: Ask, lines: list[OrderLine], fits: Callable[[OrderLine], bool]) -> None:
    fitting = ([line for line in lines if fits(line)] or lines)[:SHOWN_LINES]
    ask.say("utter_ask_line", cards=lines_cards(ask, fitting, ask.reason))
    ask.wait_for("line")


def _ask_for_order(ask: Ask) -> None:
    signed_in = ask.answer.conversation.customer_id is not None
    ask.say("utter_no_orders" if signed_in else "utter_ask_order")
    ask.wait_for("order")
