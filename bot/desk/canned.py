"""Canned replies: texts agents send often, per customer's language, from `data/canned/<language>.yml`.

English, which no customer speaks, has the titles only."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import yaml

from bot.base.settings import ROOT
from bot.base.texts import DEFAULT_LOCALE, DESK_LOCALES


@dataclass(frozen=True)
class Canned:
    """A reply: `title` for the agent, `text` for the customer, with the placeholder `{agent}`."""

    key: str
    title: str
    text: str = ""


def canned_replies(*, customer_locale: str, agent_locale: str, agent_name: str) -> list[Canned]:
    """The replies in the customer's language, titled in the agent's."""
    titles = {canned.key: canned.title for canned in _file(_known(agent_locale))}
    return [
        Canned(canned.key, titles[canned.key], canned.text.format(agent=agent_name))
        for canned in _file(_known(customer_locale))
    ]


def _known(locale: str) -> str:
    return locale if locale in DESK_LOCALES else DEFAULT_LOCALE


@functools.cache
def _file(locale: str) -> tuple[Canned, ...]:
    text = (ROOT / "data" / "canned" / f"{locale}.yml").read_text(encoding="utf-8")
    return tuple(Canned(**entry) for entry in yaml.safe_load(text))
