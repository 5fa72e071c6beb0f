"""Mails to sellers: in their language, complete, escaped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.base.clock import UTC
from bot.mail.compose import UnknownTemplate, compose

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Payload = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("language", "subject", "left"),
    [
        ("de", "[P-7K2M9Q] Bitte antworten: Artikel beschädigt – Lampe <Duna>", "noch 23 Std. 30 Min."),
        ("es", "[P-7K2M9Q] Responde, por favor: Artikel beschädigt – Lampe <Duna>", "te quedan 23 h 30 min"),
        ("zh", "[P-7K2M9Q] 请答复：Artikel beschädigt – Lampe <Duna>", "还剩 23 小时 30 分钟"),
    ],
)
def test_a_case_is_announced_in_the_sellers_language(
    payload: Payload, language: str, subject: str, left: str
) -> None:
    mail = compose(payload(language), now=OPENED + timedelta(minutes=30), address="https://puente.example")

    assert mail.subject == subject
    for part in (left, "Was bieten Sie an?", "302-4817264-1935501", "Zugestellt", "> Hola", "Lumen GmbH"):
        assert part in mail.text
    assert "https://puente.example/seller/cases/P-7K2M9Q" in mail.text
    assert 'href="https://puente.example/seller/cases/P-7K2M9Q"' in mail.html


def test_nothing_a_customer_typed_is_html(payload: Payload) -> None:
    mail = compose(payload(), now=OPENED, address="http://127.0.0.1")

    assert "<script>" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mail.html
    assert "> <script>alert(1)</script>" in mail.text


def test_braces_a_customer_typed_stay_what_they_are(payload: Payload) -> None:
    mail = compose(payload(words="{reference} {{ 7*7 }} {0}"), now=OPENED, address="")

    assert "> {reference} {{ 7*7 }} {0}" in mail.text


def test_a_mail_that_goes_out_after_the_time_says_so(payload: Payload) -> None:
    mail = compose(payload(), now=OPENED + timedelta(hours=25), address="")

    assert "Ihre Antwortfrist endete am 03.03.2026" in mail.text
    assert "noch" not in mail.text


def test_a_line_break_does_not_reach_the_subject(payload: Payload) -> None:
    mail = compose(payload(item="Lampe\r\nBcc: x@example.com"), now=OPENED, address="")

    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def test_parts_without_content_are_left_out(payload: Payload) -> None:
    mail = compose(payload(looked_up=[], details=[], line=[], item=""), now=OPENED, address="")

    assert "nachgesehen" not in mail.text
    assert mail.subject == "[P-7K2M9Q] Bitte antworten: Artikel beschädigt"


@pytest.mark.parametrize("language", ["de", "es", "zh"])
def test_a_decision_is_told_with_its_reason(payload: Payload, language: str) -> None:
    item = payload(language, decision="Erstattung", because="Der Mangel ist gedeckt.")

    mail = compose({**item, "template": "case_decided"}, now=OPENED, address="")

    assert "P-7K2M9Q" in mail.subject
    assert ": Erstattung" in mail.text
    assert ": Der Mangel ist gedeckt." in mail.text


@pytest.mark.parametrize("language", ["de", "es", "zh"])
def test_a_redirected_question_is_announced(payload: Payload, language: str) -> None:
    item = payload(language, order_id="302-4817264-1935501")

    mail = compose({**item, "template": "seller_message"}, now=OPENED, address="https://p.example")

    assert "> Hola" in mail.text
    assert "https://p.example/seller/messages" in mail.text


def test_a_mail_nobody_knows_is_refused(payload: Payload) -> None:
    with pytest.raises(UnknownTemplate):
        compose({**payload(), "template": "poem"}, now=OPENED, address="")
