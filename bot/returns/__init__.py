"""Return authorisations: what goes back, by which way, until when; the label's token; what refunds follow."""

from bot.returns.card import return_card
from bot.returns.effects import AuthoriseReturn, authorise_return, withdraw_return
from bot.returns.model import Return, label_path
from bot.returns.plan import Goods, authorisation, refund_without_return

__all__ = [
    "AuthoriseReturn",
    "Goods",
    "Return",
    "authorisation",
    "authorise_return",
    "label_path",
    "refund_without_return",
    "return_card",
    "withdraw_return",
]
