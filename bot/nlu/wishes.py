"""Reads whole messages: the reason first in importance, and every further wish.

A long message is read as a whole and part by part (sentences, clauses). Whether a reason found in a part is a
wish of its own is learned from messages whose wishes are annotated (`also` in the training data).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bot.nlu.features import Line
from bot.nlu.held_out import FOLDS
from bot.nlu.intents import IntentClassifier, Ranking, Settings
from bot.nlu.lexicon import LEXICONS
from bot.nlu.normalise import clauses, normalised
from bot.nlu.words import Words

MIN_WORDS = 4
"""Shorter parts are greetings, signatures, fragments: read only within the whole."""

CANDIDATES = 3
"""Reasons of a message, beside its first, that are looked at as further wishes."""

MAX_WISHES = 3

ENOUGH = 30
"""True candidates from which the gate is learned; with fewer it stays a rule."""

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
    """`ranking` is that of the message's first wish; `wishes` are (reason, confidence), the main one first.

    Of a text that is not `readable` (gibberish, emoji, nothing) no reason is likelier than another.
    """

    ranking: Ranking
    wishes: tuple[tuple[str, float], ...]
    readable: bool = True


TRAITS = (
    "confidence of the candidate in its part",
    "log confidence in the whole message",
    "score in the whole message",
    "score in its part",
    "confidence of the first wish in that part",
    "score of the first wish in that part",
    "confidence of the first wish in other parts",
    "log of the number of other parts that are surest of the first wish",
    "its part asks",
    "the message has a word that leads on to another topic",
    "confidence of the candidate here and of the first wish elsewhere",
    "log of the number of parts",
)
"""What is known of a candidate: a reason found in a part of a message whose first wish is another."""

RULE = (6.0, *[0.0] * (len(TRAITS) - 1))
RULE_BIAS = -3.6
"""Until something is learned: a candidate counts from a confidence of 0.6 in its part."""


@dataclass
class Gate:
    """Whether a candidate is a wish of its own: a logistic regression over its traits."""

    weights: list[float] = field(default_factory=lambda: list(RULE))
    bias: float = RULE_BIAS
    threshold: float = 0.5

    def chance(self, traits: Sequence[float]) -> float:
        """The chance, 0 … 1, that a candidate with these traits is a wish."""
        return float(1 / (1 + np.exp(-(np.dot(self.weights, traits) + self.bias))))


@dataclass(frozen=True)
class _Scored:
    """A message's scores: `whole` (classes), `parts` (parts × classes), with the lines they are of."""

    line: Line
    lines_of_parts: Sequence[Line]
    whole: np.ndarray
    parts: np.ndarray

    def apart_from(self, part: int) -> list[int]:
        """The parts that share no words' place with `part`: not its sentence, not its clauses."""
        text = self.lines_of_parts[part][0]
        return [
            i
            for i, (other, _) in enumerate(self.lines_of_parts)
            if i != part and other not in text and text not in other
        ]


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
        scored = [_Scored(*row) for row in zip(lines, parts, held_out.lines, held_out.parts, strict=True)]
        self._fit_gate(messages, scored)
        return [self._reading(one, self.classifier.confidences(one.whole[None])[0]) for one in scored]

    def read(self, text: str, language: str | None) -> Reading:
        """Read one message."""
        line = (normalised(text, language), language)
        if not self.classifier.readable(line):
            classes = self.classifier.classes
            ranking = [(name, 1 / len(classes)) for name in classes]
            return Reading(ranking, (), readable=False)
        parts = parts_of(text, language)
        scores = self.classifier.scores([line, *parts])
        chances = self.classifier.confidences(scores[:1], [line])[0]
        return self._reading(_Scored(line, parts, scores[0], scores[1:]), chances)

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

    def _reading(self, scored: _Scored, whole: np.ndarray) -> Reading:
        """`whole` are the confidences in the whole message."""
        parts = self.classifier.confidences(scored.parts) if len(scored.parts) else scored.parts
        ranking = self._without_courtesies(self.classifier.ranking(whole), parts)
        first = ranking[0]
        further = [
            (self.classifier.classes[candidate], float(parts[:, candidate].max()))
            for candidate, traits in self._candidates(scored, whole, parts, first[0])
            if self.gate.chance(traits) >= self.gate.threshold
        ]
        return Reading(ranking, (first, *further[: MAX_WISHES - 1]))

    def _candidates(
        self, scored: _Scored, whole: np.ndarray, parts: np.ndarray, first_name: str
    ) -> list[tuple[int, list[float]]]:
        """(class, traits) of what may be a further wish, what its part is surest of first."""
        if not len(parts) or first_name in self._not_wishes:
            return []
        classes = self.classifier.classes
        first, best = classes.index(first_name), parts.max(axis=0)
        order = [
            int(i)
            for i in np.argsort(-best, kind="stable")[: CANDIDATES + 1 + len(self._not_wishes)]
            if i != first and classes[i] not in self._not_wishes
        ]
        leads_on = float(bool(_leads_on(scored.line)))
        found = []
        for candidate in order[:CANDIDATES]:
            part = int(parts[:, candidate].argmax())
            elsewhere = parts[scored.apart_from(part)]
            of_first = float(elsewhere[:, first].max()) if len(elsewhere) else 0.0
            traits = (
                best[candidate],
                np.log(whole[candidate] + 1e-4),
                scored.whole[candidate],
                scored.parts[part, candidate],
                parts[part, first],
                scored.parts[part, first],
                of_first,
                np.log1p((elsewhere.argmax(axis=1) == first).sum()) if len(elsewhere) else 0.0,
                "?" in scored.lines_of_parts[part][0],
                leads_on,
                best[candidate] * of_first,
                np.log(len(parts)),
            )
            found.append((candidate, [float(trait) for trait in traits]))
        return found

    def _fit_gate(self, messages: Sequence[Labelled], scored: Sequence[_Scored]) -> None:
        """Learn the gate from how held-out messages were read; keep the rule if hardly any has several wishes."""
        rows: list[list[float]] = []
        truth: list[bool] = []
        of_single: list[list[int]] = []  # for each message with one wish its rows
        for message, one in zip(messages, scored, strict=True):
            whole = self.classifier.confidences(one.whole[None])[0]
            parts = self.classifier.confidences(one.parts) if len(one.parts) else one.parts
            first = self._without_courtesies(self.classifier.ranking(whole), parts)[0][0]
            if first in self._not_wishes:
                continue
            candidates = self._candidates(one, whole, parts, first)
            if not message.also:
                of_single.append(list(range(len(rows), len(rows) + len(candidates))))
            for candidate, traits in candidates:
                rows.append(traits)
                name = self.classifier.classes[candidate]
                truth.append(bool(message.also) and name in (message.intent, *message.also))
        if sum(truth) < ENOUGH:
            return
        scale = StandardScaler().fit(rows)
        machine = LogisticRegression(max_iter=1000).fit(scale.transform(rows), truth)
        weights = machine.coef_[0] / scale.scale_
        self.gate = Gate(weights.tolist(), float(machine.intercept_[0] - weights @ scale.mean_))
        chances = [self.gate.chance(row) for row in rows]
        surest = sorted((max((chances[i] for i in own), default=0.0) for own in of_single), reverse=True)
        allowed = int(len(surest) * FALSE_WISHES)
        self.gate.threshold = max(0.05, surest[allowed] + 1e-6 if allowed < len(surest) else 0.05)

    def _without_courtesies(self, whole: Ranking, parts: np.ndarray) -> Ranking:
        """A long message is never only a greeting: when the whole says so, its surest part speaks for it."""
        if whole[0][0] not in self._not_wishes or not len(parts):
            return whole
        rankings = [self.classifier.ranking(part) for part in parts]
        clear = [part for part in rankings if part[0][0] not in self._not_wishes and part[0][1] >= 0.6]
        return max(clear, key=lambda part: part[0][1]) if clear else whole


_LEADS_ON = {
    language: re.compile(r"(?<!\w)(?:" + "|".join(lexicon.further) + r")(?!\w)")
    for language, lexicon in LEXICONS.items()
}


def _leads_on(line: Line) -> re.Match[str] | None:
    text, language = line
    return _LEADS_ON[language].search(text) if language in _LEADS_ON else None


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
