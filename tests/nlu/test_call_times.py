"""R18: when to call, and on which number, as customers write it."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.nlu.call_times import call_time_in
from bot.nlu.phones import NoPhone, Phone, country_name, country_named, read_phone
from bot.service.contact_ways import CallTime

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "ahora mismo, si puede ser", CallTime(now=True)),
        ("es", "mañana entre 10 y 12", CallTime(day=TUESDAY, start=time(10), end=time(12))),
        ("es", "mañana por la mañana", CallTime(day=TUESDAY, start=time(8), end=time(12))),
        ("es", "por la mañana", CallTime(start=time(8), end=time(12))),
        ("es", "esta tarde", CallTime(day=MONDAY, start=time(15), end=time(20))),
        ("es", "el jueves a partir de las 16", CallTime(day=date(2026, 3, 5), start=time(16))),
        ("es", "de 4 a 6 de la tarde", CallTime(start=time(16), end=time(18))),
        ("es", "hoy a las 5", CallTime(day=MONDAY, start=time(17), end=time(18))),
        ("es", "antes de las 14:30", CallTime(end=time(14, 30))),
        ("es", "el 612 345 678", None),
        ("es", "el paquete llegó ayer", None),
        ("de", "jetzt gleich", CallTime(now=True)),
        ("de", "morgen zwischen 10 und 12 Uhr", CallTime(day=TUESDAY, start=time(10), end=time(12))),
        ("de", "morgen früh", CallTime(day=TUESDAY, start=time(8), end=time(12))),
        ("de", "heute Nachmittag", CallTime(day=MONDAY, start=time(15), end=time(18))),
        ("de", "am Freitag um 9:30", CallTime(day=date(2026, 3, 6), start=time(9, 30), end=time(10, 30))),
        ("de", "ab 16 Uhr", CallTime(start=time(16))),
        ("de", "vormittags", CallTime(start=time(8), end=time(12))),
        ("de", "unter 030 23125000", None),
        ("de", "ich warte seit gestern", None),
    ],
)
def test_times_are_read_as_they_are_meant(language: str, text: str, expected: CallTime | None) -> None:
    assert call_time_in(text, language, today=MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("al 612 345 678", "ES", Phone("+34612345678", "ES")),
        ("unter 030 23125000", "DE", Phone("+493023125000", "DE")),
        ("0034 612345678", "DE", Phone("+34612345678", "ES")),
        ("+43 664 1234567", "ES", Phone("+436641234567", "AT")),
        ("al 934 000 561, extensión 12", "ES", Phone("+34934000561", "ES")),
        ("612 345", "ES", NoPhone("too_short", "612 345")),
        ("+34 612 345 678 999", "ES", NoPhone("too_long", "+34 612 345 678 999")),
        ("+999 123456789", "ES", NoPhone("no_country_code", "+999 123456789")),
        ("+34 212 345 678", "ES", NoPhone("not_assigned", "+34 212 345 678")),
        ("0664 1234567", "ES", NoPhone("which_country", "0664 1234567", ("DE", "AT"))),
        ("mañana entre 10 y 12", "ES", NoPhone("not_there")),
    ],
)
def test_a_number_is_read_or_what_is_wrong_is_said(text: str, home: str, expected: Phone | NoPhone) -> None:
    assert read_phone(text, home) == expected


def test_a_foreign_mobile_number_is_asked_about_while_home_is_a_guess() -> None:
    assert read_phone("612 345 678", "DE", sure=False) == NoPhone(
        "which_country", "612 345 678", ("DE", "ES")
    )
    assert read_phone("612 345 678", "DE", country="ES") == Phone("+34612345678", "ES")


def test_countries_have_names_in_the_customers_language() -> None:
    assert country_named("es de Austria", "es") == country_named("aus Österreich", "de") == "AT"
    assert country_named("no lo sé", "es") is None
    assert (country_name("DE", "es"), country_name("ES", "de")) == ("Alemania", "Spanien")
