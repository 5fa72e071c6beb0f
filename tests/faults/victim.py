"""A serving process to be killed: the real server, log, turn, cases and mail; only what is said is scripted.

Each message opens a case, so that a turn has everything a turn can have: reply, effect, deadline, mail.
`--die` makes the process kill itself at one point of the third turn's commit.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import Connection

from bot.cases.effects import OpenCase, new_reference
from bot.conversations.dialogue import ServedWish, TurnInput, TurnOutput
from bot.conversations.model import Reply
from bot.serve import application, configure_logging
from bot.storage.database import Database
from bot.storage.limits import Limit
from bot.web import chat
from tests.harness import EchoResponder, house_in

POINTS = ("before", "inside", "after")
NO_LIMIT = Limit("message", 1_000_000, timedelta(minutes=1))


class CaseResponder(EchoResponder):
    """Opens one case for each message and says so."""

    def respond(self, turn: TurnInput) -> TurnOutput:
        """A little slow, so that kills fall into every part of a turn."""
        time.sleep(random.random() / 50)
        self.turns.append(turn)
        locale = turn.conversation.locale
        cases = tuple(self._case(message.text, locale, turn) for message in turn.messages)
        return TurnOutput(
            replies=tuple(Reply(f"case {c.reference} for {c.customer_words}", locale) for c in cases),
            wishes=(ServedWish("item_damaged", "case_opened"),),
            locale=locale,
            state=None,
            effects=cases,
        )

    def _case(self, words: str, locale: str, turn: TurnInput) -> OpenCase:
        return OpenCase(
            reference=new_reference(),
            reason="item_damaged",
            seller_id="s-lumen",
            order_id=None,
            line_id=None,
            product_id=None,
            customer_words=words,
            customer_locale=locale,
            started_at=turn.now,
        )


class DyingDatabase(Database):
    """Kills its process at a point of the third commit that writes a turn."""

    def __init__(self, url: str, *, point: str, responder: EchoResponder) -> None:
        super().__init__(url)
        self._point = point
        self._responder = responder

    @contextmanager
    def write(self) -> Iterator[Connection]:
        is_turn = len(self._responder.turns) == 3
        if is_turn and self._point == "before":
            die()
        with super().write() as tx:
            yield tx
            if is_turn and self._point == "inside":
                die()
        if is_turn and self._point == "after":
            die()


def die() -> None:
    """End as if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--redis", default="")
    parser.add_argument("--die", choices=POINTS)
    parser.add_argument("--demo", action="store_true", help="with the demo shop's pages")
    parser.add_argument("--echo", action="store_true", help="open no cases, and let anybody write any number")
    options = parser.parse_args()
    configure_logging("ERROR")
    responder = EchoResponder() if options.echo else CaseResponder()
    if options.echo:
        chat.MESSAGES_PER_CONVERSATION = chat.MESSAGES_PER_ADDRESS = NO_LIMIT
    if options.die:
        database: Database = DyingDatabase(options.database, point=options.die, responder=responder)
    else:
        database = Database(options.database)
    house = house_in(
        options.folder,
        responder=responder,
        database=database,
        port=options.port,
        redis_url=options.redis,
        demo=options.demo,
    )
    application(house).run(host="127.0.0.1", port=options.port, access_log=False, motd=False)


if __name__ == "__main__":
    main()
