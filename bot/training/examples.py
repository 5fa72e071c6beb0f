"""Examples: lines in files under `data/nlu/<language>/<group>.yml`. Adding one adds exactly one line."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.base.errors import BadInput, Conflict
from bot.base.texts import LOCALES
from bot.service.reasons import OUTCOMES
from bot.training import wording
from bot.training.nlu_files import Block, NluFile, parse, with_line_after

_ENTITY = re.compile(r"\]\(([a-z_]+)")


@dataclass(frozen=True)
class Example:
    """One example: `plain` without annotations, `file` relative to the project, `line` from 1, `also` further wishes."""

    text: str
    plain: str
    intent: str
    language: str
    file: str
    line: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """Where an example stands; `added` is False when it stood there before."""

    file: str
    line: int
    text: str
    added: bool


@dataclass(frozen=True)
class _Known:
    """A file as read when it had this stamp (time, size, inode); `by_key` finds examples that read alike."""

    stamp: tuple[int, int, int]
    file: NluFile
    examples: tuple[Example, ...]
    by_key: dict[str, list[Example]]


class Examples:
    """The examples under `folder` (a project's `data/nlu`). Safe for several threads and processes.

    Reading is cached per file until the file changes: an editor or git may change it at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, _Known] = {}

    def all(self, *, language: str | None = None, intent: str | None = None) -> list[Example]:
        """All examples, in the order of the files. Raises `Conflict` for a file that cannot be read."""
        return [
            example
            for of in ([language] if language else LOCALES)
            for known in self._files(of)
            for example in known.examples
            if intent in (None, example.intent)
        ]

    def counts(self) -> dict[str, dict[str, int]]:
        """intent → language → number of examples, for every reason and every intent in the files."""
        counted = {intent: dict.fromkeys(LOCALES, 0) for intent in OUTCOMES}
        for example in self.all():
            counted.setdefault(example.intent, dict.fromkeys(LOCALES, 0))[example.language] += 1
        return counted

    def entities(self) -> frozenset[str]:
        """Names of entities that are annotated somewhere."""
        return frozenset(name for example in self.all() for name in _ENTITY.findall(example.text))

    def prepare(self, *, language: str, text: str, typed_by_trainer: bool = False) -> str:
        """`text` as it would be written; raises `BadInput` when it cannot become an example."""
        if language not in LOCALES:
            raise BadInput("bad_fields", fields={"language": "unknown_locale"})
        if typed_by_trainer:
            return wording.example_from_trainer(text, language, entities=self.entities())
        return wording.example_from_message(text, language)

    def add(self, *, language: str, intent: str, text: str, typed_by_trainer: bool = False) -> Written:
        """Write one example at the end of its intent's block; one line is added, nothing else changes.

        `typed_by_trainer`: the text may carry annotations; otherwise it is a customer's message, in which
        brackets mean nothing. An example that stands there already is found (`added` False). Raises
        `BadInput` for an unknown intent or a text that cannot become an example, `Conflict` when the text
        is an example of another intent, or when a file cannot be read.
        """
        line = self.prepare(language=language, text=text, typed_by_trainer=typed_by_trainer)
        with self._alone():
            file, block = self._place(language, intent)
            same = self._same(line, language, intent)
            if same is not None:
                return Written(same.file, same.line, same.text, added=False)
            self._write(file, block, line)
            return Written(file.shown, block.last_line + 1, line, added=True)

    def _same(self, text: str, language: str, intent: str) -> Example | None:
        """The same text where it belongs; raises `Conflict` when it stands under another intent."""
        key = wording.comparable(wording.plain_text(text))
        here = None
        for example in (
            one for of in LOCALES for known in self._files(of) for one in known.by_key.get(key, ())
        ):
            if example.intent != intent:
                raise Conflict(
                    "example_elsewhere", file=example.file, line=example.line, intent=example.intent
                )
            if example.language == language:
                here = here or example
        return here

    def _place(self, language: str, intent: str) -> tuple[NluFile, Block]:
        for known in self._files(language):
            for block in known.file.blocks:
                if block.intent == intent:
                    return known.file, block
        raise BadInput("bad_fields", fields={"intent": "unknown_intent"}, intent=intent)

    def _write(self, file: NluFile, block: Block, line: str) -> None:
        before = _text_of(file.path, file.shown)
        after = with_line_after(before, block.last_line, block.new_line(line))
        if parse(after, path=file.path, shown=file.shown).blocks != _expected(file, block, line):
            raise Conflict("example_does_not_fit", file=file.shown, line=block.last_line)
        draft = file.path.with_name(f".{file.path.name}.{os.getpid()}")
        try:
            with draft.open("w", encoding="utf-8", newline="") as out:
                out.write(after)
                out.flush()
                os.fsync(out.fileno())
            draft.chmod(file.path.stat().st_mode & 0o777)
            if _text_of(file.path, file.shown) != before:  # an editor does not know our lock
                raise Conflict("data_file_changed", file=file.shown)
            draft.replace(file.path)
        finally:
            draft.unlink(missing_ok=True)

    def _files(self, language: str) -> list[_Known]:
        return [self._read(path, language) for path in sorted((self.folder / language).glob("*.yml"))]

    def _read(self, path: Path, language: str) -> _Known:
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        known = self._known.get(path)
        if known is None or known.stamp != stamp:
            shown = path.relative_to(self.folder.parent.parent).as_posix()
            known = _known(stamp, parse(_text_of(path, shown), path=path, shown=shown), language)
            self._known[path] = known
        return known

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, on this machine: a lock on the folder itself leaves no file behind."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _known(stamp: tuple[int, int, int], file: NluFile, language: str) -> _Known:
    examples = tuple(
        Example(
            written.text,
            wording.plain_text(written.text),
            block.intent,
            language,
            file.shown,
            written.line,
            written.also,
        )
        for block in file.blocks
        for written in block.examples
    )
    by_key: dict[str, list[Example]] = {}
    for example in examples:
        by_key.setdefault(wording.comparable(example.plain), []).append(example)
    return _Known(stamp, file, examples, by_key)


def _text_of(path: Path, shown: str) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Conflict("data_file_broken", file=shown, line=line, problem="not UTF-8") from error


def _expected(file: NluFile, block: Block, line: str) -> tuple[Block, ...]:
    """The file's blocks as they must be after the line was added: what stands below has moved down by one."""
    at = block.last_line
    expected = []
    for one in file.blocks:
        if one is block:
            new = replace(block.examples[-1], text=line, line=at + 1)
            expected.append(replace(block, examples=(*block.examples, new), last_line=at + 1))
        elif one.last_line > at:
            moved = tuple(replace(example, line=example.line + 1) for example in one.examples)
            expected.append(replace(one, examples=moved, last_line=one.last_line + 1))
        else:
            expected.append(one)
    return tuple(expected)
