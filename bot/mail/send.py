"""The worker that sends what the outbox holds. Neither addresses nor texts reach a log."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from bot.base.clock import Clock
from bot.mail.compose import Mail, compose
from bot.mail.threads import Threads
from bot.mail.transport import Transport, transport_for
from bot.storage import outbox
from bot.storage.database import Database

__all__ = ["KIND", "message_id", "send_due", "transport_for"]

logger = logging.getLogger(__name__)

KIND = "mail"
"""Kind of the outbox items this worker takes."""


def send_due(database: Database, clock: Clock, transport: Transport) -> int:
    """Send what is due; returns how many mails went out.

    A mail that fails is tried again later (see `outbox.failed`), the others go on. After a kill between
    sending and noting it, the mail goes out a second time under the same Message-ID.
    """
    count = 0
    for item in outbox.claim(database, clock.now(), kind=KIND):
        try:
            mail = compose(
                item.payload,
                now=clock.now(),
                address=transport.address,
                way_back=transport.threads.way_back,
            )
            message = envelope(
                mail, key=item.key, sender=transport.sender, threads=transport.threads, now=clock.now()
            )
            transport.send(message, key=item.key)
        except Exception as error:
            what = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
            logger.warning("mail not sent, try %d: key=%s error=%s", item.tries, item.key, what)
            outbox.failed(database, item, clock.now(), what)
        else:
            outbox.sent(database, item, clock.now())
            count += 1
    return count


def envelope(mail: Mail, *, key: str, sender: str, threads: Threads, now: datetime) -> EmailMessage:
    """A mail with its headers. What no person wrote is marked as automatic, so that no robot answers it.

    A reply finds back by the token in Reply-To, or by that in the Message-ID it refers to.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to or threads.mailbox
    if mail.thread is not None:
        message["Reply-To"] = threads.reply_to(mail.thread)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(key, sender, threads.token(mail.thread) if mail.thread else "")
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def message_id(key: str, sender: str, token: str = "") -> str:
    """The Message-ID of an outbox item: the same at every try. `token` names its thread."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"<{token}.{digest[:8]}@{domain}>" if token else f"<{digest[:32]}@{domain}>"
