"""Real servers for tests: PostgreSQL and Redis on loopback, in folders of their own, ended with the session."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MUST_RUN_ALL = bool(os.environ.get("PUENTE_MUST_RUN_ALL"))
"""In CI a missing server is a failure, elsewhere its tests are skipped."""


def free_port() -> int:
    """A port nobody listens on, below those the system gives to clients.

    A client that keeps trying a dead port among those is one day given that port as its own and connects to itself;
    the server that should come back then finds it taken.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server; yields the address of its database. Root runs it as the user postgres."""
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    folder = Path(
        tempfile.mkdtemp(prefix="puente-postgres-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    )
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    port = free_port()
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    initdb = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-A",
        "trust",
        "-U",
        "puente",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]
    subprocess.run([*as_user, *initdb], check=True, **quiet)
    server = subprocess.Popen(
        [*as_user, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder),
         "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
        **quiet,
    )  # fmt: skip
    try:
        _wait_for_port(port, server)
        yield f"postgresql+psycopg2://puente@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("Redis is not installed")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
    )
    try:
        _wait_for_port(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for_port(port: int, server: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.3)  # PostgreSQL listens a moment before it accepts
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start in time")
