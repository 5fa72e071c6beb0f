"""Talking to the bot in the terminal: the same log, the same turn, the same answers as in the widget."""

from __future__ import annotations

import uuid
from typing import Any

from bot.app import House
from bot.conversations import log
from bot.conversations.model import Entry


def talk(house: House, *, locale: str, customer_id: str | None = None) -> None:
    """Read lines until an empty one or the end; a number presses the button shown with it."""
    with house.database.write() as tx:
        conversation = log.start_conversation(
            tx, locale=locale, now=house.clock.now(), customer_id=customer_id
        )
    seen = 0
    buttons: list[dict[str, Any]] = []
    while True:
        try:
            line = input("> ").strip()
        except EOFError:
            return
        if not line:
            return
        payload = (
            buttons[int(line) - 1]["payload"] if line.isdigit() and 0 < int(line) <= len(buttons) else None
        )
        with house.database.write() as tx:
            log.accept_message(
                tx,
                conversation.id,
                client_id=uuid.uuid4().hex,
                text=None if payload else line,
                payload=payload,
                now=house.clock.now(),
            )
        house.turns.run(conversation.id)
        with house.database.read() as tx:
            entries = log.entries_after(tx, conversation.id, seen, audience="all")
        seen = entries[-1].seq
        buttons = _show(entries)


def _show(entries: list[Entry]) -> list[dict[str, Any]]:
    """Print what is new; returns the buttons that can be pressed now."""
    buttons: list[dict[str, Any]] = []
    for entry in entries:
        if entry.type != "message":
            print(f"  [{entry.type}] {entry.body}")
        elif entry.actor != "customer":
            print(f"{entry.actor}: {entry.body['text']}")
            if "quote_of" in entry.body:
                print(f"  | {entry.body['quote_of'].get('text', '')}")
            for card in entry.body.get("cards", ()):
                facts = ", ".join(f"{fact['label']}: {fact['value']}" for fact in card["facts"])
                print(f"  ▣ {card['title']} ({facts})")
                buttons += [{**b, "title": f"{b['title']}: {card['title']}"} for b in card.get("buttons", ())]
            buttons += entry.body.get("buttons", ())
    for number, button in enumerate(buttons, start=1):
        print(f"  ({number}) {button['title']}")
    return buttons
