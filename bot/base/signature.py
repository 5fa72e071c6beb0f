"""Signatures of the bridge: an HMAC over the time and what is said, so that both sides know who speaks, and when."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

HEADER = "x-puente-signature"
TOLERANCE_SECONDS = 300
"""How far the clocks of both sides may differ; older messages are refused."""

_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, *said: str | bytes, at: datetime) -> str:
    """The header's value for what is `said` (joined by dots): `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, said)}"


def is_signed(secret: str, header: str, *said: str | bytes, at: datetime) -> bool:
    """Whether `header` is the signature of what is `said`, made at about this time."""
    form = _FORM.fullmatch(header.strip())
    if form is None or not secret:
        return False
    seconds = int(form.group(1))
    right = hmac.compare_digest(form.group(2), _digest(secret, seconds, said))
    return right and abs(at.timestamp() - seconds) <= TOLERANCE_SECONDS


def _digest(secret: str, seconds: int, said: tuple[str | bytes, ...]) -> str:
    parts = [str(seconds).encode(), *(part.encode() if isinstance(part, str) else part for part in said)]
    return hmac.new(secret.encode(), b".".join(parts), hashlib.sha256).hexdigest()
