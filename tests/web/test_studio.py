"""The trainers' HTTP interface, success beside refusal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_house import Person, house_of, served

from bot.app import House
from bot.base.clock import FrozenClock
from bot.conversations import log
from bot.conversations.model import NewEntry
from bot.storage.database import Database
from bot.training.effects import NoteUnsure, note_unsure
from bot.training.examples import Examples
from bot.training.jobs import TrainingJobs
from bot.training.models import Models
from bot.training.studio import Studio
from bot.web import health, studio

SLEEPER = (sys.executable, "-c", "import time; time.sleep(20)")
ORDER = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - ¿dónde está mi pedido?
- intent: order_late
  examples: |
    - ya pasó la fecha
"""


@pytest.fixture
def house(database: Database, clock: FrozenClock, tmp_path: Path) -> House:
    """A house whose studio works on a small project of its own."""
    house = house_of(database, clock, tmp_path / "var")
    project = tmp_path / "project"
    (project / "data/nlu/es").mkdir(parents=True)
    (project / "data/nlu/es/order.yml").write_text(ORDER, encoding="utf-8")
    models = Models(tmp_path / "models")
    models.folder.mkdir()
    for name in ("m1", "m2"):
        models.path(name).write_text(name, encoding="ascii")
        models.keep_report(
            name, {"trained_at": "2026-03-02T09:00:00.000Z", "scores": {}}, [["es", "a", "x", name]]
        )
    jobs = TrainingJobs(folder=tmp_path / "var/training", project=project, models=models, command=SLEEPER)
    house.studio = replace(
        Studio.of(house.settings), examples=Examples(project / "data/nlu"), models=models, jobs=jobs
    )
    return house


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The house, served."""
    with served(house, studio.bp, health.bp) as address:
        yield address


@pytest.fixture
def trainer(house: House, address: str) -> Person:
    """A trainer, signed in, whose pages are in German."""
    return Person(house, address, "tessa")


def unsure(house: House, text: str) -> str:
    """A conversation in which the bot was unsure of `text`; returns its id."""
    now = house.clock.now()
    with house.database.write() as tx:
        conversation = log.start_conversation(tx, locale="es", now=now)
        said = NewEntry("message", "customer", {"text": f"{text} a@b.es", "lang": "es"})
        seq = log.append(tx, conversation.id, [said], now=now)
        log.append(
            tx, conversation.id, [NewEntry("message", "bot", {"text": "¿Cómo?", "lang": "es"})], now=now
        )
        ranking = ({"name": "order_late", "confidence": 0.31},)
        effect = NoteUnsure(text, "es", "order_late", 0.31, ranking, "m1", seq)
        note_unsure(tx, conversation.id, effect, now)
    return conversation.id


def test_a_message_is_listed_shown_with_its_conversation_and_corrected(house: House, trainer: Person) -> None:
    unsure(house, "¿y mi paquete?")

    inbox = trainer.get("/api/v1/studio/inbox").json()
    row = inbox["messages"][0]
    around = trainer.get(f"/api/v1/studio/inbox/{row['id']}/conversation").json()
    answer = trainer.post(f"/api/v1/studio/inbox/{row['id']}/correct", {"intent": "order_status"})

    assert inbox["open"] == {"es": 1, "de": 0}
    assert (row["text"], row["intent"], row["count"]) == ("¿y mi paquete?", "order_late", 1)
    assert [entry["text"] for entry in around["entries"]] == ["¿y mi paquete? •••", "¿Cómo?"]
    assert answer.json() == {
        "file": "data/nlu/es/order.yml",
        "line": 6,
        "text": "¿y mi paquete?",
        "added": True,
    }
    assert trainer.get("/api/v1/studio/inbox").json()["messages"] == []
    again = trainer.post(f"/api/v1/studio/inbox/{row['id']}/correct", {"intent": "order_status"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_handled")


def test_refusals_name_the_field_in_the_readers_language(house: House, trainer: Person) -> None:
    unsure(house, "¿y mi paquete?")
    path = f"/api/v1/studio/inbox/{trainer.get('/api/v1/studio/inbox').json()['messages'][0]['id']}/correct"

    unknown = trainer.post(path, {"intent": "no_such"})
    command = trainer.post(path, {"intent": "order_late", "text": "/restart"})
    elsewhere = trainer.post(path, {"intent": "order_late", "text": "donde esta mi pedido"})

    assert unknown.json()["error"]["fields"]["intent"].startswith("Zum Anliegen „no_such“")
    assert list(command.json()["error"]["fields"]) == ["text"]
    assert "data/nlu/es/order.yml, Zeile 5" in elsewhere.json()["error"]["message"]
    assert [answer.status_code for answer in (unknown, command, elsewhere)] == [400, 400, 409]


def test_skipped_message_is_gone(house: House, trainer: Person) -> None:
    unsure(house, "bla")
    row = trainer.get("/api/v1/studio/inbox?language=es").json()["messages"][0]

    assert trainer.post(f"/api/v1/studio/inbox/{row['id']}/skip").status_code == 200
    assert trainer.get("/api/v1/studio/inbox?language=es").json()["messages"] == []
    assert trainer.post("/api/v1/studio/inbox/999/skip").status_code == 404
    assert trainer.get("/api/v1/studio/inbox?language=fr").status_code == 400


def test_examples_are_counted_listed_and_added(trainer: Person) -> None:
    new = {"language": "es", "intent": "order_late", "text": "llega tarde"}

    added = trainer.post("/api/v1/studio/examples", new)
    again = trainer.post("/api/v1/studio/examples", new)

    counts = {
        one["intent"]: one["counts"] for one in trainer.get("/api/v1/studio/examples").json()["intents"]
    }
    listed = trainer.get("/api/v1/studio/examples/order_late").json()["examples"]
    assert (added.status_code, again.status_code, again.json()["added"]) == (201, 200, False)
    assert counts["order_late"] == {"es": 2, "de": 0}
    assert [(example["text"], example["line"]) for example in listed] == [
        ("ya pasó la fecha", 8),
        ("llega tarde", 9),
    ]


def test_broken_data_file_is_told_with_its_line(house: House, trainer: Person) -> None:
    path = house.studio.examples.folder / "es" / "order.yml"
    path.write_text(ORDER + "- intent: [\n", encoding="utf-8")

    answer = trainer.get("/api/v1/studio/examples")

    assert answer.status_code == 409
    assert "data/nlu/es/order.yml" in answer.json()["error"]["message"]


def test_models_are_put_in_use_and_back(trainer: Person) -> None:
    first = trainer.post("/api/v1/studio/models/m1/use")
    second = trainer.post("/api/v1/studio/models/m2/use")
    compared = trainer.get("/api/v1/studio/models/m1/comparison").json()["comparison"]
    back = trainer.post("/api/v1/studio/models/go-back")

    overview = trainer.get("/api/v1/studio/models").json()
    assert first.json()["in_use"]["previous"] is None
    assert (second.json()["in_use"]["previous"], second.json()["in_use"]["by"]) == ("m1", "Tessa Test")
    assert (compared["candidate"], compared["current"]) == ("m1", "m2")
    assert back.json()["in_use"]["model"] == overview["in_use"]["model"] == "m1"
    assert [move["model"] for move in overview["history"]] == ["m1", "m2", "m1"]
    assert trainer.post("/api/v1/studio/models/none/use").status_code == 404


def test_one_training_at_a_time_and_it_can_be_stopped(trainer: Person) -> None:
    started = trainer.post("/api/v1/studio/training")
    second = trainer.post("/api/v1/studio/training")
    stopped = trainer.session.delete(f"{trainer.address}/api/v1/studio/training", timeout=20)

    assert (started.status_code, started.json()["state"]) == (202, "running")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "training_runs")
    assert stopped.json()["state"] == trainer.get("/api/v1/studio/training").json()["state"] == "killed"


def test_parse_is_for_trainers(house: House, address: str, trainer: Person) -> None:
    assert trainer.get("/api/v1/nlu/parse", params={"text": "hola"}).json() == {"text": "hola"}
    assert trainer.get("/api/v1/nlu/parse").status_code == 400
    assert Person(house, address, "ana").get("/api/v1/nlu/parse", params={"text": "hola"}).status_code == 403


@pytest.mark.parametrize("name", ["ana", "sam"])
def test_agents_and_sellers_stay_outside(house: House, address: str, name: str) -> None:
    person = Person(house, address, name)

    assert person.get("/api/v1/studio/inbox").status_code == 403
    assert person.post("/api/v1/studio/models/go-back").status_code == 403


def test_page_is_served_and_leads_to_signing_in(address: str, trainer: Person) -> None:
    import requests

    assert "Tastenkürzel" in trainer.get("/studio").text
    away = requests.get(f"{address}/studio", timeout=20, allow_redirects=False)
    assert (away.status_code, away.headers["location"]) == (302, "/sign-in?next=/studio")


def test_an_english_supervisor_sees_a_studio_that_is_whole_in_another_language(
    house: House, address: str
) -> None:
    amy = Person(house, address, "amy")

    page = amy.get("/studio").text
    error = amy.get("/api/v1/studio/nowhere").json()["error"]

    assert '<html lang="es">' in page
    assert "Cerrar sesión" in page
    assert '<option value="en"' in page
    assert error["message"].startswith("Esta página no existe")
