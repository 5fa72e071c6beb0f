"""Examples as files: one line more, and nothing else."""

from __future__ import annotations

import difflib
import shutil
import threading
from pathlib import Path

import pytest

from bot.base.errors import BadInput, Conflict
from bot.base.settings import ROOT
from bot.training.examples import Examples


def added_lines(before: str, after: str) -> list[str]:
    """The lines that were added; fails when one was taken away or changed."""
    changes = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert all(line.startswith("+ ") for line in changes), changes
    return [line[2:] for line in changes]


def texts(examples: Examples, language: str, intent: str) -> list[str]:
    return [example.text for example in examples.all(language=language, intent=intent)]


@pytest.mark.parametrize(
    ("language", "intent", "file", "line"),
    [
        ("es", "order_status", "es/order.yml", "    - ¿y mi paquete?"),
        ("es", "order_late", "es/order.yml", "      - ¿y mi paquete?"),
        ("es", "affirm", "es/talk.yml", "    - ¿y mi paquete?"),
        ("de", "order_late", "de/order.yml", '      - text: "¿y mi paquete?"'),
    ],
)
def test_one_example_is_one_added_line(
    project: Path, examples: Examples, language, intent, file, line
) -> None:
    path = project / "data" / "nlu" / file
    before = path.read_text(encoding="utf-8")

    written = examples.add(language=language, intent=intent, text="¿y mi paquete?")

    after = path.read_text(encoding="utf-8")
    assert added_lines(before, after) == [line]
    assert after.splitlines()[written.line - 1] == line
    assert written.file == f"data/nlu/{file}"
    assert texts(Examples(examples.folder), language, intent)[-1] == "¿y mi paquete?"
    assert not list(path.parent.glob(".*"))


def test_rasa_reads_what_was_written(project: Path, examples: Examples) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    said = "mi pedido 305-1112223-4445556 no llega, [mirad](esto): {\"a\": 'b'} #1 - & *"
    examples.add(language="es", intent="order_late", text=said)

    read = RasaYAMLReader().reads((project / "data/nlu/es/order.yml").read_text(encoding="utf-8"))
    last = [m for m in read.intent_examples if m.get("intent") == "order_late"][-1]
    assert last.get("text") == "mi pedido 302-0000000-0000000 no llega, (mirad)(esto): {\"a\": 'b'} #1 - & *"
    assert [(e["entity"], e["value"]) for e in last.get("entities")] == [("order_id", "302-0000000-0000000")]


def test_line_ends_of_the_file_are_kept(project: Path, examples: Examples) -> None:
    path = project / "data" / "nlu" / "es" / "order.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    examples.add(language="es", intent="order_status", text="¿y mi paquete?")

    assert b"    - \xc2\xbfy mi paquete?\r\n" in path.read_bytes()
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_new_lines_of_a_message_become_blanks(examples: Examples) -> None:
    written = examples.add(
        language="de", intent="order_status", text="Hallo,\n\nwo\u2028bleibt \tmein Paket?\n"
    )

    assert written.text == "Hallo, wo bleibt mein Paket?"


def test_same_text_again_is_found_and_not_written(project: Path, examples: Examples) -> None:
    before = (project / "data/nlu/es/order.yml").read_bytes()

    written = examples.add(language="es", intent="order_status", text="DONDE esta mi pedido")

    assert (written.added, written.file, written.line) == (False, "data/nlu/es/order.yml", 7)
    assert (project / "data/nlu/es/order.yml").read_bytes() == before


@pytest.mark.parametrize("language", ["es", "de"])
def test_same_text_under_another_intent_is_refused_with_its_place(examples: Examples, language: str) -> None:
    with pytest.raises(Conflict) as refused:
        examples.add(language=language, intent="order_late", text="¿Dónde está mi pedido?")

    assert refused.value.code == "example_elsewhere"
    assert refused.value.values == {"file": "data/nlu/es/order.yml", "line": 7, "intent": "order_status"}


def test_same_text_in_the_other_language_is_allowed_for_the_same_intent(examples: Examples) -> None:
    assert examples.add(language="de", intent="order_late", text="ya pasó la fecha").added


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("/order_status{}", "text", "example_is_command"),
        (" /restart", "text", "example_is_command"),
        ("a\x07b", "text", "control_characters"),
        (" \n ", "text", "text_empty"),
        ("x" * 1001, "text", "example_too_long"),
    ],
)
def test_texts_that_cannot_be_examples_are_refused(
    project: Path, examples: Examples, text, field, reason
) -> None:
    before = (project / "data/nlu/es/order.yml").read_bytes()

    with pytest.raises(BadInput) as refused:
        examples.add(language="es", intent="order_status", text=text)

    assert refused.value.fields == {field: reason}
    assert (project / "data/nlu/es/order.yml").read_bytes() == before


def test_unknown_intent_and_language_are_refused(examples: Examples) -> None:
    with pytest.raises(BadInput) as intent:
        examples.add(language="es", intent="no_such", text="hola")
    with pytest.raises(BadInput) as language:
        examples.add(language="../es", intent="order_late", text="hola")

    assert intent.value.fields == {"intent": "unknown_intent"}
    assert language.value.fields == {"language": "unknown_locale"}


@pytest.mark.parametrize(
    "text", ["el [pedido no llega", "el pedido] no llega", "[el [pedido](order_id)", "[x](nothing)"]
)
def test_brackets_of_a_trainer_must_fit(examples: Examples, text: str) -> None:
    with pytest.raises(BadInput):
        examples.add(language="es", intent="order_late", text=text, typed_by_trainer=True)


def test_annotations_of_a_trainer_are_kept(examples: Examples) -> None:
    text = "no llega [302-9999999-1111111](order_id), llamad al 612 345 678"

    written = examples.add(language="es", intent="order_late", text=text, typed_by_trainer=True)

    assert written.text == "no llega [302-0000000-0000000](order_id), llamad al [+34 600 000 000](phone)"


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("nlu:\n- intent: a\n   x: y\n", 3),
        ("nlu:\n- intent: a\n  examples: |\n    - b\n    c\n", 5),
        ("nlu: [\n", 2),
    ],
)
def test_broken_file_is_named_with_its_line_and_nothing_changes(
    project: Path, examples: Examples, broken, line
) -> None:
    (project / "data/nlu/es/broken.yml").write_text(broken, encoding="utf-8")
    before = (project / "data/nlu/es/order.yml").read_bytes()

    with pytest.raises(Conflict) as refused:
        examples.add(language="es", intent="order_status", text="¿y mi paquete?")

    assert refused.value.code == "data_file_broken"
    assert (refused.value.values["file"], refused.value.values["line"]) == ("data/nlu/es/broken.yml", line)
    assert (project / "data/nlu/es/order.yml").read_bytes() == before


def test_writers_at_the_same_time_lose_nothing(examples: Examples) -> None:
    before = len(texts(examples, "es", "order_late"))

    def write(number: int) -> None:
        own = Examples(examples.folder)
        for index in range(5):
            own.add(
                language="es", intent="order_late", text=f"espero desde hace {number} meses y {index} días"
            )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(texts(Examples(examples.folder), "es", "order_late")) == before + 30


def test_our_own_examples_can_be_read_and_added_to(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "nlu", tmp_path / "data" / "nlu")
    examples = Examples(tmp_path / "data" / "nlu")
    counts = examples.counts()

    for language in ("es", "de"):
        for intent in [name for name, count in counts.items() if count[language]]:
            examples.add(language=language, intent=intent, text=f"{intent} {language} zzz")

    after = examples.counts()
    assert all(after[i][la] == counts[i][la] + bool(counts[i][la]) for i in counts for la in ("es", "de"))
    for path in tmp_path.glob("data/nlu/*/*.yml"):
        original = (ROOT / path.relative_to(tmp_path)).read_text(encoding="utf-8").splitlines()
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.endswith("zzz")]
        assert kept == original
