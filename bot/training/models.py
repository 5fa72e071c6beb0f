"""Trained models as files: `models/<name>.tar.gz`, a report beside each, and a pointer to the one in use.

`in_use.json` {model, sha256, since, by, previous} is the only thing that decides which model answers; every
serving process follows it. `history.jsonl` keeps every move of the pointer.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.base.clock import UTC, isoformat
from bot.base.errors import Conflict, Unavailable, Unknown

SUFFIX = ".tar.gz"


@dataclass(frozen=True)
class InUse:
    """The pointer. `since` is an ISO instant, `by` a name, `previous` the model before this one."""

    model: str
    sha256: str
    since: str
    by: str
    previous: str | None


class Models:
    """The models in `folder`. Files are replaced by renaming: nobody ever reads half of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where the model `name` is, or would be."""
        return self.folder / f"{name}{SUFFIX}"

    def names(self) -> list[str]:
        """All models, the newest first."""
        files = sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [path.name.removesuffix(SUFFIX) for path in files if not path.name.startswith(".")]

    def report(self, name: str) -> dict[str, Any]:
        """What is known of a model; one trained outside the studio has no more than a name and a time.

        Raises `Unknown` for a model that is not there.
        """
        if name not in self.names():
            raise Unknown("unknown_model", model=name)
        known = _read_json(self.folder / f"{name}.json")
        if known is None:
            at = datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC)
            return {"name": name, "trained_at": isoformat(at), "scores": None}
        return known

    def predictions(self, name: str) -> list[list[str]] | None:
        """[language, intent, text, predicted] per example of the model's cross-validation; None: not kept."""
        return _read_json(self.folder / f"{name}.predictions.json")

    def keep_report(self, name: str, report: dict[str, Any], predictions: list[list[str]]) -> dict[str, Any]:
        """Write a new model's report and predictions beside it; returns the report with name and checksum."""
        report = {"name": name, "sha256": checksum(self.path(name)), **report}
        _write_json(self.folder / f"{name}.predictions.json", predictions)
        _write_json(self.folder / f"{name}.json", report)
        return report

    def in_use(self) -> InUse | None:
        """The pointer, None before a model was put in use."""
        content = _read_json(self.folder / "in_use.json")
        return None if content is None else InUse(**content)

    def path_in_use(self) -> Path:
        """The model that answers: the one in use, else the newest. Raises `Unavailable` without any."""
        pointer = self.in_use()
        name = pointer.model if pointer else next(iter(self.names()), None)
        if name is None or not self.path(name).exists():
            raise Unavailable("no_model", model=name or "–")
        return self.path(name)

    def put_in_use(self, name: str, *, by: str, now: datetime) -> InUse:
        """Let `name` answer from now on; putting the one in use again changes nothing.

        Raises `Unknown` for a model that is not there and `Conflict` for a file that is not the one trained.
        """
        with self._alone():
            pointer = self.in_use()
            report = self.report(name)
            found = checksum(self.path(name))
            if report.get("sha256", found) != found:
                raise Conflict("model_file_changed", model=name)
            if pointer and (pointer.model, pointer.sha256) == (name, found):
                return pointer
            new = InUse(name, found, isoformat(now), by, pointer.model if pointer else None)
            with (self.folder / "history.jsonl").open("a", encoding="utf-8") as history:
                history.write(json.dumps(vars(new), ensure_ascii=False) + "\n")
            _write_json(self.folder / "in_use.json", vars(new))
            return new

    def go_back(self, *, by: str, now: datetime) -> InUse:
        """Let the model before this one answer again. Raises `Conflict` when there was none."""
        pointer = self.in_use()
        if pointer is None or pointer.previous is None:
            raise Conflict("no_previous_model")
        return self.put_in_use(pointer.previous, by=by, now=now)

    def history(self, *, limit: int = 50) -> list[dict[str, Any]]:
        """The moves of the pointer, the newest first."""
        path = self.folder / "history.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in reversed(lines[-limit:])]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _write_json(path: Path, content: Any) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=None), encoding="utf-8")
    draft.replace(path)
