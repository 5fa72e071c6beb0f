"""Mail out: to an SMTP server, or to a folder when none is set."""

from bot.mail.send import send_due
from bot.mail.transport import FolderTransport, SmtpTransport, Transport, transport_for

__all__ = ["FolderTransport", "SmtpTransport", "Transport", "send_due", "transport_for"]
