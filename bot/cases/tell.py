"""What the customer is told about a case: entries of the log, in the customer's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_time
from sqlalchemy.engine import Connection

from bot.base.clock import TIME_ZONES, isoformat
from bot.base.texts import translate
from bot.cases import store
from bot.cases.model import Case, CaseState
from bot.cases.wording import money
from bot.conversations import control, log
from bot.conversations.buttons import issue
from bot.conversations.model import Actor, Audience, Conversation, NewEntry
from bot.conversations.satisfaction import AskSolved, HandledBy, Matter, buttons_for, note_asked
from bot.service import resolution_table

NO_REPLY_NEEDED = (
    "The seller has looked at your case {reference} about {about} and thinks that nothing is left to answer. "
    "If you see it differently, write to me here and I will bring in a person."
)
IN_OWN_WORDS = "The seller has answered about {about} (case {reference}). In their own words:"

Changed = Callable[[str, int], None]
"""Hears of (conversation, number of its last entry) inside the transaction; publish it after the commit."""


def tell_nobody(conversation_id: str, last_seq: int) -> None:
    """For callers without followers to hint at."""


class Teller:
    """Collects what there is to say about one case and appends it in order, all in one language.

    While a person controls the conversation the entries are appended just the same (the log is the truth) and
    carry `during`: queue or agent, so that the desk can point them out.
    """

    def __init__(self, tx: Connection, case: Case) -> None:
        self._tx = tx
        self._case = case
        self.conversation: Conversation = log.get_conversation(tx, case.conversation_id)
        self.locale = self.conversation.locale
        self._entries: list[NewEntry] = []

    def state(self, state: CaseState, *, actor: Actor, audience: Audience = "all", **more: Any) -> Teller:
        """The entry `case` of contract.md."""
        body = {
            "reference": self._case.reference,
            "state": state,
            "answer_by": isoformat(self._case.answer_by),
            "promised_by": isoformat(self._case.promised_by),
            "reason": self._case.reason,
            **more,
        }
        self._entries.append(NewEntry("case", actor, body, audience=audience))
        return self

    def bot_says(self, *sentences: str, card: dict[str, Any] | None = None) -> Teller:
        """A message of the bot, with a card where there is one."""
        cards = {"cards": [card]} if card else {}
        self._message("bot", {"text": "\n".join(sentences), "lang": self.locale, **cards})
        return self

    def agent_says(self, *sentences: str, card: dict[str, Any] | None = None) -> Teller:
        """A message of ours that a person answers for."""
        cards = {"cards": [card]} if card else {}
        self._message("agent", {"text": "\n".join(sentences), "lang": self.locale, **cards})
        return self

    def seller_is_quoted(self, text: str, seller_name: str) -> Teller:
        """The seller's own words, marked as a quotation: `quote_of` says whose they are."""
        quote = {"reference": self._case.reference, "source": seller_name}
        self._message("seller", {"text": text, "lang": self.locale, "quote_of": quote})
        return self

    def asks_whether_solved(self, handled_by: HandledBy, now: datetime) -> Teller:
        """R20: as buttons below the last message, unless it was asked before or a person is in control, who asks later."""
        if self.conversation.controller in ("queue", "agent"):
            return self
        about = self._case.line_id or self._case.order_id or self._case.product_id or ""
        matter = Matter(self._case.reason, about)
        if note_asked(self._tx, self.conversation.id, AskSolved(matter, handled_by), now):
            last = next(entry for entry in reversed(self._entries) if entry.type == "message")
            buttons = buttons_for(matter, self.locale)
            last.body["buttons"] = issue(self._tx, self.conversation.id, buttons, now=now)
        return self

    def append(self, now: datetime) -> int:
        """Write the entries; returns the number of the last one."""
        return log.append(self._tx, self.conversation.id, self._entries, now=now)

    def sentence(self, text: str, **values: Any) -> str:
        """A text of the catalogue `cases`; {reference} and {about} are always known."""
        values = {"reference": self._case.reference, "about": self._about(), **values}
        return translate("cases", self.locale, text, **values)

    def resolution(self, name: str, *, amount_cents: int | None = None, day: date | None = None) -> str:
        """What a resolution means for the customer. `amount_cents` is what they get back, in euro cents."""
        values = {
            "amount": money(amount_cents, self.locale) if amount_cents is not None else "",
            "date": format_date(day, format="long", locale=self.locale) if day else "",
        }
        return translate("cases", self.locale, resolution_table().resolutions[name].tells, **values)

    def moment(self, instant: datetime) -> str:
        """A day and time, as the customer reads it."""
        zone = TIME_ZONES[self.locale]
        local = instant.astimezone(zone)
        return translate(
            "cases",
            self.locale,
            "{date} at {time}",
            date=format_date(local, format="long", locale=self.locale),
            time=format_time(local, format="short", tzinfo=zone, locale=self.locale),
        )

    def _about(self) -> str:
        titles = store.product_titles(self._tx, [self._case.product_id], self.locale)
        if titles:
            return translate("cases", self.locale, "“{title}”", title=titles[str(self._case.product_id)])
        if self._case.order_id:
            return translate("cases", self.locale, "your order {order_id}", order_id=self._case.order_id)
        return translate("cases", self.locale, "your question")

    def _message(self, actor: Actor, body: dict[str, Any]) -> None:
        body["case"] = self._case.reference
        if self.conversation.controller in ("queue", "agent"):
            body["during"] = self.conversation.controller
        self._entries.append(NewEntry("message", actor, body))


def bring_in_person(tx: Connection, case: Case, *, reason: str, now: datetime, **note: Any) -> int:
    """Put the case's conversation before an agent, whoever controls it; returns the number of the last entry.

    A closed conversation is opened again. Where a person is in control already nothing changes hands; the
    note for staff is written in any case.
    """
    control.reopen(tx, case.conversation_id, now=now)
    control.hand_off(tx, case.conversation_id, reason=reason, now=now)
    teller = Teller(tx, case)
    return teller.state(case.state, actor="system", audience="staff", attention=reason, **note).append(now)
