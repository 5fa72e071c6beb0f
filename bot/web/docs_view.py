"""The interface as a page shows it: operations, frames, schemas and examples as plain rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.web.api_document import Json, api_document, operations, resolved
from bot.web.schema_words import Row, example_of, kind_of, rows_of


@dataclass(frozen=True)
class Shape:
    """A schema somewhere: its name when it has one, else its fields; with an example as JSON text."""

    kind: str
    link: str | None
    limits: str
    rows: list[Row]
    examples: list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A response: status, what it means, its headers, its content if it is no error."""

    status: str
    text: str
    is_error: bool
    headers: list[tuple[str, str]]
    shape: Shape | None


@dataclass(frozen=True)
class Frame:
    """A frame of a WebSocket; `sender` is client or server."""

    sender: str
    title: str
    shape: Shape


@dataclass(frozen=True)
class Operation:
    """What one operation's section shows."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    access: list[str]
    parameters: list[Row]
    body: Shape | None
    frames: list[Frame]
    answers: list[Answer]


def sections(*, demo: bool) -> list[tuple[Json, list[Operation]]]:
    """(tag, its operations), in the order of the document."""
    document = api_document(demo=demo)
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, method, operation in operations(document):
        by_tag[operation["tags"][0]].append(_operation(document, path, method, operation))
    return [(tag, by_tag[tag["name"]]) for tag in document["tags"]]


def schemas(*, demo: bool) -> list[tuple[str, str, Shape]]:
    """(name, description, shape) of every named schema, by name."""
    document = api_document(demo=demo)
    named = sorted(document["components"]["schemas"].items())
    return [(name, schema.get("description", ""), _shape(document, schema)) for name, schema in named]


def log_entries(*, demo: bool) -> list[tuple[str, str, Shape]]:
    """(type, description, shape of the body with an example of the entry) of each kind of log entry."""
    document = api_document(demo=demo)
    found = []
    for reference in document["components"]["schemas"]["Entry"]["oneOf"]:
        entry = resolved(document, reference)
        body = _shape(document, entry["properties"]["body"])
        examples = [("", _json(entry["example"]))]
        name = entry["properties"]["type"]["enum"][0]
        found.append((name, entry["description"], replace(body, examples=examples)))
    return found


def _operation(document: Json, path: str, method: str, operation: Json) -> Operation:
    socket = operation.get("x-websocket")
    return Operation(
        id=operation["operationId"],
        method="WS" if socket is not None else method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation.get("description", ""),
        access=[name for way in operation.get("security", ()) for name in (way or {"nobody": ()})],
        parameters=[_parameter(document, resolved(document, p)) for p in operation["parameters"]],
        body=_body(document, operation),
        frames=list(_frames(document, socket)) if socket is not None else [],
        answers=[_answer(document, status, answer) for status, answer in operation["responses"].items()],
    )


def _parameter(document: Json, parameter: Json) -> Row:
    schema = parameter["schema"]
    text = parameter.get("description") or resolved(document, schema).get("description", "")
    kind, link, limits = kind_of(document, schema)
    required = bool(parameter.get("required"))
    return Row(parameter["name"], 0, required, kind, link, limits, f"{text} ({parameter['in']})".strip())


def _body(document: Json, operation: Json) -> Shape | None:
    if "requestBody" not in operation:
        return None
    return _content(document, resolved(document, operation["requestBody"])["content"])


def _frames(document: Json, socket: Json) -> Iterator[Frame]:
    for sender in ("client", "server"):
        for frame in socket[sender]:
            shape = _shape(document, frame["schema"], [("", frame["example"])])
            yield Frame(sender, frame["title"], shape)


def _answer(document: Json, status: str, answer: Json) -> Answer:
    answer = resolved(document, answer)
    is_error = int(status) >= 400 and not _has_own_form(answer)
    headers = [(n, resolved(document, h)["description"]) for n, h in answer.get("headers", {}).items()]
    shape = None if is_error or "content" not in answer else _content(document, answer["content"])
    return Answer(status, answer["description"], is_error, headers, shape)


def _has_own_form(answer: Json) -> bool:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return bool(schema) and not schema.get("$ref", "").endswith("/Error")


def _content(document: Json, content: Json) -> Shape | None:
    media = content.get("application/json")
    if media is None:
        return None
    given = [(one.get("summary", name), one["value"]) for name, one in media.get("examples", {}).items()]
    if "example" in media:
        given.append(("", media["example"]))
    return _shape(document, media["schema"], given)


def _shape(document: Json, schema: Json, given: list[tuple[str, Any]] | None = None) -> Shape:
    kind, link, limits = kind_of(document, schema)
    examples = given or [("", example_of(document, schema))]
    rows = [] if link else rows_of(document, schema)
    return Shape(kind, link, limits, rows, [(title, _json(value)) for title, value in examples])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
