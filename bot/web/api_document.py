"""The OpenAPI document: `bot/web/openapi/*.yml`, one file per audience, put together."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "openapi"
AUDIENCES = ("chat", "own", "desk", "desk_team", "bridge", "seller", "studio", "staff", "health")
METHODS = ("get", "post", "put", "delete")

Json = dict[str, Any]


@functools.cache
def api_document(*, demo: bool) -> Json:
    """The whole document; what exists in demo mode only is left out otherwise. Callers do not change it."""
    document = _file("common")
    document["tags"], document["paths"] = [], {}
    for audience in (*AUDIENCES, "demo") if demo else AUDIENCES:
        part = _file(audience)
        document["tags"] += part["tags"]
        _add(document["paths"], part["paths"])
        for kind, items in part.get("components", {}).items():
            _add(document["components"].setdefault(kind, {}), items)
    return document


@functools.cache
def error_codes() -> dict[str, list[str]]:
    """Status, or kind of place, → codes of the errors that stand there."""
    return {str(kind): codes for kind, codes in _file("errors").items()}


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """(path, method, operation); an operation has its path's parameters with its own."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                yield path, method, {**item[method], "parameters": parameters}


def resolved(document: Json, thing: Json) -> Json:
    """What a reference (`$ref`) stands for; anything else as it is."""
    while "$ref" in thing:
        found: Any = document
        for name in thing["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        thing = found
    return thing


def _add(all_of_them: Json, more: Json) -> None:
    twice = all_of_them.keys() & more.keys()
    if twice:
        raise ValueError(f"the interface describes {sorted(twice)} twice")
    all_of_them.update(more)


def _file(name: str) -> Json:
    content: Json = YAML(typ="safe").load(FOLDER / f"{name}.yml")
    return content
