"""R20: asked once for each matter; the share is of those who said something."""

from __future__ import annotations

from datetime import timedelta

from bot.base.clock import FrozenClock
from bot.conversations import log
from bot.conversations.satisfaction import (
    AskSolved,
    Matter,
    NoteSolved,
    Share,
    answers,
    note_asked,
    note_solved,
    question,
    shares,
)
from bot.storage.database import Database

LAMP, ORDER = Matter("item_damaged", "l-1"), Matter("order_status", "302-1")


def test_a_matter_is_asked_about_once(any_database: Database, clock: FrozenClock) -> None:
    with any_database.write() as tx:
        chat = log.start_conversation(tx, locale="de", now=clock.now()).id
        asked = [
            question(
                tx,
                chat,
                matter,
                handled_by="agent",
                text="closing: is it solved?",
                locale="de",
                now=clock.now(),
            )
            for matter in (LAMP, LAMP, ORDER)
        ]

    assert [body is None for body in asked] == [False, True, False]
    assert asked[0] is not None
    assert [button["title"] for button in asked[0]["buttons"]] == ["Es ist geklärt", "Noch nicht geklärt"]


def test_the_newest_answer_counts_and_shares_are_of_those_who_answered(
    any_database: Database, clock: FrozenClock
) -> None:
    with any_database.write() as tx:
        for handled_by, said in (
            ("bot", (True,)),
            ("bot", (False, True)),
            ("agent", (False,)),
            ("seller", ()),
        ):
            chat = log.start_conversation(tx, locale="es", now=clock.now()).id
            note_asked(tx, chat, AskSolved(LAMP, handled_by), clock.now())  # type: ignore[arg-type]
            for solved in said:
                note_solved(tx, chat, NoteSolved(LAMP.key, solved), clock.now())
        note_solved(tx, chat, NoteSolved("never|asked", True), clock.now())
        found = shares(tx, since=clock.now())
        exported = list(answers(tx, since=clock.now()))
        later = shares(tx, since=clock.now() + timedelta(seconds=1))

    assert found["all"] == Share(4, 3, 2)
    assert (found["bot"].share, found["agent"].share, found["seller"].share) == (1.0, 0.0, None)
    assert [one["solved"] for one in exported] == [True, True, False, None]
    assert set(exported[0]) == {
        "conversation_id", "language", "reason", "handled_by", "asked_at", "solved", "answered_at",
    }  # fmt: skip
    assert later["all"] == Share(0, 0, 0)
