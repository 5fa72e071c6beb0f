"""Mail out: to an SMTP server, or to a folder when none is set. Mail in: what a message says, and what it belongs to."""

from bot.mail.incoming import Incoming, read_mail
from bot.mail.send import send_due
from bot.mail.threads import Thread, Threads
from bot.mail.transport import FolderTransport, SmtpTransport, Transport, threads_of, transport_for

__all__ = [
    "FolderTransport",
    "Incoming",
    "SmtpTransport",
    "Thread",
    "Threads",
    "Transport",
    "read_mail",
    "send_due",
    "threads_of",
    "transport_for",
]
