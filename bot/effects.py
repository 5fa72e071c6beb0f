"""The one table of effects: what a turn may want done, and who carries it out in the turn's commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.base.effect import Effect
from bot.cases import customer
from bot.cases import effects as cases
from bot.conversations import control, satisfaction
from bot.conversations.dialogue import HandOff, ProveOrder
from bot.conversations.tables import order_proofs
from bot.desk.effects import GoOnByMail, RequestCallBack, go_on_by_mail, request_callback
from bot.returns import AuthoriseReturn, authorise_return
from bot.shop.copies import ShopCopy, keep_copy
from bot.shop.effects import PageGap, count_page_gap
from bot.storage.limits import SpendAttempt, spend_attempt
from bot.training.effects import NoteUnsure, note_unsure

Applier = Callable[[Connection, str, Any, datetime], object]
"""(transaction, conversation id, effect, now)"""


def _hand_off(tx: Connection, conversation_id: str, effect: HandOff, now: datetime) -> None:
    control.hand_off(tx, conversation_id, reason=effect.reason, now=now)


def _prove_order(tx: Connection, conversation_id: str, effect: ProveOrder, now: datetime) -> None:
    known = select(order_proofs.c.order_id).where(
        order_proofs.c.conversation_id == conversation_id, order_proofs.c.order_id == effect.order_id
    )
    if tx.execute(known).first() is None:
        row = {"conversation_id": conversation_id, "order_id": effect.order_id, "proven_at": now}
        tx.execute(insert(order_proofs).values(**row))


APPLIERS: Mapping[type[Effect], Applier] = {
    HandOff: _hand_off,
    ProveOrder: _prove_order,
    SpendAttempt: spend_attempt,
    ShopCopy: keep_copy,
    PageGap: count_page_gap,
    cases.OpenCase: cases.open_case,
    cases.MessageSeller: cases.message_seller,
    cases.AddToCase: customer.add_to_case,
    cases.WithdrawCase: customer.withdraw_case,
    AuthoriseReturn: authorise_return,
    RequestCallBack: request_callback,
    GoOnByMail: go_on_by_mail,
    satisfaction.AskSolved: satisfaction.note_asked,
    satisfaction.NoteSolved: satisfaction.note_solved,
    NoteUnsure: note_unsure,
}
