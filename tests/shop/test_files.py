"""The shop's data from files: whole or not at all, and every mistake with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cli import main
from bot.shop import tables
from bot.shop.export import export
from bot.shop.files import Batch
from bot.shop.load import load
from bot.shop.sql import SqlShop
from bot.shop_commands import worse_respects
from bot.storage.database import Database

TABLES = (
    "customers",
    "sellers",
    "return_policies",
    "enrolments",
    "products",
    "product_pages",
    "orders",
    "order_lines",
)


def all_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything of the shop; the numbers of enrolments and policies are not told."""
    with database.read() as tx:
        found = {}
        for name in TABLES:
            table = getattr(tables, name)
            columns = [c for c in table.c if c.name != "id" or name not in {"enrolments", "return_policies"}]
            rows = [dict(row._mapping) for row in tx.execute(select(*columns))]
            found[name] = sorted(rows, key=str)
        return found


def loaded(database: Database, *paths: Path, dry_run: bool = False) -> Batch:
    """Load without a word."""
    return load(
        database, list(paths), worse=worse_respects, dry_run=dry_run, progress=lambda what, count: None
    )


def complaints(batch: Batch) -> list[str]:
    """The problems as they are shown."""
    return [str(problem) for problem in batch.problems]


@pytest.fixture
def folder(demo: Database, tmp_path: Path) -> Path:
    """The demo shop as CSV files."""
    with demo.read() as tx:
        export(tx, tmp_path / "csv", form="csv")
    return tmp_path / "csv"


def edited(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_can_be_loaded_again_and_again(
    demo: Database, any_database: Database, tmp_path: Path, form: str
) -> None:
    with demo.read() as tx:
        export(tx, tmp_path / form, form=form)

    first = loaded(any_database, tmp_path / form)
    once = all_rows(any_database)
    loaded(any_database, tmp_path / form)

    assert complaints(first) == []
    assert once == all_rows(demo)
    assert all_rows(any_database) == once


def test_what_changed_is_replaced_and_the_rest_stays(database: Database, folder: Path) -> None:
    loaded(database, folder)
    edited(folder / "customers.csv", "Lucía Romero Vega", "Lucía Vega")

    loaded(database, folder / "customers.csv")

    customer = SqlShop(database).customer("c001")
    assert customer is not None
    assert customer.name == "Lucía Vega"
    assert SqlShop(database).orders_of("c001")


def test_a_dry_run_checks_and_writes_nothing(database: Database, folder: Path) -> None:
    batch = loaded(database, folder, dry_run=True)

    assert complaints(batch) == []
    assert batch.counts()["orders"] == 200
    assert all(rows == [] for rows in all_rows(database).values())


def test_semicolons_and_a_byte_order_mark_are_read(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes("\ufeffid;name;email;locale\r\nc1;Núñez, Ana;a@b.example;es\r\n".encode())

    assert complaints(loaded(database, path)) == []
    customer = SqlShop(database).customer("c1")
    assert customer is not None
    assert customer.name == "Núñez, Ana"


def test_order_numbers_are_stored_as_they_are_looked_up(database: Database, folder: Path) -> None:
    loaded(database, folder)
    number = SqlShop(database).orders_of("c001")[0].id
    for name in ("orders.csv", "order_lines.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(number, number.replace("-", "")), encoding="utf-8")

    assert complaints(loaded(database, folder)) == []
    assert len(all_rows(database)["orders"]) == 200


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("products.csv", "price_cents", "prise_cents", "products.csv, line 1, column prise_cents: this column is not known"),
        ("products.csv", "price_cents", "prise_cents", "products.csv, line 1, column price_cents: this column is missing"),
        ("products.csv", "stock", "price_cents", "column price_cents: this column stands here twice"),
        ("products.csv", ",4990,", ",49.90,", "products.csv, line 2, column price_cents: Expected `int`"),
        ("products.csv", ",4990,", ",-1,", "products.csv, line 2, column price_cents: Expected `int` >= 0"),
        ("products.csv", "PD1001,s-lumen", "PD1001,s-nobody", "line 2, column seller_id: there is no s-nobody in sellers"),
        ("products.csv", "PD1002", "PD1001", "products.csv, line 3, column id: the same stands in products.csv, line 2"),
        ("products.csv", "PD1002", "PD 1002", "products.csv, line 3, column id: "),
        ("customers.csv", "c001@example.es", "nowhere", "customers.csv, line 2, column email: "),
        ("customers.csv", ",es\n", ",fr\n", "customers.csv, line 2, column locale: "),
        ("customers.csv", "Lucía", '"Lucía', "customers.csv, line 2: give 4 cells"),
        ("customers.csv", ",es\n", ",es,es\n", "customers.csv, line 2: give 4 cells"),
        ("orders.csv", "+00:00", "", "orders.csv, line 2, column ordered_at: "),
        ("orders.csv", ",c0", ",x0", "orders.csv, line 2, column customer_id: there is no x0"),
        ("order_lines.csv", ",shipped,", ",delivered,", "column delivered_at: state delivered needs `delivered_at`"),
        ("order_lines.csv", ",shipped,", ",lost in space,", "column state: "),
        ("product_pages.csv", "[{", "[", "product_pages.csv, line 2, column attributes: write JSON in this cell"),
        ("sellers.csv", '""city""', '""town""', "column return_addresses"),
        ("return_policies.csv", '""window_days"":60', '""window_days"":""sixty""', "column terms.window_days: "),
        ("return_policies.csv", '""fee_percent""', '""fee""', "column terms"),
        (
            "return_policies.csv",
            '""window_days"":60',
            '""window_days"":10',
            "column terms: worse than the standard policy in window_days: ",
        ),
        ("enrolments.csv", "s-lumen,", "s-lumen,2099-", "enrolments.csv, line 2, column starts_at: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_nothing_is_written(
    database: Database, folder: Path, name: str, old: str, new: str, told: str
) -> None:
    edited(folder / name, old, new)

    batch = loaded(database, folder)

    assert any(told in line for line in complaints(batch)), complaints(batch)
    assert all(rows == [] for rows in all_rows(database).values())


def test_problems_after_a_cell_of_several_lines_are_told_in_the_right_line(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(
        'id,name,email,locale\nc1,"Ana\n\nNúñez",a@b.example,es\nc2,Bo,nowhere,de\n', encoding="utf-8"
    )

    assert complaints(loaded(database, path))[0].startswith("customers.csv, line 5, column email")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "c1"', "customers.jsonl, line 2: write one JSON object on this line"),
        ("[1]", "customers.jsonl, line 2: write a JSON object"),
        ('{"id": "c1", "name": "A", "email": "a@b.example"}', "line 2, column locale: Object missing required field"),
        ('{"id": 1, "name": "A", "email": "a@b.example", "locale": "es"}', "column id: Expected `str`, got `int`"),
        ('{"id": "c1", "name": "A", "email": "a@b.example", "locale": "es", "nmae": 1}', "column nmae: this field is not"),
    ],
)  # fmt: skip
def test_a_bad_line_of_json_is_told(database: Database, tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "customers.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")

    assert told in complaints(loaded(database, path))[0]


def test_a_misspelt_field_of_a_line_is_told(demo: Database, database: Database, tmp_path: Path) -> None:
    with demo.read() as tx:
        export(tx, tmp_path / "json", form="jsonl")
    edited(tmp_path / "json" / "orders.jsonl", '"carrier"', '"carier"')

    assert complaints(loaded(database, tmp_path / "json")) == [
        "orders.jsonl, line 1, column lines[0].carier: this field is not known: correct its name or leave it out"
    ]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (
            "product_pages",
            "products.csv, line 2, column id: this product has no page: add one to product_pages.csv",
        ),
        (
            "order_lines",
            "orders.csv, line 2, column id: this order has no lines: add them to order_lines.csv",
        ),
    ],
)
def test_a_product_without_a_page_and_an_order_without_lines_are_refused(
    database: Database, folder: Path, missing: str, told: str
) -> None:
    (folder / f"{missing}.csv").unlink()

    assert complaints(loaded(database, folder))[0] == told


def test_a_cell_without_an_end_is_told(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text('id,name,email,locale\nc1,"' + "x" * 200_000, encoding="utf-8")

    assert "customers.csv, line 2: this is not CSV" in complaints(loaded(database, path))[0]


def test_files_that_are_not_ours_are_named(database: Database, tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_text("id\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_bytes(b"id,name,email,locale\nc1,Jos\xe9,a@b.example,es\n")

    told = complaints(loaded(database, tmp_path, tmp_path / "nowhere"))

    assert told[0] == "customers.csv, line 2: this is not UTF-8: save the file as UTF-8"
    assert told[1].startswith("order.csv: rename the file: known are customers.csv")
    assert told[2].endswith("nowhere: there is no such file or folder")


def test_a_file_full_of_mistakes_ends_after_some(database: Database, tmp_path: Path) -> None:
    rows = "".join(f"c{number},A,nowhere,es\n" for number in range(1000))
    (tmp_path / "customers.csv").write_text("id,name,email,locale\n" + rows, encoding="utf-8")

    assert len(loaded(database, tmp_path).problems) == 50


def test_the_commands_load_and_export(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUENTE_DATA_DIR", str(tmp_path / "var"))

    assert main(["shop", "load", str(folder), "--dry-run"]) == 0
    assert "Could be loaded: 40 customers" in capsys.readouterr().out
    assert main(["shop", "load", str(folder)]) == 0
    assert main(["shop", "export", str(tmp_path / "out"), "--format", "jsonl"]) == 0
    assert len((tmp_path / "out" / "orders.jsonl").read_text(encoding="utf-8").splitlines()) == 200
    assert main(["shop", "export", str(tmp_path / "out"), "--format", "jsonl"]) == 1
    edited(folder / "customers.csv", ",es\n", ",fr\n")
    capsys.readouterr()
    assert main(["shop", "load", str(folder)]) == 1
    assert "nothing was written" in capsys.readouterr().err


def test_a_json_line_is_what_http_sends(demo: Database, tmp_path: Path) -> None:
    with demo.read() as tx:
        export(tx, tmp_path, form="jsonl")
        orders = tx.execute(select(func.count()).select_from(tables.orders)).scalar_one()

    found = [
        json.loads(line) for line in (tmp_path / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(found) == orders
    assert {"id", "customer_id", "ordered_at", "country", "address", "lines"} == set(found[0])
    assert {"id", "order_id"} & set(found[0]["lines"][0]) == set()


def test_what_was_approved_once_stays_and_is_only_followed(database: Database, folder: Path) -> None:
    loaded(database, folder)
    path = folder / "return_policies.csv"
    header, first = path.read_text(encoding="utf-8").splitlines()[:2]
    seller_id, _, *rest = first.split(",")
    path.write_text(
        "\n".join([header, first.replace('""window_days"":45', '""window_days"":90')]), encoding="utf-8"
    )
    changed = complaints(loaded(database, path))
    path.write_text(
        "\n".join([header, ",".join([seller_id, "2020-01-01T00:00:00Z", *rest])]), encoding="utf-8"
    )
    before = complaints(loaded(database, path, dry_run=True))
    path.write_text(
        "\n".join([header, f"{seller_id},2031-01-01T00:00:00Z,2030-12-01T00:00:00Z,Ada,"]), encoding="utf-8"
    )
    known = SqlShop(database).policies(seller_id)

    later = complaints(loaded(database, path))

    assert [
        told.startswith("return_policies.csv, line 2, column valid_from: ") for told in changed + before
    ] == [True] * 2
    assert later == []
    policies = SqlShop(database).policies(seller_id)
    assert policies[:-1] == known
    assert (policies[-1].terms, policies[-1].approved_by) == (None, "Ada")


def test_policies_and_addresses_stand_in_the_sellers_line(demo: Database, tmp_path: Path) -> None:
    with demo.read() as tx:
        export(tx, tmp_path, form="jsonl")

    lines = (tmp_path / "sellers.jsonl").read_text(encoding="utf-8").splitlines()
    sellers = {seller["id"]: seller for seller in map(json.loads, lines)}
    assert [len(SqlShop(demo).policies(i)) for i in sellers] == [
        len(s["return_policies"]) for s in sellers.values()
    ]
    assert any(seller["return_addresses"] for seller in sellers.values())
    assert not (tmp_path / "return_policies.jsonl").exists()
