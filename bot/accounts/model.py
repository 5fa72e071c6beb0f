"""Who signs in, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.base.texts import DESK_LOCALES, LOCALES, SELLER_LOCALES

Role = Literal["agent", "supervisor", "trainer", "seller", "admin"]

ROLES: tuple[Role, ...] = ("agent", "supervisor", "trainer", "seller", "admin")

GRANTS: dict[str, frozenset[str]] = {
    "desk": frozenset({"agent", "supervisor", "admin"}),
    "figures": frozenset({"supervisor", "admin"}),
    "studio": frozenset({"trainer", "supervisor", "admin"}),
    "seller": frozenset({"seller"}),
}
"""Which roles may enter which room of the house."""


def locales_of(role: str) -> tuple[str, ...]:
    """The languages an account may have: those of the pages its role is for."""
    if role == "seller":
        return SELLER_LOCALES
    return DESK_LOCALES if role in GRANTS["desk"] else LOCALES


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

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages this account may choose."""
        return locales_of(self.role)

    def may(self, room: str) -> bool:
        """Whether this role may enter `room` (a key of `GRANTS`)."""
        return self.role in GRANTS[room]
