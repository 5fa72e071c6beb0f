"""Migrations: `upgrade` brings a database to the schema this code needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.storage.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 7_208_331  # any fixed number: pg_advisory_lock key of Puente's migrations


def configuration(url: str) -> Config:
    """Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Upgrade in one transaction; several processes starting together wait for one another."""
    config = configuration(database.url)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Go back to `revision` ("base": an empty database)."""
    config = configuration(database.url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has the schema this code needs."""
    head = ScriptDirectory.from_config(configuration(database.url)).get_current_head()
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head
