"""The shop's data in files: CSV (one row a record, flat) and JSON Lines (one object a line, as over HTTP).

Everything is read and checked before anything is written; each problem says file, line, column and what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.shop import records
from bot.shop.model import Customer, EnrolmentPeriod, Order, Page, Product, Seller, SellerPolicy
from bot.shop.source import canonical_order_id

CSV_FILES: Mapping[str, type[msgspec.Struct]] = {
    "customers": records.CustomerRecord,
    "sellers": records.SellerHead,
    "return_policies": records.PolicyRow,
    "enrolments": records.EnrolmentRecord,
    "products": records.ProductHead,
    "product_pages": records.PageRow,
    "orders": records.OrderRow,
    "order_lines": records.LineRow,
}
"""Name of a CSV file → what each of its rows is. The columns are the fields."""

JSON_FILES: Mapping[str, type[msgspec.Struct]] = {
    "customers": records.CustomerRecord,
    "sellers": records.SellerRecord,
    "enrolments": records.EnrolmentRecord,
    "products": records.ProductRecord,
    "orders": records.OrderRecord,
}
"""Name of a JSON Lines file → what each of its lines is: policies stand in sellers, pages in products, lines in orders."""

JSON_CELLS = frozenset({"return_addresses", "terms", "attributes", "box", "questions", "asked"})
"""Columns of a CSV file whose cells are JSON."""

MAX_PROBLEMS = 50
"""After so many problems reading ends."""

_PATH = re.compile(r" - at `\$\.?(.*?)`$")
_NAMED = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Where:
    """A place in a file: lines count from 1, line 0 is the file itself."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place, and what to do. `column` is empty when it is about the whole row."""

    where: Where
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}{f', column {self.column}' if self.column else ''}: {self.what}"


class _TooMany(Exception):
    """Enough problems were found."""


@dataclass
class Batch:
    """All that the files say, by key, each with the place where it stands."""

    customers: dict[str, tuple[Where, Customer]] = field(default_factory=dict)
    sellers: dict[str, tuple[Where, Seller]] = field(default_factory=dict)
    policies: dict[tuple[str, datetime], tuple[Where, SellerPolicy]] = field(default_factory=dict)
    enrolments: dict[tuple[str, datetime], tuple[Where, EnrolmentPeriod]] = field(default_factory=dict)
    products: dict[str, tuple[Where, Product]] = field(default_factory=dict)
    pages: dict[tuple[str, str], tuple[Where, Page]] = field(default_factory=dict)
    orders: dict[str, tuple[Where, Order]] = field(default_factory=dict)
    lines: dict[tuple[str, int], tuple[Where, records.LineRecord]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each there are."""
        return {name: len(found) for name, found in vars(self).items() if name != "problems"}

    def complain(self, where: Where, column: str, what: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(where, column, what))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _TooMany


def read_files(paths: list[Path], *, progress: Callable[[str, int], None]) -> Batch:
    """Read files and folders of files; `progress(file, records)` after each. What is wrong is in `problems`."""
    batch = Batch()
    try:
        for path in _expanded(paths, batch):
            count = 0
            for where, record in _records(path, batch):
                count += 1
                _take(batch, where, record)
            progress(path.name, count)
    except _TooMany:
        pass
    return batch


def _expanded(paths: list[Path], batch: Batch) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix in {".csv", ".jsonl"})
            if not inside:
                batch.complain(Where(str(path), 0), "", "there is no .csv and no .jsonl file in this folder")
            yield from inside
        elif path.is_file():
            yield path
        else:
            batch.complain(Where(str(path), 0), "", "there is no such file or folder")


def _records(path: Path, batch: Batch) -> Iterator[tuple[Where, msgspec.Struct]]:
    kinds = {".csv": CSV_FILES, ".jsonl": JSON_FILES}.get(path.suffix, {})
    kind = kinds.get(path.stem)
    if kind is None:
        names = ", ".join([*(f"{n}.csv" for n in CSV_FILES), *(f"{n}.jsonl" for n in JSON_FILES)])
        batch.complain(Where(path.name, 0), "", f"rename the file: known are {names}")
        return
    text = _text_of(path, batch)
    if text is None:
        return
    rows = (
        _csv_rows(path.name, text, kind, batch)
        if path.suffix == ".csv"
        else _json_rows(path.name, text, batch)
    )
    for where, row in rows:
        record = _converted(where, row, kind, batch, strict=path.suffix == ".jsonl")
        if record is not None:
            yield where, record


def _text_of(path: Path, batch: Batch) -> str | None:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        batch.complain(Where(path.name, line), "", "this is not UTF-8: save the file as UTF-8")
        return None


def _csv_rows(
    name: str, text: str, kind: type[msgspec.Struct], batch: Batch
) -> Iterator[tuple[Where, dict[str, Any]]]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="")
    columns = list(reader.fieldnames or [])
    fields = {item.name: item for item in msgspec.structs.fields(kind)}
    if not _header_fits(name, columns, fields, batch):
        return
    for where, cells in _cells(name, reader, batch):
        if "" in cells or None in cells.values():
            batch.complain(where, "", f"give {len(columns)} cells, as in the first line")
            continue
        row = _row_of(where, cells, fields, batch)
        if row is not None:
            yield where, row


def _cells(
    name: str, reader: csv.DictReader[str], batch: Batch
) -> Iterator[tuple[Where, dict[str | Any, str | Any]]]:
    """The rows of a CSV file with the line each begins in."""
    while True:
        where = Where(name, reader.line_num + 1)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            batch.complain(
                where, "", f"this is not CSV: {error}; look for a quotation mark that is not closed"
            )
            return
        yield where, cells


def _header_fits(name: str, columns: list[str], fields: Mapping[str, Any], batch: Batch) -> bool:
    where = Where(name, 1)
    before = len(batch.problems)
    for column in columns:
        if column not in fields:
            batch.complain(where, column, f"this column is not known; known are {', '.join(fields)}")
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1:
            batch.complain(where, column, "this column stands here twice: leave one out")
    for column, item in fields.items():
        if item.required and column not in columns:
            batch.complain(where, column, "this column is missing: add it")
    return len(batch.problems) == before


def _row_of(
    where: Where, cells: Mapping[str, str], fields: Mapping[str, Any], batch: Batch
) -> dict[str, Any] | None:
    """A row's cells as values: an empty cell of an optional column is left out."""
    row: dict[str, Any] = {}
    for column, cell in cells.items():
        if cell == "" and not fields[column].required:
            continue
        row[column] = cell
        if column in JSON_CELLS:
            try:
                row[column] = msgspec.json.decode(cell)
            except msgspec.DecodeError as error:
                batch.complain(where, column, f"write JSON in this cell: {error}")
                return None
    return row


def _json_rows(name: str, text: str, batch: Batch) -> Iterator[tuple[Where, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = Where(name, number)
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            batch.complain(where, "", f"write one JSON object on this line: {error}")
            continue
        if isinstance(row, dict):
            yield where, row
        else:
            batch.complain(where, "", "write a JSON object, in braces")


def _converted(
    where: Where, row: dict[str, Any], kind: type[msgspec.Struct], batch: Batch, *, strict: bool
) -> msgspec.Struct | None:
    try:
        record = msgspec.convert(row, kind, strict=strict)
    except msgspec.ValidationError as error:
        column, what = _told(str(error))
        batch.complain(where, column, what)
        return None
    for unknown in _unknown(row, msgspec.to_builtins(record)):
        batch.complain(where, unknown, "this field is not known: correct its name or leave it out")
    return record


def _told(message: str) -> tuple[str, str]:
    """The column a validation error is about, and what it says."""
    found = _PATH.search(message)
    if found is not None:
        return found.group(1), message[: found.start()]
    named = _NAMED.search(message)
    return (named.group(1) if named else ""), message


def _unknown(given: Any, known: Any, path: str = "") -> Iterator[str]:
    """Paths of fields that were given and that nobody reads: misspelt ones, above all."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name not in known:
                yield path + name
            else:
                yield from _unknown(value, known[name], f"{path}{name}.")
    elif isinstance(given, list) and isinstance(known, list | tuple):
        for number, (one, other) in enumerate(zip(given, known, strict=True)):
            yield from _unknown(one, other, f"{path.removesuffix('.')}[{number}].")


def _take(batch: Batch, where: Where, record: Any) -> None:
    """Put a record where it belongs."""
    if isinstance(record, records.CustomerRecord):
        _put(batch, batch.customers, record.id, where, record.to_model(), "id")
    elif isinstance(record, records.SellerHead):
        _put(batch, batch.sellers, record.id, where, record.to_model(), "id")
        for policy in record.to_policies() if isinstance(record, records.SellerRecord) else ():
            _put(batch, batch.policies, (record.id, policy.valid_from), where, policy, "return_policies")
    elif isinstance(record, records.PolicyRow):
        policy = record.to_model(record.seller_id)
        _put(batch, batch.policies, (record.seller_id, policy.valid_from), where, policy, "valid_from")
    elif isinstance(record, records.EnrolmentRecord):
        period = record.to_model()
        _put(batch, batch.enrolments, (period.seller_id, period.starts_at), where, period, "starts_at")
    elif isinstance(record, records.PageRow):
        page = record.to_model(record.product_id, record.locale)
        _put(batch, batch.pages, (record.product_id, record.locale), where, page, "locale")
    elif isinstance(record, records.ProductHead):
        _put(batch, batch.products, record.id, where, record.to_model(), "id")
        if isinstance(record, records.ProductRecord):
            for page in record.to_pages():
                _put(batch, batch.pages, (record.id, page.locale), where, page, "pages")
    elif isinstance(record, records.LineRow):
        key = (canonical_order_id(record.order_id), record.position)
        _put(batch, batch.lines, key, where, record, "position")
    else:
        head = record.to_head() if isinstance(record, records.OrderRow) else record
        order = head.to_model()
        _put(batch, batch.orders, order.id, where, order, "id")
        for line in getattr(record, "lines", ()):
            _put(batch, batch.lines, (order.id, line.position), where, line, "lines")


def _put(batch: Batch, found: dict[Any, Any], key: Any, where: Where, value: Any, column: str) -> None:
    if key in found:
        batch.complain(where, column, f"the same stands in {found[key][0]}: leave one of the two out")
    found.setdefault(key, (where, value))
