"""Which conversation or case a mail belongs to: a signed token in the Reply-To address and in the Message-ID.

The token names its subject and carries a keyed digest of it: nobody can make one, and nothing has to be kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Literal

from bot.accounts.tokens import Tokens

Kind = Literal["conversation", "staff", "case"]

_LETTERS: dict[Kind, str] = {"conversation": "c", "staff": "a", "case": "s"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_DIGEST_BYTES = 10
_DIGEST_LETTERS = 16
_HEX, _SHORT = re.compile(r"[0-9a-f]{32}"), re.compile(r"[a-z2-7]{26}")
_TOKEN = re.compile(rf"(?<![a-z0-9])([acs])([a-z2-7]{{{_DIGEST_LETTERS}}})([a-z0-9-]{{3,40}})(?![a-z0-9-])")


@dataclass(frozen=True)
class Thread:
    """What mails are about: a conversation by its id (`staff`: as our people write in it), or a case by its reference."""

    kind: Kind
    subject: str


LONGEST_MAILBOX = 20
"""Letters before the @ of the mailbox: with the token no more than the 64 of RFC 5321."""


class Threads:
    """Makes and reads tokens with Puente's secret. `mailbox` is the service's address, where replies arrive."""

    def __init__(self, secret: str, mailbox: str) -> None:
        self._key = hashlib.sha256(b"mail thread:" + secret.encode()).digest()
        self._tokens = Tokens(secret)
        self.mailbox = parseaddr(mailbox)[1] or mailbox

    def way_back(self, conversation_id: str) -> str:
        """What a mail's link into a conversation carries."""
        return self._tokens.for_return(conversation_id)

    def token(self, thread: Thread) -> str:
        """Small letters, digits and hyphens only: mail servers may change the case of addresses."""
        return f"{_LETTERS[thread.kind]}{self._digest(thread)}{_short(thread.subject)}"

    def reply_to(self, thread: Thread) -> str:
        """The address to which replies go: the mailbox with the token behind a plus sign (RFC 5233)."""
        local, _, domain = self.mailbox.rpartition("@")
        return f"{local}+{self.token(thread)}@{domain}"

    def find(self, texts: Iterable[str]) -> Thread | None:
        """The thread of the first genuine token in addresses or Message-IDs; None: there is none."""
        for text in texts:
            for letter, digest, subject in _TOKEN.findall(text.lower()):
                kind = _KINDS[letter]
                thread = Thread(kind, subject.upper() if kind == "case" else _long(subject))
                if hmac.compare_digest(digest, self._digest(thread)):
                    return thread
        return None

    def _digest(self, thread: Thread) -> str:
        what = f"{thread.kind}:{thread.subject.lower()}".encode()
        digest = hmac.new(self._key, what, hashlib.sha256).digest()[:_DIGEST_BYTES]
        return base64.b32encode(digest).decode().lower()


def _short(subject: str) -> str:
    """A subject in fewer letters: of a conversation's 32 hexadecimal digits 26 letters remain."""
    if not _HEX.fullmatch(subject):
        return subject.lower()
    return base64.b32encode(bytes.fromhex(subject)).decode().rstrip("=").lower()


def _long(short: str) -> str:
    return base64.b32decode(f"{short.upper()}======").hex() if _SHORT.fullmatch(short) else short
