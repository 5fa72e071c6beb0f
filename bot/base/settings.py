"""All settings, in one annotated table, read from environment variables with the prefix `PUENTE_`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

LEAST_RETENTION_DAYS = 60
"""A case may be objected to for 30 days after it has ended, and it takes a few days before that."""


class SettingsError(ValueError):
    """A setting has a value Puente cannot run with; the message says which and what to do."""


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """What an operator may set. `PUENTE_PORT=9000` sets `port`; the table in docs/operator.md is made from this."""

    data_dir: str = _setting("var", "folder for the SQLite file, mails written to disk, generated secrets")
    database_url: str = _setting("", "postgresql://… or sqlite:///…; empty: SQLite in the data folder")
    redis_url: str = _setting("", "redis://…; empty: hints stay inside one process")
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on")
    workers: int = _setting(1, "number of serving processes")
    public_url: str = _setting(
        "", "address under which people reach Puente (links in mails); empty: host and port"
    )
    secret: str = _setting(
        "", "signs tokens and cookies, ≥ 32 characters; empty: one is made in the data folder"
    )
    shop_key: str = _setting("", "key of the shop's customer tokens: HS256 secret or EdDSA public key (PEM)")
    shop_url: str = _setting(
        "",
        "address of the shop's interface (docs/shop.md); empty: orders and products in Puente's own tables",
    )
    shop_token: str = _setting("", "bearer token for the shop's interface")
    shop_call_ms: int = _setting(2000, "milliseconds one call to the shop's interface may take")
    shop_turn_ms: int = _setting(
        6000, "milliseconds all calls of one turn may take together, further tries too"
    )
    allowed_origins: str = _setting("", "web origins of the shop's pages, separated by blanks")
    frame_ancestors: str = _setting("", "origins that may frame Puente's pages, separated by blanks")
    secure_cookies: bool = _setting(False, "cookies only over https; set it wherever TLS is in front")
    smtp_url: str = _setting("", "smtp://user:password@host:port or smtps://…; empty: mails go to a folder")
    mail_from: str = _setting("puente@localhost", "sender address of Puente's mails")
    mail_box: str = _setting(
        "",
        "mailbox of the service: customers' mails go there, replies arrive there; empty: the sender address",
    )
    mail_in: str = _setting("", "Maildir in which replies arrive, read every second; empty: none")
    rest_token: str = _setting("", "turns on Rasa's REST webhook for callers with this token")
    models_dir: str = _setting("models", "folder of trained models and of the pointer to the one in use")
    project_dir: str = _setting(
        "", "folder with data/, domain.yml and config.yml for the studio; empty: the checkout"
    )
    demo: bool = _setting(False, "serve the demo shop, its sign-in and its movable clock")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    turn_threads: int = _setting(2, "turns computed at the same time in one process")
    desk_capacity: int = _setting(10, "chats an agent may hold at a time, where nothing else is set for them")
    desk_silent_seconds: int = _setting(
        180, "a chat whose agent leaves the customer without an answer for this long goes back to the queue"
    )
    desk_gone_seconds: int = _setting(
        60, "chats of an agent whose last page has been closed for this long go back to the queue"
    )
    translate_url: str = _setting(
        "",
        "LibreTranslate-compatible server for the desk's translations; empty: none, and nothing is sent anywhere",
    )
    translate_key: str = _setting("", "key of that server, if it wants one")
    bridge_url: str = _setting(
        "", "where a desk the shop has already hears of hand-offs (docs/bridge.md); empty: none"
    )
    bridge_secret: str = _setting(
        "", "signs what goes over the bridge, both ways, ≥ 32 characters; empty: no bridge"
    )
    retention_days: int = _setting(
        0, "days after which a conversation nobody has touched is erased, ≥ 60; 0: kept for ever"
    )
    trusted_proxies: int = _setting(
        0, "number of proxies whose X-Forwarded-For is believed (limits per address)"
    )
    metrics_token: str = _setting(
        "", "bearer token for /metrics; empty: only from this machine, and not behind a proxy"
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `PUENTE_*`; raises `SettingsError` naming the variable at fault."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for item in fields(cls):
            name = f"PUENTE_{item.name.upper()}"
            if name in environ:
                values[item.name] = _typed(name, environ[name], type(item.default))
        settings = cls(**values)
        if settings.secret and len(settings.secret) < 32:
            raise SettingsError("PUENTE_SECRET is too short: give at least 32 random characters.")
        if settings.bridge_secret and len(settings.bridge_secret) < 32:
            raise SettingsError("PUENTE_BRIDGE_SECRET is too short: give at least 32 random characters.")
        if settings.retention_days and settings.retention_days < LEAST_RETENTION_DAYS:
            raise SettingsError(
                f"PUENTE_RETENTION_DAYS: give 0 (for ever) or at least {LEAST_RETENTION_DAYS}: "
                "until then a customer may object to how a case ended."
            )
        if settings.bridge_url and not settings.bridge_secret:
            raise SettingsError("PUENTE_BRIDGE_URL needs PUENTE_BRIDGE_SECRET: webhooks are signed.")
        return settings

    @property
    def data_path(self) -> Path:
        """The data folder, made when missing."""
        path = (ROOT / self.data_dir).resolve()
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def models_path(self) -> Path:
        """The folder of models."""
        return (ROOT / self.models_dir).resolve()

    @property
    def project_path(self) -> Path:
        """The folder whose examples the studio edits and trains from."""
        return (ROOT / self.project_dir).resolve()

    @property
    def database(self) -> str:
        """The database's SQLAlchemy address."""
        return self.database_url or f"sqlite:///{self.data_path / 'puente.db'}"

    @property
    def address(self) -> str:
        """Where people reach Puente, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def secret_key(self) -> str:
        """The signing key: the one set, or one made once in the data folder (mode 0600)."""
        return self.secret or _kept_secret(self.data_path / "secret")

    def customer_token_key(self) -> str:
        """The shop's key for customer tokens; in demo mode one of our own stands in for the shop's."""
        if self.shop_key or not self.demo:
            return self.shop_key
        return _kept_secret(self.data_path / "demo-shop-key")


def _typed(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise SettingsError(f"{name}={text!r}: give 1 or 0.")
    if kind is int:
        try:
            return int(text)
        except ValueError as error:
            raise SettingsError(f"{name}={text!r}: give a whole number.") from error
    return text


def _kept_secret(path: Path) -> str:
    """A secret that is made once; two processes starting together agree on the one that was linked first."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
