"""Reads whole messages: the reason first in importance, and every further wish.

A long message is read as a whole and part by part (sentences, clauses). Whether a reason found in a part is a
wish of its own is learned from messages whose wishes are annotated (`also` in the training data).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import Line
from bot.nlu.held_out import FOLDS
from bot.nlu.intents import HeldOut, IntentClassifier, Ranking, Settings
from bot.nlu.normalise import clauses, normalised
from bot.nlu.words import Words

MIN_WORDS = 4
"""Shorter parts are greetings, signatures, fragments: read only within the whole."""

CANDIDATES = 4
"""Reasons of a message, beside its first, that are looked at as further wishes."""

MAX_WISHES = 3

FALSE_WISHES = 0.07
"""Share of messages with one wish in which the reader may find a second one."""

MANY = 15_000
"""Messages from which fewer folds tell as much, in a third of the time."""

FOLDS_OF_MANY = 3

NEAR = 0.75
"""Cosine of the words of two messages from which they are near duplicates and stay in one fold."""


@dataclass(frozen=True)
class Labelled:
    """A message to learn from: `also` are its further wishes."""

    text: str
    language: str | None
    intent: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """`ranking` is that of the message's first wish; `wishes` are (reason, confidence), the main one first."""

    ranking: Ranking
    wishes: tuple[tuple[str, float], ...]


@dataclass
class Gate:
    """Whether a candidate is a wish of its own: a logistic regression over what the parts say of it."""

    weights: list[float] = field(default_factory=lambda: [6.0, 0.0, 0.0, 0.0, 0.0])
    bias: float = -3.6  # until something is learned: a part's confidence of 0.6
    threshold: float = 0.5

    def chance(self, traits: Sequence[float]) -> float:
        """The chance, 0 … 1, that a candidate with these traits is a wish."""
        return float(1 / (1 + np.exp(-(np.dot(self.weights, traits) + self.bias))))


class WishReader:
    """Learns from labelled messages, then reads messages. Deterministic for a seed."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        not_wishes: Collection[str] = (),
        words: Words | None = None,
    ) -> None:
        self.classifier = IntentClassifier(settings, words)
        self.gate = Gate()
        self._not_wishes = frozenset(not_wishes)

    def fit(
        self,
        messages: Sequence[Labelled],
        *,
        folds: int | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> list[Reading]:
        """Learn; returns for each message how it is read by a reader that has not seen it or its near duplicates."""
        folds = folds or (FOLDS if len(messages) <= MANY else FOLDS_OF_MANY)
        lines = [(normalised(m.text, m.language), m.language) for m in messages]
        parts = [parts_of(m.text, m.language) for m in messages]
        held_out = self.classifier.fit(
            lines, [m.intent for m in messages], folds=folds_of(lines, folds), parts=parts, progress=progress
        )
        whole, of_parts = self._held_out_confidences(held_out)
        self._fit_gate(messages, whole, of_parts)
        return [self._reading(row, rows) for row, rows in zip(whole, of_parts, strict=True)]

    def read(self, text: str, language: str | None) -> Reading:
        """Read one message."""
        line = (normalised(text, language), language)
        parts = parts_of(text, language)
        scores = self.classifier.scores([line, *parts])
        chances = self.classifier.confidences(scores, [line])
        return self._reading(chances[0], chances[1:])

    def save(self, folder: Path) -> None:
        """Write everything to `folder`."""
        self.classifier.save(folder)
        content = {"gate": vars(self.gate), "not_wishes": sorted(self._not_wishes)}
        (folder / "wishes.json").write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WishReader:
        """Read what `save` wrote."""
        content = json.loads((folder / "wishes.json").read_text(encoding="utf-8"))
        loaded = cls(not_wishes=content["not_wishes"])
        loaded.classifier = IntentClassifier.load(folder)
        loaded.gate = Gate(**content["gate"])
        return loaded

    def _held_out_confidences(self, held_out: HeldOut) -> tuple[np.ndarray, list[np.ndarray]]:
        confidences = self.classifier.confidences
        return confidences(held_out.lines), [
            confidences(rows) if len(rows) else rows for rows in held_out.parts
        ]

    def _reading(self, whole: np.ndarray, parts: np.ndarray) -> Reading:
        ranking = self._without_courtesies(self.classifier.ranking(whole), parts)
        first = ranking[0]
        further = [
            (self.classifier.classes[candidate], float(parts[:, candidate].max()))
            for candidate, traits in self._candidates(whole, parts, first[0])
            if self.gate.chance(traits) >= self.gate.threshold
        ]
        return Reading(ranking, (first, *further[: MAX_WISHES - 1]))

    def _candidates(self, whole: np.ndarray, parts: np.ndarray, first: str) -> list[tuple[int, list[float]]]:
        """(class, traits) of what may be a further wish, what its part is surest of first."""
        if not len(parts) or first in self._not_wishes:
            return []
        best = parts.max(axis=0)
        found = []
        for candidate in np.argsort(-best, kind="stable")[: CANDIDATES + 1]:
            name = self.classifier.classes[candidate]
            if name != first and name not in self._not_wishes:
                part = parts[parts[:, candidate].argmax()]
                of_first = float(part[self.classifier.classes.index(first)])
                says_so = float(part.argmax() == candidate)
                share = float(np.log(whole[candidate] + 1e-4))
                traits = [float(best[candidate]), share, says_so, of_first, float(np.log(len(parts)))]
                found.append((int(candidate), traits))
        return found[:CANDIDATES]

    def _fit_gate(self, messages: Sequence[Labelled], whole: np.ndarray, parts: list[np.ndarray]) -> None:
        """Learn the gate from messages whose first wish was found; keep the rule if hardly any has several."""
        rows: list[list[float]] = []
        truth: list[bool] = []
        for i, message in enumerate(messages):
            for candidate, traits in self._candidates(whole[i], parts[i], message.intent):
                rows.append(traits)
                truth.append(self.classifier.classes[candidate] in message.also)
        if sum(truth) < 30:
            return
        machine = LogisticRegression(max_iter=1000).fit(rows, truth)
        self.gate = Gate(machine.coef_[0].tolist(), float(machine.intercept_[0]))
        surest = sorted(
            (
                max(
                    (self.gate.chance(traits) for _, traits in self._candidates(row, rows_, first)),
                    default=0.0,
                )
                for message, row, rows_ in zip(messages, whole, parts, strict=True)
                if not message.also
                and (first := self._without_courtesies(self.classifier.ranking(row), rows_)[0][0])
                not in self._not_wishes
            ),
            reverse=True,
        )
        allowed = int(len(surest) * FALSE_WISHES)
        self.gate.threshold = max(0.05, surest[allowed] + 1e-6 if allowed < len(surest) else 0.05)

    def _without_courtesies(self, whole: Ranking, parts: np.ndarray) -> Ranking:
        """A long message is never only a greeting: when the whole says so, its surest part speaks for it."""
        if whole[0][0] not in self._not_wishes or not len(parts):
            return whole
        rankings = [self.classifier.ranking(part) for part in parts]
        clear = [part for part in rankings if part[0][0] not in self._not_wishes and part[0][1] >= 0.6]
        return max(clear, key=lambda part: part[0][1]) if clear else whole


def parts_of(text: str, language: str | None) -> list[Line]:
    """The parts of a message that are read on their own; none when it has only one."""
    parts = [normalised(part, language) for part in clauses(text)]
    long = [(part, language) for part in parts if len(part.split()) >= MIN_WORDS]
    return long if len(parts) > 1 else []


def folds_of(lines: Sequence[Line], folds: int) -> list[int]:
    """The fold of each line, from the words of its group alone: near duplicates are in one group."""
    words = (
        TfidfVectorizer(lowercase=False, dtype=np.float32, token_pattern=r"\w+").fit_transform(  # noqa: S106
            [text or "·" for text, _ in lines]
        )
        if any(any(c.isalnum() for c in text) for text, _ in lines)
        else csr_matrix((len(lines), 1))
    )
    near = words @ words.T
    near.data[near.data < NEAR] = 0
    near.eliminate_zeros()
    _, group = connected_components(near, directed=False)
    key: dict[int, str] = {}
    for (text, _), number in zip(lines, group.tolist(), strict=True):
        key[number] = min(key.get(number, text), text)
    return [crc32(key[number].encode()) % folds for number in group.tolist()]
