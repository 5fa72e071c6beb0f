"""Tokens: a conversation's, a session's, its CSRF twin, and the shop's customer tokens.

Sign-in tokens alone run on the real clock (the demo shop's movable clock must not end sessions).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

import jwt
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.base.errors import BadToken

CONVERSATION_SECONDS = 24 * 3600
RENEW_AFTER_SECONDS = 3600
ATTACHMENT_SECONDS = 600
RETURN_SECONDS = 30 * 24 * 3600
SESSION_SECONDS = 12 * 3600
CUSTOMER_TOKEN_MAX_SECONDS = 3600
_LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class SignedInCustomer:
    """What a shop's token says about its customer."""

    id: str
    name: str | None
    locale: str | None


class Tokens:
    """Makes and checks tokens with Puente's secret; `shop_key` checks the shop's."""

    def __init__(self, secret: str, shop_key: str = "") -> None:
        self._conversation = URLSafeTimedSerializer(secret, salt="conversation")
        self._attachment = URLSafeTimedSerializer(secret, salt="attachment")
        self._return = URLSafeTimedSerializer(secret, salt="return")
        self._session = URLSafeTimedSerializer(secret, salt="session")
        self._secret = secret.encode()
        self._shop_key = shop_key

    def for_conversation(self, conversation_id: str) -> str:
        """A token that opens this conversation and no other, for 24 hours."""
        return str(self._conversation.dumps(conversation_id))

    def check_conversation(self, token: str, conversation_id: str) -> str | None:
        """Raises `BadToken` unless `token` opens `conversation_id`; returns a fresh token when it is ageing."""
        try:
            found, signed_at = self._conversation.loads(
                token, max_age=CONVERSATION_SECONDS, return_timestamp=True
            )
        except SignatureExpired as error:
            raise BadToken("token_expired") from error
        except (BadSignature, ValueError) as error:  # ValueError: characters that no token has
            raise BadToken("bad_token") from error
        if not hmac.compare_digest(str(found).encode(), conversation_id.encode(errors="replace")):
            raise BadToken("bad_token")
        old = time.time() - signed_at.timestamp() > RENEW_AFTER_SECONDS
        return self.for_conversation(conversation_id) if old else None

    def for_attachment(self, attachment_id: str) -> str:
        """What opens one file for ten minutes: it stands in an address, where the conversation's token must not."""
        return str(self._attachment.dumps(attachment_id))

    def check_attachment(self, key: str, attachment_id: str) -> None:
        """Raises `BadToken` unless `key` opens this file."""
        if _read(self._attachment, key, ATTACHMENT_SECONDS) != attachment_id:
            raise BadToken("bad_token")

    def for_return(self, conversation_id: str) -> str:
        """What leads back into a conversation from a mail, for thirty days."""
        return str(self._return.dumps(conversation_id))

    def check_return(self, key: str) -> str:
        """The conversation a mail's link leads back into; raises `BadToken`."""
        return str(_read(self._return, key, RETURN_SECONDS))

    def for_session(self, account_id: int, session_epoch: int) -> str:
        """A session token of a signed-in account, for 12 hours."""
        return str(self._session.dumps([account_id, session_epoch]))

    def check_session(self, token: str) -> tuple[int, int]:
        """(account id, session epoch) of a session token; raises `BadToken`."""
        try:
            account_id, epoch = self._session.loads(token, max_age=SESSION_SECONDS)
        except (BadSignature, ValueError, TypeError) as error:
            raise BadToken("session_ended") from error
        return int(account_id), int(epoch)

    def csrf(self, session_token: str) -> str:
        """The CSRF token that belongs to one session token."""
        return hmac.new(self._secret, b"csrf:" + session_token.encode(), hashlib.sha256).hexdigest()

    def customer(self, token: str) -> SignedInCustomer:
        """What the shop says about its customer: HS256 by a shared secret, or EdDSA by the shop's public key.

        `exp` at most an hour ahead. Raises `BadToken`.
        """
        if not self._shop_key:
            raise BadToken("no_shop_key")
        algorithm = "EdDSA" if self._shop_key.lstrip().startswith("-----BEGIN") else "HS256"
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._shop_key,
                algorithms=[algorithm],
                leeway=_LEEWAY_SECONDS,
                options={"require": ["sub", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise BadToken("bad_customer_token") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 64:
            raise BadToken("bad_customer_token")
        if claims["exp"] > time.time() + CUSTOMER_TOKEN_MAX_SECONDS + _LEEWAY_SECONDS:
            raise BadToken("bad_customer_token")
        name, locale = claims.get("name"), claims.get("locale")
        return SignedInCustomer(
            subject, str(name)[:120] if name else None, str(locale)[:2] if locale else None
        )


def _read(serializer: URLSafeTimedSerializer, token: str, seconds: int) -> Any:
    try:
        return serializer.loads(token, max_age=seconds)
    except SignatureExpired as error:
        raise BadToken("token_expired") from error
    except (BadSignature, ValueError) as error:
        raise BadToken("bad_token") from error


def demo_customer_token(shop_key: str, customer_id: str, *, name: str, locale: str) -> str:
    """What a shop would make for its signed-in customer: HS256, 50 minutes."""
    claims = {"sub": customer_id, "name": name, "locale": locale, "exp": int(time.time()) + 3000}
    return jwt.encode(claims, shop_key, algorithm="HS256")
