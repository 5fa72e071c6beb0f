"""Files of examples as they stand on disk: where each example is, and where the next one would go.

Reading keeps line numbers and changes nothing. The formats are Rasa's two: an `examples: |` block of `- text`
lines, and a list of `- text: …` mappings (which may carry metadata).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.base.errors import Conflict


@dataclass(frozen=True)
class WrittenExample:
    """One example as written (with its annotations), the line it stands on, counted from 1, and its further wishes."""

    text: str
    line: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """The examples of one intent in one place. A new one goes after line `last_line`, as `prefix` + text."""

    intent: str
    examples: tuple[WrittenExample, ...]
    last_line: int
    prefix: str
    is_list: bool

    def new_line(self, text: str) -> str:
        """The line that adds `text`, without a line end."""
        return self.prefix + (json.dumps(text, ensure_ascii=False) if self.is_list else text)


@dataclass(frozen=True)
class NluFile:
    """A parsed file; `shown` is its path as people see it, relative to the project."""

    path: Path
    shown: str
    blocks: tuple[Block, ...]


def parse(text: str, *, path: Path, shown: str) -> NluFile:
    """Parse a file of examples. Raises `Conflict("data_file_broken")` with file, line and problem."""
    try:
        root = YAML(typ="safe").compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _broken(shown, mark.line + 1 if mark else 1, error.problem or str(error)) from error
    except YAMLError as error:
        raise _broken(shown, 1, str(error).splitlines()[0]) from error
    lines = text.splitlines()
    blocks = [
        _block(item, lines, shown) for item in _items(root, shown) if _value(item, "intent") is not None
    ]
    return NluFile(path, shown, tuple(blocks))


def with_line_after(text: str, line: int, addition: str) -> str:
    """`text` with the line `addition` after line number `line`; its line ends stay as they are."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    if not lines[line - 1].endswith(("\n", "\r")):
        return "".join([*lines[: line - 1], lines[line - 1] + end, addition, *lines[line:]])
    return "".join([*lines[:line], addition + end, *lines[line:]])


def _items(root: Node | None, shown: str) -> Iterator[MappingNode]:
    nlu = _value(root, "nlu") if isinstance(root, MappingNode) else None
    if nlu is None:
        return
    if not isinstance(nlu, SequenceNode):
        raise _broken(shown, nlu.start_mark.line + 1, "nlu: a list is expected")
    for item in nlu.value:
        if not isinstance(item, MappingNode):
            raise _broken(shown, item.start_mark.line + 1, "an item of nlu must be a mapping")
        yield item


def _value(mapping: MappingNode, key: str) -> Node | None:
    return next((value for name, value in mapping.value if name.value == key), None)


def _block(item: MappingNode, lines: list[str], shown: str) -> Block:
    intent = _value(item, "intent")
    examples = _value(item, "examples")
    assert intent is not None  # the caller has looked
    if isinstance(examples, ScalarNode) and examples.style == "|":
        return _text_block(str(intent.value), examples, lines, shown)
    if isinstance(examples, SequenceNode) and not examples.flow_style and examples.value:
        return _list_block(str(intent.value), examples, lines, shown)
    line = (examples or intent).start_mark.line + 1
    raise _broken(shown, line, f"{intent.value}: examples must be a block (|) or a list with entries")


def _text_block(intent: str, node: ScalarNode, lines: list[str], shown: str) -> Block:
    first, last = _literal_lines(node, lines)
    if last < first:
        raise _broken(shown, first, f"{intent}: no examples")
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip(" "))
    found = []
    for number in range(first, last + 1):
        content = lines[number - 1][indent:]
        if content.startswith("-"):
            found.append(WrittenExample(content[1:].strip(), number))
        elif content.strip():
            raise _broken(shown, number, f"{intent}: an example must begin with “-”")
    return Block(intent, tuple(found), last, " " * indent + "- ", is_list=False)


def _list_block(intent: str, node: SequenceNode, lines: list[str], shown: str) -> Block:
    found = []
    for entry in node.value:
        text = _value(entry, "text") if isinstance(entry, MappingNode) else None
        if not isinstance(text, ScalarNode):
            raise _broken(
                shown, entry.start_mark.line + 1, f"{intent}: an entry of a list of examples needs text"
            )
        found.append(WrittenExample(text.value.strip(), text.start_mark.line + 1, _also(entry, shown)))
    before = lines[node.value[0].start_mark.line][: node.value[0].start_mark.column]
    return Block(intent, tuple(found), _last_line(node.value[-1], lines), before + "text: ", is_list=True)


def _also(entry: MappingNode, shown: str) -> tuple[str, ...]:
    """The further wishes of an example, `metadata: {also: [reason]}`."""
    metadata = _value(entry, "metadata")
    also = _value(metadata, "also") if isinstance(metadata, MappingNode) else None
    if also is None:
        return ()
    if not isinstance(also, SequenceNode):
        raise _broken(shown, also.start_mark.line + 1, "also: a list of reasons is expected")
    return tuple(str(reason.value) for reason in also.value)


def _last_line(node: Node, lines: list[str]) -> int:
    """The last line (from 1) with content of `node`: a collection's end mark is where the next begins."""
    if isinstance(node, ScalarNode):
        return _literal_lines(node, lines)[1] if node.style in {"|", ">"} else node.end_mark.line + 1
    children = [child for pair in node.value for child in (pair if isinstance(pair, tuple) else (pair,))]
    return max((_last_line(child, lines) for child in children), default=node.start_mark.line + 1)


def _literal_lines(node: ScalarNode, lines: list[str]) -> tuple[int, int]:
    """First and last line (from 1) of a block scalar, without blank lines at its end."""
    first = node.start_mark.line + 2
    while first <= len(lines) and not lines[first - 1].strip():
        first += 1
    if first > len(lines):
        return first, first - 1
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip(" "))
    last = number = first
    while number <= len(lines):
        line = lines[number - 1]
        if line.strip():
            if len(line) - len(line.lstrip(" ")) < indent:
                break
            last = number
        number += 1
    return first, last


def _broken(shown: str, line: int, problem: str) -> Conflict:
    return Conflict("data_file_broken", file=shown, line=line, problem=problem)
