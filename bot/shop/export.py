"""Writes the shop's tables as the files that `load` reads: an example to follow, and a way out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from bot.shop import tables
from bot.shop.files import CSV_FILES, JSON_CELLS, JSON_FILES

Row = dict[str, Any]

KEYS = {
    "return_policies": ("seller_id", "valid_from"),
    "product_pages": ("product_id", "locale"),
    "order_lines": ("order_id", "position"),
}
"""Columns that are written first: what the row is about."""

_ORDER = {"return_policies": ["seller_id", "valid_from"], "order_lines": ["order_id", "position"]}
"""The order of rows where it is not that of the key."""


def export(tx: Connection, folder: Path, *, form: str) -> dict[str, int]:
    """Write all data as `form` (csv or jsonl) into `folder`; returns records by file name.

    Raises `FileExistsError` rather than writing over a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        return {
            f"{name}.csv": _write_csv(folder / f"{name}.csv", name, _flat(tx, name)) for name in CSV_FILES
        }
    return {f"{name}.jsonl": _write_json(folder / f"{name}.jsonl", nested(tx, name)) for name in JSON_FILES}


def _write_csv(path: Path, name: str, found: Iterator[Row]) -> int:
    keys = KEYS.get(name, ())
    columns = [
        *keys,
        *(item.name for item in msgspec.structs.fields(CSV_FILES[name]) if item.name not in keys),
    ]
    count = 0
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for row in found:
            count += 1
            writer.writerow({column: _cell(column, row[column]) for column in columns})
    return count


def _write_json(path: Path, found: Iterator[Row]) -> int:
    count = 0
    with path.open("xb") as file:
        for row in found:
            count += 1
            file.write(msgspec.json.encode(row) + b"\n")
    return count


def _cell(column: str, value: Any) -> Any:
    if value is None:
        return ""
    if column in JSON_CELLS:
        return msgspec.json.encode(value).decode()
    return str(value).lower() if isinstance(value, bool) else value


def _flat(tx: Connection, name: str) -> Iterator[Row]:
    """The rows of a CSV file."""
    table: Table = getattr(tables, name)
    for row in _rows(tx, table):
        yield {**row, **(row.get("address") or {}), **(row.get("content") or {})}


def nested(tx: Connection, name: str) -> Iterator[Row]:
    """The objects of a JSON Lines file: policies within sellers, pages within products, lines within orders."""
    if name == "sellers":
        parts = _grouped(tx, tables.return_policies, "seller_id")
        for row in _rows(tx, tables.sellers):
            policies = [_without(policy, "id", "seller_id") for policy in parts.get(row["id"], [])]
            yield row | {"return_policies": policies}
    elif name == "products":
        parts = _grouped(tx, tables.product_pages, "product_id")
        for row in _rows(tx, tables.products):
            pages = parts.get(row["id"], [])
            yield row | {
                "pages": {page["locale"]: {"title": page["title"], **page["content"]} for page in pages}
            }
    elif name == "orders":
        parts = _grouped(tx, tables.order_lines, "order_id")
        for row in _rows(tx, tables.orders):
            lines = [_without(line, "id", "order_id") for line in parts.get(row["id"], [])]
            yield row | {"lines": lines}
    else:
        for row in _rows(tx, getattr(tables, name)):
            yield _without(row, "id") if name == "enrolments" else row


def _grouped(tx: Connection, table: Table, key: str) -> dict[str, list[Row]]:
    return {value: list(found) for value, found in groupby(_rows(tx, table), lambda row: row[key])}


def _rows(tx: Connection, table: Table) -> Iterator[Row]:
    """A table's rows in order of their key, instants as texts."""
    order = _ORDER.get(table.name) or [column.name for column in table.primary_key]
    for row in tx.execute(select(table).order_by(*(table.c[name] for name in order))):
        yield {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row._mapping.items()
        }


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
