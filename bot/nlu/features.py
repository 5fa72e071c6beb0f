"""Texts as sparse vectors: lemmas, clusters of words and pieces of words, weighted by tf-idf.

The same as scikit-learn's `TfidfVectorizer` per block, written for one message at a time: a tenth of its time,
because nothing is validated or wrapped between the words and the numbers.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.words import LANGUAGES, Words

Line = tuple[str, str | None]
"""A normalised text (`bot.nlu.normalise.normalised`) and its language, None when it is not known."""

_TOKEN = re.compile(r"\w+|[?!]")


@dataclass(frozen=True)
class Block:
    """One kind of features: `weight` against the other blocks, and in how many texts one must occur to count."""

    name: str
    weight: float
    min_texts: int


BLOCKS = (Block("lemma", 1.0, 1), Block("cluster", 0.7, 1), Block("piece", 1.0, 2))
_WEIGHTS = np.array([block.weight for block in BLOCKS])
_PIECE = 2

CHUNK = 500
"""Lines that are turned into vectors at once; as many times the number of columns has to stay below 2³¹."""

PREPARED_FROM = 2
"""Texts learned from that a word must stand in to be prepared: most words of a message are, so reading is short."""

WORDS_REMEMBERED = 20_000
"""Further words whose features are kept between texts, about 600 bytes each."""

_ENDS_CLAUSE = ",;:–"
"""Marks that a clause loses when it is read on its own; they are no tokens."""

_NOTHING = np.zeros(0, np.int32)
_TINY = 1e-30
_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 1000))]).astype(np.float32)
"""Weight of a feature by how often it occurs in a text."""

UNFAMILIAR = 0.3
"""Share of pieces of a text that were ever learned, below which it is gibberish unless it has a known word."""

PIECES = (3, 6)
"""Shortest and longest run of characters within a word (with the blanks around it) that is a feature."""


@dataclass(frozen=True)
class Rows:
    """Sparse vectors: those of row i have `values` at `columns` (ascending) from `starts[i]` to `starts[i + 1]`."""

    values: np.ndarray
    columns: np.ndarray
    starts: np.ndarray

    def __matmul__(self, weights: np.ndarray) -> np.ndarray:
        """Rows × weights (columns × classes). For a few rows a fifth of the time of scipy's, which checks more."""
        product = np.empty((len(self.starts) - 1, weights.shape[1]), np.float32)
        for row, (start, end) in enumerate(itertools.pairwise(self.starts.tolist())):
            used = weights.take(self.columns[start:end], axis=0)
            np.dot(self.values[start:end], used, out=product[row])
        return product


@dataclass(frozen=True)
class _Word:
    """Features of what stands between two blanks; (lemma, cluster) of its `first` and `last` token, if it has one."""

    columns: np.ndarray
    first: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True)
class _Text:
    """A text's words and the columns of its features, each as often as it occurs.

    Of the words before word i they are the first `ends[i]` of `columns`; of the pairs up to it the first `pair_ends[i]`
    of `pairs`.
    """

    words: list[str]
    columns: np.ndarray
    ends: list[int]
    pairs: np.ndarray
    pair_ends: list[int]

    def place(self, words: list[str]) -> int | None:
        """Where `words` stand in it one after the other; some may have lost a comma or the like at their end."""
        for at in range(len(self.words) - len(words) + 1):
            if self.words[at].startswith(words[0]):
                here = self.words[at : at + len(words)]
                if here == words or all(map(_is_cut, words, here)):
                    return at
        return None


_Key = tuple[str, str | None]
"""A word as it stands between two blanks, and the language of its text."""


class Featurizer:
    """Learns which features occur and how rare they are; then turns texts into vectors of length 1."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.vocabularies: list[dict[str, int]] = [{} for _ in BLOCKS]  # feature → column
        self.idf = np.zeros(0, dtype=np.float32)
        self._block_of = np.zeros(0, dtype=np.int64)  # of each column
        self._prepared: dict[_Key, _Word] = {}  # words of the texts learned from
        self._known: dict[_Key, _Word] = {}  # those and others that came since

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.idf)

    def fit(self, lines: Sequence[Line]) -> csr_matrix:
        """Learn the vocabulary from `lines`; returns their vectors, one row each."""
        texts_with: list[dict[str, int]] = [{} for _ in BLOCKS]
        for line in lines:
            for counts, grams in zip(texts_with, self._grams(line), strict=True):
                for gram in set(grams):
                    counts[gram] = counts.get(gram, 0) + 1
        idf: list[float] = []
        for number, (block, counts) in enumerate(zip(BLOCKS, texts_with, strict=True)):
            kept = sorted(gram for gram, texts in counts.items() if texts >= block.min_texts)
            self.vocabularies[number] = {gram: len(idf) + i for i, gram in enumerate(kept)}
            idf += [math.log((1 + len(lines)) / (1 + counts[gram])) + 1 for gram in kept]
        self._use(np.array(idf, dtype=np.float32))
        texts = Counter((word, language) for text, language in lines for word in set(text.split()))
        self._prepare({key: self._word(*key) for key, count in texts.items() if count >= PREPARED_FROM})
        return self.matrix(lines)

    def save(self, folder: Path) -> None:
        """Write `features.json` and `features.npz`; `words` are not written."""
        prepared = list(self._prepared.values())
        description = {
            "vocabularies": [list(vocabulary) for vocabulary in self.vocabularies],
            "prepared": [[*key, one.first, one.last] for key, one in self._prepared.items()],
        }
        (folder / "features.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "features.npz",
            idf=self.idf,
            columns=np.concatenate([_NOTHING, *(one.columns for one in prepared)]),
            starts=np.cumsum([0, *(len(one.columns) for one in prepared)]),
        )

    @classmethod
    def load(cls, folder: Path, words: Words) -> Featurizer:
        """Read what `save` wrote; `words` must be those it was fitted with."""
        description = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        loaded = cls(words)
        start = 0
        for number, features in enumerate(description["vocabularies"]):
            loaded.vocabularies[number] = {feature: start + i for i, feature in enumerate(features)}
            start += len(features)
        with np.load(folder / "features.npz", allow_pickle=False) as arrays:
            loaded._use(arrays["idf"])
            columns, starts = arrays["columns"], arrays["starts"].tolist()
        loaded._prepare(
            {
                (word, language): _Word(columns[begin:end], tuple(first), tuple(last))
                for (word, language, first, last), (begin, end) in zip(
                    description["prepared"], itertools.pairwise(starts), strict=True
                )
            }
        )
        return loaded

    def _use(self, idf: np.ndarray) -> None:
        self.idf = idf
        self._block_of = np.repeat(np.arange(len(BLOCKS)), [len(one) for one in self.vocabularies])
        self._prepare({})

    def _prepare(self, words: dict[_Key, _Word]) -> None:
        self._prepared = words
        self._known = dict(words)

    def matrix(self, lines: Sequence[Line]) -> csr_matrix:
        """The vectors of `lines`, one row each; a row is empty when nothing is known in its text."""
        chunk = min(CHUNK, 2**31 // (self.size + 1))
        chunks = [self.rows(lines[at : at + chunk]) for at in range(0, len(lines), chunk)] or [self.rows([])]
        return csr_matrix(
            (
                np.concatenate([one.values for one in chunks]),
                np.concatenate([one.columns for one in chunks]),
                np.cumsum([0, *(length for one in chunks for length in np.diff(one.starts))]),
            ),
            shape=(len(lines), self.size),
        )

    def rows(self, lines: Sequence[Line]) -> Rows:
        """The vectors of some lines, all at once: numpy's calls cost more than what they compute for one line.

        Parts of the first line cost little more than it does alone.
        """
        whole = self._text(lines[0]) if lines else None
        columns = [self._columns(line, whole, lines[0][1]) for line in lines]
        first_keys = np.arange(len(lines) + 1, dtype=np.int32) * np.int32(self.size)
        keys = np.concatenate([_NOTHING, *columns])
        keys += first_keys[:-1].repeat([len(found) for found in columns])
        keys.sort()
        new = np.empty(len(keys), bool)
        new[:1] = True
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        first = new.nonzero()[0]
        counts = np.diff(first, append=len(keys))
        keys = keys[first]
        starts = keys.searchsorted(first_keys)
        lengths = np.diff(starts)
        found = keys - first_keys[:-1].repeat(lengths)
        values = _DAMPED.take(counts, mode="clip") * self.idf.take(found)
        blocks = self._block_of.take(found) + (np.arange(len(lines)) * len(BLOCKS)).repeat(lengths)
        squares = np.bincount(blocks, values * values, minlength=len(lines) * len(BLOCKS))
        squares = squares.reshape(-1, len(BLOCKS))
        weights = _WEIGHTS * (squares > 0).astype(float)
        weights /= np.sqrt((weights * weights).sum(axis=1, keepdims=True) + _TINY)
        factors = weights / np.sqrt(squares + _TINY)
        values *= factors.ravel().astype(np.float32).take(blocks)
        return Rows(values, found, starts)

    def _columns(self, line: Line, whole: _Text | None, language: str | None) -> np.ndarray:
        """Columns of the known features of a line: cut out of the `whole` text, where it is a part of that."""
        words = line[0].split()
        if whole is not None and line[1] == language and words and _TOKEN.search(words[0]):
            at = whole.place(words)
            if at is not None:
                return self._cut(whole, at, words, language)
        text = self._text(line)
        return np.concatenate([text.columns, text.pairs])

    def _cut(self, whole: _Text, at: int, words: list[str], language: str | None) -> np.ndarray:
        """The columns of `words`, which stand in the `whole` from word `at` on. What they lost is no token: pairs stay."""
        end = at + len(words)
        found = [whole.pairs[whole.pair_ends[at] : whole.pair_ends[end - 1]]]
        begin = whole.ends[at]
        for place, word in enumerate(words, start=at):
            if whole.words[place] != word:
                found += [whole.columns[begin : whole.ends[place]], self._known_word(word, language).columns]
                begin = whole.ends[place + 1]
        found.append(whole.columns[begin : whole.ends[end]])
        return np.concatenate(found)

    def _text(self, line: Line) -> _Text:
        text, language = line
        words = text.split()
        found, pairs = [_NOTHING], list[int]()
        ends, pair_ends = [0], list[int]()
        before: tuple[str, ...] = ()
        for word in words:
            one = self._known_word(word, language)
            found.append(one.columns)
            ends.append(ends[-1] + len(one.columns))
            if one.first:
                if before:
                    pairs += self._pair(before, one.first)
                before = one.last
            pair_ends.append(len(pairs))
        return _Text(words, np.concatenate(found), ends, np.array(pairs, np.int32), pair_ends)

    def _known_word(self, word: str, language: str | None) -> _Word:
        one = self._known.get((word, language))
        if one is None:
            if len(self._known) >= len(self._prepared) + WORDS_REMEMBERED:
                self._known = dict(self._prepared)
            one = self._known[word, language] = self._word(word, language)
        return one

    def _pair(self, left: tuple[str, ...], right: tuple[str, ...]) -> list[int]:
        """Columns of two neighbouring tokens, by lemma and by cluster."""
        found = (
            vocabulary.get(f"{one} {two}")
            for vocabulary, one, two in zip(self.vocabularies, left, right)  # noqa: B905  # pieces have none
        )
        return [column for column in found if column is not None]

    def _word(self, word: str, language: str | None) -> _Word:
        """What stands between two blanks: columns of its tokens, their pairs, its pieces."""
        tokens = [self._token(token, language) for token in _TOKEN.findall(word)]
        by_block = (
            _with_pairs([lemma for lemma, _ in tokens]),
            _with_pairs([cluster for _, cluster in tokens]),
            _pieces(word),
        )
        columns = [
            column
            for vocabulary, grams in zip(self.vocabularies, by_block, strict=True)
            for gram in grams
            if (column := vocabulary.get(gram)) is not None
        ]
        ends = (tokens[0], tokens[-1]) if tokens else ((), ())
        return _Word(np.array(columns, np.int32), *ends)

    def familiar(self, line: Line) -> bool:
        """Whether the text has a word of the language, or is spelled like the texts learned from: "asdfgh" is not."""
        text, _language = line
        words = (word for word in _TOKEN.findall(text) if len(word) > 1 and word.isalpha())
        if any(self.words.cluster(word, language) is not None for word in words for language in LANGUAGES):
            return True
        pieces = _pieces(text) if any(c.isalnum() for c in text) else []
        return sum(piece in self.vocabularies[_PIECE] for piece in pieces) > len(pieces) * UNFAMILIAR

    def _grams(self, line: Line) -> tuple[list[str], list[str], list[str]]:
        """The features of a text by block, in the order of `BLOCKS`, each as often as it occurs."""
        text, language = line
        tokens = [self._token(token, language) for token in _TOKEN.findall(text)]
        return (
            _with_pairs([lemma for lemma, _ in tokens]),
            _with_pairs([cluster for _, cluster in tokens]),
            _pieces(text),
        )

    def _token(self, token: str, language: str | None) -> tuple[str, str]:
        """(lemma, cluster) of a token."""
        return self.words.lemma(token, language), f"{language}{self.words.cluster(token, language)}"


def _is_cut(word: str, whole: str) -> bool:
    """Whether `word` is the `whole` one, but for a mark at its end that ends a clause."""
    return word == whole or (whole[-1] in _ENDS_CLAUSE and word == whole[:-1])


def _with_pairs(tokens: list[str]) -> list[str]:
    return [*tokens, *(f"{one} {two}" for one, two in itertools.pairwise(tokens))]


def _pieces(text: str) -> list[str]:
    shortest, longest = PIECES
    found = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        found += [
            padded[at : at + size] for size in range(shortest, longest + 1) for at in range(length - size + 1)
        ]
    return found
