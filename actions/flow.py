"""From what was read to what is served: one message, its wishes, and whatever was asked before.

Rasa's rules name the action of the main intent; this module decides what the message means in the middle of
a question of ours, serves second wishes, and keeps count of messages that were not understood.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.ask import Ask
from actions.registry import HANDLERS
from actions.turn import TurnAnswer
from bot.conversations.dialogue import HandOff, ServedWish
from bot.conversations.model import Outcome
from bot.service.reasons import CONCRETE_REASONS, GROUP_OF, GROUPS
from bot.training.effects import NoteUnsure

SURE = 0.55
"""A new topic in the middle of a question of ours is believed from this confidence on."""

FREE_TEXT = frozenset({"description", "new_value", "question", "part", "return_reason", "message"})
"""Details answered in the customer's own words: nearly any message is an answer to them."""

LEAVES_QUESTION = frozenset(
    {"stop", "talk_to_human", "repeat", "change_language", "bot_challenge", "help", "goodbye"}
)
"""What is obeyed at once, whatever was asked."""

UNCLEAR_LIMIT = 2
"""After this many messages in a row that were not understood, a person."""


def serve(
    reason: str,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: dict[str, Any],
    answer: TurnAnswer,
) -> list[dict[str, Any]]:
    """Serve the message in `tracker` whose main intent is `reason`; returns Rasa events."""
    message = Message(tracker)
    memory = dict(tracker.slots)
    plan = _plan(reason, message, memory)
    if message.unsure and not message.pressed:
        _note_unsure(message, answer)
    unclear = 0
    for step, (wish, text) in enumerate(plan):
        ask = Ask(
            wish,
            text=text,
            entities=message.entities,
            memory=memory,
            answer=answer,
            domain=domain,
            pressed=message.pressed,
            ranking=[item["name"] for item in message.ranking],
        )
        _forget_other_wish(ask)
        outcome = _served(ask)
        memory.update(ask.remembered)
        _utter(ask, dispatcher)
        if answer_wish := _told(ask, outcome):
            answer.wishes.append(answer_wish)
        unclear = int(memory.get("unclear") or 0) + 1 if outcome == "not_understood" else 0
        if outcome == "asked" and step + 1 < len(plan):
            _keep_rest(memory, plan[step + 1 :])
            break
        if outcome == "handed_off":
            break
    memory["unclear"] = unclear or None
    changed = {name: value for name, value in memory.items() if value != tracker.slots.get(name)}
    return [SlotSet(name, value) for name, value in changed.items()]


class Message:
    """The customer's message as the model read it."""

    def __init__(self, tracker: Tracker) -> None:
        latest = tracker.latest_message
        self.text: str = latest.get("text") or ""
        self.entities: list[dict[str, Any]] = latest.get("entities") or []
        self.pressed: bool = bool((latest.get("metadata") or {}).get("pressed"))
        self.seq: int = int((latest.get("metadata") or {}).get("seq") or 0)
        self.intent: str = (latest.get("intent") or {}).get("name") or ""
        ranking = latest.get("intent_ranking") or []
        self.ranking = [item for item in ranking if item.get("name") != "nlu_fallback"]
        self.confidence: float = self.ranking[0]["confidence"] if self.ranking else 0.0
        self.wishes: list[str] = [wish["name"] for wish in latest.get("wishes") or []]
        self.unsure: bool = self.intent == "nlu_fallback" or self.confidence < SURE
        self.language: str | None = (latest.get("language") or {}).get("name")


def _plan(reason: str, message: Message, memory: dict[str, Any]) -> list[tuple[str, str]]:
    """What to serve, in order, as (reason, text)."""
    pending = memory.get("pending") or {}
    waiting = pending.get("reason")
    if waiting and not message.pressed and _answers_question(reason, message, pending):
        rest = [(name, pending.get("text", "")) for name in pending.get("rest", ())]
        return [(waiting, message.text), *rest]
    if waiting and message.pressed and reason == waiting:
        rest = [(name, pending.get("text", "")) for name in pending.get("rest", ())]
        return [(waiting, message.text), *rest]
    if reason in {"affirm", "deny"} and memory.get("offered"):
        return [(reason, message.text)]
    others = [wish for wish in message.wishes[1:] if wish != reason and wish in HANDLERS]
    if reason == "clarify":
        others = []
    return [(name, message.text) for name in [reason, *others]]


def _answers_question(reason: str, message: Message, pending: dict[str, Any]) -> bool:
    """Whether a typed message answers what was asked, and is no new topic."""
    detail = pending["detail"]
    if reason in LEAVES_QUESTION and message.confidence >= SURE:
        return False
    if reason in {"inform", pending["reason"]}:
        return True
    if detail in {"proof", "order", "phone", "email"} and message.entities:
        return True
    if detail in {"line", "choice", "confirm"}:
        return reason in {"affirm", "deny"} or message.unsure
    if detail in FREE_TEXT:
        same_family = (
            GROUP_OF.get(reason) == GROUP_OF.get(pending["reason"]) or reason in GROUPS["conversation"]
        )
        return message.unsure or same_family
    return message.unsure


def _served(ask: Ask) -> Outcome:
    if ask.pending_detail and not (ask.remembered.get("pending")):
        ask.remember(pending=None)  # taken up now; the handler asks again when it needs more
    return HANDLERS[ask.reason](ask)


def _forget_other_wish(ask: Ask) -> None:
    """Details belong to one wish: a new concrete wish starts without those of the last one."""
    if ask.reason in CONCRETE_REASONS:
        if ask.memory.get("last_reason") != ask.reason:
            ask.remember(details=None, offered=None, last_reason=ask.reason)
        if (ask.memory.get("pending") or {}).get("reason") != ask.reason:
            ask.remember(pending=None)


def _told(ask: Ask, outcome: Outcome) -> ServedWish | None:
    name = "out_of_scope" if ask.reason == "clarify" else ask.reason
    done = ServedWish(name, outcome)
    return done if done not in ask.answer.wishes else None


def _keep_rest(memory: dict[str, Any], rest: list[tuple[str, str]]) -> None:
    pending = memory.get("pending")
    if pending:
        memory["pending"] = {**pending, "rest": [name for name, _ in rest], "text": rest[0][1]}


def _utter(ask: Ask, dispatcher: CollectingDispatcher) -> None:
    for message in ask.messages:
        dispatcher.utter_message(**message)
    if ask.messages and ask.reason != "repeat":
        ask.remember(last_reply=ask.messages[-1])
        ask.memory.update(last_reply=ask.messages[-1])


def _note_unsure(message: Message, answer: TurnAnswer) -> None:
    best = message.ranking[0] if message.ranking else {"name": "out_of_scope", "confidence": 0.0}
    answer.effects.append(
        NoteUnsure(
            text=message.text,
            language=answer.locale,
            intent=best["name"],
            confidence=float(best["confidence"]),
            ranking=tuple(
                {"name": i["name"], "confidence": float(i["confidence"])} for i in message.ranking[:5]
            ),
            model=answer.model,
            seq=message.seq,
        )
    )


def hand_off(ask: Ask, reason: str, text: str = "utter_handoff", **values: Any) -> Outcome:
    """Pass the conversation to a person, and say so."""
    ask.say(text, **values)
    if not any(isinstance(effect, HandOff) for effect in ask.answer.effects):
        ask.want(HandOff(reason))
    ask.remember(pending=None, offered=None)
    return "handed_off"
