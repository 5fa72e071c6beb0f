"""What the documents say of the shop's data is what is checked."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from bot.base.settings import ROOT, Settings, SettingsError
from bot.service import Exclusion
from bot.shop import contract, records
from bot.shop.choose import shop_of
from bot.shop.files import CSV_FILES
from bot.shop.http import HttpShop
from bot.shop.model import LineState
from bot.shop.sql import SqlShop
from bot.storage.database import Database

PAGE = (ROOT / "docs" / "shop.md").read_text(encoding="utf-8")


def test_the_document_is_made_from_the_records() -> None:
    assert contract.PAGE.read_text(encoding="utf-8") == contract.as_text(), "run: python -m bot.shop.contract"


def test_the_example_keeps_to_the_contract() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.S)

    assert msgspec.json.decode(example, type=records.OrderRecord).to_order().lines[0].state == "shipped"


@pytest.mark.parametrize("name", CSV_FILES)
def test_every_column_is_named_and_marked(name: str) -> None:
    [row] = re.findall(rf"^\| `{name}` \| (.*) \|$", PAGE, re.M)

    told = {cell.strip("*"): cell.startswith("*") for cell in row.split(", ")}
    assert told == {item.name: not item.required for item in msgspec.structs.fields(CSV_FILES[name])}


def test_every_path_and_state_is_named() -> None:
    paths = {re.sub(r"[?].*", "", path) for path in re.findall(r"^\| `(/[^`]*)` \|", PAGE, re.M)} - {"/ready"}

    assert paths == set(contract.document()["paths"])
    assert all(state in PAGE for state in LineState.__args__)


def test_kinds_that_are_excluded_are_those_of_the_law() -> None:
    assert set(records.ExcludedAs.__args__) == {kind.value for kind in Exclusion}
    assert all(kind.value in PAGE for kind in Exclusion)


def test_references_of_the_document_lead_somewhere() -> None:
    document = contract.document()
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))

    assert named <= set(document["components"]["schemas"])


def test_without_an_address_the_shop_is_our_own(database: Database) -> None:
    assert isinstance(shop_of(Settings(), database), SqlShop)
    assert isinstance(shop_of(Settings(shop_url="https://shop.example/v1"), database), HttpShop)


@pytest.mark.parametrize(
    "changes",
    [
        {"shop_url": "shop.example"},
        {"shop_url": "ftp://shop.example"},
        {"shop_url": "https://shop.example/?a=b"},
        {"shop_url": "https://shop.example", "demo": True},
        {"shop_url": "https://shop.example", "shop_call_ms": 0},
        {"shop_url": "https://shop.example", "shop_call_ms": 9000, "shop_turn_ms": 100},
    ],
)
def test_settings_that_cannot_be_are_refused(database: Database, changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        shop_of(Settings(**changes), database)  # type: ignore[arg-type]
