"""Entities without a form (products, names, dates …): a tagger of words that learned them from annotated texts.

One model for both languages: a chain of labels with the weights of an averaged perceptron (crfsuite's `ap`), on
what a word looks like, what is known of it and its neighbours, where it was annotated before, and the intent.
A word's label says which entity it begins or goes on with, or `OUTSIDE`.
"""

from __future__ import annotations

import ctypes
import functools
import json
import random
import re
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pycrfsuite

from bot.nlu.dates import find_dates
from bot.nlu.entities import find_patterns
from bot.nlu.normalise import folded

OUTSIDE = "O"
"""The label of a word in no entity."""

BEGINS, GOES_ON = "B-", "I-"
"""What stands before the entity's name in the label of its first word, and of the others."""

LONGEST_VALUE = 6
"""Words an annotated value may have to be recognised elsewhere; longer ones hardly ever come twice."""

WORDS_REMEMBERED = 4096
"""Words whose features are kept between texts, about 3 kB each."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_REPEATED = re.compile(r"(.)\1{3,}")
_ROUND = re.compile(r"\*+ Iteration #(\d+)")


class Words(Protocol):
    """What `bot.nlu.words.Words` knows of a folded word."""

    def cluster(self, word: str, language: str | None) -> int | None:
        """The number of words used alike, or None; its low bits are the beginning of a path to them."""

    def lemma(self, word: str, language: str | None) -> str:
        """A key that the forms of one word share."""


@dataclass(frozen=True)
class Span:
    """An entity in a text: `start` and `end` in characters, half-open."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Settings:
    """`rounds` through the training texts, in an order that follows from `seed`.

    `begins`: an entity's first word has a label of its own. Better borders, but both training and finding take time
    with the square of the number of labels: False suits dozens of entities, where neighbours of one entity are rare.
    """

    rounds: int = 8
    begins: bool = False
    seed: int = 7


@dataclass(frozen=True)
class _Word:
    """Features of one word, wherever it stands: `own`, and what it adds to neighbours one and two words away."""

    form: str
    cluster: str
    own: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    long_before: tuple[str, ...]
    long_after: tuple[str, ...]


class SpanTagger:
    """Finds spans in texts of both languages. Deterministic for a seed; `find` may be called from several threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._values = _Values({})
        self._model = b""  # crfsuite's file; empty: nothing was annotated, so nothing is found
        self._tagger: pycrfsuite.Tagger | None = None
        self._alone = threading.Lock()  # a tagger keeps the text it reads

    def fit(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[Span]],
        languages: Sequence[str | None],
        intents: Sequence[str],
        *,
        words: Words,
        progress: Callable[[float], None] | None = None,
    ) -> SpanTagger:
        """Learn the `spans` of each text; they are widened to whole words, and of two that overlap the first counts.

        `intents` are best as often wrong as those `find` will be given: predicted by a classifier that has not
        seen the text. With the annotated ones spans are found about as well (MASSIVE: within 0.4 points of F1).
        `progress` hears shares of the work done, 0 … 1. Raises `ValueError` when there are not as many spans,
        languages and intents as texts.
        """
        progress = progress or (lambda share: None)
        self._use(words)
        split = [list(_TOKEN.finditer(text)) for text in texts]
        placed = [_placed(tokens, own) for tokens, own in zip(split, spans, strict=True)]
        self._values = _Values.of(zip(map(_forms, split), placed, strict=True))
        trainer = _Trainer(self.settings.rounds, progress)
        for i in self._order(texts, spans, languages, intents):
            if split[i]:
                features = self._features(texts[i], split[i], languages[i], intents[i], placed[i])
                trainer.append(features, self._labels(len(split[i]), placed[i]))
        self._model = trainer.trained(self.settings.seed) if any(placed) else b""
        self._use(words)
        progress(1.0)
        return self

    def find(self, text: str, language: str | None, intent: str | None) -> list[Span]:
        """The spans in `text`, in order and never overlapping; none in a text without words, or before `fit`."""
        tokens = list(_TOKEN.finditer(text))
        if not tokens or self._tagger is None:
            return []
        features = pycrfsuite.ItemSequence(self._features(text, tokens, language, intent))
        with self._alone:
            labels = self._tagger.tag(features)
        return _spans(tokens, labels)

    def save(self, folder: Path) -> None:
        """Write `spans.crf` (crfsuite's format) and `spans.json`; `words` are not written."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spans.crf").write_bytes(self._model)
        description = {"settings": vars(self.settings), "values": self._values.entities}
        (folder / "spans.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, *, words: Words) -> SpanTagger:
        """Read what `save` wrote; `words` must be those it was fitted with."""
        description = json.loads((folder / "spans.json").read_text(encoding="utf-8"))
        loaded = cls(Settings(**description["settings"]))
        loaded._values = _Values(description["values"])
        loaded._model = (folder / "spans.crf").read_bytes()
        loaded._use(words)
        return loaded

    def _use(self, words: Words) -> None:
        self._word = functools.lru_cache(maxsize=WORDS_REMEMBERED)(functools.partial(_word, words))
        self._tagger = None
        if self._model:
            self._tagger = pycrfsuite.Tagger()
            self._tagger.open_inmemory(self._model)

    def _order(self, *columns: Sequence[object]) -> list[int]:
        """A perceptron learns best from texts in no order. Raises `ValueError` for columns of different lengths."""
        order = [i for i, _ in enumerate(zip(*columns, strict=True))]
        random.Random(self.settings.seed).shuffle(order)  # noqa: S311  # nothing to guess here
        return order

    def _labels(self, length: int, placed: Iterable[tuple[str, int, int]]) -> list[str]:
        labels = [OUTSIDE] * length
        for entity, start, end in placed:
            labels[start:end] = [GOES_ON + entity] * (end - start)
            if self.settings.begins:
                labels[start] = BEGINS + entity
        return labels

    def _features(
        self,
        text: str,
        tokens: Sequence[re.Match[str]],
        language: str | None,
        intent: str | None,
        annotated: Sequence[tuple[str, int, int]] = (),
    ) -> list[list[str]]:
        """Per token: names of what holds for it. `annotated` is what the values were learned from in this text."""
        words = [self._word(token.group(), language) for token in tokens]
        rows = [_row(words, at, intent) for at in range(len(words))]
        self._values.mark(rows, [word.form for word in words], annotated)
        for match in find_patterns(text):
            _mark_match(rows, tokens, match.entity, match.start, match.end)
        for day in find_dates(text, language):
            _mark_match(rows, tokens, "date", day.start, day.end)
        return rows


class _Values:
    """The values annotated before: folded words of a value → entity → how often it was annotated so."""

    def __init__(self, entities: dict[str, dict[str, int]]) -> None:
        self.entities = entities
        self._longest = max((value.count(" ") + 1 for value in entities), default=0)

    @classmethod
    def of(cls, annotated: Iterable[tuple[list[str], list[tuple[str, int, int]]]]) -> _Values:
        entities: dict[str, dict[str, int]] = {}
        for forms, spans in annotated:
            for entity, start, end in spans:
                if end - start <= LONGEST_VALUE:
                    counts = entities.setdefault(" ".join(forms[start:end]), {})
                    counts[entity] = counts.get(entity, 0) + 1
        return cls(entities)

    def mark(
        self, rows: list[list[str]], forms: list[str], annotated: Sequence[tuple[str, int, int]]
    ) -> None:
        """Add to `rows` where a known value stands.

        `annotated` (when training) does not count, or every value would look as if it had been seen before.
        """
        here = Counter((" ".join(forms[start:end]), entity) for entity, start, end in annotated)
        for start in range(len(forms)):
            for end in range(start + 1, min(start + self._longest, len(forms)) + 1):
                value = " ".join(forms[start:end])
                for entity, count in self.entities.get(value, {}).items():
                    seen = count - here[value, entity]
                    if seen > 0:
                        _mark(rows[start:end], entity, often=seen > 2)


class _Trainer(pycrfsuite.Trainer):
    """crfsuite's averaged perceptron, heard of after each round."""

    def __init__(self, rounds: int, progress: Callable[[float], None]) -> None:
        super().__init__(algorithm="ap", params={"max_iterations": rounds}, verbose=False)
        self._rounds = rounds
        self._progress = progress

    def message(self, message: str) -> None:
        """crfsuite calls this with each line of its log; what `progress` raises ends the training."""
        found = _ROUND.match(message)
        if found:
            self._progress(0.99 * int(found[1]) / self._rounds)

    def trained(self, seed: int) -> bytes:
        """crfsuite's file. crfsuite shuffles by C's `rand`, which goes on from wherever the process left it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            ctypes.CDLL(None).srand(seed)
            self.train(str(path))
            return path.read_bytes()


def _word(words: Words, token: str, language: str | None) -> _Word:
    form = folded(token)
    cluster = words.cluster(form, language)
    paths = [] if cluster is None else [f"c{bits}={language}{cluster & bits}" for bits in (0xFF, 0x3F, 0xF)]
    if cluster is not None:
        paths.append(f"c={language}{cluster}")
    ends = [f"{side}={part}" for n in range(1, min(5, len(form))) for side, part in _ends(form, n)]
    own = [f"w={form}", f"W={token}", f"l={words.lemma(form, language)}", f"L={language}", _shape(token)]
    near = [f"w={form}", *(["s=" + form[-3:]] if len(form) > 3 else []), *paths]
    far = [f"w={form}", *paths[:1]]
    return _Word(
        form,
        paths[1] if paths else "c?",
        (*own, *ends, *paths),
        *(tuple(side + name for name in names) for side, names in (("-", near), ("+", near))),
        *(tuple(side + name for name in names) for side, names in (("--", far), ("++", far))),
    )


def _ends(form: str, length: int) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"p{length}", form[:length]), (f"s{length}", form[-length:])


def _shape(token: str) -> str:
    """Capitals as X, small letters as x, digits as 0; what repeats, three times at most."""
    shape = "".join("0" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in token)
    return "shape=" + _REPEATED.sub(r"\1\1\1", shape)


def _row(words: Sequence[_Word], at: int, intent: str | None) -> list[str]:
    """The features of the word `at` that come from words and intent."""
    word = words[at]
    row = list(word.own)
    if at > 0:
        left = words[at - 1]
        row += left.before
        row += (f"-w|w={left.form}|{word.form}", f"-c|c={left.cluster}|{word.cluster}")
        row += words[at - 2].long_before if at > 1 else ()
    else:
        row.append("first")
    if at + 1 < len(words):
        right = words[at + 1]
        row += right.after
        row += (f"w|+w={word.form}|{right.form}", f"c|+c={word.cluster}|{right.cluster}")
        row += words[at + 2].long_after if at + 2 < len(words) else ()
    else:
        row.append("last")
    if intent:
        row += (f"i={intent}", f"i|w={intent}|{word.form}", f"i|c={intent}|{word.cluster}")
    return row


def _mark(rows: list[list[str]], entity: str, *, often: bool) -> None:
    """Features of the words of a known value: several words together say more than one."""
    kind = "v" if len(rows) == 1 else "vv"
    for at, row in enumerate(rows):
        row.append(f"{kind}{'' if at else '^'}={entity}")
        if often:
            row.append(f"{kind}+={entity}")


def _mark_match(
    rows: Sequence[list[str]], tokens: Sequence[re.Match[str]], entity: str, start: int, end: int
) -> None:
    """Features of the words between `start` and `end`, where rules see an `entity`."""
    for row, token in zip(rows, tokens, strict=True):
        if start <= token.start() < end:
            row.append(f"rule={entity}")
            if token.start() == start:
                row.append(f"rule^={entity}")


def _forms(tokens: Iterable[re.Match[str]]) -> list[str]:
    return [folded(token.group()) for token in tokens]


def _placed(tokens: Sequence[re.Match[str]], spans: Iterable[Span]) -> list[tuple[str, int, int]]:
    """`spans` as (entity, first token, token after the last), in order, without overlaps."""
    placed: list[tuple[str, int, int]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        inside = [
            i for i, token in enumerate(tokens) if token.start() < span.end and token.end() > span.start
        ]
        if inside and (not placed or placed[-1][2] <= inside[0]):
            placed.append((span.entity, inside[0], inside[-1] + 1))
    return placed


def _spans(tokens: Sequence[re.Match[str]], labels: Sequence[str]) -> list[Span]:
    """What `labels` say, in characters; an entity that goes on where none is begins there."""
    spans: list[Span] = []
    before = OUTSIDE
    for token, label in zip(tokens, labels, strict=True):
        entity = label[len(BEGINS) :]
        if label == GOES_ON + entity and before[len(BEGINS) :] == entity:
            spans[-1] = replace(spans[-1], end=token.end())
        elif label != OUTSIDE:
            spans.append(Span(entity, token.start(), token.end()))
        before = label
    return spans
