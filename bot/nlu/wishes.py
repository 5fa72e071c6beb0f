"""Reads whole messages: the reason first in importance, and every further wish.

A long message is read as a whole and part by part (sentences, clauses). Whether a reason found in a part is a
wish of its own is learned from messages whose wishes are annotated (`also` in the training data).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.features import Line
from bot.nlu.gate import Candidate, Gate
from bot.nlu.held_out import FOLDS
from bot.nlu.intents import IntentClassifier, Ranking, Settings
from bot.nlu.lexicon import LEXICONS
from bot.nlu.normalise import SHORT, clauses, plain, stretches
from bot.nlu.words import Words

MIN_WORDS = 4
"""Shorter parts are greetings, signatures, fragments: read only within the whole."""

CANDIDATES = 3
"""Reasons of a message, beside its first, that are looked at as further wishes."""

LEAST = 0.05
"""Confidence of a part in a reason below which it is not looked at."""

BELIEVED = 0.5
"""Chance from which a further wish is no longer doubtful."""

MAX_WISHES = 3

BEGINNING = 3
"""Words at the beginning of a part that are looked at as such: it is there that people change the topic."""

SPEAKS_FOR = 0.3
"""A stretch of a message with at least this confidence in one of its wishes speaks for that one …"""

TIMES_LESS = 4
"""… and not for those in which it has so many times less."""

FALSE_WISHES = 0.07
"""Share of messages with one wish, and several parts to find another in, in which the reader may find a second one."""

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

    Of a text that is not `readable` (gibberish, emoji, nothing) no reason is likelier than another. `said` tells where
    in the text, as (start, end), each of several wishes is spoken of; stretches that may be about each are with each.
    `doubtful` are the further wishes that are as likely as not.
    """

    ranking: Ranking
    wishes: tuple[tuple[str, float], ...]
    readable: bool = True
    said: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()


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
    """Learns from labelled messages, then reads messages. Deterministic for a seed.

    `not_wishes` are never one of several wishes; `courtesies`, said before something else, are nothing but that.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        not_wishes: Collection[str] = (),
        courtesies: Collection[str] = (),
        words: Words | None = None,
    ) -> None:
        self.classifier = IntentClassifier(settings, words)
        self.gate = Gate()
        self._not_wishes = frozenset(not_wishes)
        self._courtesies = frozenset(courtesies)

    def fit(
        self,
        messages: Sequence[Labelled],
        *,
        folds: int | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> list[Reading]:
        """Learn; returns for each message how it is read by a reader that has not seen it or its near duplicates."""
        folds = folds or (FOLDS if len(messages) <= MANY else FOLDS_OF_MANY)
        read = [lines_of(m.text, m.language) for m in messages]
        lines, parts = [whole for whole, _ in read], [parts for _, parts in read]
        fold_of = folds_of(lines, folds)
        held_out = self.classifier.fit(
            lines, [m.intent for m in messages], folds=fold_of, parts=parts, progress=progress
        )
        scored = [_Scored(*row) for row in zip(lines, parts, held_out.lines, held_out.parts, strict=True)]
        gates = self._fit_gates(messages, scored, fold_of)
        return [
            self._reading(one, self.classifier.confidences(one.whole[None])[0], gates[fold])
            for one, fold in zip(scored, fold_of, strict=True)
        ]

    def read(self, text: str, language: str | None) -> Reading:
        """Read one message."""
        line, parts = lines_of(text, language)
        if not self.classifier.readable(line):
            classes = self.classifier.classes
            ranking = [(name, 1 / len(classes)) for name in classes]
            return Reading(ranking, (), readable=False)
        scores = self.classifier.scores([line, *parts])
        chances = self.classifier.confidences(scores[:1], [line])[0]
        if not parts and self.classifier.ranking(chances)[0][0] in self._courtesies:
            parts = [(after, language) for after in after_courtesies(line[0])]
            scores = np.vstack([scores, self.classifier.scores(parts)]) if parts else scores
        reading = self._reading(_Scored(line, parts, scores[0], scores[1:]), chances, self.gate)
        return replace(reading, said=self._said(text, language, [name for name, _ in reading.wishes]))

    def save(self, folder: Path) -> None:
        """Write everything to `folder`."""
        self.classifier.save(folder)
        content = {
            "gate": vars(self.gate),
            "not_wishes": sorted(self._not_wishes),
            "courtesies": sorted(self._courtesies),
        }
        (folder / "wishes.json").write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WishReader:
        """Read what `save` wrote."""
        content = json.loads((folder / "wishes.json").read_text(encoding="utf-8"))
        loaded = cls(not_wishes=content["not_wishes"], courtesies=content["courtesies"])
        loaded.classifier = IntentClassifier.load(folder)
        loaded.gate = Gate(**content["gate"])
        return loaded

    def _reading(self, scored: _Scored, whole: np.ndarray, gate: Gate) -> Reading:
        """`whole` are the confidences in the whole message."""
        parts = self.classifier.confidences(scored.parts) if len(scored.parts) else scored.parts
        ranking = self._without_courtesies(self.classifier.ranking(whole), parts)
        first = ranking[0]
        further = [
            (self.classifier.classes[one.number], float(parts[:, one.number].max()), chance)
            for one in self._candidates(scored, whole, parts, first[0])
            if (chance := gate.chance(one)) >= gate.threshold
        ][: MAX_WISHES - 1]
        doubtful = frozenset(name for name, _, chance in further if chance < BELIEVED)
        return Reading(ranking, (first, *((name, surely) for name, surely, _ in further)), doubtful=doubtful)

    def _said(
        self, text: str, language: str | None, names: Sequence[str]
    ) -> dict[str, tuple[tuple[int, int], ...]]:
        """Where in a text each of several wishes is spoken of; nothing for one wish alone, or said in one clause."""
        places = stretches(text)
        if len(names) < 2 or len(places) < 2:
            return {}
        lines = [(" ".join(plain(text[start:end], language).split()), language) for start, end in places]
        chances = self.classifier.confidences(self.classifier.scores(lines))
        chances = chances[:, [self.classifier.classes.index(name) for name in names]]
        best = chances.max(axis=1)
        others = (best >= SPEAKS_FOR)[:, None] & (chances * TIMES_LESS <= best[:, None])
        return {
            name: tuple(
                place for place, other in zip(places, others[:, i].tolist(), strict=True) if not other
            )
            for i, name in enumerate(names)
        }

    def _candidates(
        self, scored: _Scored, whole: np.ndarray, parts: np.ndarray, first_name: str
    ) -> list[Candidate]:
        """What may be a further wish, what its part is surest of first."""
        if not len(parts) or first_name in self._not_wishes:
            return []
        classes = self.classifier.classes
        first, best = classes.index(first_name), parts.max(axis=0)
        order = [
            int(i)
            for i in np.argsort(-best, kind="stable")[: CANDIDATES + 1 + len(self._not_wishes)]
            if i != first and best[i] >= LEAST and classes[i] not in self._not_wishes
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
            said = scored.lines_of_parts[part][0].split()
            names = {f"is {classes[candidate]}", f"beside {first_name}", *(f"says {word}" for word in said)}
            names |= {f"begins {word}" for word in said[:BEGINNING]}
            found.append(Candidate(candidate, [float(trait) for trait in traits], tuple(sorted(names))))
        return found

    def _fit_gates(
        self, messages: Sequence[Labelled], scored: Sequence[_Scored], folds: Sequence[int]
    ) -> dict[int, Gate]:
        """Learn the gate from how held-out messages were read; returns for each fold one that had not seen it.

        The threshold follows from those, since the gate knows its own messages too well.
        """
        candidates = [self._held_out_candidates(one) for one in scored]
        truth = [
            [bool(m.also) and self.classifier.classes[one.number] in (m.intent, *m.also) for one in own]
            for m, own in zip(messages, candidates, strict=True)
        ]

        def learned(without: int | None) -> Gate:
            kept = [i for i, fold in enumerate(folds) if fold != without]
            return Gate.learned([c for i in kept for c in candidates[i]], [t for i in kept for t in truth[i]])

        gates = {fold: learned(without=fold) for fold in sorted(set(folds))}
        self.gate = learned(without=None)
        surest = sorted(
            (
                max((gates[fold].chance(candidate) for candidate in own), default=0.0)
                for m, own, fold, one in zip(messages, candidates, folds, scored, strict=True)
                if not m.also and m.intent not in self._not_wishes and len(one.parts)
            ),
            reverse=True,
        )
        allowed = int(len(surest) * FALSE_WISHES)
        if self.gate != Gate():
            threshold = max(0.05, surest[allowed] + 1e-6 if allowed < len(surest) else 0.05)
            for gate in (self.gate, *gates.values()):
                gate.threshold = threshold
        return gates

    def _held_out_candidates(self, scored: _Scored) -> list[Candidate]:
        whole = self.classifier.confidences(scored.whole[None])[0]
        parts = self.classifier.confidences(scored.parts) if len(scored.parts) else scored.parts
        first = self._without_courtesies(self.classifier.ranking(whole), parts)[0][0]
        return self._candidates(scored, whole, parts, first)

    def _without_courtesies(self, whole: Ranking, parts: np.ndarray) -> Ranking:
        """A long message is never only a greeting: when the whole says so, its surest part speaks for it."""
        if whole[0][0] not in self._not_wishes or not len(parts):
            return whole
        rankings = [self.classifier.ranking(part) for part in parts]
        clear = [part for part in rankings if part[0][0] not in self._not_wishes and part[0][1] >= 0.6]
        return max(clear, key=lambda part: part[0][1]) if clear else whole


_GOES_ON = re.compile(r"(?:und|aber|y|pero)\s")


def after_courtesies(text: str) -> list[str]:
    """What a short message goes on with after its "thanks," or "hello,": a question, or an "and …"."""
    ends = [text[start:] for start, _ in stretches(text, least=1)[1:]]
    return [end for end in ends if end.count(" ") >= SHORT - 1 and ("?" in end or _GOES_ON.match(end))]


_LEADS_ON = {
    language: re.compile(r"(?<!\w)(?:" + "|".join(lexicon.further) + r")(?!\w)")
    for language, lexicon in LEXICONS.items()
}


def _leads_on(line: Line) -> re.Match[str] | None:
    text, language = line
    return _LEADS_ON[language].search(text) if language in _LEADS_ON else None


def lines_of(text: str, language: str | None) -> tuple[Line, list[Line]]:
    """A message as a whole, and the parts of it that are read on their own; none when it has only one."""
    readable = plain(text, language)
    parts = [" ".join(part.split()) for part in clauses(readable)]
    long = [(part, language) for part in parts if part.count(" ") >= MIN_WORDS - 1]
    return (" ".join(readable.split()), language), long if len(parts) > 1 else []


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
