"""BM25 over documents of tokens (bm25s): how well each document fits some tokens."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

logging.getLogger("bm25s").setLevel(logging.WARNING)


class Ranking:
    """An immutable index; documents keep their places."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        from bm25s import BM25  # not above: it imports JAX (4 s) unless that has been left out before

        self._index = BM25(method="lucene")
        self._count = len(documents)
        self._empty = not any(documents)
        if not self._empty:
            self._index.index([list(tokens) for tokens in documents], show_progress=False)

    def knows(self, token: str) -> bool:
        """Whether any document holds the token."""
        return not self._empty and token in self._index.vocab_dict

    def scores(self, tokens: Sequence[str]) -> np.ndarray:
        """The score of every document for the tokens; 0 for those that hold none of them."""
        known = [token for token in tokens if self.knows(token)]
        found: np.ndarray = self._index.get_scores(known) if known else np.zeros(self._count)
        return found
