"""The page for shop developers is shown, and what it promises is in the code."""

from __future__ import annotations

import re
from pathlib import Path

import requests

from bot.base.settings import ROOT
from bot.serve import application
from tests.harness import house_in
from tests.serving import served

WIDGET = ROOT / "bot" / "web" / "static" / "widget"
TEXT = (ROOT / "docs" / "shop-developers.md").read_text(encoding="utf-8")


def test_page_is_shown(tmp_path: Path) -> None:
    with served(application(house_in(tmp_path))) as address:
        answer = requests.get(f"{address}/docs/shop-developers", timeout=20)

    assert answer.status_code == 200
    assert "<h2>Embed</h2>" in answer.text
    assert "&lt;script src=" in answer.text


def test_attributes_calls_events_and_properties_are_those_of_the_code() -> None:
    loader = (WIDGET / "loader.js").read_text(encoding="utf-8")
    scripts = loader + (WIDGET / "widget.js").read_text(encoding="utf-8")
    styles = loader + (ROOT / "bot" / "web" / "static" / "base.css").read_text(encoding="utf-8")

    for name in re.findall(r"`data-([a-z-]+)", TEXT):
        camel = re.sub(r"-(.)", lambda m: m.group(1).upper(), name)
        assert (
            f"dataset.{camel}" in loader
            or f"data.{camel}" in loader
            or f'"{camel}" in script.dataset' in loader
        ), name
    for name in re.findall(r"`puente\.(\w+)\(", TEXT):
        assert re.search(rf"^    {name}:", loader, re.M), name
    for name in re.findall(r"`puente:(\w+)`", TEXT):
        assert f'"{name}"' in scripts, name
    for name in set(re.findall(r"--puente-[a-z-]+", TEXT)):
        assert name in styles, name
