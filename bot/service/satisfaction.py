"""R20: when the customer is asked whether it was solved."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.service.reasons import SUBJECTS

MATTERS = SUBJECTS - {"feedback_negative", "feedback_positive", "case_status"}
"""What can be solved: moods are none, and asking how a case stands does not end it."""


def served_reason(steps: Sequence[tuple[str, str]], *, asked_after: Collection[str]) -> str | None:
    """R20: the matter that has just been served, from the turns' (reason, outcome), oldest first.

    None: nothing was served, it waits for somebody, or the customer was angry and has had no answer since.
    """
    for reason, outcome in reversed(steps):
        if reason == "feedback_negative":
            return None
        if reason in MATTERS:
            return reason if outcome in asked_after else None
    return None
