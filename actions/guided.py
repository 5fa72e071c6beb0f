"""R17: a message that was chosen step by step, and what is known because of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.nlu.entities import find_patterns


@dataclass(frozen=True)
class Guided:
    """What a guided customer has given, as `bot.service.guide.command_of` carries it.

    `text` are the customer's own words, `details` what they and the path say of the wish, `matter` the contact
    reason at the end of the path, `about` the order, line and product picked (None each: none was).
    """

    text: str | None
    details: dict[str, Any]
    matter: str
    about: dict[str, str | None]

    @classmethod
    def of(cls, entities: list[dict[str, Any]]) -> Guided | None:
        """What a message's entities hold of it; None: it was typed, or an ordinary button."""
        value = next((found["value"] for found in entities if found["entity"] == "guided"), None)
        return cls(**value) if value else None

    def data(self) -> list[dict[str, Any]]:
        """Entities in the customer's words: numbers, addresses. A picked line says which order it is."""
        found = [{"entity": match.entity, "value": match.value} for match in find_patterns(self.text or "")]
        picked = self.about.get("line_id") is not None
        return [entity for entity in found if not (picked and entity["entity"] == "order_id")]

    def begun_anew(self, reason: str) -> dict[str, Any]:
        """What is remembered from here on: what was given, and nothing of what had been asked before."""
        return {
            "pending": None,
            "offered": None,
            "details": self.details or None,
            "last_reason": reason,
            "last_outcome": None,
            **self.about,
        }
