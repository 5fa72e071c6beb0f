"""Which reasons found in parts of a message are wishes of their own: learned from messages whose wishes are annotated."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

OFTEN = 3
"""Candidates with a name below which it teaches nothing."""

GATE_C = 0.1
"""Inverse regularisation of the gate; chosen by folds of our own messages."""

ENOUGH = 30
"""True candidates from which the gate is learned; with fewer it stays a rule."""

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


@dataclass(frozen=True)
class Candidate:
    """A reason that may be a further wish: its class, `TRAITS`, and sorted names of what else holds (words of its part)."""

    number: int
    traits: list[float]
    names: tuple[str, ...]


@dataclass
class Gate:
    """Whether a candidate is a wish of its own: a logistic regression over its traits and names."""

    weights: list[float] = field(default_factory=lambda: list(RULE))
    names: dict[str, float] = field(default_factory=dict)
    bias: float = RULE_BIAS
    threshold: float = 0.5

    @classmethod
    def learned(cls, candidates: Sequence[Candidate], truth: Sequence[bool]) -> Gate:
        """A gate that tells true candidates from others; the rule where hardly any is true. The threshold is not learned."""
        if sum(truth) < ENOUGH:
            return cls()
        traits = StandardScaler().fit([one.traits for one in candidates])
        names = DictVectorizer()
        indicated = names.fit_transform([dict.fromkeys(one.names, 1.0) for one in candidates])
        often = np.asarray(indicated.sum(axis=0))[0] >= OFTEN
        names.restrict(np.flatnonzero(often), indices=True)
        matrix = hstack(
            [csr_matrix(traits.transform([one.traits for one in candidates])), indicated[:, often]]
        )
        machine = LogisticRegression(C=GATE_C, max_iter=3000).fit(matrix.tocsr(), truth)
        weights = machine.coef_[0][: len(TRAITS)] / traits.scale_
        of_names = dict(
            zip(names.get_feature_names_out().tolist(), machine.coef_[0][len(TRAITS) :].tolist(), strict=True)
        )
        return cls(weights.tolist(), of_names, float(machine.intercept_[0] - weights @ traits.mean_))

    def chance(self, candidate: Candidate) -> float:
        """The chance, 0 … 1, that a candidate is a wish."""
        score = self.bias + sum(map(operator.mul, self.weights, candidate.traits))
        score += sum(self.names.get(name, 0.0) for name in candidate.names)
        return 1 / (1 + math.exp(-max(score, -500.0)))
