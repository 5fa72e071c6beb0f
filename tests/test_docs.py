"""The documents say what is so: links resolve, the settings are all there, every command is named."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.base import settings_table
from bot.base.settings import ROOT, Settings
from bot.cli import _parser as command_line
from bot.service.reasons import OUTCOMES
from bot.web.auth import HOMES

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
USERS = ("customer", "agent", "seller", "trainer", "operator", "engineer")
PAGE_LINES = range(60, 200)
"""One page each: long enough to do the job, short enough to be read."""

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)
_FENCED = re.compile(r"^```.*?^```", re.M | re.S)
_CODE = re.compile(r"`[^`\n]+`")


def names(path: Path) -> str:
    """How pytest shows a page."""
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    """A page's text."""
    return path.read_text(encoding="utf-8")


def links_of(path: Path) -> list[str]:
    """Where a page's links and pictures lead, those in code excepted."""
    return _LINK.findall(_CODE.sub("", _FENCED.sub("", text_of(path))))


def anchors_of(path: Path) -> set[str]:
    """The anchors of a page's headings, as the usual viewers make them."""
    plain = (
        re.sub(r"[`*_]", "", heading).lower() for heading in _HEADING.findall(_FENCED.sub("", text_of(path)))
    )
    return {re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in plain}


def commands_of(
    parser: argparse.ArgumentParser, *above: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command without subcommands, with the words that call it."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(above), parser
    for group in groups:
        for name, below in group.choices.items():
            yield from commands_of(below, *above, name)


COMMANDS = dict(commands_of(command_line(), "puente"))


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links_of(page):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_files_named_in_code_exist(page: Path) -> None:
    named = {
        code.strip("`")
        for code in _CODE.findall(_FENCED.sub("", text_of(page)))
        if re.fullmatch(r"`(?:bot|actions|tests|data|docs|scripts|locales)/[\w./-]+`", code)
    }

    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_settings_table_is_that_of_the_settings() -> None:
    page = text_of(settings_table.PAGE)

    assert page == settings_table.with_table(page), "run: python -m bot.base.settings_table"


def test_every_setting_has_a_row_with_its_default() -> None:
    rows = settings_table.table().splitlines()[2:]

    assert len(rows) == len(fields(Settings))
    assert "| `PUENTE_PORT` | `8000` | port to listen on |" in rows


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="settings: begin"):
        settings_table.with_table("no marks here")


def test_settings_named_in_the_documents_exist() -> None:
    known = {f"PUENTE_{item.name.upper()}" for item in fields(Settings)}
    named = {name for page in PAGES for name in re.findall(r"PUENTE_[A-Z_]+[A-Z]", text_of(page))}

    assert named - known == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_named_for_the_operator(command: str) -> None:
    assert re.search(rf"\b{re.escape(command)}\b", text_of(ROOT / "docs" / "operator.md"))


def test_commands_shown_in_the_documents_are_understood() -> None:
    shown = [
        line
        for page in PAGES
        for block in _FENCED.findall(text_of(page))
        for line in block.splitlines()
        if line.startswith("./puente ")
    ]

    for line in shown:
        assert callable(command_line().parse_args(shlex.split(line, comments=True)[1:]).run), line
    assert len(shown) >= len(COMMANDS) // 2


@pytest.mark.parametrize("user", USERS)
def test_each_kind_of_user_has_one_page_that_the_readme_names(user: str) -> None:
    page = ROOT / "docs" / f"{user}.md"

    assert len(text_of(page).splitlines()) in PAGE_LINES
    assert f"docs/{user}.md" in links_of(ROOT / "README.md")


def test_the_readme_names_every_decision_once() -> None:
    decisions = sorted(names(path) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    linked = [link for link in links_of(ROOT / "README.md") if link.startswith("docs/decisions/")]

    assert linked == decisions


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=names)
def test_a_decision_has_context_decision_consequences(page: Path) -> None:
    text = text_of(page)

    assert text.startswith(f"# {page.name[:4]} · ")
    assert [text.count(part) for part in ("**Context.**", "**Decision.**", "**Consequences.**")] == [1, 1, 1]


def test_pages_of_staff_and_sellers_are_named_for_them() -> None:
    for role, page in (("agent", "agent"), ("seller", "seller"), ("trainer", "trainer")):
        assert f"`{HOMES[role]}`" in text_of(ROOT / "docs" / f"{page}.md")


def test_the_number_of_reasons_is_the_one_that_is_told() -> None:
    assert f"list of {len(OUTCOMES)}" in text_of(ROOT / "docs" / "engineer.md")
