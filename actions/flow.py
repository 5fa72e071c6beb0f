"""From what was read to what is served: one message, its wishes, and whatever was asked before.

Rasa's rules name the action of the main intent. `plan` decides what the message means in the middle of a
question of ours; here its wishes are served, interrupted questions are taken up again, and messages that were
not understood are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.anger import acknowledged, is_angry
from actions.ask import OTHERWISE, Ask
from actions.clues import Clues
from actions.further import offer_further
from actions.heard import Message
from actions.kinship import is_for_a_person
from actions.plan import Step, plan, waiting
from actions.registry import HANDLERS
from actions.shop_down import SHOP, copies_for, in_passing, is_again, kept_steps, without_shop
from actions.speech import sentences
from actions.turn import TurnAnswer
from bot.conversations.dialogue import HandOff, ServedWish
from bot.conversations.model import Outcome
from bot.desk.waiting import opening
from bot.service.contact_ways import contact_ways
from bot.service.reasons import CONCRETE_REASONS, OUTCOMES
from bot.shop.source import ShopUnavailable
from bot.training.effects import NoteUnsure

UNCLEAR_LIMIT = 2
"""After this many messages in a row that were not understood, a person."""

ELSEWHERE = frozenset({"request_callback", "request_email"})
"""Wishes for a person that are not answered in the chat."""

ASKED_IN_VAIN = 2
"""After a question was put this often without an answer, a person."""

REPLIES_REMEMBERED = 2
"""So many replies are not said again in the same words."""

LEADS_BACK = CONCRETE_REASONS | {"change_language", "bot_challenge", "greet"}
"""After one of these was answered, the question it interrupted is put again."""


def serve(
    reason: str,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    answer: TurnAnswer,
) -> list[dict[str, Any]]:
    """Serve the message in `tracker` whose main intent is `reason`; returns Rasa events."""
    serving = Serving(Message.latest_of(tracker), dict(tracker.slots), answer)
    serving.run(reason)
    for message in serving.said:
        dispatcher.utter_message(**{part: value for part, value in message.items() if part != OTHERWISE})
    changed = {name: value for name, value in serving.memory.items() if value != tracker.slots.get(name)}
    return [SlotSet(name, value) for name, value in changed.items()]


class Serving:
    """One message being served: its wishes in order, on one memory."""

    def __init__(self, message: Message, memory: dict[str, Any], answer: TurnAnswer) -> None:
        self.message = message
        self.memory = memory
        self.said: list[dict[str, Any]] = []
        self._answer = answer
        self._repeats = False
        self._stalled: dict[str, Any] = {}

    def run(self, reason: str) -> None:
        """Serve all wishes, then take up again what they interrupted."""
        if self.message.guided is not None:
            self.memory.update(self.message.guided.begun_anew(reason))
        before = dict(self.memory)
        self._keep_order()
        pending = before.get("pending") or {}
        if pending.get("detail") == SHOP:
            self._stalled = pending
            self.memory["pending"] = before["pending"] = pending["was"]
            pending = pending["was"] or {}
        again = is_again(reason, self.message, self._stalled)
        steps = kept_steps(self._stalled) if again else self._plan(reason, before)
        if self.message.unsure and steps[0].reason != pending.get("reason", ""):
            self._answer.effects.append(_unsure(self.message, self._answer))
        self.memory["offered"] = before.get("offered") if steps[0].reason in {"affirm", "deny"} else None
        outcomes = self._serve_all(steps)
        if self._stalled and not again:
            self._keep_stalled(outcomes)
        elif pending and self._leads_back(steps, outcomes, pending):
            self._take_up(before)
        self._soothe(steps[0])
        unclear = int(before.get("unclear") or 0) + 1 if "not_understood" in outcomes else None
        self.memory["unclear"] = unclear
        if self.said:
            now = sorted({one for message in self.said for one in sentences(message["text"])})
            self.memory["said"] = [*(self.memory.get("said") or []), now][-REPLIES_REMEMBERED:]
        if self._answer.hands_off:
            self.memory["last_reply"] = None  # said again later, "I pass you on" would not be true
        elif self.said and not self._repeats:
            self.memory["last_reply"] = self.said

    def _plan(self, reason: str, before: dict[str, Any]) -> list[Step]:
        return plan(reason, self.message, before, Clues(self._answer, reason))

    def _keep_order(self) -> None:
        """An order named in passing is the one talked about, if this customer may hear of it."""
        numbers = [e["value"] for e in self.message.entities if e["entity"] == "order_id"]
        shop = self._answer.services.shop
        order = in_passing(lambda: shop.order(str(numbers[-1])), otherwise=None) if numbers else None
        if order is not None and self._answer.may_see(order) and order.id != self.memory.get("order_id"):
            self.memory.update(order_id=order.id, line_id=None)

    def _serve_all(self, steps: Sequence[Step]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for number, step in enumerate(steps):
            later = steps[number + 1 :]
            ask, outcome = self._serve(step)
            if outcome == "asked" and any(is_for_a_person(o.reason) and not o.doubtful for o in later):
                ask.messages.clear()  # the person who comes now has everything and asks what is needed
                self.memory["pending"] = None
                outcome = "handed_off"
            elif outcome == "asked" and later and self.memory["pending"]:
                self.memory["pending"] = {**self.memory["pending"], "rest": waiting(later)}
                later = []
            self._tell(ask, outcome, noted=step.noted or (step.reason if step.doubtful else None))
            outcomes.append(outcome)
            if outcome == "handed_off" and self._answer.hands_off:
                for other in later:  # the person who comes has all of it in front of them
                    self._note(other.reason, "handed_off")
                break
            if not later:
                break
        self.memory["last_outcome"] = outcomes[-1]
        return outcomes

    def _serve(self, step: Step) -> tuple[Ask, Outcome]:
        ask = Ask(step, heard=self.message, memory=self.memory, answer=self._answer)
        _forget_other_wish(ask)
        if ask.pending_detail:
            ask.remember(pending=None)  # taken up now; the handler asks again when it needs more
        outcome = "asked" if step.doubtful and not _is_only_told(step) else self._handled(ask, step)
        if step.doubtful and outcome == "asked":
            return ask, self._remembered(ask, offer_further(ask))
        if outcome == "asked" and _in_vain(ask):
            ask.messages.clear()
            outcome = hand_off(ask, "not_understood", "utter_handoff_not_understood")
        return ask, self._remembered(ask, outcome)

    def _remembered(self, ask: Ask, outcome: Outcome) -> Outcome:
        self.memory.update(ask.remembered)
        self._repeats = ask.reason == "repeat"
        return outcome

    def _handled(self, ask: Ask, step: Step) -> Outcome:
        """What the wish's function makes of it. When the shop does not answer, nothing it said or wanted counts."""
        remembered, effects = dict(ask.remembered), len(self._answer.effects)
        try:
            outcome = HANDLERS[ask.reason](ask)
            self._answer.effects[effects:effects] = copies_for(ask.shop, self._answer.effects[effects:])
            return outcome
        except ShopUnavailable:
            ask.messages.clear()
            ask.remembered = remembered
            del self._answer.effects[effects:]
        if is_for_a_person(ask.reason):
            return hand_off(ask, ask.reason)
        if without_shop(ask, step, self._stalled) > ASKED_IN_VAIN:
            ask.messages.clear()
            return hand_off(ask, "shop_unavailable", "utter_handoff_shop_unavailable")
        return "asked"

    def _tell(self, ask: Ask, outcome: Outcome, *, noted: str | None) -> None:
        self.said += ask.messages
        self._note(noted or ("out_of_scope" if ask.reason == "clarify" else ask.reason), outcome)

    def _note(self, reason: str, outcome: Outcome) -> None:
        wish = ServedWish(reason, outcome)
        if wish not in self._answer.wishes:
            self._answer.wishes.append(wish)

    def _keep_stalled(self, outcomes: Sequence[Outcome]) -> None:
        """What the shop could not be asked about is still wanted, after something else was answered in between."""
        open_again = self.memory.get("pending") in (None, self._stalled["was"])
        if open_again and not self.memory.get("offered") and set(outcomes) == {"answered"}:
            self.memory["pending"] = self._stalled

    def _soothe(self, first: Step) -> None:
        """Anger is acknowledged where it is heard first; what is said to a complaint about us does that itself."""
        if self.memory.get("soothed") or not self.said or not is_angry(self.message, self._answer.locale):
            return
        self.memory["soothed"] = True
        if first.reason != "feedback_negative":
            self.said[0] = {**self.said[0], "text": acknowledged(self.said[0]["text"], self._answer.locale)}

    def _leads_back(
        self, steps: Sequence[Step], outcomes: Sequence[Outcome], pending: dict[str, Any]
    ) -> bool:
        if pending["reason"] == "clarify":
            return False
        interrupted = all(step.reason != pending["reason"] for step in steps)
        answered = all(outcome == "answered" for outcome in outcomes) and not self.memory.get("offered")
        return interrupted and answered and steps[0].reason in LEADS_BACK and not self.message.pressed

    def _take_up(self, before: dict[str, Any]) -> None:
        """Put the interrupted question again, about what it was about, in the language of now."""
        pending = before["pending"]
        self.memory.update(
            pending=pending,
            details=before.get("details"),
            last_reason=pending["reason"],
            **pending.get("about", {}),
        )
        step = Step(pending["reason"], pressed=True)
        ask, outcome = self._serve(step)
        if outcome == "handed_off":
            self.said += ask.messages
        if outcome == "asked" and ask.messages:
            if self.memory["pending"]["detail"] != SHOP:
                ask.messages[0]["text"] = f"{ask.label('back to')} {ask.messages[0]['text']}"
            self.memory["pending"] = {**self.memory["pending"], "rest": pending.get("rest", [])}
            self.said += ask.messages


def hand_off(ask: Ask, reason: str, text: str = "utter_handoff", **values: Any) -> Outcome:
    """Pass the conversation to a person, and say so: when nobody is there, since when somebody will be.

    Who is called, or answered by mail, does not wait here.
    """
    ask.say(text, **values)
    if reason not in ELSEWHERE:
        ask.messages[-1]["text"] += _closed(ask)
    if not ask.answer.hands_off:
        ask.want(HandOff(reason))
    ask.remember(pending=None, offered=None)
    return "handed_off"


def _closed(ask: Ask) -> str:
    """Since when somebody will be there, when nobody is."""
    with ask.answer.services.database.read() as tx:
        is_open, opens_at = opening(tx, contact_ways().calls, ask.now)
    if is_open or opens_at is None:
        return ""
    return " " + ask.label("nobody here until {moment}", moment=ask.moment(opens_at))


def _is_only_told(step: Step) -> bool:
    """Whether serving a wish tells something and sets nothing going."""
    return OUTCOMES[step.reason] == "answer"


def _forget_other_wish(ask: Ask) -> None:
    """Details belong to one wish: a new concrete wish starts without those of the last one."""
    if ask.reason not in CONCRETE_REASONS:
        return
    if ask.memory.get("last_reason") != ask.reason:
        ask.remember(details=None, last_reason=ask.reason)
    if (ask.memory.get("pending") or {}).get("reason") != ask.reason:
        ask.remember(pending=None)


def _in_vain(ask: Ask) -> bool:
    pending = ask.slot("pending") or {}
    return pending.get("detail") not in {"proof", SHOP} and int(pending.get("times") or 1) > ASKED_IN_VAIN


def _unsure(message: Message, answer: TurnAnswer) -> NoteUnsure:
    best: dict[str, Any] = (
        message.ranking[0] if message.ranking else {"name": "out_of_scope", "confidence": 0.0}
    )
    return NoteUnsure(
        text=message.text,
        language=answer.locale,
        intent=best["name"],
        confidence=float(best["confidence"]),
        ranking=tuple({"name": i["name"], "confidence": float(i["confidence"])} for i in message.ranking[:5]),
        model=answer.model,
        seq=message.seq,
    )
