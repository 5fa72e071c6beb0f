"""Smaller answers: texts over 1 kB go out compressed to clients that accept gzip."""

from __future__ import annotations

import functools
import zlib

from sanic.request import Request
from sanic.response import BaseHTTPResponse

LEAST_BYTES = 1024
LEVEL = 6
_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


def compress(request: Request, answer: BaseHTTPResponse) -> None:
    """Compress the body of `answer` in place. Tokens and pages with secrets are never mixed with chosen text in one
    compressed answer of another origin (BREACH): answers to credentials across origins stay as they are."""
    body = getattr(answer, "body", None)
    if not body or len(body) < LEAST_BYTES or "content-encoding" in answer.headers:
        return
    if "gzip" not in request.headers.get("accept-encoding", "") or request.headers.get("origin"):
        return
    if not (answer.content_type or "").startswith(_TEXTS):
        return
    answer.body = _static(body) if request.path.startswith("/static/") else _gzip(body)
    answer.headers["content-encoding"] = "gzip"
    answer.headers["vary"] = "Accept-Encoding"


@functools.lru_cache(maxsize=256)
def _static(body: bytes) -> bytes:
    return _gzip(body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()
