"""The customer's message as the model read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker

from actions.guided import Guided
from bot.nlu.entities import find_patterns

SURE = 0.55
"""A new topic in the middle of a question of ours is believed from this confidence on."""


MATTERS = frozenset({"order_id", "date", "product", "attribute", "quantity"})
"""What belongs to the wish beside which it is said; names, addresses and the like belong to the whole message."""


def without_data(text: str) -> str:
    """A text without order numbers, addresses of mail and the like."""
    for match in reversed(find_patterns(text)):
        text = text[: match.start] + " " + text[match.end :]
    return text


class Message:
    """What a customer wrote or pressed: `text`, `entities`, and the reading with its ranking.

    `foreign` is the language of a text in none of ours; gibberish and emoji are not `readable`. `guided` is what was
    chosen step by step; `text` are then the customer's own words, or the choices as a sentence. `doubtful` are those of
    its `wishes` that it is as likely not to have.
    """

    def __init__(self, latest: dict[str, Any]) -> None:
        metadata = latest.get("metadata") or {}
        self.entities: list[dict[str, Any]] = latest.get("entities") or []
        self.guided = Guided.of(self.entities)
        self.text: str = latest.get("text") or ""
        if self.guided is not None:
            self.text = self.guided.text or self.text
            self.entities = [*self.entities, *self.guided.data()]
        self.pressed: bool = bool(metadata.get("pressed"))
        self.seq: int = int(metadata.get("seq") or 0)
        self.intent: str = (latest.get("intent") or {}).get("name") or ""
        ranking = latest.get("intent_ranking") or []
        self.ranking: list[dict[str, Any]] = [item for item in ranking if item.get("name") != "nlu_fallback"]
        self.confidence: float = self.ranking[0]["confidence"] if self.ranking else 0.0
        self.foreign: str | None = (latest.get("language") or {}).get("foreign")
        self.readable: bool = latest.get("readable") is not False
        self.wishes: list[str] = [wish["name"] for wish in latest.get("wishes") or []]
        self.doubtful = frozenset(wish["name"] for wish in latest.get("wishes") or [] if wish.get("doubtful"))
        self._said = {wish["name"]: wish["said"] for wish in latest.get("wishes") or [] if wish.get("said")}

    @classmethod
    def latest_of(cls, tracker: Tracker) -> Message:
        """The message the tracker ends with."""
        return cls(tracker.latest_message)

    @property
    def text_without_data(self) -> str:
        """The text without order numbers, addresses of mail and the like."""
        return without_data(self.text)

    @property
    def is_written(self) -> bool:
        """Whether the text is the customer's own, and not a button's title."""
        return not self.pressed or bool(self.guided and self.guided.text)

    @property
    def unsure(self) -> bool:
        """Whether the reading is too weak to leave a question of ours for it."""
        return not self.pressed and (self.intent == "nlu_fallback" or self.confidence < SURE)

    def likeliest(self, count: int, *, least: float = 0.0) -> list[str]:
        """The `count` likeliest readings with at least the confidence `least`."""
        return [item["name"] for item in self.ranking[:count] if item["confidence"] >= least]

    def has(self, entity: str) -> bool:
        """Whether the message holds an entity of this kind."""
        return any(found["entity"] == entity for found in self.entities)

    def about(self, reasons: Iterable[str]) -> tuple[str, list[dict[str, Any]]]:
        """What was written about these of several wishes, and the entities in it; all of it when that cannot be told."""
        reasons = list(reasons)
        if self.guided is not None or not all(reason in self._said for reason in reasons):
            return self.text, self.entities
        products = [entity for entity in self.entities if entity["entity"] == "product"]
        places = sorted({(start, end) for reason in reasons for start, end in self._said[reason]})
        text = "".join(self.text[start:end] for start, end in places).strip()
        within = [
            entity
            for entity in self.entities
            if entity["entity"] not in MATTERS
            or any(start <= entity.get("start", start) < end for start, end in places)
        ]
        if (
            len(products) == 1
            and products[0] not in within
            and not any(e["entity"] == "order_id" for e in within)
        ):
            return self.text, self.entities  # there is one thing all of it is about
        return (text, within) if text else (self.text, self.entities)
