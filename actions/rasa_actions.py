"""The custom actions as Rasa knows them: one class per reason, made from the registry."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import flow
from actions.registry import HANDLERS
from actions.standalone import turn_outside_puente
from actions.turn import current_turn


class ReasonAction:
    """Serves one reason. An action is made of it below, once for each handler."""

    reason = ""

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self.reason}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Serve the latest message within the turn under way, or alone in `rasa shell`."""
        answer = current_turn()
        if answer is not None:
            return flow.serve(self.reason, dispatcher, tracker, answer)
        with turn_outside_puente(tracker) as alone:
            return flow.serve(self.reason, dispatcher, tracker, alone)


def _action_for(reason: str) -> type[Action]:
    name = "".join(part.title() for part in reason.split("_"))
    return type(f"Action{name}", (ReasonAction, Action), {"reason": reason, "__module__": __name__})


ACTIONS: tuple[type[Action], ...] = tuple(_action_for(reason) for reason in HANDLERS)
"""All of them; Rasa's action server finds them as subclasses of `Action`."""
