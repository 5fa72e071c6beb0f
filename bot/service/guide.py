"""R17–R19: the guided contact as a tree of topics and issues, and what it means to have come to an end of it.

The tree is data/decisions/guide.yml, its words are the catalogue `guide`; both are checked when they are read.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.base.texts import LOCALES, catalogue
from bot.service import _files
from bot.service.reasons import CONCRETE_REASONS, OUTCOMES

REASON_OF_WAY: Mapping[str, str | None] = {
    "chat": None,
    "email": "request_email",
    "callback": "request_callback",
}
"""R18: way → the reason served instead of the issue's own; None: the issue's own."""

DETAILS = frozenset({"description", "part", "new_value", "question", "wish"})
"""Details of a wish that a guided customer can give; the actions ask for what is missing of them."""

SellerPart = Literal["asked", "messages"]
_SELLER_PART: Mapping[str, SellerPart] = {"seller": "asked", "redirect": "messages"}


class Bought(Protocol):
    """What decides whether an order line belongs to a topic: the shop's `Product` is one."""

    @property
    def category(self) -> str: ...

    @property
    def brand(self) -> str: ...


@dataclass(frozen=True)
class Leaf:
    """Where a path ends. `path` are the issues that lead here, this one last; the rest as in guide.yml."""

    path: tuple[str, ...]
    reason: str
    asks: str
    ways: tuple[str, ...]
    recommended: str
    hint: str
    gives: str | None = None
    needs_text: bool = False
    choice: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The issue's name."""
        return self.path[-1]

    @property
    def seller_part(self) -> SellerPart | None:
        """R19: `asked` when the seller may have to be asked, `messages` when it goes to their messages."""
        return _SELLER_PART.get(OUTCOMES[self.reason])


@dataclass(frozen=True)
class Issue:
    """One step: finer issues, or the end of the path."""

    name: str
    issues: tuple[Issue, ...] = ()
    leaf: Leaf | None = None

    def leaves(self) -> Iterator[Leaf]:
        """The ends that can be reached from here."""
        if self.leaf is not None:
            yield self.leaf
        for issue in self.issues:
            yield from issue.leaves()


@dataclass(frozen=True)
class Topic:
    """What it is about. `categories` and `brands` narrow the order lines that belong to it; empty: any."""

    name: str
    picks_line: bool
    issues: tuple[Issue, ...]
    to_seller: str | None = None
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()

    def leaves(self) -> Iterator[Leaf]:
        """All ends of the topic."""
        for issue in self.issues:
            yield from issue.leaves()

    def leaf(self, name: str) -> Leaf | None:
        """The end with this name."""
        return next((leaf for leaf in self.leaves() if leaf.name == name), None)

    def accepts(self, product: Bought) -> bool:
        """Whether a line with this product can be picked for the topic."""
        return (
            self.picks_line
            and (not self.categories or product.category in self.categories)
            and (not self.brands or product.brand in self.brands)
        )


@dataclass(frozen=True)
class PickedLine:
    """The order line a guided customer has picked, and what its product is called in their language."""

    line_id: str
    order_id: str
    product_id: str
    title: str


@dataclass(frozen=True)
class Guide:
    """The file guide.yml."""

    topics: Mapping[str, Topic]

    def step(self, name: str) -> Topic | Issue | None:
        """The topic or issue with this name: names are used once."""
        return self.topics.get(name) or next((i for i in self.issues() if i.name == name), None)

    def issues(self) -> Iterator[Issue]:
        """All issues, of all topics and depths."""
        waiting = [issue for topic in self.topics.values() for issue in topic.issues]
        while waiting:
            issue = waiting.pop(0)
            yield issue
            waiting += issue.issues


def command_of(leaf: Leaf, way: str, *, line: PickedLine | None, text: str | None) -> str:
    """What the choices mean to the bot: an intent with entities, as a button of ours carries it.

    `guided` holds what was given: the customer's own words, the details they are, the matter, and what it is
    about. For another way than chat the matter stays beside the way's own reason (R18).
    """
    details = dict(leaf.details)
    if leaf.gives and text:
        details[leaf.gives] = text
    about = {
        "order_id": line.order_id if line else None,
        "line_id": line.line_id if line else None,
        "product_id": line.product_id if line else None,
    }
    entities: dict[str, Any] = {name: about[name] for name in ("line_id", "product_id") if about[name]}
    if leaf.choice:
        entities["choice"] = leaf.choice
    entities["guided"] = {"text": text, "details": details, "matter": leaf.reason, "about": about}
    return f"/{REASON_OF_WAY[way] or leaf.reason}{json.dumps(entities)}"


def sentence(leaf: Leaf, way: str, *, line: PickedLine | None, text: str | None, locale: str) -> str:
    """The choices as the customer would have said them: "Pedido … · Lámpara …: llegó roto. <their words>"."""
    texts = catalogue("guide", locale)
    says = texts[f"says {leaf.name}"]
    if line is not None:
        said = texts["Order {order} · {product}: {says}"].format(
            order=line.order_id, product=line.title, says=says
        )
    else:
        said = says[0].upper() + says[1:]
    parts = [said, texts[f"wants {way}"] if REASON_OF_WAY[way] else "", f"\n{text}" if text else ""]
    return " ".join(part for part in parts if part).replace(" \n", "\n")


@functools.lru_cache(maxsize=1)
def guide() -> Guide:
    """The tree in data/decisions/guide.yml; raises `RulesError`."""
    titles = {locale: catalogue("guide", locale) for locale in LOCALES}
    return load_guide(_files.FOLDER / "guide.yml", titles)


def load_guide(path: Path, titles: Mapping[str, Collection[str]]) -> Guide:
    """Read and check a guide; `titles` are the known texts of each language. Raises `RulesError` naming the entry."""
    content = _files.read(path)
    _files.check_keys(path.name, content, needed={"otherwise", "topics"})
    _files.check_keys(f"{path.name} otherwise", content["otherwise"], needed={"ways", "recommended", "hint"})
    topics = {
        name: _topic(f"{path.name} {name}", name, given, content["otherwise"])
        for name, given in content["topics"].items()
    }
    found = Guide(topics)
    _check_names(path.name, found)
    for locale, known in titles.items():
        if missing := sorted(_needed_titles(found) - set(known)):
            raise _files.RulesError(f"{path.name}: {missing[0]!r} has no text in {locale} (locales, guide)")
    return found


def _topic(where: str, name: str, given: dict[str, Any], otherwise: dict[str, Any]) -> Topic:
    _files.check_keys(where, given, needed={"issues"}, allowed={"line", "only", "to_seller"})
    only = given.get("only", {})
    _files.check_keys(f"{where} only", only, needed=set(), allowed={"category", "brand"})
    if only and not given.get("line"):
        raise _files.RulesError(f"{where}: only narrows the lines of a topic with line: true")
    topic = Topic(
        name,
        picks_line=bool(given.get("line")),
        issues=_issues(where, given["issues"], (), otherwise),
        to_seller=given.get("to_seller"),
        categories=frozenset(only.get("category", ())),
        brands=frozenset(only.get("brand", ())),
    )
    writes = topic.leaf(topic.to_seller) if topic.to_seller else None
    if topic.to_seller and (writes is None or writes.reason != "seller_contact"):
        raise _files.RulesError(f"{where}: to_seller {topic.to_seller!r} is no issue with seller_contact")
    return topic


def _issues(
    where: str, given: dict[str, Any], above: tuple[str, ...], otherwise: dict[str, Any]
) -> tuple[Issue, ...]:
    if not given:
        raise _files.RulesError(f"{where}: there are no issues")
    return tuple(_issue(f"{where} {name}", (*above, name), one, otherwise) for name, one in given.items())


def _issue(where: str, path: tuple[str, ...], given: dict[str, Any], otherwise: dict[str, Any]) -> Issue:
    if "issues" in given:
        _files.check_keys(where, given, needed={"issues"})
        return Issue(path[-1], issues=_issues(where, given["issues"], path, otherwise))
    return Issue(path[-1], leaf=_leaf(where, path, given, otherwise))


def _leaf(where: str, path: tuple[str, ...], given: dict[str, Any], otherwise: dict[str, Any]) -> Leaf:
    optional = {"gives", "asks", "needs_text", "choice", "details", "ways", "recommended", "hint"}
    _files.check_keys(where, given, needed={"reason"}, allowed=optional)
    gives = given.get("gives")
    full = {**otherwise, **given}
    leaf = Leaf(
        path=path,
        reason=given["reason"],
        asks=given.get("asks", gives or "words"),
        ways=tuple(full["ways"]),
        recommended=full["recommended"],
        hint=full["hint"],
        gives=gives,
        needs_text=bool(given.get("needs_text")),
        choice=given.get("choice"),
        details=given.get("details", {}),
    )
    if leaf.reason not in CONCRETE_REASONS:
        raise _files.RulesError(f"{where}: {leaf.reason!r} is no reason a customer can have")
    if unknown := sorted({*leaf.details, *([gives] if gives else [])} - DETAILS):
        raise _files.RulesError(f"{where}: the detail {unknown[0]!r} is unknown")
    if unknown := sorted(set(leaf.ways) - set(REASON_OF_WAY)):
        raise _files.RulesError(f"{where}: the way {unknown[0]!r} is unknown")
    if leaf.recommended not in leaf.ways:
        raise _files.RulesError(f"{where}: {leaf.recommended!r} is recommended and not offered")
    return leaf


def _check_names(where: str, guide: Guide) -> None:
    names = [*guide.topics, *(issue.name for issue in guide.issues())]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _files.RulesError(f"{where}: {twice[0]!r} stands twice")


def _needed_titles(guide: Guide) -> set[str]:
    leaves = [leaf for topic in guide.topics.values() for leaf in topic.leaves()]
    return {
        "Order {order} · {product}: {says}",
        *(f"topic {name}" for name in guide.topics),
        *(f"issue {issue.name}" for issue in guide.issues()),
        *(f"says {leaf.name}" for leaf in leaves),
        *(f"asks {leaf.asks}" for leaf in leaves),
        *(f"hint {leaf.hint}" for leaf in leaves),
        *(f"way {way}" for way in REASON_OF_WAY),
        *(f"wants {way}" for way, reason in REASON_OF_WAY.items() if reason),
    }
