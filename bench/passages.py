"""Learn when a passage of a product page answers a question (R16), and measure it on products not learned from.

    python -m bench.passages            cross-validated figures
    python -m bench.passages --write    the same, and data/decisions/passage_weights.yml from all questions

Learned from: the questions in tests/actions; the pages' own answered questions, asked on the page in the other
language (answered there) and on the page without them (mostly not answered any more); plain questions on properties.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from bot.demo.load import DATA
from bot.shop.model import Attribute, Page
from bot.shop.passages import TRAITS, WEIGHTS, candidates

ROOT = Path(__file__).parent.parent
ASKED = {"page_questions": "plain", "page_questions_further": "hard"}
WEIGHT = {
    "plain": 1.0,
    "hard": 1.0,
    "own question left out": 0.15,
    "in the other language": 0.15,
    "property": 0.2,
}
"""How much a question counts, by where it comes from: the last three are made up by machine."""

FOLDS = 6
RIGHT = 0.9
"""The share of shown passages that has to be right, and of which all but INVENTED of the unanswered are silent."""

INVENTED = 0.02
_YAML = YAML(typ="safe")
_SHARE_ASKED = {True: 0.35, False: 0.05}
"""How many of the plain questions on properties are asked of a page that has the property, and of one that has not."""


@dataclass(frozen=True)
class Case:
    """A question on a page: for every passage its traits and whether it answers."""

    source: str
    product: str
    answerable: bool
    traits: np.ndarray
    right: np.ndarray


def main() -> None:
    """Print the figures; with --write, learn from everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    cases = [case for case in _cases(pages()) if len(case.right)]
    held_out = _held_out(cases)
    enough = _threshold(held_out)
    for source in WEIGHT:
        print(source, _figures([pair for pair in held_out if pair[0].source == source], enough))
    print(f"enough: {enough:.2f}")
    if write:
        _write(_learn(cases), enough)


def pages() -> dict[tuple[str, str], Page]:
    """Every product page of the demo shop by (product id, language)."""
    found = {}
    for path in sorted((DATA / "products").glob("*.yml")):
        for product in _YAML.load(path):
            for locale in ("es", "de"):
                content = product[locale]
                found[product["product_id"], locale] = Page(
                    product_id=product["product_id"],
                    locale=locale,
                    title=content["title"],
                    description=content["description"],
                    attributes=tuple(Attribute(**item) for item in content["attributes"]),
                    box=tuple(content["box"]),
                    questions=tuple((item["question"], item["answer"]) for item in content["questions"]),
                )
    return found


def _cases(shop: dict[tuple[str, str], Page]) -> Iterator[Case]:
    for name, source in ASKED.items():
        asked = _YAML.load(ROOT / "tests" / "actions" / f"{name}.yml")
        for locale, questions in asked.items():
            for question in questions:
                page = shop[question["product"], locale]
                yield _case(
                    source, question["asks"], page, locale, [str(s) for s in question.get("says", [])]
                )
    properties = _YAML.load(Path(__file__).parent / "attribute_questions.yml")
    chance = random.Random(1)
    for (product_id, locale), page in sorted(shop.items()):
        other = shop[product_id, "de" if locale == "es" else "es"]
        for place, (asked, _) in enumerate(page.questions):
            rest = replace(page, questions=page.questions[:place] + page.questions[place + 1 :])
            yield _case("own question left out", asked, rest, locale, [])
            if place < len(other.questions):
                yield _case("in the other language", asked, other, locale, [other.questions[place][0]])
        told = {a.key: f"{a.name}: {a.value}" for a in page.attributes}
        for key, questions in properties.items():
            for asked in questions[locale]:
                if chance.random() < _SHARE_ASKED[key in told]:
                    yield _case("property", asked, page, locale, [told[key]] if key in told else [])
            for asked in questions[other.locale]:
                if chance.random() < _SHARE_ASKED[key in told] / 2:
                    yield _case("property", asked, page, other.locale, [told[key]] if key in told else [])


def _case(source: str, asked: str, page: Page, locale: str, says: list[str]) -> Case:
    found = candidates(asked, page, locale=locale)
    traits = [_by_kind(passage.kind == "question", row) for passage, row in found]
    right = [any(stretch in f"{p.heading}: {p.text}" for stretch in says) for p, _ in found]
    return Case(source, page.product_id, bool(says), np.array(traits), np.array(right))


def _by_kind(is_question: bool, traits: np.ndarray) -> np.ndarray:
    """Answered questions and other passages have weights of their own."""
    return np.concatenate([traits * is_question, traits * (not is_question)])


def _learn(cases: list[Case]) -> LogisticRegression:
    rows = np.concatenate([case.traits for case in cases])
    right = np.concatenate([case.right for case in cases])
    weights = np.concatenate([np.full(len(case.right), WEIGHT[case.source]) for case in cases])
    return LogisticRegression(C=0.3, max_iter=3000).fit(rows, right, sample_weight=weights)


def _held_out(cases: list[Case]) -> list[tuple[Case, float, bool]]:
    """Each case with the confidence of its best passage and whether that is right, by models of other products."""
    products = sorted({case.product for case in cases})
    random.Random(3).shuffle(products)
    read = []
    for fold in range(FOLDS):
        held = set(products[fold::FOLDS])
        model = _learn([case for case in cases if case.product not in held])
        for case in (case for case in cases if case.product in held):
            confidence = model.predict_proba(case.traits)[:, 1]
            best = int(confidence.argmax())
            read.append((case, float(confidence[best]), bool(case.right[best])))
    return read


def _threshold(held_out: list[tuple[Case, float, bool]]) -> float:
    """The lowest confidence at which people's questions, held out, are answered right and invented seldom enough."""
    asked = [pair for pair in held_out if pair[0].source in ASKED.values()]
    for enough in np.arange(0.3, 0.95, 0.01):
        f = _figures(asked, float(enough))
        shown = f["right"] + f["wrong"] + f["invented"]
        if (
            shown
            and f["right"] / shown >= RIGHT
            and f["invented"] <= INVENTED * (f["invented"] + f["silent"])
        ):
            return float(enough)
    raise SystemExit("no threshold is good enough")


def _figures(held_out: list[tuple[Case, float, bool]], enough: float) -> dict[str, int]:
    found = dict.fromkeys(("right", "wrong", "missed", "invented", "silent"), 0)
    for case, confidence, right in held_out:
        shown = confidence >= enough
        if case.answerable:
            found["missed" if not shown else "right" if right else "wrong"] += 1
        else:
            found["invented" if shown else "silent"] += 1
    return found


def _write(model: LogisticRegression, enough: float) -> None:
    weights = [round(float(weight), 3) for weight in model.coef_[0]]
    content = {
        "enough": round(enough, 2),
        "bias": round(float(model.intercept_[0]), 3),
        "question": dict(zip(TRAITS, weights[: len(TRAITS)], strict=True)),
        "other": dict(zip(TRAITS, weights[len(TRAITS) :], strict=True)),
    }
    with WEIGHTS.open("w", encoding="utf-8") as file:
        file.write(
            "# When a passage answers a question: learned by `python -m bench.passages --write`, not by hand.\n"
        )
        YAML().dump(content, file)


if __name__ == "__main__":
    main()
