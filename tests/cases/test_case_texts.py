"""Every text about a case exists, in every language it is needed in, with the same placeholders."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from bot.base.settings import ROOT
from bot.base.texts import LOCALES, SELLER_LOCALES, catalogue
from bot.cases import wording
from bot.cases.language import detect_language, readable_for
from bot.service import decision_policy, resolution_table

TABLE, POLICY = resolution_table(), decision_policy()
FOR_SELLERS = {
    *(resolution.label for resolution in TABLE.resolutions.values()),
    *(text for q in (*TABLE.questions.values(), TABLE.otherwise) for text in (q.title, q.asks)),
    *POLICY.because.values(),
    *wording._LINE_STATES.values(),
    *wording._DETAILS.values(),
    *wording._WISHES.values(),
    *wording.LOOKED_UP.values(),
    *wording.RESULTS.values(),
}
FOR_CUSTOMERS = {*(resolution.tells for resolution in TABLE.resolutions.values()), *POLICY.because.values()}


def said_in(folder: str, methods: set[str]) -> set[str]:
    """English source texts given to `say(...)`, `sentence(...)` and the like in a room."""
    found = set()
    for path in (ROOT / "bot" / folder).glob("*.py"):
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                texts = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                if name in methods:
                    found.update(texts[-1:])
    return found


@pytest.mark.parametrize("locale", SELLER_LOCALES)
def test_sellers_texts_are_complete(locale: str) -> None:
    needed = FOR_SELLERS | said_in("mail", {"say", "case_link"}) | said_in("cases", {"say"})

    texts = catalogue("seller", locale)

    assert len(needed) > 100
    assert needed - set(texts) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_customers_texts_are_complete(locale: str) -> None:
    needed = FOR_CUSTOMERS | (said_in("cases", {"sentence", "translate"}) - {"seller", "cases"})

    assert len(needed) > 35
    assert needed - set(catalogue("cases", locale)) == set()


@pytest.mark.parametrize(("domain", "locales"), [("seller", SELLER_LOCALES), ("cases", LOCALES)])
def test_catalogues_have_the_same_texts_with_the_same_placeholders(
    domain: str, locales: tuple[str, ...]
) -> None:
    texts = [catalogue(domain, locale) for locale in locales]

    assert all(set(other) == set(texts[0]) for other in texts)
    for catalogued in texts:
        for source, text in catalogued.items():
            assert placeholders(text) == placeholders(source), source


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mañana mismo le enviamos otra pieza.", "es"),
        ("Die Lampe geht morgen in die Post.", "de"),
        ("我们明天寄出。", "zh"),
        ("We will ship the part tomorrow morning.", "en"),
        ("12345 / 67", None),
        ("", None),
    ],
)
def test_the_language_of_a_sellers_text(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_a_text_without_evidence_is_taken_to_be_in_the_sellers_language() -> None:
    def unsure(text: str) -> None:
        return None

    assert readable_for("ok ok", reader="es", writer="de", detect=unsure) == (False, "de")
    assert readable_for("123", reader="es", writer="de", detect=unsure) == (True, "es")
