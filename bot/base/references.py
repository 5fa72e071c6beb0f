"""References that people say and type: short, without characters that are taken for one another."""

from __future__ import annotations

import secrets

_UNAMBIGUOUS = "23456789BCDFGHJKMNPQRTVWXYZ"


def new_reference(kind: str) -> str:
    """A new random reference, `kind` (one letter) first: P-7K2M9Q."""
    return f"{kind}-" + "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(6))
