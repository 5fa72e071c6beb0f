"""What `puente shop` does: the shop's data from files, and into files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.base.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database


def load(settings: Settings, options: argparse.Namespace) -> int:
    """`puente shop load`: check all files, then write them in one transaction."""
    from bot.shop.load import load as load_files

    paths = [Path(name) for name in options.paths]
    batch = load_files(
        _migrated(settings), paths, worse=worse_respects, dry_run=options.dry_run, progress=_progress
    )
    for problem in batch.problems:
        print(problem, file=sys.stderr)
    if batch.problems:
        print("puente: nothing was written. Correct this and load again.", file=sys.stderr)
        return 1
    counts = ", ".join(f"{count} {name}" for name, count in batch.counts().items() if count)
    print(f"{'Could be loaded' if options.dry_run else 'Loaded'}: {counts or 'nothing'}.")
    return 0


def export(settings: Settings, options: argparse.Namespace) -> int:
    """`puente shop export`: the tables as files that `load` reads."""
    from bot.shop.export import export as write_files

    folder = Path(options.folder)
    try:
        with _migrated(settings).read() as tx:
            counts = write_files(tx, folder, form=options.format)
    except FileExistsError as error:
        print(f"puente: {error.filename} is there already; give another folder.", file=sys.stderr)
        return 1
    for name, count in counts.items():
        _progress(name, count)
    return 0


def worse_respects(terms: Mapping[str, Any]) -> list[str]:
    """R13: the respects in which `terms` are worse than the standard return policy."""
    from bot.service import ReturnPolicy, refused, return_rules

    return [respect.value for respect in refused(ReturnPolicy.from_json(terms), return_rules().standard)]


def _progress(what: str, count: int) -> None:
    print(f"  {what:<24} {count:>9}", flush=True)


def _migrated(settings: Settings) -> Database:
    database = Database(settings.database)
    migrate.upgrade(database)
    return database
