"""From settings to a serving process: the house with Rasa in it, behind Sanic."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable

import structlog
from sanic import Sanic

from actions.turn import Services, turns_with
from bot.app import House, Responder
from bot.base.lean_rasa import leave_out
from bot.base.settings import ROOT, Settings
from bot.demo import is_loaded, load_accounts, load_shop
from bot.storage import migrate
from bot.storage.database import Database
from bot.training.models import Models
from bot.web.server import build_server

logger = logging.getLogger(__name__)

COLLECT_AFTER = (2_000, 20, 100)
"""Objects made since the last collection, and collections of each generation until one of the next (`gc`)."""

SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter while another waits for it; Python's own 5 ms suit long computations."""


def rasa_responder(house: House) -> Responder:
    """The real responder: Rasa with the model in use. Importing it takes seconds, so it happens here only."""
    leave_out(ROOT / "config.yml")
    from bot.rasa_host import RasaResponder

    return RasaResponder(
        model_in_use=Models(house.settings.models_path).path_in_use,
        actions="actions",
        begin_turn=turns_with(Services(house.shop, house.database)),
    )


def prepare_database(settings: Settings, database: Database) -> None:
    """Migrate, and in demo mode load the shop into an empty database."""
    migrate.upgrade(database)
    if not settings.demo:
        return
    from bot.base.clock import Clock

    with database.write() as tx:
        if not is_loaded(tx):
            now = Clock().now()
            load_shop(tx, now=now)
            load_accounts(tx, now=now)


def build_house(settings: Settings, *, responder: Callable[[House], Responder] = rasa_responder) -> House:
    """The house of these settings, its database migrated."""
    database = Database(settings.database)
    prepare_database(settings, database)
    return House(settings, responder=responder, database=database)


def application(house: House) -> Sanic:
    """The Sanic application with every blueprint; the demo shop's only in demo mode."""
    from bot.web import (
        attachments,
        auth,
        bridge,
        chat,
        chat_cases,
        chat_own,
        demo,
        desk,
        desk_cases,
        desk_reports,
        desk_streams,
        desk_team,
        docs,
        guide,
        health,
        pages,
        rest,
        returns,
        seller,
        staff,
        studio,
    )

    blueprints = [
        attachments.bp, auth.bp, bridge.bp, chat.bp, chat_cases.bp, chat_own.bp, desk.bp, desk_cases.bp,
        desk_reports.bp, desk_streams.bp, desk_team.bp, docs.bp, guide.bp, health.bp, pages.bp, rest.bp, returns.bp,
        seller.bp, staff.bp, studio.bp,
    ]  # fmt: skip
    if house.settings.demo:
        blueprints.append(demo.bp)
    return build_server(house, blueprints)


def settle(*_: object) -> None:
    """Set the interpreter up for serving thousands of sockets beside threads that write to the database.

    What a process has loaded is left out of garbage collection, and garbage is looked for less often: a full collection
    walks through the model and every open socket, and nobody is served meanwhile. Threads are given their turn sooner: a
    transaction gives it up at each statement, holds the database meanwhile, and waits for it behind the event loop.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_SECONDS)


def configure_logging(level: str) -> None:
    """One line per event on standard error; libraries from WARNING on. Texts of customers are never logged."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s  %(message)s", force=True
    )
    logging.getLogger("bot").setLevel(level)
    logging.getLogger("actions").setLevel(level)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
