"""Schemas in words: a type in a few of them, the fields as rows, an example where none is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.web.api_document import Json, resolved

SAMPLES = {
    "date-time": "2026-03-02T09:00:00.000Z",
    "date": "2026-03-02",
}
INLINE_DEPTH = 4


@dataclass(frozen=True)
class Row:
    """A field: `link` is the named schema it has, `depth` how deep it stands inside others."""

    name: str
    depth: int
    required: bool
    kind: str
    link: str | None
    limits: str
    text: str


def kind_of(document: Json, schema: Json) -> tuple[str, str | None, str]:
    """(words, named schema that belongs behind them, limits): ("list of", "Entry", "")."""
    if "allOf" in schema:
        kind, link, limits = kind_of(document, schema["allOf"][0])
        return kind, link, _joined(limits, "or null" if schema.get("nullable") else "")
    if "$ref" in schema:
        return "", schema["$ref"].rsplit("/", 1)[1], ""
    if "oneOf" in schema and "type" not in schema:
        return "one of these", None, ""
    if schema.get("type") == "array":
        kind, link, limits = kind_of(document, schema["items"])
        return f"list of {kind}".strip(), link, _joined(limits, _limits(schema))
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    named: str | None = {"date-time": "instant", "date": "day"}.get(
        schema.get("format", ""), words.get(schema.get("type", ""))
    )
    return named or schema.get("type", "anything"), None, _limits(schema)


def rows_of(document: Json, schema: Json, depth: int = 0) -> list[Row]:
    """The fields of an object, those of unnamed objects inside it below them."""
    if "oneOf" in schema and "properties" not in schema:
        links = (kind_of(document, one) for one in schema["oneOf"])
        return [Row("", depth, False, kind, link, "", "") for kind, link, _limits_ in links]
    rows = []
    for name, field in schema.get("properties", {}).items():
        kind, link, limits = kind_of(document, field)
        needed = name in schema.get("required", ())
        rows.append(Row(name, depth, needed, kind, link, limits, field.get("description", "")))
        inner = field.get("items", field)
        if link is None and depth < INLINE_DEPTH:
            rows += rows_of(document, inner, depth + 1)
    return rows


def example_of(document: Json, schema: Json) -> Any:
    """A value the schema allows, from examples where it has some."""
    schema = resolved(document, schema)
    if "example" in schema:
        return schema["example"]
    for several in ("allOf", "oneOf"):
        if several in schema and "properties" not in schema:
            return example_of(document, schema[several][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: example_of(document, field) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        return [example_of(document, schema["items"])]
    if kind == "string":
        return SAMPLES.get(schema.get("format", ""), "…")
    return {"integer": schema.get("minimum", 1), "number": 0.9, "boolean": True}.get(kind or "", "…")


def _limits(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    longest = schema.get("maxLength")
    parts = [
        " · ".join(str(value) for value in schema.get("enum", ()) if value is not None),
        f"up to {longest} characters" if longest else "",
        f"{low}–{high}" if low is not None and high is not None else f"from {low} on" if low else "",
        f"else {schema['default']}" if "default" in schema else "",
        "or null" if schema.get("nullable") else "",
    ]
    return _joined(*parts)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
