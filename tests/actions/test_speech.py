"""Days, times and amounts as the reader writes them; every text in both languages with the same placeholders."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions import registry, speech
from bot.base.clock import UTC
from bot.base.settings import ROOT
from bot.base.texts import catalogue

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "actions").glob("*.py")))


@pytest.mark.parametrize(
    ("locale", "days", "when", "bare"),
    [
        ("es", 0, "hoy", "hoy"),
        ("es", 1, "mañana", "mañana"),
        ("es", -1, "ayer", "ayer"),
        ("es", 4, "el viernes 6 de marzo", "el viernes 6 de marzo"),
        ("de", 1, "morgen", "morgen"),
        ("de", 4, "am Freitag, 6. März", "Freitag, 6. März"),
        ("es", 400, "el 6 de abril de 2027", "el 6 de abril de 2027"),
        ("de", 400, "am 6. April 2027", "6. April 2027"),
    ],
)
def test_a_day_with_and_without_its_preposition(locale: str, days: int, when: str, bare: str) -> None:
    instant = NOW + timedelta(days=days)

    assert speech.day(locale, instant, NOW) == when
    assert speech.date(locale, instant, NOW) == bare


@pytest.mark.parametrize(
    ("locale", "hour", "expected"),
    [
        ("es", 9, "mañana a las 10:00"),
        ("es", 0, "mañana a la 1:00"),
        ("de", 9, "morgen um 10:00 Uhr"),
        ("de", 0, "morgen um 1:00 Uhr"),
    ],
)
def test_a_moment_in_the_readers_zone(locale: str, hour: int, expected: str) -> None:
    assert speech.moment(locale, datetime(2026, 3, 3, hour, 0, tzinfo=UTC), NOW) == expected


def test_midnight_is_the_readers_midnight() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert speech.day("de", late, NOW) == "morgen"


def test_money_in_each_notation() -> None:
    assert speech.money("es", 123456).replace("\xa0", " ") == "1.234,56 €"
    assert speech.money("de", 3990).replace("\xa0", " ") == "39,90 €"


@pytest.mark.parametrize("name", sorted(speech.responses()))
def test_a_reply_has_both_languages_with_the_same_placeholders(name: str) -> None:
    texts = speech.responses()[name]

    assert set(texts) == {"es", "de"}
    assert len(texts["es"]) == len(texts["de"]) == len({*texts["es"], *texts["de"]}) // 2
    assert len({frozenset(speech.placeholders(one)) for own in texts.values() for one in own}) == 1


@pytest.mark.parametrize("name", sorted(set(re.findall(r'"(utter_[a-z_]+[a-z])"', SOURCE))))
def test_a_reply_that_is_said_has_a_text(name: str) -> None:
    assert name in speech.responses()


def test_a_missing_value_is_an_error_and_never_shown() -> None:
    with pytest.raises(speech.MissingResponse, match="utter_ask_cancel/es"):
        speech.render("utter_ask_cancel", "es", {})


def test_both_catalogues_have_the_same_texts_and_placeholders() -> None:
    spanish, german = catalogue("bot", "es"), catalogue("bot", "de")

    assert set(spanish) == set(german)
    for msgid, text in spanish.items():
        if not msgid.startswith("words for"):
            assert speech.placeholders(text) == speech.placeholders(german[msgid]), msgid


@pytest.mark.parametrize("msgid", sorted(set(re.findall(r'(?:label|button)\(\s*"([^"]+)"', SOURCE))))
def test_a_label_that_is_used_has_a_text(msgid: str) -> None:
    assert msgid in catalogue("bot", "es")


def test_every_case_a_customer_can_have_is_named() -> None:
    asked = {msgid.removeprefix("asked ") for msgid in catalogue("bot", "es") if msgid.startswith("asked ")}
    matters = {
        msgid.removeprefix("matter ") for msgid in catalogue("bot", "es") if msgid.startswith("matter ")
    }

    assert asked == matters
    assert asked <= set(registry.HANDLERS)


def test_german_never_puts_a_preposition_before_one() -> None:
    texts = [text for wordings in speech.responses().values() for text in wordings["de"]]
    doubled = r"\b(?:bis|für|ab|vor|seit) \{(?:was_promised|delivered|shipped|cancelled|received|refunded)\}"

    assert [text for text in texts if re.search(doubled, text)] == []


def test_the_texts_are_where_they_are_looked_for() -> None:
    assert Path(ROOT / "data" / "responses").is_dir()
