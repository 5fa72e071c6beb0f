"""Errors that people read.

PuenteError                      code + data + a text in the reader's language
├── BadInput              400    a field is wrong; `fields` says which and why
├── BadToken              401    no token, an expired one, or one that does not belong here
├── Forbidden             403    signed in, but this is not their room
├── Unknown               404    unknown, or somebody else's (the two must look alike)
├── Conflict              409    something else happened first
├── TooLarge              413
├── TooMany               429    carries `retry_after` seconds
└── Unavailable           503    a part is down; says which
"""

from __future__ import annotations

import uuid
from typing import Any

from bot.base.texts import translate


class PuenteError(Exception):
    """An error with a machine's code and a person's sentence. `status` is the HTTP status it maps to."""

    status = 500
    quiet = True

    def __init__(self, code: str, *, fields: dict[str, str] | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields or {}
        self.values = values
        self.id = uuid.uuid4().hex[:12]

    def message(self, locale: str) -> str:
        """The sentence for the reader: what happened and what to do. Catalogue `errors`, msgid = code."""
        return translate("errors", locale, self.code, **self.values)

    def as_body(self, locale: str) -> dict[str, Any]:
        """The wire form of contract.md. Field reasons are codes of the same catalogue."""
        error: dict[str, Any] = {"code": self.code, "message": self.message(locale), "id": self.id}
        if self.fields:
            error["fields"] = {
                name: translate("errors", locale, reason, **self.values)
                for name, reason in self.fields.items()
            }
        return {"error": error}


class BadInput(PuenteError):
    """400"""

    status = 400


class BadToken(PuenteError):
    """401"""

    status = 401


class Forbidden(PuenteError):
    """403"""

    status = 403


class Unknown(PuenteError):
    """404: also for what exists but belongs to somebody else."""

    status = 404


class Conflict(PuenteError):
    """409"""

    status = 409


class TooLarge(PuenteError):
    """413"""

    status = 413


class TooMany(PuenteError):
    """429: try again after `retry_after` seconds."""

    status = 429

    def __init__(self, code: str, *, retry_after: int, **values: Any) -> None:
        super().__init__(code, retry_after=retry_after, **values)
        self.retry_after = retry_after


class Unavailable(PuenteError):
    """503: a part Puente needs is down."""

    status = 503
    quiet = False
