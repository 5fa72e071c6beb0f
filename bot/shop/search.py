"""Searching the catalogue: by the words of both languages, with typing errors, plurals and compounds.

Ranking is BM25 (bm25s) over stems and kinds of things. What counts as found is stricter than what ranks: a product
fits only when it covers every telling word of the search; one that covers the kind but not the rest is *close*.
Meant for shops of up to some tens of thousands of products in one process (docs/decisions/0021).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bot.shop.model import Page
from bot.shop.ranking import Ranking
from bot.shop.words import (
    LANGUAGES,
    before_kind,
    function_words,
    kinds_of,
    search_words,
    stem,
    words_of,
)

SAME_WORD = 82
"""How alike (0–100) an unknown word and one of the catalogue must be to be taken for a typing error."""

TYPED = 5
"""Shorter words are not corrected."""

PART = 4
"""Letters the parts of a compound have at least."""

SMALL = 200
"""A shop of up to so many products is looked through as a whole when a product is named."""

LOOK_AGAIN_SECONDS = 60.0

_LINKS = ("", "s", "n", "en", "es", "er", "e")
"""Letters that stand between the parts of a German compound."""

_TITLE_TIMES = 3
_DENIED = re.compile(r"\b(?:no|sin|nicht|nein|kein\w*|ohne|ni|not)\b")


@dataclass(frozen=True)
class Hit:
    """A product found. `close`: it is the kind of thing looked for, but not all of what was said is on its page."""

    product_id: str
    score: float
    close: bool


@dataclass(frozen=True)
class _Asked:
    """One telling word of a search: the tokens of which a product must have one."""

    tokens: tuple[str, ...]


class Catalogue:
    """An index over all product pages, both languages together. Immutable; built from the pages."""

    def __init__(self, pages: Iterable[Page]) -> None:
        by_product: dict[str, list[Page]] = {}
        for page in pages:
            by_product.setdefault(page.product_id, []).append(page)
        self._ids = list(by_product)
        self._titles = {i: {page.locale: page.title for page in found} for i, found in by_product.items()}
        self._vocabulary = {language: self._words(by_product, language) for language in LANGUAGES}
        self._spelled = {language: sorted(words) for language, words in self._vocabulary.items()}
        self._kept: dict[str, dict[str, tuple[str, ...]]] = {language: {} for language in LANGUAGES}
        self._index = Ranking([self._tokens(found) for found in by_product.values()])
        self._names = {product_id: _proper_names(found) for product_id, found in by_product.items()}

    def find(self, text: str, locale: str, *, limit: int = 4) -> list[Hit]:
        """The products a search means, best first: those that fit; when none does, those that come close."""
        kinds, words = self._asked(text, locale)
        if not self._ids or not (kinds or words):
            return []
        covers = [self._index.scores(word.tokens) for word in words]
        of_kind = [self._index.scores((f"kind:{kind}",)) for kind in kinds]
        score = np.sum([*covers, *of_kind], axis=0)
        kind_fits = np.all([s > 0 for s in of_kind], axis=0) if kinds else np.ones(len(self._ids), dtype=bool)
        all_words = np.all([s > 0 for s in covers], axis=0) if covers else np.ones(len(self._ids), dtype=bool)
        in_title = self._index.scores(tuple(f"title:{t}" for word in words for t in word.tokens)) > 0
        fits = kind_fits & all_words & ((score > 0) if kinds else in_title)
        found, close = (fits, False) if fits.any() else (kind_fits & (score > 0), True)
        if close and not kinds:
            return []
        best = np.argsort(-np.where(found, score, -1.0), kind="stable")[:limit]
        return [Hit(self._ids[i], float(score[i]), close) for i in best if found[i]]

    def named(self, text: str, locale: str) -> list[str]:
        """The products a text calls by brand and model: one name alone may be an ordinary word."""
        said = set(words_of(text, locale))
        return [product_id for product_id, names in self._names.items() if len(names) > 1 and names <= said]

    def names_kind(self, text: str, locale: str) -> bool:
        """Whether a search names a kind of things, sold here or not."""
        return bool(self._asked(text, locale)[0])

    def near(self, text: str, locale: str, *, limit: int = 40) -> list[str]:
        """The products that share any word or kind with a text, best first: what may be meant by it.

        All of a small shop: whether one is meant is then decided by its title alone.
        """
        if len(self._ids) <= SMALL:
            return list(self._ids)
        kinds, words = self._asked(text, locale)
        tokens = [*(t for word in words for t in word.tokens), *(f"kind:{kind}" for kind in kinds)]
        score = self._index.scores(tuple(tokens) + tuple(f"title:{t}" for word in words for t in word.tokens))
        best = np.argsort(-score, kind="stable")[:limit]
        return [self._ids[i] for i in best if i < len(self._ids) and score[i] > 0]

    def titles(self, text: str, locale: str) -> dict[str, str]:
        """The titles of the products that `text` may mean, by id, each in `locale` where there is such a page."""
        found = {product_id: self._titles[product_id] for product_id in self.near(text, locale)}
        return {i: titles.get(locale) or next(iter(titles.values())) for i, titles in found.items()}

    def _asked(self, text: str, locale: str) -> tuple[list[str], list[_Asked]]:
        """What a search asks for: kinds of things, and the other telling words with the tokens they may stand as."""
        language = locale
        spelled = " ".join(self._spelled_right(word, locale) for word in words_of(text, locale))
        kinds = kinds_of(spelled, locale)
        if not kinds:
            other = next(language for language in LANGUAGES if language != locale)
            kinds = kinds_of(spelled, other)
            language = other if kinds else locale
        naming = {word for named in kinds.values() for word in named}
        fillers = (
            function_words(language) | search_words(language) | function_words(locale) | search_words(locale)
        )
        words = []
        for word in words_of(spelled, language):
            before = before_kind(word, language) if word in naming else ""
            if before:
                words.append(_Asked((*self._forms(word, language), *self._first_part(before, language))))
            elif word not in naming and word not in fillers and (len(word) > 1 or word.isdigit()):
                words.append(_Asked(tuple(self._forms(word, language))))
        return list(kinds), words

    def _spelled_right(self, word: str, locale: str) -> str:
        """A word no page has, as the one it was meant to be when there is one that is nearly the same."""
        if len(word) < TYPED or word in function_words(locale) or word in search_words(locale):
            return word
        if self._forms(word, locale) or any(kinds_of(word, language) for language in LANGUAGES):
            return word
        for language in (locale, *(other for other in LANGUAGES if other != locale)):
            match = process.extractOne(
                word, self._spelled[language], scorer=fuzz.ratio, score_cutoff=SAME_WORD
            )
            if match:
                return str(match[0])
        return word

    def _forms(self, word: str, locale: str) -> list[str]:
        """The tokens a word of a search may stand as: its stem in either language, the parts of a compound."""
        stems = [f"{language}:{stem(word, language)}" for language in (locale, *LANGUAGES)]
        return [token for token in dict.fromkeys(stems) if self._index.knows(token)]

    def _first_part(self, part: str, language: str) -> list[str]:
        roots = (part.removesuffix(link) for link in _LINKS)
        return [form for root in roots if len(root) >= PART for form in self._forms(root, language)]

    def _words(self, by_product: dict[str, list[Page]], language: str) -> frozenset[str]:
        """The words of titles and properties in a language: what compounds are split into and typing errors mean."""
        return frozenset(
            word
            for pages in by_product.values()
            for page in pages
            if page.locale == language
            for word in words_of(_told(page), language)
            if len(word) >= PART and not word.isdigit() and word not in function_words(language)
        )

    def _tokens(self, pages: list[Page]) -> list[str]:
        """All tokens of a product: stems, parts of compounds, kinds; those of titles several times."""
        tokens: list[str] = []
        for page in pages:
            language, name = page.locale, page.title.split(",")[0]
            title = self._stems(page.title, language)
            tokens += [f"title:{token}" for token in title] + title * _TITLE_TIMES
            tokens += [f"kind:{kind}" for kind in kinds_of(name, language)]
            tokens += self._stems(f"{_told(page)} {page.description} {' '.join(page.box)}", language)
        return tokens

    def _stems(self, text: str, language: str) -> list[str]:
        """The tokens of a text: its words' stems, and those of the parts of compounds."""
        kept = self._kept[language]
        tokens: list[str] = []
        for word in words_of(text, language):
            if word not in kept:
                kept[word] = self._tokens_of_word(word, language)
            tokens += kept[word]
        return tokens

    def _tokens_of_word(self, word: str, language: str) -> tuple[str, ...]:
        if word in function_words(language):
            return ()
        parts = _parts(word, self._vocabulary[language])
        return tuple(f"{language}:{stem(one, language)}" for one in (word, *parts))


def _parts(word: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The parts of a compound when both are words of the catalogue: "Schreibtischlampe" → schreibtisch, lampe."""
    for cut in range(PART, len(word) - PART + 1):
        first, last = word[:cut], word[cut:]
        if last not in vocabulary:
            continue
        for link in _LINKS:
            root = first.removesuffix(link) if link else first
            if len(root) >= PART and root in vocabulary:
                return root, last
    return ()


def _proper_names(pages: list[Page]) -> frozenset[str]:
    """The names of a product, its brand and model: the words that its titles have in all languages."""
    if len(pages) < len(LANGUAGES):
        return frozenset()
    titles = [words_of(page.title.split(",")[0], page.locale) for page in pages]
    return frozenset(word for word in set(titles[0]).intersection(*titles[1:]) if len(word) >= PART)


def _told(page: Page) -> str:
    """Title and properties of a page, without properties that say what the product is not or has not."""
    told = [f"{a.name} {a.value}" for a in page.attributes if not _DENIED.search(a.value.casefold())]
    return " ".join([page.title, *told])


class KeptCatalogue:
    """A catalogue that is built once and again when the shop's content has changed. Safe between threads."""

    def __init__(
        self,
        mark: Callable[[], Any],
        pages: Callable[[], Iterable[Page]],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_mark, self._read_pages, self._seconds = mark, pages, seconds
        self._lock = threading.Lock()
        self._kept: tuple[Any, Catalogue] | None = None
        self._builder: threading.Thread | None = None
        self._looked_at = 0.0

    def get(self) -> Catalogue:
        """The catalogue as of the last look at the shop's content, at most `LOOK_AGAIN_SECONDS` ago.

        The first one is waited for; a newer one is built in a thread beside, and taken when it is ready.
        """
        with self._lock:
            kept, due = self._kept, self._seconds() - self._looked_at >= LOOK_AGAIN_SECONDS
            if kept is None:
                kept = self._built(self._read_mark())
            elif due and not (self._builder and self._builder.is_alive()):
                self._looked_at = self._seconds()
                mark = self._read_mark()
                if mark != kept[0]:
                    self._builder = threading.Thread(target=self._built, args=(mark,), daemon=True)
                    self._builder.start()
            return kept[1]

    def wait(self) -> None:
        """Wait for the catalogue that is being built, if one is."""
        if self._builder:
            self._builder.join()

    def _built(self, mark: Any) -> tuple[Any, Catalogue]:
        built = (mark, Catalogue(self._read_pages()))
        self._kept, self._looked_at = built, self._seconds()
        return built
