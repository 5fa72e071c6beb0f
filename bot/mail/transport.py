"""The ways a mail leaves: to an SMTP server, or into a folder when none is set."""

from __future__ import annotations

import asyncio
import os
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.base.settings import Settings, SettingsError
from bot.mail.threads import LONGEST_MAILBOX, Threads

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_TIMEOUT_SECONDS = 30


class Transport(Protocol):
    """Hands a message on; raises when that failed. `sender`, `address` and `threads` go into every message."""

    sender: str
    address: str
    threads: Threads

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Send `message`; `key` is the outbox's name for it, the same at every try."""


class SmtpTransport:
    """Sends to an SMTP server: `smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…`.

    A password is sent in clear to this very machine at most: elsewhere STARTTLS is then required. `tls`
    replaces the system's certificate checks (a private certificate authority).
    """

    def __init__(
        self, url: str, *, sender: str, address: str, threads: Threads, tls: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError("PUENTE_SMTP_URL: give smtp://user:password@host:port or smtps://…")
        self.sender = sender
        self.address = address
        self.threads = threads
        self._tls = tls
        self._host = parts.hostname
        self._immediate_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._immediate_tls else 587 if parts.username else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "") if parts.username else None

    @property
    def requires_starttls(self) -> bool:
        """Whether nothing is sent to a server that does not offer STARTTLS."""
        return self._user is not None and not self._immediate_tls and self._host not in _THIS_MACHINE

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Raises `aiosmtplib.SMTPException` or `OSError`."""
        asyncio.run(self._send(message))

    async def _send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(
            message,
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._immediate_tls,
            start_tls=True if self.requires_starttls else None,
            tls_context=self._tls,
            timeout=_TIMEOUT_SECONDS,
        )


class FolderTransport:
    """Writes each mail as one .eml file; a second try writes the same file again."""

    def __init__(self, folder: Path, *, sender: str, address: str, threads: Threads) -> None:
        self.sender = sender
        self.address = address
        self.threads = threads
        self._folder = folder

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Raises `OSError`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = "".join(c if c.isalnum() or c in "-." else "-" for c in key)
        draft = self._folder / f".{name}.{os.getpid()}"
        draft.write_bytes(bytes(message))
        os.replace(draft, self._folder / f"{name}.eml")


def transport_for(settings: Settings) -> Transport:
    """The transport the settings ask for; raises `SettingsError` for an address that is none."""
    sender, address, threads = settings.mail_from, settings.address, threads_of(settings)
    if settings.smtp_url:
        return SmtpTransport(settings.smtp_url, sender=sender, address=address, threads=threads)
    return FolderTransport(settings.data_path / "mail", sender=sender, address=address, threads=threads)


def threads_of(settings: Settings) -> Threads:
    """The threads of these settings: the mailbox that is set, else the sender's own address. Raises `SettingsError`."""
    threads = Threads(settings.secret_key(), settings.mail_box or settings.mail_from)
    local, at, _domain = threads.mailbox.rpartition("@")
    if not at or not 0 < len(local) <= LONGEST_MAILBOX:
        raise SettingsError(
            f"PUENTE_MAIL_BOX: give an address with at most {LONGEST_MAILBOX} characters before the @."
        )
    return threads
