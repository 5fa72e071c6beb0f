"""Where is it: status, lateness, and what is said to be delivered and is not there."""

from __future__ import annotations

from actions.answers import AWAITED, carry_out
from actions.ask import Ask
from actions.registry import serves
from actions.which import find_line
from bot.conversations.model import Outcome
from bot.shop.model import OrderLine

GONE = frozenset({"lost", "returned_to_sender"})


def under_way(line: OrderLine) -> bool:
    """Whether a line is still awaited."""
    return line.state in AWAITED | GONE


@serves("order_status")
def order_status(ask: Ask) -> Outcome:
    """Status, carrier and date, with the card; what is overdue or lost can be taken up at once."""
    line = find_line(ask, under_way)
    return "asked" if line is None else carry_out(ask, line)


@serves("order_late")
def order_late(ask: Ask) -> Outcome:
    """Still before the promised date: the status answers it. After it: the seller is asked."""
    ask.keep_words()
    line = find_line(ask, under_way)
    return "asked" if line is None else carry_out(ask, line)


@serves("order_not_received")
def order_not_received(ask: Ask) -> Outcome:
    """Shown as delivered, lost, or returned: the seller is asked. Not due yet: the status answers it."""
    ask.keep_words()
    line = find_line(ask, lambda line: under_way(line) or line.state == "delivered")
    return "asked" if line is None else carry_out(ask, line)
