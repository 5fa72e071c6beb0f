"""The tracker as it is kept between turns: slots, and the events of the last few turns.

The log holds the conversation; the tracker only what the dialogue needs. So a turn costs the same at the
second message and at the two-hundredth.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 4
"""Turns whose events are kept: what a policy with `max_history` may look at."""


def tracker_from(state: Any, conversation_id: str, domain: Domain) -> DialogueStateTracker:
    """The tracker before a turn; `state` is what `state_of` gave, or None at the beginning."""
    tracker = DialogueStateTracker.from_events(conversation_id, [], domain.slots, domain=domain)
    start: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
    ]
    known = {slot.name for slot in domain.slots}
    slots = [SlotSet(name, value) for name, value in (state or {}).get("slots", {}).items() if name in known]
    tracker.update_with_events(start, domain)
    tracker.update_with_events([*deserialise_events((state or {}).get("events", [])), *slots], domain)
    return tracker


def state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What to keep of a tracker: slots that differ from their initial value, and the last turns' events."""
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    events = [event for event in tracker.events if not isinstance(event, SlotSet | SessionStarted)]
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    recent = events[starts[-KEPT_TURNS] :] if len(starts) >= KEPT_TURNS else events[1:]
    return {"slots": slots, "events": [_slim(event) for event in recent]}


def _slim(event: Event) -> dict[str, Any]:
    """An event without what only mattered while it happened (rankings, metadata)."""
    data: dict[str, Any] = event.as_dict()
    data.pop("metadata", None)
    if isinstance(event, UserUttered):
        intent, entities = event.intent, [{k: e[k] for k in ("entity", "value")} for e in event.entities]
        data["parse_data"] = {"text": event.text, "intent": intent, "entities": entities}
    return data
