"""The turn from end to end: read, compute, commit; again while there is something to answer."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from bot.base.clock import Clock
from bot.base.errors import Unavailable
from bot.conversations import log
from bot.conversations.dialogue import Effect, Respond, TurnInput, TurnOutput
from bot.storage.bus import Bus
from bot.storage.database import Database
from bot.turn.commit import Applier, Committed, commit_turn
from bot.turn.read import read_turn

logger = logging.getLogger(__name__)

MAX_DISCARDED = 50
"""Turns in a row that may be void before the conversation is left to the next sweep."""

TRY_AGAIN_AFTER = (0.3, 1.0)
"""Seconds before a turn that failed is computed again; when the last try fails too, a person is given the chat."""

LEFT_BEHIND = timedelta(seconds=3)
"""A message unanswered for this long was left by a killed process."""


class Turns:
    """Runs turns. `respond` computes an answer, `apologise` the answer when it failed: (turn, error id) → output.

    Thread-safe. Within one process a conversation has one turn at a time, which only saves work: that each
    message is answered exactly once follows from the comparison in `commit_turn`.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        bus: Bus,
        respond: Respond,
        apologise: Callable[[TurnInput, str], TurnOutput],
        appliers: Mapping[type[Effect], Applier],
        subjects: frozenset[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._respond = respond
        self._apologise = apologise
        self._appliers = appliers
        self._subjects = subjects
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def run(self, conversation_id: str) -> int:
        """Answer everything that waits in a conversation; returns the number of turns committed.

        When another thread is at it, that one's next look at the log finds what is waiting now.
        """
        lock = self._locks[conversation_id]
        committed = 0
        while self._is_waiting(conversation_id) and lock.acquire(blocking=False):
            try:
                committed += self._run_locked(conversation_id)
            finally:
                lock.release()
        if not lock.locked():
            self._locks.pop(conversation_id, None)
        return committed

    def sweep(self, *, now: datetime) -> int:
        """Answer what a killed process left behind; returns the number of turns committed."""
        with self._database.read() as tx:
            left = log.waiting_for_bot(tx, before=now - LEFT_BEHIND)
        return sum(self.run(conversation_id) for conversation_id in left)

    def _is_waiting(self, conversation_id: str) -> bool:
        with self._database.read() as tx:
            conversation = log.get_conversation(tx, conversation_id)
        return conversation.controller == "bot" and conversation.bot_seq < conversation.customer_seq

    def _run_locked(self, conversation_id: str) -> int:
        committed = discarded = 0
        while discarded < MAX_DISCARDED:
            with self._database.read() as tx:
                turn = read_turn(tx, conversation_id, now=self._clock.now())
            if turn is None:
                return committed
            if self._one(turn) is None:
                discarded += 1
            else:
                committed += 1
        logger.warning("turn discarded %d times, left to the sweep", discarded)
        return committed

    def _one(self, turn: TurnInput) -> Committed | None:
        conversation_id = turn.conversation.id
        self._bus.publish(f"signals:{conversation_id}", {"typing": "bot"})
        output = self._computed(turn)
        with self._database.write() as tx:
            committed = commit_turn(
                tx,
                turn,
                output,
                appliers=self._appliers,
                subjects=self._subjects,
                now=self._clock.now(),
            )
        if committed is not None:
            self._bus.publish(f"conversation:{conversation_id}", committed.last_seq)
            if output.effects:
                self._bus.publish("desk")
        return committed

    def _computed(self, turn: TurnInput) -> TurnOutput:
        error_id = uuid.uuid4().hex[:12]
        for pause in (*TRY_AGAIN_AFTER, None):
            try:
                return self._respond(turn)
            except (OperationalError, Unavailable):
                raise  # the database is away: nothing is lost, the sweep does this turn again
            except Exception:
                logger.exception("turn failed: error_id=%s conversation=%s", error_id, turn.conversation.id)
            if pause is not None:
                time.sleep(pause)
        return self._apologise(turn, error_id)
