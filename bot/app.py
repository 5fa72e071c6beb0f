"""The one place where everything is put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot import attachments
from bot.accounts.tokens import Tokens
from bot.base.clock import Clock, local_day
from bot.base.settings import Settings
from bot.cases.customer import add_files_to_open_case
from bot.cases.handlers import deadline_handlers
from bot.conversations import log
from bot.conversations.dialogue import TurnInput, TurnOutput
from bot.conversations.visits import UNSEEN
from bot.desk.bridge import Bridge
from bot.desk.hand_over import in_hands
from bot.desk.keeper import DeskKeeper
from bot.desk.mail_room import MailRoom
from bot.desk.places import Places
from bot.desk.translate import LibreTranslate
from bot.desk.unseen import mail_unseen
from bot.effects import APPLIERS
from bot.mail import send_due, threads_of, transport_for
from bot.privacy import erase_overdue
from bot.returns.store import returned_lines
from bot.service.reasons import SUBJECTS
from bot.shop.choose import shop_of
from bot.shop.source import Shop
from bot.storage import deadlines, shared
from bot.storage.bus import Bus
from bot.storage.database import Database
from bot.storage.limits import Limit, limited
from bot.training.studio import Studio
from bot.turn import Turns

logger = logging.getLogger(__name__)

FORGET_EVERY = timedelta(hours=1)
TICK_SECONDS = 1.0
"""How often each process looks for deadlines, mail, turns left behind and a newer model."""


def mail_room_of(settings: Settings, database: Database, clock: Clock, bus: Bus) -> MailRoom:
    """Where mail arrives; what could not be bound lies in the data folder, for a person."""
    return MailRoom(
        database,
        clock,
        threads=threads_of(settings),
        folder=settings.data_path / "mail-for-a-person",
        publish=bus.publish,
    )


class Responder(Protocol):
    """What answers: Rasa behind one function (`bot.rasa_host`), or a test's own."""

    def respond(self, turn: TurnInput) -> TurnOutput:
        """Compute a turn; no side effects."""

    def apologise(self, turn: TurnInput, error_id: str) -> TurnOutput:
        """The answer when `respond` failed."""

    def parse(self, text: str, today: date) -> dict[str, Any]:
        """What the model in use understands of a text written `today`: the wire form of `/api/v1/nlu/parse`."""

    def follow_model(self) -> None:
        """Take up the model in use when the pointer has moved."""

    @property
    def model_name(self) -> str:
        """The model in use."""


class House:
    """Puente put together: what handlers reach as `request.app.ctx.house`."""

    def __init__(
        self,
        settings: Settings,
        *,
        responder: Callable[[House], Responder],
        database: Database | None = None,
        clock: Clock | None = None,
        bus: Bus | None = None,
        shop: Shop | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.database = database or Database(settings.database)
        self.bus = bus or Bus(settings.redis_url)
        self.tokens = Tokens(settings.secret_key(), settings.customer_token_key())
        self.shop = shop or shop_of(settings, self.database, started=returned_lines(self.database))
        self.studio = Studio.of(settings)
        self.responder = responder(self)
        self.turns = Turns(
            database=self.database,
            clock=self.clock,
            bus=self.bus,
            respond=self.responder.respond,
            apologise=self.responder.apologise,
            appliers=APPLIERS,
            subjects=SUBJECTS,
        )
        self.vault = attachments.Vault(settings.data_path / "attachments")
        self.mail = transport_for(settings)
        self.mail_room = mail_room_of(settings, self.database, self.clock, self.bus)
        self.desk_keeper = DeskKeeper(self)
        self.places = Places(self)
        self.bridge = (
            Bridge(self.database, self.clock, url=settings.bridge_url, secret=settings.bridge_secret)
            if settings.bridge_url
            else None
        )
        self._bridging = threading.Lock()
        self.translator = (
            LibreTranslate(settings.translate_url, settings.translate_key) if settings.translate_url else None
        )
        self.threads = ThreadPoolExecutor(16, thread_name_prefix="web")
        self._turn_threads = ThreadPoolExecutor(settings.turn_threads, thread_name_prefix="turn")
        self._ticking = threading.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._forgotten_at: datetime | None = None

    def accept(
        self,
        conversation_id: str,
        *,
        client_id: str,
        text: str | None = None,
        payload: str | None = None,
        files: Sequence[str] = (),
        limits: Mapping[Limit, str] | None = None,
    ) -> tuple[int, bool]:
        """Accept a customer's message, tell followers, and have it answered. Returns (seq, new?).

        `files` names what was uploaded before and comes with it: also as evidence, where one case is open. `limits` are the
        limits it counts under, with their keys; raises `TooMany` when it is one too many.
        """
        with limited(self.database, limits or {}, self.clock.now()) as tx:
            seq, new = log.accept_message(
                tx,
                conversation_id,
                client_id=client_id,
                text=text,
                payload=payload,
                now=self.clock.now(),
                attachments=attachments.described(tx, conversation_id, files) if files else (),
            )
            if new and files:
                attachments.attach(tx, conversation_id, files, seq=seq)
                add_files_to_open_case(tx, conversation_id, files, now=self.clock.now())
            controller, agents = in_hands(tx, conversation_id)
        if new:
            self.take_up(conversation_id, seq, controller=controller, agents=agents)
        return seq, new

    def take_up(self, conversation_id: str, seq: int, *, controller: str, agents: Collection[int]) -> None:
        """Tell followers of a customer's message that was accepted as number `seq`, and have it answered.

        `controller` and `agents`: in whose hands the chat was when it was accepted (`hand_over.in_hands`).
        """
        self.bus.publish(f"conversation:{conversation_id}", seq)
        if controller == "agent":
            self.tell_desk(conversation_id, agents=agents, shared=False)
            return
        self.tell_desk(conversation_id, agents=(), shared=True, slow=controller == "bot")
        if controller == "bot":
            self.answer_soon(conversation_id)

    def tell_desk(
        self,
        conversation_id: str | None = None,
        *,
        agents: Collection[int],
        shared: bool = True,
        slow: bool = False,
    ) -> None:
        """Hint at the desks: a conversation changed, in the hands of `agents` only, or (`shared`) in everybody's lists.

        `slow`: a change in everybody's lists that is of no hurry, what the bot is doing.
        """
        note = {"id": conversation_id, "agents": sorted(agents), "shared": shared, "slow": slow}
        for topic in ["desk"] if shared else [f"desk:{agent}" for agent in agents]:
            self.bus.publish(topic, note)

    def answer_soon(self, conversation_id: str) -> None:
        """Have a turn run in a turn thread; when that is not possible any more, the sweep does it."""
        with contextlib.suppress(RuntimeError):  # the pool is shutting down
            self._turn_threads.submit(self._turn, conversation_id)

    def parse(self, text: str) -> dict[str, Any]:
        """What the model in use understands of a text."""
        return self.responder.parse(text, local_day(self.clock.now(), "es"))

    def tick(self) -> None:
        """One round of what time brings: the shared clock, deadlines, turns left behind, mail, a newer model, tidying.

        Each part is on its own: what fails is logged and tried again in the next round, the others go on.
        """
        if not self._ticking.acquire(blocking=False):
            return
        try:
            for part in (
                self._follow_clock,
                self.run_deadlines,
                self._sweep,
                self._send_mail,
                self._receive_mail,
                self._forget,
                self._follow_model,
                self._keep_desk,
                self._run_bridge,
                self.database.tidy,
            ):
                try:
                    part()
                except Exception as error:
                    logger.error("%s failed, next try in a second: %r", part.__name__.lstrip("_"), error)
        finally:
            self._ticking.release()

    def run_deadlines(self) -> None:
        """Do what is due, and tell whoever follows the conversations it touched."""
        touched: dict[str, int] = {}
        handlers = {**deadline_handlers(changed=touched.__setitem__), UNSEEN: mail_unseen}
        done = deadlines.run_due(self.database, handlers, self.clock.now())
        if done.total() > done[UNSEEN]:  # a mail to a customer changes no list
            self.bus.publish("desk")
        for conversation_id, seq in touched.items():
            self.bus.publish(f"conversation:{conversation_id}", seq)

    async def start(self) -> None:
        """Begin the background work on the running event loop."""
        self.shop.prepare()
        await self.bus.start()
        self._tasks = [
            asyncio.create_task(self._tick_for_ever()),
            asyncio.create_task(self.places.follow(self.threads)),
        ]

    async def stop(self) -> None:
        """End the background work; turns under way are finished."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.bus.stop()
        self._turn_threads.shutdown(wait=True)
        self.threads.shutdown(wait=False)

    def parts(self) -> dict[str, bool]:
        """Which parts answer, of those without which nobody can be served. The shop's source is not one of them."""
        return {
            "database": self._database_is_up(),
            "redis": self.bus.redis_is_up(),
            "model": bool(self.responder.model_name),
        }

    def _follow_clock(self) -> None:
        if self.settings.demo:
            shared.follow_clock(self.database, self.clock)

    def _sweep(self) -> None:
        self.turns.sweep(now=self.clock.now())

    def _send_mail(self) -> None:
        send_due(self.database, self.clock, self.mail)

    def _receive_mail(self) -> None:
        if self.settings.mail_in:
            self.mail_room.receive_all(Path(self.settings.mail_in))

    def _forget(self) -> None:
        """Once an hour: files that were uploaded and never sent, and what is older than the shop keeps it."""
        now = self.clock.now()
        if self._forgotten_at is not None and now - self._forgotten_at < FORGET_EVERY:
            return
        self._forgotten_at = now
        with self.database.write() as tx:
            ids = attachments.forget_unsent(tx, now)
        self.vault.remove(ids)
        if self.settings.retention_days:
            self._forget_old(now)

    def _forget_old(self, now: datetime) -> None:
        done = erase_overdue(self.database, days=self.settings.retention_days, now=now)
        for erased in done:
            self.vault.remove(erased.files)
        if done:
            self._forgotten_at = None  # there may be more: they are looked for in the next round
            logger.info("conversations erased by retention: %d", len(done))

    def _follow_model(self) -> None:
        self.responder.follow_model()

    def _run_bridge(self) -> None:
        """Beside the tick: another desk may take seconds to answer."""
        if self.bridge is not None and self._bridging.acquire(blocking=False):
            self.threads.submit(self._bridge_round, self.bridge)

    def _bridge_round(self, bridge: Bridge) -> None:
        try:
            bridge.run()
        except Exception as error:
            logger.error("bridge failed, next try in a second: %r", error)
        finally:
            self._bridging.release()

    def _keep_desk(self) -> None:
        self.desk_keeper.keep()

    def _database_is_up(self) -> bool:
        try:
            with self.database.read() as tx:
                tx.exec_driver_sql("SELECT 1")
        except Exception:
            return False
        return True

    def _turn(self, conversation_id: str) -> None:
        try:
            self.turns.run(conversation_id)
        except Exception:
            logger.exception("turn left to the sweep: conversation=%s", conversation_id)

    async def _tick_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(self.threads, self.tick)
            await asyncio.sleep(TICK_SECONDS)
