"""The interface's documentation: it says what is served, its examples are true, its page can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import requests
import schemathesis
from sanic import Sanic

from bot.base.texts import catalogue
from bot.serve import application
from bot.web.api_document import Json, api_document, error_codes, operations, resolved
from bot.web.docs import inline, prose
from tests.codes import raised_codes
from tests.harness import house_in
from tests.serving import served

DOCUMENTED = ("/api", "/health", "/ready", "/metrics", "/webhooks", "/demo")


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Sanic]:
    """The application in demo mode (True) and as a shop runs it (False)."""
    return {
        demo: application(house_in(tmp_path_factory.mktemp("house"), demo=demo)) for demo in (True, False)
    }


@pytest.fixture(scope="module")
def demo_address(apps: dict[bool, Sanic]) -> Iterator[str]:
    """A house in demo mode, served."""
    with served(apps[True]) as address:
        yield address


@pytest.fixture(scope="module")
def address(apps: dict[bool, Sanic]) -> Iterator[str]:
    """A house as a shop runs it, served."""
    with served(apps[False]) as address:
        yield address


@pytest.mark.parametrize("demo", [True, False])
def test_what_is_served_is_documented_and_what_is_documented_is_served(
    apps: dict[bool, Sanic], demo: bool
) -> None:
    documented = {(path, method.upper()) for path, method, _ in operations(api_document(demo=demo))}

    assert documented == {
        (path, method)
        for route in apps[demo].router.routes
        if (path := _as_documented(route.path)).startswith(DOCUMENTED)
        for method in route.methods
    }


@pytest.mark.parametrize("demo", [True, False])
def test_the_document_is_valid(demo: bool) -> None:
    document = api_document(demo=demo)

    schemathesis.openapi.from_dict(document).validate()

    ids = Counter(operation["operationId"] for _, _, operation in operations(document))
    tags = {tag["name"] for tag in document["tags"]}
    assert max(ids.values()) == 1
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} == tags
    assert not [
        reference for reference in _references(document) if not resolved(document, {"$ref": reference})
    ]


def test_every_example_is_what_its_schema_says() -> None:
    document = api_document(demo=True)
    examples = list(_examples(document))

    assert len(examples) > 50
    for where, schema, example in examples:
        try:
            jsonschema.validate(example, _as_json_schema({**schema, "components": document["components"]}))
        except jsonschema.ValidationError as error:
            pytest.fail(f"{where}: {error.message}")


def test_every_schema_and_every_component_is_used() -> None:
    document = api_document(demo=True)

    used = Counter(_references(document))

    components = {
        f"#/components/{kind}/{name}"
        for kind, items in document["components"].items()
        if kind != "securitySchemes"
        for name in items
    }
    assert components == set(used)


def test_every_error_code_is_listed_once_under_its_status() -> None:
    listed = error_codes()
    status_of = {code: kind for kind, codes in listed.items() for code in codes}

    assert Counter(code for codes in listed.values() for code in codes).most_common(1)[0][1] == 1
    assert set(status_of) == set(catalogue("errors", "es"))
    for code, status, where in raised_codes():
        assert code in status_of, where
        elsewhere = status_of[code] in {"command_line", "training"} or code == "wrong_method"
        assert status is None or elsewhere or status_of[code] == str(status), where


def test_the_document_is_served_without_the_demo_where_there_is_none(address: str, demo_address: str) -> None:
    document = requests.get(f"{address}/docs/openapi.json", timeout=20).json()
    demo_document = requests.get(f"{demo_address}/docs/openapi.json", timeout=20).json()

    assert document == api_document(demo=False)
    assert "/demo/clock" in demo_document["paths"]
    assert "/demo/clock" not in document["paths"]
    assert "demo" not in {tag["name"] for tag in document["tags"]}


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("de-AT,de;q=0.9", "Die Schnittstelle von Puente", "Bitte schreiben Sie etwas."),
        ("es", "La interfaz de Puente", "Escribe algo."),
        ("en", "La interfaz de Puente", "Escribe algo."),
    ],
)
def test_the_page_has_its_frame_in_the_readers_language(
    address: str, language: str, title: str, sentence: str
) -> None:
    page = requests.get(f"{address}/docs", timeout=20, headers={"Accept-Language": language})

    assert page.status_code == 200
    assert f"<title>{title}</title>" in page.text
    assert sentence in page.text


def test_the_page_shows_everything_and_every_link_leads_somewhere(demo_address: str) -> None:
    document = api_document(demo=True)

    page = requests.get(f"{demo_address}/docs", timeout=20).text

    anchors = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert anchors.most_common(1)[0][1] == 1
    assert {operation["operationId"] for _, _, operation in operations(document)} <= set(anchors)
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= set(anchors)
    assert {f"entry-{name}" for name in ("message", "case", "handoff", "assigned", "closed")} <= set(anchors)
    assert {"error-409-client_id_reused", "error-field-text_empty"} <= set(anchors)
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)} <= set(anchors)


def test_the_page_needs_nothing_from_elsewhere_and_no_script(address: str) -> None:
    page = requests.get(f"{address}/docs", timeout=20)

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://", page.text)
    for path in re.findall(r'(?:href|src)="(/[^"#]+)"', page.text):
        assert requests.get(address + path, timeout=20).status_code == 200, path


def test_descriptions_become_html_without_letting_any_in() -> None:
    assert prose("a `b`\nc\n\n<d>") == "<p>a <code>b</code> c</p><p>&lt;d&gt;</p>"
    assert inline("`<i>` & so") == "<code>&lt;i&gt;</code> &amp; so"


def _as_documented(path: str) -> str:
    return "/" + re.sub(r"<(\w+)(?::[^>]*)?>", r"{\1}", path).rstrip("/")


def _references(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        for value in thing.values():
            yield from _references(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _references(value)


def _examples(document: Json) -> Iterator[tuple[str, Json, Any]]:
    """(where, schema, example) of bodies, answers, frames, parameters and named schemas."""
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        for parameter in (resolved(document, one) for one in operation["parameters"]):
            if "example" in parameter:
                yield f"{where} {parameter['name']}", parameter["schema"], parameter["example"]
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (resolved(document, one).get("content", {}) for one in contents):
            for media in content.values():
                named = [one["value"] for one in media.get("examples", {}).values()]
                for example in [*named, *([media["example"]] if "example" in media else [])]:
                    yield where, media["schema"], example
        socket = operation.get("x-websocket", {"client": [], "server": []})
        for frame in [*socket["client"], *socket["server"]]:
            yield f"{where} {frame['title']}", frame["schema"], frame["example"]
    for name, schema in document["components"]["schemas"].items():
        if "example" in schema:
            yield name, schema, schema["example"]


def _as_json_schema(thing: Any) -> Any:
    """OpenAPI's `nullable` in JSON Schema's words."""
    if isinstance(thing, list):
        return [_as_json_schema(value) for value in thing]
    if not isinstance(thing, dict):
        return thing
    rest = {name: _as_json_schema(value) for name, value in thing.items() if name != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if thing.get("nullable") is True else rest
