"""Wishes: long messages are read sentence by sentence and as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Ranking = list[tuple[str, float]]

SECOND_WISH_CONFIDENCE = 0.6
"""A sentence states a wish of its own when it is read with at least this confidence."""

MIN_WORDS = 4
"""Shorter sentences are greetings, signatures, fragments: read only as part of the whole."""

MAX_WISHES = 3


@dataclass(frozen=True)
class Reading:
    """`ranking` is that of the message's first wish; `wishes` are (reason, confidence), the main one first."""

    ranking: Ranking
    wishes: tuple[tuple[str, float], ...]


def read(
    whole: str,
    sentences: Sequence[str],
    rank_all: Callable[[Sequence[str]], list[Ranking]],
    *,
    not_wishes: frozenset[str],
) -> Reading:
    """Read a message with `rank_all`. `not_wishes` are intents that cannot stand beside another (greetings)."""
    parts = [part for part in sentences if len(part.split()) >= MIN_WORDS] if len(sentences) > 1 else []
    rankings = rank_all([whole, *parts])
    ranking = _without_courtesies(rankings[0], rankings[1:], not_wishes)
    wishes = [ranking[0]]
    for part in rankings[1:]:
        reason, confidence = part[0]
        known = {name for name, _ in wishes}
        if confidence >= SECOND_WISH_CONFIDENCE and reason not in known | not_wishes:
            wishes.append((reason, confidence))
    return Reading(ranking, tuple(wishes[:MAX_WISHES]))


def _without_courtesies(whole: Ranking, parts: list[Ranking], not_wishes: frozenset[str]) -> Ranking:
    """A long message is never only a greeting: when the whole says so, its clearest sentence speaks for it."""
    if whole[0][0] not in not_wishes:
        return whole
    clear = [part for part in parts if part[0][0] not in not_wishes and part[0][1] >= SECOND_WISH_CONFIDENCE]
    return max(clear, key=lambda part: part[0][1]) if clear else whole
