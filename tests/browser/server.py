"""The real server in a process of its own: `puente run --demo`, with data, examples and models that tests may change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.base.errors import Conflict
from bot.base.settings import ROOT
from bot.demo import PASSWORD
from bot.training.jobs import TrainingJobs
from bot.training.models import Models
from tests.services import free_port

READY_SECONDS = 120
"""Importing Rasa on a busy machine takes its time."""


@dataclass(frozen=True)
class Server:
    """A served demo shop. `project` and `models` are copies: what the studio writes stays in them."""

    address: str
    project: Path
    models: Path
    process: subprocess.Popen

    def get(self, path: str) -> Any:
        """GET one of the demo's own calls."""
        with urllib.request.urlopen(self.address + path, timeout=20) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST to one of the demo's own calls."""
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    @cached_property
    def customers(self) -> list[dict[str, Any]]:
        """The demo's customers with their orders, as they were at the first look."""
        return self.get("/demo/customers")

    @property
    def password(self) -> str:
        """Of every demo account."""
        return PASSWORD

    def advance_clock(self, *, hours: float) -> None:
        """Move the demo's clock forward; what has become due is done when this returns."""
        self.post("/demo/clock", {"advance_seconds": int(hours * 3600)})


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Serve from `folder`; ends the process, and nothing else, at the end. Its output is in `server.log` there."""
    project, models = _copied_project(folder / "project"), _copied_models(folder / "models")
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")},
        "PUENTE_DATA_DIR": str(folder / "var"),
        "PUENTE_PROJECT_DIR": str(project),
        "PUENTE_MODELS_DIR": str(models),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bot.cli", "run", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", project, models, process)
        _wait_until_ready(server, folder / "server.log")
        yield server
    finally:
        _stop_training(folder / "var", project, models)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _stop_training(data: Path, project: Path, models: Path) -> None:
    """A training outlives the server that started it: not this one."""
    with suppress(Conflict):
        TrainingJobs(folder=data / "training", project=project, models=Models(models)).stop()


def _copied_project(folder: Path) -> Path:
    shutil.copytree(ROOT / "data", folder / "data")
    for file in (folder / "data" / "nlu").rglob("*.yml"):
        _thin(file)
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def _thin(file: Path) -> None:
    """Keep every sixth example of each block: a training on the way through the studio is real, and soon over."""
    kept, number = [], 0
    for line in file.read_text(encoding="utf-8").splitlines():
        is_example = line.startswith("    - ")
        number = number + 1 if is_example else 0
        if not is_example or number % 6 == 1:
            kept.append(line)
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _copied_models(folder: Path) -> Path:
    """The model in use, its report and the pointer to it, without the moves of the pointer before."""
    source = Models(ROOT / "models")
    name = source.path_in_use().name.removesuffix(".tar.gz")
    folder.mkdir(parents=True)
    for part in source.folder.glob(f"{name}.*"):
        shutil.copy2(part, folder / part.name)
    pointer = source.in_use()
    if pointer:
        content = {**vars(pointer), "previous": None}
        (folder / "in_use.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def _wait_until_ready(server: Server, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            server.get("/ready")
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"not ready after {READY_SECONDS} s: {log.read_text(errors='replace')[-2000:]}")
