"""Mails about a conversation (R18): to the service's mailbox, and to the customer in their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.base.texts import translate
from bot.mail.letter import Block, Letter


class ConversationWriter:
    """Says things in one language about a conversation that goes on by mail."""

    def __init__(
        self, payload: Mapping[str, Any], address: str, way_back: Callable[[str], str] | None = None
    ) -> None:
        self._way_back = way_back
        self.language: str = payload["language"]
        self.values: Mapping[str, Any] = payload["values"]
        self.conversation: str = payload["conversation"]
        self.address = address

    def link_back(self) -> tuple[str, str] | None:
        """Into the conversation, for thirty days; None where nobody can sign it."""
        if self._way_back is None:
            return None
        key = self._way_back(self.conversation)
        return self.phrase(
            "Open the conversation"
        ), f"{self.address}/chat?locale={self.language}#puente={key}"

    def phrase(self, text: str, **values: Any) -> str:
        return translate("mail", self.language, text, **values)

    def letter(self, subject: str, blocks: list[Block], link: tuple[str, str] | None, *footer: str) -> Letter:
        matter = self.values["matter"]
        return Letter(
            language=self.language,
            subject=f"{self.phrase(subject)}: {matter}" if matter else self.phrase(subject),
            greeting=self.phrase("Hello,"),
            blocks=tuple(block for block in blocks if block.paragraphs or block.facts or block.quote),
            link=link,
            footer=footer,
        )


def _to_service(writer: ConversationWriter) -> Letter:
    facts = [
        (writer.phrase("Customer"), writer.values["customer"]),
        (writer.phrase("Mail address"), writer.values["customer_address"]),
        (writer.phrase("Order"), writer.values["order_id"]),
    ]
    blocks = [
        Block(
            paragraphs=(
                writer.phrase(
                    "A customer goes on by mail. What you reply, here or at the desk, reaches them in the chat and by mail."
                ),
            )
        ),
        Block(facts=tuple((label, value) for label, value in facts if value)),
        Block(writer.phrase("What they wrote"), quote=writer.values["words"]),
    ]
    link = (writer.phrase("Open it at the desk"), f"{writer.address}/desk#{writer.conversation}")
    return writer.letter("Mail from a customer", blocks, link)


def _copy(writer: ConversationWriter) -> Letter:
    blocks = [
        Block(
            paragraphs=(
                writer.phrase("We have received your message. A person of our team answers you by mail."),
            )
        ),
        Block(
            facts=((writer.phrase("Order"), writer.values["order_id"]),) if writer.values["order_id"] else ()
        ),
        Block(writer.phrase("What you wrote"), quote=writer.values["words"]),
    ]
    return writer.letter(
        "Your message to us", blocks, None, writer.phrase("To add something, just reply to this mail.")
    )


def _reply(writer: ConversationWriter) -> Letter:
    lines = tuple(line for line in writer.values["words"].splitlines() if line.strip())
    signed = writer.phrase("{agent}, customer service", agent=writer.values["agent"])
    blocks = [Block(paragraphs=(*lines, signed))]
    return writer.letter("Answer to your message", blocks, None, writer.phrase("You can reply to this mail."))


def _attachments(writer: ConversationWriter) -> Letter:
    told = writer.phrase(
        "We have received your message, but not what was attached to it: {names}. Attachments cannot be taken by mail; "
        "please describe what they show, or tell us in the chat.",
        names=writer.values["names"],
    )
    return writer.letter("Your attachments", [Block(paragraphs=(told,))], None)


def _answer_waiting(writer: ConversationWriter) -> Letter:
    lines = tuple(line for line in writer.values["words"].splitlines() if line.strip())
    blocks = [Block(paragraphs=(writer.phrase("There is an answer for you:"),)), Block(paragraphs=lines)]
    return writer.letter(
        "There is an answer for you", blocks, writer.link_back(), writer.phrase("You can reply to this mail.")
    )


def _transcript(writer: ConversationWriter) -> Letter:
    lines = tuple(line for line in writer.values["words"].splitlines() if line.strip())
    return writer.letter(
        "Your conversation with customer service", [Block(paragraphs=lines)], writer.link_back()
    )


ABOUT_CONVERSATIONS: Mapping[str, Callable[[ConversationWriter], Letter]] = {
    "mail_to_service": _to_service,
    "mail_copy": _copy,
    "mail_reply": _reply,
    "mail_attachments": _attachments,
    "answer_waiting": _answer_waiting,
    "transcript": _transcript,
}

BY_PEOPLE = frozenset({"mail_reply"})
"""Those that a person of ours has written."""
