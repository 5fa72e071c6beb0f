"""Rasa's message processor, driven as a function: it is given a tracker and changes nothing else.

Differences from stock 3.6.21, each for a reason found in its source:
- no tracker store, no lock, no sessions by wall clock: the log and the turn do that;
- a custom action runs in this process; what it raises is raised (stock: logged, and the bot goes on);
- no copy of the tracker per action, no reminders (our deadlines), a straight-line graph runner.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    action_for_name_or_text,
    create_bot_utterance,
)
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name
from rasa_sdk import Tracker as SdkTracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from bot.rasa_host.runner import StraightGraphRunner


class Silence(OutputChannel):
    """Nothing is sent during a turn: replies are taken from the tracker's events and committed with it."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in responses and events."""
        return "puente"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Sends nothing."""


class InProcessAction(Action):
    """A custom action of ours, run in this process instead of behind an endpoint."""

    def __init__(self, name: str, run: Any, domain: dict[str, Any]) -> None:
        self._name = name
        self._run = run
        self._domain = domain

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(
        self, output_channel: OutputChannel, nlg: Any, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        """Run it; its messages become `BotUttered` events, followed by the events it returned."""
        dispatcher = CollectingDispatcher()
        seen = SdkTracker.from_dict(tracker.current_state(EventVerbosity.NONE))
        events = await self._run(dispatcher, seen, self._domain)
        uttered = [create_bot_utterance({k: v for k, v in m.items() if v}) for m in dispatcher.messages]
        return [*uttered, *deserialise_events(events or [])]


class Processor(MessageProcessor):
    """One loaded model and the actions it calls."""

    def __init__(self, model: Path, executor: ActionExecutor) -> None:
        self._executor = executor
        super().__init__(
            model_path=str(model),
            tracker_store=None,  # never touched: see the module's docstring
            lock_store=None,
            generator=TemplatedNaturalLanguageGenerator({}),
        )
        self.nlg = TemplatedNaturalLanguageGenerator(self.domain.responses)
        self._domain_as_dict = self.domain.as_dict()
        self._channel = Silence()

    async def answer(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        """Bring `tracker` from before the customer's message to where the bot listens again."""
        await self._handle_message_with_tracker(message, tracker)
        await self.run_action_extract_slots(self._channel, tracker)
        await self._run_prediction_loop(self._channel, tracker)

    def parse(self, text: str, today: date | None = None) -> dict[str, Any]:
        """What the model reads in a text written `today` (without it, relative dates are not resolved)."""
        tracker = DialogueStateTracker.from_events("parse", [])
        metadata = {"today": today.isoformat()} if today else None
        return self._parse_message_with_graph(UserMessage(text, metadata=metadata), tracker)

    @staticmethod
    def _load_model(model_path: Any) -> Any:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, StraightGraphRunner
            )
        return os.path.basename(model_path), metadata, runner

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """The next action, ours where it is a custom one (stock: always behind an endpoint)."""
        more = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, more):
            raise ActionLimitReached("more actions in one turn than are allowed")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._get_action(name), prediction

    def _get_action(self, action_name: str) -> Action:
        run = self._executor.actions.get(action_name)
        if run is not None:
            return InProcessAction(action_name, run, self._domain_as_dict)
        return action_for_name_or_text(action_name, self.domain, None)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except ActionExecutionRejection:
            rejected = ActionExecutionRejected(
                action.name(), prediction.policy_name, prediction.max_confidence
            )
            tracker.update(rejected)
            return self.should_predict_another_action(action.name())
        self._log_action_on_tracker(tracker, action, events, prediction)
        return self.should_predict_another_action(action.name())
