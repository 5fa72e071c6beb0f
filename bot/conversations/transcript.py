"""A conversation as plain text, for its customer: what was said, by whom, and when, by the customer's clock."""

from __future__ import annotations

from collections.abc import Iterator

from babel.dates import format_datetime
from sqlalchemy.engine import Connection

from bot.base.clock import TIME_ZONES
from bot.base.texts import translate
from bot.conversations import log
from bot.conversations.model import Entry

BATCH = 500
_SENDERS = {"customer": "You", "bot": "Automatic assistant", "agent": "Customer service", "seller": "Seller"}
_CASES = {
    "opened": "Case {reference} opened",
    "answered": "Case {reference}: the seller has answered",
    "expired": "Case {reference}: the seller did not answer in time",
    "decided": "Case {reference}: decided",
    "closed": "Case {reference}: closed",
}


def transcript(tx: Connection, conversation_id: str) -> str:
    """Everything the customer may see of a conversation, oldest first; raises `Unknown`."""
    locale = log.get_conversation(tx, conversation_id).locale
    agent = ""
    paragraphs = [translate("widget", locale, "Your conversation with customer service")]
    for entry in entries_of(tx, conversation_id):
        if entry.type == "assigned" and entry.body.get("agent"):
            agent = entry.body["agent"]
        said = _said(entry, locale, agent)
        if said:
            at = format_datetime(entry.created_at, "short", tzinfo=TIME_ZONES[locale], locale=locale)
            paragraphs.append(f"{at}  {said}")
    return "\n\n".join(paragraphs) + "\n"


def entries_of(tx: Connection, conversation_id: str) -> Iterator[Entry]:
    """All entries the customer may see."""
    after = 0
    while batch := log.entries_after(tx, conversation_id, after, audience="all", limit=BATCH):
        yield from batch
        after = batch[-1].seq


def _said(entry: Entry, locale: str, agent: str) -> str:
    body = entry.body
    if entry.type == "message":
        name = translate("widget", locale, _SENDERS.get(entry.actor, "Customer service"))
        sender = agent if entry.actor == "agent" and agent else name
        cards = [
            " · ".join(filter(None, (card["title"], card.get("subtitle")))) for card in body.get("cards", ())
        ]
        files = [f"[{file['name']}]" for file in body.get("attachments", ())]
        quote = [f"“{body['quote_of']['text']}”"] if (body.get("quote_of") or {}).get("text") else []
        return "\n".join([f"{sender}: {body['text']}".rstrip(), *quote, *cards, *files])
    if entry.type == "case" and body.get("state") in _CASES:
        return translate("widget", locale, _CASES[body["state"]], reference=body["reference"])
    return ""
