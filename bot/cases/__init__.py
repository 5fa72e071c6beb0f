"""Cases to sellers: the 24-hour clock, answers, decisions."""

from bot.cases.answer import AnswerResult, answer, conveyed
from bot.cases.effects import MessageSeller, OpenCase, message_seller, new_reference, open_case
from bot.cases.handlers import deadline_handlers
from bot.cases.model import CASE_ANSWER, CASE_PROMISE, Case, CaseEvent, Promise

__all__ = [
    "CASE_ANSWER",
    "CASE_PROMISE",
    "AnswerResult",
    "Case",
    "CaseEvent",
    "MessageSeller",
    "OpenCase",
    "Promise",
    "answer",
    "conveyed",
    "deadline_handlers",
    "message_seller",
    "new_reference",
    "open_case",
]
