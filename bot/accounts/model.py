"""Who signs in, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["agent", "supervisor", "trainer", "seller", "admin"]

ROLES: tuple[Role, ...] = ("agent", "supervisor", "trainer", "seller", "admin")

GRANTS: dict[str, frozenset[str]] = {
    "desk": frozenset({"agent", "supervisor", "admin"}),
    "figures": frozenset({"supervisor", "admin"}),
    "studio": frozenset({"trainer", "supervisor", "admin"}),
    "seller": frozenset({"seller"}),
}
"""Which roles may enter which room of the house."""


@dataclass(frozen=True)
class Account:
    """A member of staff, or a seller (`seller_id` set)."""

    id: int
    email: str
    name: str
    role: Role
    seller_id: str | None
    locale: str
    session_epoch: int

    @property
    def first_name(self) -> str:
        """What customers see of an agent."""
        return self.name.split()[0]

    def may(self, room: str) -> bool:
        """Whether this role may enter `room` (a key of `GRANTS`)."""
        return self.role in GRANTS[room]
