"""Training as a job: one at a time, seen by every serving process, outliving each of them.

The job is a child process that holds a lock (inherited from whoever started it) as long as it lives, and
writes its progress to a file. Its state follows from these two alone, so whoever looks notices a killed job.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.base.clock import isoformat
from bot.base.errors import Conflict
from bot.base.settings import ROOT
from bot.training.models import Models

TRAIN = (sys.executable, "-m", "bot.training.train")


class TrainingJobs:
    """Starts, shows and stops trainings. `project` holds what is trained, `folder` the job's files.

    `command` trains: it gets `--config --data --domain --out --by` and prints what `bot.training.train` does.
    """

    def __init__(
        self, *, folder: Path, project: Path, models: Models, command: Sequence[str] = TRAIN
    ) -> None:
        self._folder = folder
        self._project = project
        self._models = models
        self._command = tuple(command)

    def start(self, *, by: str, now: datetime) -> dict[str, Any]:
        """Begin a training; returns its state. Raises `Conflict` while another one runs."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(lock):
                raise Conflict("training_runs")
            job = {"model": self._new_name(now), "by": by, "started_at": isoformat(now)}
            (self._folder / "progress.jsonl").write_bytes(b"")
            self._keep(job)
            self._keep({**job, "pid": self._spawn(job["model"], by, lock)})
        finally:
            os.close(lock)  # the child has its own hold on it
        return self.state()

    def state(self) -> dict[str, Any]:
        """{state: idle·running·done·failed·killed, model, by, started_at, stage, percent, code?, values?}."""
        job = self._job()
        if job is None:
            return {"state": "idle"}
        running = self._is_running()  # looked at first: what has ended writes no more lines
        last = self._last_line()
        shown = {name: job[name] for name in ("model", "by", "started_at")}
        ended = last.get("stage") if last.get("stage") in {"done", "failed"} else "killed"
        state = "running" if running else ended
        return {"percent": 0, "stage": "starting", **last, **shown, "state": state}

    def stop(self) -> dict[str, Any]:
        """End the training that runs. Raises `Conflict` when none does."""
        job = self._job()
        if job is None or "pid" not in job or not self._is_running():
            raise Conflict("no_training_runs")
        os.killpg(job["pid"], signal.SIGTERM)
        deadline = time.monotonic() + 5
        while self._is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._is_running():
            os.killpg(job["pid"], signal.SIGKILL)
        return self.state()

    def _spawn(self, model: str, by: str, lock: int) -> int:
        paths = {"config": "config.yml", "data": "data", "domain": "domain.yml"}
        options = [part for name, path in paths.items() for part in (f"--{name}", str(self._project / path))]
        with (
            (self._folder / "progress.jsonl").open("ab") as progress,
            (self._folder / "log.txt").open("wb") as log,
        ):
            child = subprocess.Popen(  # noqa: S603  # our own program, arguments made here
                [*self._command, *options, "--out", str(self._models.path(model)), "--by", by],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=progress,
                stderr=log,
                pass_fds=[lock],
                start_new_session=True,  # the end of a web process is not the end of its training
            )
        threading.Thread(target=child.wait, name="training", daemon=True).start()  # leaves no zombie
        return child.pid

    def _new_name(self, now: datetime) -> str:
        name = stem = f"{now:%Y%m%d-%H%M%S}"
        taken, number = set(self._models.names()), 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        return name

    def _is_running(self) -> bool:
        """Whether somebody holds the lock. Asks for a shared one: looking disturbs no other who looks."""
        try:
            handle = os.open(self._folder / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def _last_line(self) -> dict[str, Any]:
        try:
            lines = (self._folder / "progress.jsonl").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return {}
        whole = [line for line in lines[:-1] if line]  # the last one may be half written
        return json.loads(whole[-1]) if whole else {}

    def _job(self) -> dict[str, Any] | None:
        try:
            return json.loads((self._folder / "job.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def _keep(self, job: dict[str, Any]) -> None:
        draft = self._folder / f".job.json.{os.getpid()}.{threading.get_ident()}"
        draft.write_text(json.dumps(job), encoding="utf-8")
        draft.replace(self._folder / "job.json")


def _locked(handle: int) -> bool:
    """Take the lock. Somebody who only looks holds it for a moment, so a few tries are made."""
    for _ in range(20):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.02)
    return False
