"""Training as a job: one at a time, seen by everybody, and a killed one is noticed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.base.clock import UTC
from bot.base.errors import Conflict
from bot.base.settings import ROOT
from bot.training.jobs import TrainingJobs
from bot.training.models import Models

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAYS = "import json, sys; print(json.dumps({line!r}), flush=True)"
WAITS = 'import time; print(\'{"stage": "training", "percent": 50}\', flush=True); time.sleep(60)'


@pytest.fixture
def jobs(tmp_path: Path) -> Callable[[str], TrainingJobs]:
    """Jobs whose trainer is a line of Python."""

    def make(program: str) -> TrainingJobs:
        command = (sys.executable, "-c", program)
        return TrainingJobs(
            folder=tmp_path / "t", project=tmp_path, models=Models(tmp_path / "m"), command=command
        )

    return make


def wait_for(jobs: TrainingJobs, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Look until the state is as wanted."""
    deadline = time.monotonic() + 30
    while not wanted(jobs.state()):
        assert time.monotonic() < deadline, jobs.state()
        time.sleep(0.02)
    return jobs.state()


@pytest.mark.parametrize(
    "line", [{"stage": "done", "percent": 100}, {"stage": "failed", "code": "x", "values": {}}]
)
def test_end_of_a_job_is_told(jobs, line: dict[str, Any]) -> None:
    one = jobs(SAYS.format(line=line))
    assert one.state() == {"state": "idle"}

    one.start(by="Ana", now=NOW)

    ended = wait_for(one, lambda state: state["state"] != "running")
    assert (ended["state"], ended["by"], ended["model"]) == (line["stage"], "Ana", "20260302-090000")


def test_only_one_at_a_time_whoever_asks(jobs) -> None:
    here, elsewhere = jobs(WAITS), jobs(WAITS)
    here.start(by="Ana", now=NOW)

    with pytest.raises(Conflict, match="training_runs"):
        elsewhere.start(by="Jan", now=NOW)
    seen = wait_for(elsewhere, lambda state: state["percent"] == 50)
    stopped = elsewhere.stop()

    assert (seen["state"], seen["by"]) == ("running", "Ana")
    assert stopped["state"] == "killed"
    with pytest.raises(Conflict, match="no_training_runs"):
        here.stop()


def test_killed_job_is_noticed_and_another_can_begin(jobs, tmp_path: Path) -> None:
    one = jobs(WAITS)
    one.start(by="Ana", now=NOW)
    os.kill(json.loads((tmp_path / "t" / "job.json").read_text())["pid"], signal.SIGKILL)

    assert wait_for(one, lambda state: state["state"] != "running")["state"] == "killed"
    assert one.start(by="Ana", now=NOW)["state"] == "running"
    one.stop()


def test_broken_data_file_ends_the_real_program_at_once(project: Path, tmp_path: Path) -> None:
    (project / "data/nlu/es/bad.yml").write_text("nlu: [\n", encoding="utf-8")
    command = [sys.executable, "-m", "bot.training.train", "--out", str(tmp_path / "m" / "x.tar.gz")]
    paths = [
        "--data",
        str(project / "data"),
        "--config",
        str(ROOT / "config.yml"),
        "--domain",
        str(ROOT / "domain.yml"),
    ]

    ended = subprocess.run(
        [*command, *paths], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    last = json.loads(ended.stdout.splitlines()[-1])
    assert ended.returncode == 1
    assert (last["stage"], last["code"], last["values"]["file"]) == (
        "failed",
        "data_file_broken",
        "data/nlu/es/bad.yml",
    )
    assert not (tmp_path / "m").exists()
