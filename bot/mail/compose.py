"""Mails to sellers (R9) and customers (R18): from what the outbox holds to subject, text and HTML, in their language.

The outbox holds `{to, template, language, values, conversation?}`; what belongs to a case's vocabulary is in the seller's
language already, the sentences around it are put here. The time left is that of the moment of sending.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.base.texts import translate
from bot.mail.about_conversations import ABOUT_CONVERSATIONS, BY_PEOPLE, ConversationWriter
from bot.mail.letter import Block, Letter
from bot.mail.threads import Thread

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class UnknownTemplate(ValueError):
    """The outbox holds a mail this code does not know how to write."""


@dataclass(frozen=True)
class Mail:
    """A mail ready to be put into an envelope. `to` is empty for the service's own mailbox.

    `thread` is what a reply to it belongs to; `automatic`: no person has written it.
    """

    to: str
    subject: str
    text: str
    html: str
    thread: Thread | None = None
    automatic: bool = True


class _Writer:
    """Says things in one language about one item of the outbox."""

    def __init__(self, payload: Mapping[str, Any], now: datetime, address: str) -> None:
        self.language: str = payload["language"]
        self.values: Mapping[str, Any] = payload["values"]
        self.now = now
        self.address = address

    def say(self, text: str, **values: Any) -> str:
        return translate("seller", self.language, text, **{**self.values, **values})

    def letter(self, subject: str, blocks: list[Block], link: tuple[str, str], *footer: str) -> Letter:
        name = str(self.values.get("item") or "")
        return Letter(
            language=self.language,
            subject=" ".join(f"{subject} – {name}".split()) if name else " ".join(subject.split()),
            greeting=self.say("Hello {seller},"),
            blocks=tuple(block for block in blocks if block.paragraphs or block.facts or block.quote),
            link=link,
            footer=footer,
        )

    def case_link(self, label: str) -> tuple[str, str]:
        return self.say(label), f"{self.address}/seller/cases/{self.values['reference']}"

    def facts(self, name: str) -> tuple[tuple[str, str], ...]:
        return tuple((str(label), str(value)) for label, value in self.values[name])

    def words(self) -> Block:
        return Block(
            self.say("In the customer's own words ({words_language}, contact data hidden)"),
            quote=self.values["words"],
        )


def compose(
    payload: Mapping[str, Any],
    *,
    now: datetime,
    address: str,
    way_back: Callable[[str], str] | None = None,
) -> Mail:
    """The mail for an item of the outbox. `address` is where people reach Puente, without a slash at the end;
    `way_back` makes what leads into a conversation.

    Raises `UnknownTemplate`, and `MissingText` when a catalogue lacks a sentence.
    """
    name = payload["template"]
    if name in _TO_SELLERS:
        letter = _TO_SELLERS[name](_Writer(payload, now, address))
    elif name in ABOUT_CONVERSATIONS:
        letter = ABOUT_CONVERSATIONS[name](ConversationWriter(payload, address, way_back))
    else:
        raise UnknownTemplate(str(name))
    return Mail(
        to=payload["to"],
        subject=letter.subject,
        text=_ENVIRONMENT.get_template("letter.txt").render(letter=letter),
        html=_ENVIRONMENT.get_template("letter.html").render(letter=letter),
        thread=_thread_of(payload),
        automatic=payload["template"] not in BY_PEOPLE,
    )


def _thread_of(payload: Mapping[str, Any]) -> Thread | None:
    if payload.get("conversation"):
        return Thread(
            "staff" if payload["template"] == "mail_to_service" else "conversation", payload["conversation"]
        )
    return (
        Thread("case", payload["values"]["reference"])
        if payload["template"] in ("case_opened", "case_facts")
        else None
    )


def _case_opened(writer: _Writer) -> Letter:
    say = writer.say
    blocks = [
        Block(
            paragraphs=(say("A customer needs your help. What we could answer ourselves we have answered."),)
        ),
        Block(say("What we ask you"), paragraphs=(writer.values["asks"], *_time_left(writer))),
        Block(say("What the customer told us"), facts=writer.facts("details")),
        writer.words(),
        Block(say("The order line"), facts=writer.facts("line")),
        Block(say("What we have looked up already"), facts=writer.facts("looked_up")),
    ]
    return writer.letter(
        say("[{reference}] Please answer: {matter}"),
        blocks,
        writer.case_link("Open the case and answer"),
        say("You can answer in the case log, or in your own words by replying to this mail."),
    )


def _time_left(writer: _Writer) -> tuple[str, ...]:
    minutes = int(
        (datetime.fromisoformat(_iso(writer.values["answer_by"])) - writer.now).total_seconds() // 60
    )
    if minutes <= 0:
        return (writer.say("Your time to answer ended on {answer_by_local}."),)
    hours, minutes = divmod(minutes, 60)
    return (
        writer.say(
            "You have until {answer_by_local}: another {hours} h {minutes} min. Weekends and holidays count.",
            hours=hours,
            minutes=minutes,
        ),
        writer.say("After that we decide ourselves, in the way that serves the customer best."),
    )


def _case_decided(writer: _Writer) -> Letter:
    say = writer.say
    blocks = [
        Block(
            paragraphs=(
                say("You did not answer case {reference} ({matter}) within 24 hours, so we have decided it:"),
            )
        ),
        Block(
            facts=((say("Decision"), writer.values["decision"]), (say("Reason"), writer.values["because"]))
        ),
        Block(
            paragraphs=(say("The customer has been told. A late answer is kept, but the decision stands."),)
        ),
    ]
    return writer.letter(
        say("[{reference}] Decided without your answer"), blocks, writer.case_link("Open the case")
    )


def _case_facts(writer: _Writer) -> Letter:
    say = writer.say
    files = writer.values["files"]
    blocks = [
        Block(
            paragraphs=(
                say("The customer has added something to case {reference} ({matter})."),
                *_time_left(writer),
            )
        ),
        writer.words(),
        Block(paragraphs=(say("Files with it: {files}. You see them in the case log."),) if files else ()),
    ]
    return writer.letter(
        say("[{reference}] The customer has added something"),
        blocks,
        writer.case_link("Open the case and answer"),
    )


def _case_withdrawn(writer: _Writer) -> Letter:
    say = writer.say
    told = say("The customer has withdrawn case {reference} ({matter}). You need not answer it any more.")
    return writer.letter(
        say("[{reference}] Withdrawn by the customer"),
        [Block(paragraphs=(told,))],
        writer.case_link("Open the case"),
    )


def _seller_message(writer: _Writer) -> Letter:
    say = writer.say
    facts = [(say("Item"), writer.values["item"]), (say("Order"), writer.values["order_id"])]
    blocks = [
        Block(
            paragraphs=(
                say("A customer has written to you. Our service does not cover this, so please answer it."),
            )
        ),
        Block(facts=tuple((label, value) for label, value in facts if value)),
        writer.words(),
    ]
    return writer.letter(
        say("Message from a customer"),
        blocks,
        (say("Open your messages"), f"{writer.address}/seller/messages"),
    )


def _iso(text: str) -> str:
    return text.replace("Z", "+00:00")


_TO_SELLERS: Mapping[str, Callable[[_Writer], Letter]] = {
    "case_opened": _case_opened,
    "case_decided": _case_decided,
    "case_facts": _case_facts,
    "case_withdrawn": _case_withdrawn,
    "seller_message": _seller_message,
}
