"""A customer who needs no answer to a case any more: asked once whether that is so, then the case is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from actions.ask import Ask, command
from actions.speech import says
from bot.cases.effects import WithdrawCase
from bot.cases.model import Case, Promise
from bot.conversations.model import Button, Outcome

WORDS_AFTER_CASE = 8
"""A change of mind said right after a case was opened has at most this many words; more are about something else."""


def wants_withdrawal(text: str, locale: str, *, just_opened: bool) -> bool:
    """Whether a text takes a case back: by naming it, or, right after it was opened, by a change of mind alone."""
    if says(locale, "withdrawing a case", text):
        return True
    return just_opened and len(text.split()) <= WORDS_AFTER_CASE and says(locale, "changing my mind", text)


def ask_whether_to_withdraw(ask: Ask, case: Case | Promise) -> Outcome:
    """Nothing is taken back on a guess."""
    yes = {"choice": "withdraw", "reference": case.reference}
    ask.say(
        "utter_ask_withdraw_case",
        reference=case.reference,
        matter=ask.label(f"matter {case.reason}"),
        buttons=[
            Button(ask.label("yes, withdraw it"), command("case_status", **yes)),
            ask.button("no, let it go on", "deny"),
        ],
    )
    ask.remember(offered={"intent": "case_status", "entities": yes}, pending=None)
    return "asked"


def withdraw_or_ask(ask: Ask, open_cases: Sequence[Promise]) -> Outcome | None:
    """Withdraw the case that a button or a yes names; else ask about the only one, or which one. None: none is open."""
    named = ask.entity("reference")
    case = next((case for case in open_cases if case.reference == named), None)
    if case is not None and ask.entity("choice") == "withdraw":
        ask.want(WithdrawCase(case.reference, ask.heard.seq))
        ask.say("utter_case_withdrawn", reference=case.reference)
        return "answered"
    if case is not None or len(open_cases) == 1:
        return ask_whether_to_withdraw(ask, case or open_cases[0])
    if not open_cases:
        return None
    ask.say(
        "utter_ask_withdraw_which",
        buttons=[
            Button(
                f"{case.reference} · {ask.label(f'matter {case.reason}')}"[:80],
                command("case_status", choice="ask_withdraw", reference=case.reference),
            )
            for case in open_cases
        ],
    )
    return "asked"
