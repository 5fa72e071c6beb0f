"""The room's deadlines, for the scheduler."""

from __future__ import annotations

from functools import partial

from bot.cases.expire import expire_case
from bot.cases.model import CASE_ANSWER, CASE_PROMISE
from bot.cases.promise import warn_of_promise
from bot.cases.tell import Changed, tell_nobody
from bot.storage.deadlines import Handler


def deadline_handlers(*, changed: Changed = tell_nobody) -> dict[str, Handler]:
    """Handlers by kind, for `bot.storage.deadlines.run_due`.

    `changed` is called inside the transaction of each: collect what it hears, publish it after `run_due`.
    """
    return {
        CASE_ANSWER: partial(expire_case, changed=changed),
        CASE_PROMISE: partial(warn_of_promise, changed=changed),
    }
