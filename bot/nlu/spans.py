"""Entities without a form (products, names, dates …): a tagger of words that learned them from annotated texts.

One model for both languages: a chain of labels with the weights of an averaged perceptron (crfsuite's `ap`), on
what a word looks like, what is known of it and its neighbours, where it was annotated before, and the intent.
A word's label says which entity it begins or goes on with, or `OUTSIDE`.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from zlib import crc32

import numpy as np
import pycrfsuite

from bot.nlu.chain import Chain, code
from bot.nlu.dates import DateMatch, find_dates
from bot.nlu.entities import find_patterns
from bot.nlu.normalise import folded

WHOLE = 0.95
"""Share of annotated dates that have the grammar's extent, from which those found are given it."""

OUTSIDE = "O"
"""The label of a word in no entity."""

DATE = "date"
"""The entity whose extent follows a grammar (`bot.nlu.dates`); the tagger says which days are meant as such."""

BEGINS, GOES_ON = "B-", "I-"
"""What stands before the entity's name in the label of its first word, and of the others."""

LONGEST_VALUE = 6
"""Words an annotated value may have to be recognised elsewhere; longer ones hardly ever come twice."""

WORDS_REMEMBERED = 8192
"""Further words whose features are kept between texts, about 3 kB each while learning, less when reading."""

GROUPS = 5
"""Features of a word by where the word is that they are for: itself, and one and two words after and before."""

TOKEN = re.compile(r"\w+|[^\w\s]")
"""A word or a mark: what has a label."""
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

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """All of them, by the distance of the word they are for: 0, 1, -1, 2, -2."""
        return self.own, self.before, self.after, self.long_before, self.long_after


@dataclass(frozen=True)
class _Known:
    """A word as a trained chain sees it: `scores` (groups × labels) are the sums of `_Word.groups`."""

    form: str
    cluster: str
    scores: np.ndarray
    joins: _Joins


@dataclass(frozen=True)
class _Joins:
    """The names of features of two words, cut in the middle: codes of their beginnings for this word as the left one, by
    form and by cluster, for the features of the left word and of the right one; and the end, for this one as the right.
    """

    form: bytes
    cluster: bytes
    begin_form: int
    begin_cluster: int
    begin_next_form: int
    begin_next_cluster: int

    @classmethod
    def of(cls, form: str, cluster: str) -> _Joins:
        """Those of a word."""
        return cls(
            form.encode(),
            cluster.encode(),
            code(_joined("w|+w", form)),
            code(_joined("c|+c", cluster)),
            code(_joined("-w|w", form)),
            code(_joined("-c|c", cluster)),
        )


_Key = tuple[str, str | None]
"""A token as it stands in a text, and the text's language."""


class SpanTagger:
    """Finds spans in texts of both languages. Deterministic for a seed; `find` may be called from several threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._values = _Values({})
        self._chain: Chain | None = None  # None: nothing was annotated, so nothing is found
        self._dates_are_whole = False  # dates were annotated as far as the grammar reaches

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
        word = functools.lru_cache(maxsize=WORDS_REMEMBERED)(functools.partial(_word, words))
        split = [list(TOKEN.finditer(text)) for text in texts]
        placed = [_placed(tokens, own) for tokens, own in zip(split, spans, strict=True)]
        self._values = _Values.of(zip(map(_forms, split), placed, strict=True))
        self._dates_are_whole = _dates_are_whole(texts, spans, languages)
        trainer = _Trainer(self.settings.rounds, progress)
        for i in self._order(texts, spans, languages, intents):
            if split[i]:
                said = [word(token.group(), languages[i]) for token in split[i]]
                rows = [_row(said, at) for at in range(len(said))]
                found = _joint(said, intents[i])
                found += self._of_text(texts[i], split[i], said, languages[i], placed[i])
                for at, name in found:
                    rows[at].append(name)
                trainer.append(rows, self._labels(len(split[i]), placed[i]))
        self._chain = trainer.trained(self.settings.seed) if any(placed) else None
        self._use(words)
        if self._chain is not None:
            self._prepare(self._chain, split, languages)
        progress(1.0)
        return self

    def find(self, text: str, language: str | None, intent: str | None) -> list[Span]:
        """The spans in `text`, in order and never overlapping; none in a text without words, or before `fit`."""
        tokens = list(TOKEN.finditer(text))
        if not tokens or self._chain is None:
            return []
        said = self._known(self._chain, [token.group() for token in tokens], language)
        groups = np.array([word.scores for word in said])  # words × groups × labels
        scores = groups[:, 0].copy()
        scores[1:] += groups[:-1, 1]
        scores[:-1] += groups[1:, 2]
        scores[2:] += groups[:-2, 3]
        scores[:-2] += groups[2:, 4]
        at, codes = _joint_codes(said, intent)
        for word, name in self._of_text(text, tokens, said, language):
            at.append(word)
            codes.append(code(name))
        self._chain.add(scores, at, codes)
        found = _spans(tokens, self._chain.best(scores))
        return _whole_dates(found, find_dates(text, language)) if self._dates_are_whole else found

    def save(self, folder: Path) -> None:
        """Write `spans.npz` and `spans.json`; `words` are not written."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._chain is not None:
            self._chain.save(folder / "spans.npz")
            np.save(folder / "prepared.npy", np.array([one.scores for one in self._prepared.values()]))
        description = {
            "settings": vars(self.settings),
            "values": self._values.entities,
            "dates_are_whole": self._dates_are_whole,
            "prepared": [[*key, one.form, one.cluster] for key, one in self._prepared.items()],
        }
        (folder / "spans.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, *, words: Words) -> SpanTagger:
        """Read what `save` wrote; `words` must be those it was fitted with."""
        description = json.loads((folder / "spans.json").read_text(encoding="utf-8"))
        loaded = cls(Settings(**description["settings"]))
        loaded._values = _Values(description["values"])
        loaded._dates_are_whole = description["dates_are_whole"]
        if (folder / "spans.npz").exists():
            loaded._chain = Chain.load(folder / "spans.npz")
            scores = np.load(folder / "prepared.npy", allow_pickle=False)
            prepared = {
                (token, language): _Known(form, cluster, own, _Joins.of(form, cluster))
                for (token, language, form, cluster), own in zip(description["prepared"], scores, strict=True)
            }
        else:
            prepared = {}
        loaded._use(words, prepared)
        return loaded

    def _use(self, words: Words, prepared: dict[_Key, _Known] | None = None) -> None:
        self._words = words
        self._prepared = prepared or {}  # tokens of the texts learned from
        self._remembered = dict(self._prepared)  # those and others that came since

    def _prepare(
        self, chain: Chain, split: Sequence[Sequence[re.Match[str]]], languages: Sequence[str | None]
    ) -> None:
        said: dict[str | None, dict[str, None]] = {}
        for tokens, language in zip(split, languages, strict=True):
            said.setdefault(language, {}).update(dict.fromkeys(match.group() for match in tokens))
        for language, own in said.items():
            known = self._looked_up(chain, [*own], language)
            self._prepared |= {(token, language): one for token, one in zip(own, known, strict=True)}
        self._remembered = dict(self._prepared)

    def _known(self, chain: Chain, tokens: Sequence[str], language: str | None) -> list[_Known]:
        """Words as the chain sees them; those that are not remembered are looked up together."""
        if len(self._remembered) > len(self._prepared) + WORDS_REMEMBERED:
            self._remembered = dict(self._prepared)
        remembered = self._remembered
        new = [token for token in dict.fromkeys(tokens) if (token, language) not in remembered]
        if new:
            for token, known in zip(new, self._looked_up(chain, new, language), strict=True):
                remembered[token, language] = known
        return [remembered[token, language] for token in tokens]

    def _looked_up(self, chain: Chain, tokens: Sequence[str], language: str | None) -> list[_Known]:
        words = [_word(self._words, token, language) for token in tokens]
        groups = [group for word in words for group in word.groups]
        scores = chain.add(
            np.zeros((len(groups), len(chain.labels)), np.float32),
            [at for at, names in enumerate(groups) for _ in names],
            [code(name) for names in groups for name in names],
        )
        return [
            _Known(word.form, word.cluster, own, _Joins.of(word.form, word.cluster))
            for word, own in zip(words, scores.reshape(len(words), GROUPS, -1), strict=True)
        ]

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

    def _of_text(
        self,
        text: str,
        tokens: Sequence[re.Match[str]],
        words: Sequence[_Word | _Known],
        language: str | None,
        annotated: Sequence[tuple[str, int, int]] = (),
    ) -> list[tuple[int, str]]:
        """(word, feature) of known values and of what rules see in this text.

        `annotated` is what the values were learned from in this text.
        """
        found: list[tuple[int, str]] = []
        self._values.mark(found, [word.form for word in words], annotated)
        for match in find_patterns(text):
            _mark_match(found, tokens, match.entity, match.start, match.end)
        for day in find_dates(text, language):
            _mark_match(found, tokens, DATE, day.start, day.end)
        return found


class _Values:
    """The values annotated before: folded words of a value → entity → how often it was annotated so."""

    def __init__(self, entities: dict[str, dict[str, int]]) -> None:
        self.entities = entities
        self._longest: dict[str, int] = {}  # first word → words of the longest value that begins with it
        for value in entities:
            first, _, rest = value.partition(" ")
            self._longest[first] = max(self._longest.get(first, 0), rest.count(" ") + 2 if rest else 1)

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
        self, found: list[tuple[int, str]], forms: list[str], annotated: Sequence[tuple[str, int, int]]
    ) -> None:
        """Add to `found` where a known value stands.

        `annotated` (when training) does not count, or every value would look as if it had been seen before.
        """
        here = Counter((" ".join(forms[start:end]), entity) for entity, start, end in annotated)
        for start, form in enumerate(forms):
            for end in range(start + 1, min(start + self._longest.get(form, 0), len(forms)) + 1):
                value = " ".join(forms[start:end])
                for entity, count in self.entities.get(value, {}).items():
                    seen = count - here[value, entity]
                    if seen > 0:
                        _mark(found, start, end, entity, often=seen > 2)


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

    def trained(self, seed: int) -> Chain:
        """What was learned. crfsuite shuffles by C's `rand`, which goes on from wherever the process left it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            ctypes.CDLL(None).srand(seed)
            self.train(str(path))
            return Chain.of_crfsuite(path)


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


def _row(words: Sequence[_Word], at: int) -> list[str]:
    """The features of the word `at` that come from single words: itself and those around it."""
    row = list(words[at].own)
    row += words[at - 1].before if at > 0 else ()
    row += words[at - 2].long_before if at > 1 else ()
    row += words[at + 1].after if at + 1 < len(words) else ()
    row += words[at + 2].long_after if at + 2 < len(words) else ()
    return row


def _joint(words: Sequence[_Word], intent: str) -> list[tuple[int, str]]:
    """(word, feature) of pairs of neighbours, of the text's ends, and of words with the intent."""
    found = [(0, "first"), (len(words) - 1, "last")]
    for at, (left, right) in enumerate(itertools.pairwise(words)):
        found += (
            (at, _joined("w|+w", left.form) + right.form),
            (at, _joined("c|+c", left.cluster) + right.cluster),
            (at + 1, _joined("-w|w", left.form) + right.form),
            (at + 1, _joined("-c|c", left.cluster) + right.cluster),
        )
    if intent:
        for at, word in enumerate(words):
            found += (
                (at, f"i={intent}"),
                (at, _joined("i|w", intent) + word.form),
                (at, _joined("i|c", intent) + word.cluster),
            )
    return found


def _joint_codes(words: Sequence[_Known], intent: str | None) -> tuple[list[int], list[int]]:
    """Words and codes of the features that `_joint` names, made without the names."""
    joins = [word.joins for word in words]
    at, codes = [0, len(words) - 1], [code("first"), code("last")]
    for number, (left, right) in enumerate(itertools.pairwise(joins)):
        at += (number, number, number + 1, number + 1)
        codes += (
            crc32(right.form, left.begin_form),
            crc32(right.cluster, left.begin_cluster),
            crc32(right.form, left.begin_next_form),
            crc32(right.cluster, left.begin_next_cluster),
        )
    if intent:
        every = range(len(words))
        with_form, with_cluster = code(_joined("i|w", intent)), code(_joined("i|c", intent))
        at += (*every, *every, *every)
        codes += [code(f"i={intent}")] * len(words)
        codes += [crc32(one.form, with_form) for one in joins]
        codes += [crc32(one.cluster, with_cluster) for one in joins]
    return at, codes


def _joined(kind: str, left: str) -> str:
    """The beginning of the name of a feature of two things."""
    return f"{kind}={left}|"


def _mark(found: list[tuple[int, str]], start: int, end: int, entity: str, *, often: bool) -> None:
    """Features of the words of a known value: several words together say more than one."""
    kind = "v" if end - start == 1 else "vv"
    for at in range(start, end):
        found.append((at, f"{kind}{'^' if at == start else ''}={entity}"))
        if often:
            found.append((at, f"{kind}+={entity}"))


def _mark_match(
    found: list[tuple[int, str]], tokens: Sequence[re.Match[str]], entity: str, start: int, end: int
) -> None:
    """Features of the words between `start` and `end`, where rules see an `entity`."""
    for at, token in enumerate(tokens):
        if start <= token.start() < end:
            found.append((at, f"rule={entity}"))
            if token.start() == start:
                found.append((at, f"rule^={entity}"))


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


def _dates_are_whole(
    texts: Sequence[str], spans: Sequence[Sequence[Span]], languages: Sequence[str | None]
) -> bool:
    """Whether annotated dates reach as far as the grammar's: others may leave out the article or the time of day."""
    met = whole = 0
    for text, own, language in zip(texts, spans, languages, strict=True):
        dates = [one for one in own if one.entity == DATE]
        for day in find_dates(text, language) if dates else ():
            here = [one for one in dates if one.start < day.end and one.end > day.start]
            met += bool(here)
            whole += any((one.start, one.end) == (day.start, day.end) for one in here)
    return met > 0 and whole >= met * WHOLE


def _whole_dates(spans: list[Span], days: Sequence[DateMatch]) -> list[Span]:
    """`spans` with pieces of a date as the whole of it, and several taken for one as each, where the grammar knows them."""
    for one in [one for one in spans if one.entity == DATE]:
        within = [day for day in days if one.start <= day.start and day.end <= one.end]
        if len(within) > 1:
            at = spans.index(one)
            spans[at : at + 1] = [Span(DATE, day.start, day.end) for day in within]
    for day in days:
        pieces = [one for one in spans if one.start < day.end and one.end > day.start]
        if pieces and all(
            one.entity == DATE and day.start <= one.start and one.end <= day.end for one in pieces
        ):
            at = spans.index(pieces[0])
            spans[at : at + len(pieces)] = [Span(DATE, day.start, day.end)]
    return spans


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
