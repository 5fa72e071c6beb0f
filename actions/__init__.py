"""Custom actions: one module per thing a customer wants. Importing the package registers them all."""

from actions import (
    account,
    calls,
    clarify,
    contact,
    item_problems,
    mail,
    order_changes,
    order_status,
    products,
    redirects,
    refunds,
    returns,
    smalltalk,
)
from actions.rasa_actions import ACTIONS

__all__ = [
    "ACTIONS",
    "account",
    "calls",
    "clarify",
    "contact",
    "item_problems",
    "mail",
    "order_changes",
    "order_status",
    "products",
    "redirects",
    "refunds",
    "returns",
    "smalltalk",
]
