"""docs/shop-api.json, the shop's interface as OpenAPI, made from the records: `python -m bot.shop.contract` writes it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from bot.base.settings import ROOT
from bot.shop import records

PAGE = ROOT / "docs" / "shop-api.json"

_PATHS: tuple[tuple[str, str, type[msgspec.Struct], tuple[str, ...]], ...] = (
    ("/customers/{id}", "A customer", records.CustomerRecord, ()),
    ("/customers/{id}/orders", "A customer's orders, newest first", records.Orders, ("limit",)),
    ("/orders/{id}", "An order", records.OrderRecord, ()),
    (
        "/products",
        "Those of the products named in `ids`, separated by commas, that exist",
        records.Products,
        ("ids",),
    ),
    (
        "/sellers",
        "Those of the sellers named in `ids`, separated by commas, that exist",
        records.Sellers,
        ("ids",),
    ),
    ("/catalogue", "All products with their pages, part by part", records.CataloguePart, ("after",)),
)


def document() -> dict[str, Any]:
    """The whole contract, OpenAPI 3.1."""
    kinds = [kind for _, _, kind, _ in _PATHS] + [records.Refusal]
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "What Puente asks of a shop",
            "version": "1",
            "description": "A shop that offers this is read by Puente (PUENTE_SHOP_URL). See docs/shop.md.",
        },
        "security": [{"token": []}],
        "paths": {
            path: {"get": _operation(path, summary, kind, queries)} for path, summary, kind, queries in _PATHS
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }


def as_text() -> str:
    """The document as it stands in the file."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _operation(
    path: str, summary: str, kind: type[msgspec.Struct], queries: tuple[str, ...]
) -> dict[str, Any]:
    parameters = [_parameter(name, "query", required=name == "ids") for name in queries]
    if "{id}" in path:
        parameters.append(_parameter("id", "path", required=True))
    responses = {"200": _answer("Found", kind.__name__)}
    if "{id}" in path:
        responses["404"] = _answer(
            "There is no such thing: `error.code` is `unknown`", records.Refusal.__name__
        )
    if path == "/catalogue":
        parameters.append(_parameter("if-none-match", "header", required=False))
        responses["304"] = {"description": "Unchanged since the ETag of the first part"}
    return {"summary": summary, "parameters": parameters, "responses": responses}


def _parameter(name: str, place: str, *, required: bool) -> dict[str, Any]:
    kind = "integer" if name == "limit" else "string"
    return {"name": name, "in": place, "required": required, "schema": {"type": kind}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


if __name__ == "__main__":
    PAGE.write_text(as_text(), encoding="utf-8")
