"""Engine and unit of work: short reads, short writes, one transaction each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from bot.base.errors import Unavailable

LOCK_SECONDS = 15
"""How long a write waits for another one, in this process or (SQLite) in another."""


WAL_PAGES = 8_000
"""From so many pages of its log on a commit on SQLite copies them into the database itself, and everybody waits for it."""


class Database:
    """Where everything is kept. `read()` and `write()` each give one connection in one transaction.

    On SQLite a write begins with BEGIN IMMEDIATE: a transaction that reads first and writes later fails at
    once with "database is locked", whatever the timeout. On PostgreSQL writes are READ COMMITTED; every
    change of state compares in its WHERE clause, so no stronger isolation is needed.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: Engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn_to_write = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for reading; nothing is written."""
        with self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        On SQLite the threads of this process wait for one another here: SQLite's own wait is a sleep that grows, so
        that whoever came first is not served first and a lock that is free again stays unused.
        """
        with self._turn(), self._connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(puente_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        taken = self.is_sqlite and self._turn_to_write.acquire(timeout=LOCK_SECONDS)
        try:
            yield
        finally:
            if taken:
                self._turn_to_write.release()

    def tidy(self) -> None:
        """SQLite: copy what is committed from the log into the database, beside readers and writers; else nothing."""
        if not self.is_sqlite:
            return
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Give all connections back (before a fork, at the end)."""
        self.engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except OperationalError as error:
            raise Unavailable("database_down") from error
        with connection:
            yield connection


def insert_of(tx: Connection) -> Any:
    """The `insert` of the database's own dialect, which knows ON CONFLICT."""
    return postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert


def _engine(url: str, pool_size: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url, future=True, hide_parameters=True,  # errors are logged, what customers write is not
            pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, pool_timeout=10,
        )  # fmt: skip
    arguments = {"timeout": LOCK_SECONDS, "check_same_thread": False}
    engine = create_engine(
        url, future=True, hide_parameters=True, connect_args=arguments,
        poolclass=QueuePool, pool_size=pool_size, max_overflow=100, pool_timeout=LOCK_SECONDS,
    )  # fmt: skip
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={WAL_PAGES}",
        f"busy_timeout={LOCK_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("puente_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
