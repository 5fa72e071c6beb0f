"""Where mail arrives: each message is taken into the database, or kept in a folder for a person. Nothing is lost."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.exc import IntegrityError, OperationalError

from bot.base.clock import Clock
from bot.base.errors import Unavailable
from bot.desk.mail_in import Taken, take
from bot.mail.incoming import Incoming, read_mail
from bot.mail.threads import Threads
from bot.storage.database import Database

logger = logging.getLogger(__name__)

Publish = Callable[[str, int | str | None], None]
"""Tells followers: (topic, note)."""

ROUND = 50
"""Messages of a Maildir that are taken in one round."""


class MailRoom:
    """Takes mail in. `folder` is where a person finds what could not be bound; `publish` hears after each commit."""

    def __init__(
        self, database: Database, clock: Clock, *, threads: Threads, folder: Path, publish: Publish
    ) -> None:
        self._database = database
        self._clock = clock
        self._threads = threads
        self._folder = folder
        self._publish = publish

    def receive(self, raw: bytes) -> Taken:
        """Take one message of RFC 5322 in. Raises only what means "try again": the database or the disk is away.

        A message that we fail at is kept for a person, so that it does not hold up the others.
        """
        try:
            taken = self._take(read_mail(raw), raw)
        except IntegrityError:  # another process takes the same mail at this moment
            return Taken("duplicate")
        except (OperationalError, OSError, Unavailable):
            raise
        except Exception as error:
            key = hashlib.sha256(raw).hexdigest()
            self._keep(key, raw, type(error).__name__)
            return Taken("person", why="failed")
        if taken.conversation_id:
            self._publish(f"conversation:{taken.conversation_id}", taken.last_seq)
            self._publish("desk", taken.conversation_id)
        return taken

    def receive_all(self, maildir: Path) -> int:
        """Take in what is new in a Maildir; returns how many messages. What fails stays there for the next round."""
        count = 0
        for path in _new_in(maildir):
            try:
                self.receive(path.read_bytes())
                seen = maildir / "cur" / f"{path.name}:2,S"
                seen.parent.mkdir(exist_ok=True)
                os.replace(path, seen)
            except FileNotFoundError:  # another process was first
                continue
            except (OperationalError, OSError, Unavailable) as error:
                logger.error("mail stays in the Maildir, next try in a second: %s", type(error).__name__)
                return count
            count += 1
        return count

    def _take(self, mail: Incoming, raw: bytes) -> Taken:
        thread = self._threads.find(mail.clues)
        with self._database.write() as tx:
            taken = take(tx, mail, thread, now=self._clock.now())
            if taken.why:
                self._keep(mail.key, raw, taken.why)  # before the commit: rather twice than not at all
        logger.info("mail taken: kind=%s key=%s", taken.kind, mail.key[:12])
        return taken

    def _keep(self, key: str, raw: bytes, why: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{key[:24]}.{os.getpid()}"
        draft.write_bytes(raw)
        os.replace(draft, self._folder / f"{key[:24]}.eml")
        logger.warning("mail kept for a person: why=%s key=%s", why, key[:12])


def _new_in(maildir: Path) -> Iterator[Path]:
    folder = maildir / "new"
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not path.name.startswith("."))[:ROUND]
