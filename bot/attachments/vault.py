"""Where the bytes lie: one file each in a folder of the data folder, under a random name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from bot.attachments.kinds import Checked
from bot.base.errors import Unknown


class Vault:
    """Files by id. With several machines the folder has to be one that all of them see."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, identity: str, file: Checked) -> None:
        """Keep a file and its preview; done when this returns. Raises `OSError`."""
        self._write(self._path(identity), file.content)
        if file.preview is not None:
            self._write(self._path(identity, preview=True), file.preview)

    def get(self, identity: str, *, preview: bool = False) -> bytes:
        """A file's bytes; raises `Unknown` when they are gone."""
        try:
            return self._path(identity, preview=preview).read_bytes()
        except FileNotFoundError as error:
            raise Unknown("unknown_attachment") from error

    def remove(self, identities: Iterable[str]) -> None:
        """Remove files; one that is gone already is nothing."""
        for identity in identities:
            for preview in (False, True):
                self._path(identity, preview=preview).unlink(missing_ok=True)

    def _path(self, identity: str, *, preview: bool = False) -> Path:
        if not identity.isalnum():
            raise Unknown("unknown_attachment")
        return self._folder / identity[:2] / (f"{identity}.preview" if preview else identity)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with open(draft, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
