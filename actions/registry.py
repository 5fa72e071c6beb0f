"""Which function serves which reason."""

from __future__ import annotations

from collections.abc import Callable

from actions.ask import Ask
from bot.conversations.model import Outcome

Handler = Callable[[Ask], Outcome]

HANDLERS: dict[str, Handler] = {}


def serves(*reasons: str) -> Callable[[Handler], Handler]:
    """Register a function for reasons. One reason, one function."""

    def register(handler: Handler) -> Handler:
        for reason in reasons:
            if reason in HANDLERS:
                raise ValueError(f"{reason} is served twice")
            HANDLERS[reason] = handler
        return handler

    return register
