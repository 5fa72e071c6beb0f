"""Smaller answers: texts over 1 kB go out compressed to clients that accept gzip; scripts and styles without comments."""

from __future__ import annotations

import functools
import re
import zlib

from sanic.request import Request
from sanic.response import BaseHTTPResponse

LEAST_BYTES = 1024
LEVEL, STATIC_LEVEL = 6, 9
_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")
_PUBLIC = ("/static/", "/i18n/")

_BLOCK = re.compile(rb"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.M | re.S)
_LINE = re.compile(rb"^[ \t]*//.*\n", re.M)
_INDENT = re.compile(rb"^\s+", re.M)


def compress(request: Request, answer: BaseHTTPResponse) -> None:
    """Compress the body of `answer` in place. Tokens and pages with secrets are never mixed with chosen text in one
    compressed answer of another origin (BREACH): answers to credentials across origins stay as they are."""
    body = getattr(answer, "body", None)
    if not body or len(body) < LEAST_BYTES or "content-encoding" in answer.headers:
        return
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return
    is_public = request.path.startswith(_PUBLIC)
    if request.headers.get("origin") and not is_public:
        return
    kind = answer.content_type or ""
    if not kind.startswith(_TEXTS):
        return
    answer.body = _static(body, "javascript" in kind or "css" in kind) if is_public else _gzip(body, LEVEL)
    answer.headers["content-encoding"] = "gzip"
    answer.headers["vary"] = "Accept-Encoding"


def without_comments(source: bytes) -> bytes:
    """A script or sheet of ours without comments that fill whole lines, indentation, and empty lines.

    Only what begins a line is taken for a comment, so none of our strings may have a line that begins like one.
    """
    return _INDENT.sub(b"", _LINE.sub(b"", _BLOCK.sub(b"", source)))


@functools.lru_cache(maxsize=256)
def _static(body: bytes, is_source: bool) -> bytes:
    return _gzip(without_comments(body) if is_source else body, STATIC_LEVEL)


def _gzip(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()
