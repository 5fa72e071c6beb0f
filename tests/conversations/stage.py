"""Plays a conversation through the real turn, and says what is wrong with what came of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from sqlalchemy import select

from bot.accounts.tables import accounts
from bot.app import House
from bot.base.clock import FrozenClock
from bot.conversations import control, log
from bot.conversations.model import Entry
from bot.nlu.language import identify
from bot.shop.tables import customers
from tests.conversations.casting import Role, cast
from tests.conversations.script import Script, Step

_UNITS = {"h": "hours", "d": "days", "m": "minutes"}
_QUOTED = re.compile(r"«.*?»|„.*?“|\S+@\S+")
_LEFT_OVER = re.compile(r"\{\w*\}|\bNone\b|\butter_|<\w+>")
_SENTENCE = re.compile(r"(?<=[.!?:])(?<!\d\.)\s+(?=[A-ZÁÉÍÓÚÄÖÜ¿¡])")
_SAME_WORDS = 6
"""A sentence of at least this many words is not said twice in a row, unless it was asked for."""

_MOST_WORDS = 60
"""Words of a reply, beside what it quotes."""

_LANGUAGE_WORDS = 7
"""A reply of at least this many words has a language that can be told."""


class Disappointed(AssertionError):
    """What came is not what was expected; the message shows the whole conversation."""


@dataclass
class Scene:
    """One conversation under way."""

    house: House
    clock: FrozenClock
    role: Role
    conversation_id: str
    seen: int = 0
    buttons: list[dict[str, str]] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    """Sentences of the bot's last turn."""

    def filled(self, text: str) -> str:
        """`text` with its placeholders filled; other braces stay."""
        return re.sub(r"\{(\w+)\}", lambda m: self.values.get(m.group(1), m.group()), text)


def duration(text: str) -> timedelta:
    """ "+26h", "40d", "5m" as a duration."""
    match = re.fullmatch(r"\+?(\d+)([hdm])", text)
    if match is None:
        raise ValueError(f"{text!r} is no duration: write 30m, 26h or 40d")
    return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})


def play(house: House, clock: FrozenClock, script: Script) -> list[str]:
    """Play `script`; returns the transcript. Raises `Disappointed` at the first expectation not met."""
    scene = _begin(house, clock, script)
    for number, step in enumerate(script.steps, start=1):
        entries = _move(scene, step)
        wrong = [*_unseemly(entries), *_said_again(scene, entries), *_unmet(scene, step.expect, entries)]
        if wrong:
            told = "\n".join(scene.transcript)
            raise Disappointed(f"step {number}: {'; '.join(wrong)}\n--- the conversation so far\n{told}")
    return scene.transcript


def _begin(house: House, clock: FrozenClock, script: Script) -> Scene:
    if script.at:
        clock.advance(_until(script.at, clock.now()))
    with house.database.read() as tx:
        ids = list(tx.execute(select(customers.c.id).order_by(customers.c.id)).scalars())
    role = cast(house.shop, ids, script.customer, locale=script.locale, now=clock.now())
    scene = Scene(house, clock, role, "", values=dict(role.values))
    context = {name: scene.filled(value) for name, value in script.context.items()}
    with house.database.write() as tx:
        conversation = log.start_conversation(
            tx,
            locale=script.locale,
            now=clock.now(),
            customer_id=role.customer_id,
            customer_name=role.name,
            context=context,
        )
    scene.conversation_id = conversation.id
    return scene


def _until(at: str, now: datetime) -> timedelta:
    return duration(at) if at.startswith("+") else datetime.fromisoformat(at.replace("Z", "+00:00")) - now


def _move(scene: Scene, step: Step) -> list[Entry]:
    scene.clock.advance(duration(step.after) if step.after else timedelta(seconds=20))
    scene.house.run_deadlines()
    if step.agent is not None or step.give_back:
        _agent(scene, step)
    elif step.press is not None:
        _accept(scene, payload=_payload(scene, step.press))
    for text in step.say:
        _accept(scene, text=scene.filled(text))
    scene.house.turns.run(scene.conversation_id)
    with scene.house.database.read() as tx:
        entries = log.entries_after(tx, scene.conversation_id, scene.seen, audience="staff")
    scene.seen = entries[-1].seq if entries else scene.seen
    _note(scene, entries)
    return entries


def _accept(scene: Scene, *, text: str | None = None, payload: str | None = None) -> None:
    with scene.house.database.write() as tx:
        log.accept_message(
            tx,
            scene.conversation_id,
            client_id=uuid.uuid4().hex,
            text=text,
            payload=payload,
            now=scene.clock.now(),
        )


def _agent(scene: Scene, step: Step) -> None:
    with scene.house.database.write() as tx:
        agent = tx.execute(select(accounts.c.id).where(accounts.c.role == "agent").limit(1)).scalar_one()
        now = scene.clock.now()
        if step.give_back:
            control.release(tx, scene.conversation_id, agent_id=agent, to="bot", now=now)
            return
        conversation = log.get_conversation(tx, scene.conversation_id)
        control.claim(tx, scene.conversation_id, agent_id=agent, first_name="Clara", now=now)
        log.accept_agent_message(
            tx,
            scene.conversation_id,
            agent_id=agent,
            client_id=uuid.uuid4().hex,
            body={"text": scene.filled(step.agent or ""), "lang": conversation.locale},
            now=now,
        )


def _payload(scene: Scene, title: str) -> str:
    wanted = scene.filled(title)
    for button in reversed(scene.buttons):
        if _holds(button["title"], wanted):
            return button["payload"]
    raise Disappointed(f"no button {title!r}; there are {[b['title'] for b in scene.buttons]}")


def _note(scene: Scene, entries: list[Entry]) -> None:
    """Keep the transcript, the buttons that can be pressed now, and the newest case's reference."""
    buttons: list[dict[str, str]] = []
    for entry in entries:
        body = entry.body
        if entry.type == "message":
            scene.transcript.append(f"{entry.actor}: {body['text']}")
            if "quote_of" in body:
                scene.transcript.append(f"   | {body['quote_of'].get('text', '')}")
            for card in body.get("cards", ()):
                facts = ", ".join(f"{fact['label']}: {fact['value']}" for fact in card["facts"])
                scene.transcript.append(f"   ▣ {card['title']} ({facts})")
                buttons += [{**b, "title": f"{b['title']}: {card['title']}"} for b in card.get("buttons", ())]
            buttons += body.get("buttons", ())
            if body.get("buttons"):
                scene.transcript.append(f"   [{' | '.join(b['title'] for b in body['buttons'])}]")
        else:
            scene.transcript.append(f"   · {entry.type} {body}")
        if entry.type == "case":
            scene.values["case"] = body["reference"]
    scene.buttons = buttons or scene.buttons


def _unseemly(entries: list[Entry]) -> list[str]:
    """What no reply of the bot may be, whatever was expected: unfilled, long, or in two languages."""
    wrong = []
    for entry in entries:
        if entry.type != "message" or entry.actor != "bot":
            continue
        text = entry.body["text"]
        if _LEFT_OVER.search(text) or not text.strip():
            wrong.append(f"left-over in {text!r}")
        if len(text.split()) > _MOST_WORDS:
            wrong.append(f"longer than {_MOST_WORDS} words: {text!r}")
        words = _QUOTED.sub(" ", text)
        evidence = identify(words)
        if evidence.words >= _LANGUAGE_WORDS and evidence.language != entry.body["lang"]:
            wrong.append(f"not in {entry.body['lang']}: {text!r}")
    if len({e.body["lang"] for e in entries if e.type == "message" and e.actor == "bot"}) > 1:
        wrong.append("two languages in one turn")
    return wrong


def _said_again(scene: Scene, entries: list[Entry]) -> list[str]:
    """Sentences that stood in the bot's last turn already, though nobody asked to hear them again."""
    asked_for = any(
        wish["reason"] == "repeat" for e in entries if e.type == "outcome" for wish in e.body["wishes"]
    )
    texts = [e.body["text"] for e in entries if e.type == "message" and e.actor == "bot"]
    said = {one for text in texts for one in _SENTENCE.split(text) if len(one.split()) >= _SAME_WORDS}
    again = [] if asked_for else [f"says again {one!r}" for one in sorted(said & scene.said)]
    scene.said = said or scene.said
    return again


def _unmet(scene: Scene, expect: dict[str, Any], entries: list[Entry]) -> list[str]:
    with scene.house.database.read() as tx:
        conversation = log.get_conversation(tx, scene.conversation_id)
    replies = [e.body for e in entries if e.type == "message" and e.actor == "bot"]
    wishes = [wish for e in entries if e.type == "outcome" for wish in e.body["wishes"]]
    opened = [e.body for e in entries if e.type == "case" and e.body["state"] == "opened"]
    said = "\n".join(text for reply in replies for text in (reply["text"], *_beside(reply)))
    titles = " | ".join(button["title"] for button in scene.buttons)
    found = {
        "outcome": [wish["outcome"] for wish in wishes],
        "reason": [wish["reason"] for wish in wishes],
        "control": conversation.controller,
        "locale": conversation.locale,
        "case": opened[0]["reason"] if opened else False,
    }
    wrong = []
    for name, value in expect.items():
        if name in {"outcome", "reason"}:
            if not (_one_met(wishes, expect) if isinstance(value, str) else _all_met(found[name], value)):
                wrong.append(f"{name} is {found[name]}, not {value}")
        elif name in {"control", "locale"} and found[name] != value:
            wrong.append(f"{name} is {found[name]}, not {value}")
        elif name == "case" and not _case_met(found["case"], value):
            wrong.append(f"case is {found['case']}, not {value}")
        elif name == "says":
            wrong += [f"does not say {w!r}" for w in _listed(value) if not _holds(said, scene.filled(w))]
        elif name == "says_not":
            wrong += [f"says {w!r}" for w in _listed(value) if _holds(said, scene.filled(w))]
        elif name == "buttons":
            wrong += [
                f"no button {w!r} in {titles!r}"
                for w in _listed(value)
                if not _holds(titles, scene.filled(w))
            ]
        elif name == "no_buttons":
            wrong += [f"button {w!r}" for w in _listed(value) if _holds(titles, scene.filled(w))]
        elif name == "quote":
            quoted = "\n".join(reply.get("quote_of", {}).get("text", "") for reply in replies)
            wrong += [f"{w!r} not in the passage {quoted!r}" for w in _listed(value) if not _holds(quoted, w)]
    return wrong


def _beside(reply: dict[str, Any]) -> Iterator[str]:
    """What stands beside a reply's text: the passage quoted, and cards that show facts. Cards to pick from are questions."""
    yield reply.get("quote_of", {}).get("text", "")
    for card in reply.get("cards", ()):
        if not card.get("buttons"):
            yield card["title"]
            yield from (fact["value"] for fact in card["facts"])


def _one_met(wishes: list[dict[str, str]], expect: dict[str, Any]) -> bool:
    """One wish of the turn has the reason and the outcome that are expected of one ("a|b": either)."""
    single = {k: v.split("|") for k in ("reason", "outcome") if isinstance(v := expect.get(k), str)}
    return any(all(wish[name] in choices for name, choices in single.items()) for wish in wishes)


def _all_met(found: list[str], wanted: list[str]) -> bool:
    """Each one found meets one wanted ("a|b": either) and the other way round."""
    if len(found) != len(wanted):
        return False
    return any(
        all(one in choice.split("|") for one, choice in zip(order, wanted, strict=True))
        for order in permutations(found)
    )


def _case_met(found: str | bool, wanted: str | bool) -> bool:
    """`found`: the reason of the case opened, or False; `wanted` likewise, or True for any, or "a|b" for either."""
    if isinstance(wanted, bool):
        return bool(found) is wanted
    return (found or "false") in wanted.split("|")


def _listed(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _holds(text: str, wanted: str) -> bool:
    """A substring, whatever its case; between slashes a regular expression."""
    if len(wanted) > 2 and wanted[0] == wanted[-1] == "/":
        return bool(re.search(wanted[1:-1], text, re.I | re.S))
    return wanted.casefold() in text.casefold()
