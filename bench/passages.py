"""Learn when a passage of a product page answers a question (R16), and measure it on products not learned from.

    python -m bench.passages            cross-validated figures
    python -m bench.passages --write    the same, and what was learned from all questions, into data/products
    python -m bench.passages --held-back    totals on questions that nothing was learned from (tests/shop/held_back)

Learned from: questions of people on pages of the demo shop (tests/actions) and of made-up products
(data/products/pages); each answered one counts once more, less, on the page without the passages that answer it, and
plain questions on properties (bench/attribute_questions.yml) count little. What words mean is learned first
(`bench.meaning`), from texts that none of these questions is in.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from scipy.optimize import minimize

from bench import meaning as meanings
from bot.demo.load import DATA, HANDS, asked_by
from bot.shop.model import AskedBefore, Attribute, Page
from bot.shop.passages import (
    CLOSEST,
    GROUPS,
    TRAITS,
    WEIGHTS,
    Passage,
    candidates,
    closest_passages,
    group_of,
    passages_of,
    ranked_passages,
    saying,
)

ROOT = Path(__file__).parent.parent
HELD_BACK = ROOT / "tests" / "shop" / "held_back"
ASKED = ("page_questions", "page_questions_further")
TAKEN_OFF = 0.5
"""How much a question counts on the page without its answer."""

PLAIN = 0.1
"""How much a plain question on a property counts; many are made by machine (bench/attribute_questions.yml)."""

LACKING = 0.03
"""The share of plain questions that is asked of pages that lack the property."""

DRAWN = 0.35
"""The share of the questions of the demo's writers that the choice is learned from."""

FOLDS = 8
SHRUNK = 30.0
"""How strongly the weights are held small."""

RIGHT = 0.9
"""The share of shown passages that has to be right."""

INVENTED = 0.03
"""The share of questions without an answer that may be shown a passage as if it were one."""

_YAML = YAML(typ="safe")


@dataclass(frozen=True)
class Case:
    """A question on a page: for every passage its traits and whether it answers."""

    source: str
    product: str
    locale: str
    counts: float
    asked: bool
    traits: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Reading:
    """What a model of other products makes of a case: the confidence of the best passage, and whether it answers."""

    case: Case
    confidence: float
    right: bool


def main() -> None:
    """Print the figures; with --write, learn from everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--held-back", action="store_true")
    options = parser.parse_args()
    if options.held_back:
        for path in sorted(HELD_BACK.glob("product_questions.*.yml")):
            locale = path.suffixes[0][1:]
            print(locale, held_back(locale))
        return
    write = options.write
    if write:
        meanings.write(meanings.learned([*pages().values(), *(page for page, _ in made_up())]))
    found = list(cases())
    readings = held_out(found)
    enough = {asked: _threshold([r for r in readings if r.case.asked == asked]) for asked in (True, False)}
    for source in sorted({reading.case.source for reading in readings}):
        for locale in ("es", "de"):
            chosen = [r for r in readings if (r.case.source, r.case.locale) == (source, locale)]
            print(source, locale, figures(chosen, enough))
    print("all", figures(readings, enough), f"enough: {enough[True]:.2f}, unasked {enough[False]:.2f}")
    if write:
        _write(learn(found), enough)


def held_back(locale: str) -> dict[str, int]:
    """What is shown for questions by somebody who saw the pages alone: totals, no single question."""
    shop, found = pages(), Counter[str]()
    for one in _YAML.load(HELD_BACK / f"product_questions.{locale}.yml"):
        page = shop[one["product"], locale]
        ranked = ranked_passages(one["asks"], page)
        shown = closest_passages(one["asks"], page)
        right = set(one.get("says", ()))
        sure = bool(shown) and shown[0].sure
        if not right:
            found["unanswered"] += 1
            found[
                "unanswered: " + ("invented" if sure else "shown as closest" if shown else "to the seller")
            ] += 1
            continue
        found["answered"] += 1
        found["right passage ranked first"] += ranked[0].text in right
        found["right passage among the first three"] += any(one.text in right for one in ranked[:CLOSEST])
        hit = any(one.text in right for one in shown)
        kind = "sure" if sure else "closest"
        found[f"{kind}: right" if hit else f"{kind}: wrong" if shown else "to the seller"] += 1
    return dict(sorted(found.items()))


def pages() -> dict[tuple[str, str], Page]:
    """Every product page of the demo shop by (product id, language)."""
    return {
        (id_, locale): _page(
            id_,
            locale,
            product[locale],
            tuple(asked for hand in HANDS for asked in asked_by(hand, locale).get(id_, ())),
        )
        for path in sorted((DATA / "products").glob("*.yml"))
        for product in _YAML.load(path)
        for id_ in (product["product_id"],)
        for locale in ("es", "de")
    }


def made_up() -> Iterator[tuple[Page, list[dict[str, Any]]]]:
    """The pages of made-up products, with the questions on them."""
    for path in sorted((meanings.PRODUCTS / "pages").glob("*.yml")):
        for number, content in enumerate(_YAML.load(path)):
            yield _page(f"{path.stem}-{number}", path.stem, content), content["asks"]


def cases() -> Iterator[Case]:
    """All questions, each on its page, and the answered ones once more on the page without their answer."""
    shop = pages()
    for name in ASKED:
        for locale, questions in _YAML.load(ROOT / "tests" / "actions" / f"{name}.yml").items():
            for question in questions:
                yield from _both(name, question, shop[question["product"], locale])
    for page, questions in made_up():
        for question in questions:
            yield from _both("made_up", question, page)
    yield from _by_another_hand(shop)
    yield from _plain(shop.values())


def _by_another_hand(shop: dict[tuple[str, str], Page]) -> Iterator[Case]:
    """What one writer asked, on pages that know what the others asked: some of it, drawn by lot."""
    chance = random.Random(2)
    for hand in HANDS:
        others = [other for other in HANDS if other != hand]
        for (product, locale), page in sorted(shop.items()):
            known = tuple(one for other in others for one in asked_by(other, locale).get(product, ()))
            page = replace(page, asked=known)
            for question in asked_by(hand, locale).get(product, ()):
                if chance.random() < DRAWN:
                    says = [question.says] if question.says else []
                    yield from _both("another hand", {"asks": question.question, "says": says}, page)


def _plain(shop: Iterable[Page]) -> Iterator[Case]:
    """A plain question on each property that a page has, and on a few that it lacks."""
    chance = random.Random(1)
    properties = _YAML.load(Path(__file__).parent / "attribute_questions.yml")
    for page in shop:
        told = {a.key: f"{a.name}: {a.value}" for a in page.attributes}
        for key, questions in properties.items():
            if key in told or chance.random() < LACKING:
                says = [told[key]] if key in told else []
                asked = _case("plain", chance.choice(questions[page.locale]), page, says, PLAIN)
                if asked is not None:
                    yield asked


def _page(product_id: str, locale: str, content: dict[str, Any], asked: tuple[AskedBefore, ...] = ()) -> Page:
    return Page(
        product_id=product_id,
        locale=locale,
        title=content["title"],
        description=content["description"],
        attributes=tuple(Attribute(**item) for item in content["attributes"]),
        box=tuple(content["box"]),
        questions=tuple((item["question"], item["answer"]) for item in content["questions"]),
        asked=asked,
    )


def _both(source: str, question: dict[str, Any], page: Page) -> Iterator[Case]:
    says = [str(stretch) for stretch in question.get("says", [])]
    asked = _case(source, question["asks"], page, says, 1.0)
    if asked is None:
        return
    yield asked
    if says:
        without = _case(f"{source}, taken off", question["asks"], _without(page, says), [], TAKEN_OFF)
        if without is not None:
            yield without


def _case(source: str, asks: str, page: Page, says: list[str], counts: float) -> Case | None:
    found = candidates(asks, page, locale=page.locale)
    if not found:
        return None
    traits = np.array([spread(passage, row) for passage, row in found], dtype=np.float32)
    answering = _saying([passage for passage, _ in found], says)
    right = np.array([at in answering for at in range(len(found))])
    return Case(source, page.product_id, page.locale, counts, bool(page.asked), traits, right)


def _saying(passages: list[Passage], says: list[str]) -> set[int]:
    return {at for stretch in says for at in saying(passages, stretch)}


def _without(page: Page, says: list[str]) -> Page:
    """The page without the passages that say one of the stretches."""
    passages = passages_of(page)
    answering = _saying(passages, says)
    kept = [passage for at, passage in enumerate(passages) if at not in answering]
    return replace(
        page,
        attributes=tuple(Attribute(p.key, p.heading, p.text) for p in kept if p.kind == "attribute"),
        questions=tuple((p.heading, p.text) for p in kept if p.kind == "question"),
        description=" ".join(p.text for p in kept if p.kind == "description"),
        box=page.box if any(p.kind == "box" for p in kept) else (),
    )


def spread(passage: Passage, traits: np.ndarray) -> np.ndarray:
    """Traits for weights that all passages share, and for those that belong to a group."""
    return np.concatenate([traits, *(traits * (group_of(passage) == group) for group in GROUPS)])


@dataclass(frozen=True)
class Choice:
    """A conditional logit: which passage is chosen, or none. `none` is the score of none."""

    weights: np.ndarray
    none: float

    def chances(self, traits: np.ndarray) -> np.ndarray:
        """The chance of every passage; what is missing to 1 is that of none."""
        scores = traits @ self.weights
        highest = max(float(scores.max()), self.none)
        chances: np.ndarray = np.exp(scores - highest)
        return chances / (chances.sum() + np.exp(self.none - highest))


def learn(found: list[Case]) -> Choice:
    """The weights under which the passages that answer are likeliest chosen; traits are put on one scale first."""
    rows = np.vstack([case.traits for case in found])
    scale = rows.std(axis=0)
    scale = np.where(scale > 1e-6, scale, np.inf)
    rows = rows / scale
    starts = np.cumsum([0] + [len(case.right) for case in found])[:-1]
    owner = np.repeat(np.arange(len(found)), [len(case.right) for case in found])
    right = np.concatenate([case.right for case in found])
    answered = np.array([case.right.any() for case in found])
    counts = np.array([case.counts for case in found])

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights, none = point[:-1], point[-1]
        scores = rows @ weights
        highest = np.maximum(np.maximum.reduceat(scores, starts), none)
        grown, grown_none = np.exp(scores - highest[owner]), np.exp(none - highest)
        total = np.add.reduceat(grown, starts) + grown_none
        chosen = np.where(answered, np.add.reduceat(np.where(right, grown, 0), starts), grown_none)
        value = -(counts * np.log(chosen / total)).sum() + SHRUNK / 2 * weights @ weights
        slope = counts[owner] * (grown / total[owner] - np.where(right, grown / chosen[owner], 0))
        slope_none = (counts * (grown_none / total - ~answered)).sum()
        return float(value), np.append(rows.T @ slope + SHRUNK * weights, slope_none)

    start = np.zeros(rows.shape[1] + 1)
    point = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return Choice(point[:-1] / scale, float(point[-1]))


def held_out(found: list[Case]) -> list[Reading]:
    """People's questions, each read by a model of other products."""
    products = sorted({case.product for case in found})
    random.Random(3).shuffle(products)
    readings = []
    for fold in range(FOLDS):
        held = set(products[fold::FOLDS])
        model = learn([case for case in found if case.product not in held])
        for case in (case for case in found if case.product in held and case.counts == 1):
            chances = model.chances(case.traits)
            best = int(chances.argmax())
            readings.append(Reading(case, float(chances[best]), bool(case.right[best])))
    return readings


def _threshold(readings: list[Reading]) -> float:
    """The lowest confidence from which on enough of what is shown is right, and few questions without an answer get one."""
    unanswered = sum(not reading.case.right.any() for reading in readings)
    shown = right = invented = 0
    enough = 1.0
    for reading in sorted(readings, key=lambda reading: -reading.confidence):
        shown, right = shown + 1, right + reading.right
        invented += not reading.case.right.any()
        if right >= RIGHT * shown and invented <= INVENTED * unanswered:
            enough = reading.confidence
    return enough


def figures(readings: list[Reading], enough: dict[bool, float]) -> dict[str, int]:
    """How many were shown right, wrong, missed; invented and silent are those that the page does not answer."""
    found = dict.fromkeys(("right", "wrong", "missed", "invented", "silent"), 0)
    for reading in readings:
        shown = reading.confidence >= enough[reading.case.asked]
        if reading.case.right.any():
            found["missed" if not shown else "right" if reading.right else "wrong"] += 1
        else:
            found["invented" if shown else "silent"] += 1
    return found


def _write(model: Choice, enough: dict[bool, float]) -> None:
    shared, *groups = np.split(model.weights, 1 + len(GROUPS))
    content: dict[str, Any] = {
        "enough": round(enough[True], 3),
        "enough_unasked": round(enough[False], 3),
        "none": round(model.none, 3),
    }
    for group, own in zip(GROUPS, groups, strict=True):
        content[group] = {t: round(float(w), 3) for t, w in zip(TRAITS, shared + own, strict=True)}
    with WEIGHTS.open("w", encoding="utf-8") as file:
        file.write(
            "# When a passage answers a question: learned by `python -m bench.passages --write`, not by hand.\n"
        )
        YAML().dump(content, file)


if __name__ == "__main__":
    main()
