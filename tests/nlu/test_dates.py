"""Calendar points: what is one, how far it reaches, and which days it means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dates import find_dates

TODAY = date(2026, 5, 20)  # a Wednesday


def _found(text: str, language: str | None) -> list[str]:
    return [text[match.start : match.end] for match in find_dates(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Pedido el 12 de mayo, el viernes pasado decía que hoy", ["el 12 de mayo", "el viernes pasado", "hoy"]),
        ("es", "Buenos días, llega mañana por la mañana?", ["mañana por la mañana"]),
        ("es", "esta mañana a las 9 de la mañana", ["esta mañana"]),
        ("es", "desde hace dos semanas espero, lo compré hace un mes", ["hace un mes"]),
        ("es", "llamé los días 21, 22 y 25 de marzo", ["21", "22", "25 de marzo"]),
        ("es", "estamos a 19 y el plazo era el 5.", ["19", "el 5"]),
        ("es", "el 30 % de descuento, el 12 Pro, el 2.4", []),
        ("es", "Atentamente, Julio Calderón", []),
        ("es", "¡Feliz Navidad! Era para Reyes, no para la Navidad que viene", ["Reyes", "la Navidad que viene"]),
        ("es", "a nombre de Custodio Ruiz, 12/05/2026 o 2026-05-12", ["12/05/2026", "2026-05-12"]),
        ("es", "soy María Domingo, mándelo el Domingo o el lun", ["el Domingo", "el lun"]),
        ("es", "llega dentro de 3 días o el 17 dic", ["dentro de 3 días", "el 17 dic"]),
        ("es", "la semana del 10 de junio", ["la semana del 10 de junio"]),
        ("es", "la tercera semana de mayo, el último día de enero", ["la tercera semana de mayo", "el último día de enero"]),
        ("es", "benía el juebes, hoy mismo o el CyberDay", ["el juebes", "hoy mismo", "el CyberDay"]),
        ("es", "sábado 15/6, enero del 24, el 1.º de mayo", ["sábado 15/6", "enero del 24", "el 1.º de mayo"]),
        ("es", "calle 25 de Mayo 1203, el vie 7/6, sep/2023", ["el vie 7/6", "sep/2023"]),
        ("es", "mi esposo se llama Domingo; el 6 por la noche", ["el 6 por la noche"]),
        ("de", "am ersten Montag im Mai, 1. Quartal 2023", ["ersten Montag im Mai", "1. Quartal 2023"]),
        ("de", "hüt oder morn, am Zischtig; 23.-25. Mai", ["hüt", "morn", "Zischtig", "23.", "25. Mai"]),
        ("es", "hace quince días o hace unos días", ["hace quince días", "hace unos días"]),
        ("es", "el veintidós de marzo, no el 5 de este mes", ["el veintidós de marzo", "el 5 de este mes"]),
        ("es", "el jueves de la semana pasada, los fines de semana no", ["el jueves de la semana pasada"]),
        ("de", "vor vierzehn Tagen, vor mehr als einer Woche", ["vor vierzehn Tagen", "vor mehr als einer Woche"]),
        ("de", "am fünften März, letzte Woche Freitag", ["fünften März", "letzte Woche Freitag"]),
        ("es", "12 set de vasos para el mar", []),
        ("de", "Frau Mai sagte am Sontag: heuer, zwischen den Jahren", ["Sontag", "heuer", "zwischen den Jahren"]),
        ("de", "am Do oder Fr, Sa., 21.09., oder vor 3 Wochn", ["Do", "Fr", "Sa., 21.09.", "vor 3 Wochn"]),
        ("de", "Im Park Sonntag gewesen, gekauft Sommer 2021", ["Sonntag", "Sommer 2021"]),
        ("de", "Am 12. Mai, letzten Freitag, heute ist der 20.", ["12. Mai", "letzten Freitag", "heute", "20."]),
        ("de", "Guten Morgen, kommt es morgen früh?", ["morgen früh"]),
        ("de", "Morgen, wo bleibt mein Paket?", []),
        ("de", "seit drei Wochen warte ich, bestellt vor 5 Wochen", ["vor 5 Wochen"]),
        ("de", "schon das 2. Mal und am 3. Tag, erst am 4. Juni", ["4. Juni"]),
        ("de", "zwischen dem 5. und 12. Jänner, KW 2 oder Ende Jänner", ["5.", "12. Jänner", "KW 2", "Ende Jänner"]),
        ("de", "vom 3.4. bis zum 5.4.26", ["3.4.", "5.4.26"]),
        ("de", "bis Monatsende, schönes Wochenende!", ["Monatsende"]),
        ("de", "am Ostermontag, montags nie", ["Ostermontag"]),
        ("de", "am Di. oder bis Fr, er hat so lange seit so vielen Tagen", ["Di", "Fr"]),
        ("de", "am gestrigen Abend, bis zum heutigen Tag, heit, f/1.8.", ["gestrigen Abend", "heutigen Tag", "heit"]),
        ("de", "ich habe 2021 bei Ihnen gekauft, 2024 Watt", ["2021"]),
        ("es", "entre el Jueves Santo y el Viernes Santo, en el colegio", ["el Jueves Santo", "el Viernes Santo"]),
        (None, "ayer y gestern", ["ayer", "gestern"]),
        ("de", "", []),
    ],
)  # fmt: skip
def test_calendar_points_are_found_and_nothing_else(language, text, expected):
    assert _found(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "first", "last"),
    [
        ("de", "am Di", "2026-05-19", None),
        ("de", "am letzten Freitag im November", "2025-11-28", None),
        ("de", "1. Quartal 2023", "2023-01-01", "2023-03-31"),
        ("de", "zweite Juniwoche", "2026-06-08", "2026-06-14"),
        ("de", "im Mai 24", "2024-05-01", "2024-05-31"),
        ("es", "la última semana del mes pasado", "2026-04-24", "2026-04-30"),
        ("es", "la Navidad de 2023", "2023-12-25", None),
        ("es", "la segunda quincena de abril", "2026-04-16", "2026-04-30"),
        ("es", "hoy en ocho", "2026-05-27", None),
        ("es", "el biernes", "2026-05-15", None),
        ("de", "bis Fr", "2026-05-22", None),
        ("de", "heute in einer Woche", "2026-05-27", None),
        ("de", "heute vor einer Woche", "2026-05-13", None),
        ("de", "letztes Jahr zu Weihnachten", "2025-12-25", None),
        ("de", "Aschermittwoch", "2026-02-18", None),
        ("de", "Cyber Monday", "2025-12-01", None),
        ("es", "el viernes santo", "2026-04-03", None),
        ("es", "ayer", "2026-05-19", None),
        ("es", "anteayer", "2026-05-18", None),
        ("es", "pasado mañana", "2026-05-22", None),
        ("es", "el viernes pasado", "2026-05-15", None),
        ("es", "el miércoles pasado", "2026-05-13", None),
        ("es", "el próximo viernes", "2026-05-22", None),
        ("es", "para el viernes", "2026-05-22", None),
        ("es", "el viernes", "2026-05-15", None),
        ("es", "el 3 de junio", "2026-06-03", None),
        ("es", "el 30 de diciembre", "2025-12-30", None),
        ("es", "el 30 de diciembre de 2027", "2027-12-30", None),
        ("es", "el día 28", "2026-04-28", None),
        ("es", "el 22", "2026-05-22", None),
        ("es", "hace tres semanas", "2026-04-29", None),
        ("es", "hace un par de días", "2026-05-18", None),
        ("es", "la semana que viene", "2026-05-25", "2026-05-31"),
        ("es", "este finde", "2026-05-23", "2026-05-24"),
        ("es", "a finales de abril", "2026-04-21", "2026-04-30"),
        ("es", "en Semana Santa", "2026-04-02", None),
        ("es", "Black Friday", "2025-11-28", None),
        ("es", "dia de la madre", "2026-05-03", None),
        ("es", "hace quince días", "2026-05-05", None),
        ("es", "hace más de un mes", "2026-04-20", None),
        ("es", "hace medio año", "2025-11-20", None),
        ("es", "el veintidós de marzo", "2026-03-22", None),
        ("es", "el 12 del mes pasado", "2026-04-12", None),
        ("es", "el jueves de la semana pasada", "2026-05-14", None),
        ("es", "dentro de tres días", "2026-05-23", None),
        ("es", "la semana del 10 de junio", "2026-06-08", "2026-06-14"),
        ("de", "vor vierzehn Tagen", "2026-05-06", None),
        ("de", "vor einem halben Jahr", "2025-11-20", None),
        ("de", "am dritten elften", "2025-11-03", None),
        ("de", "Freitag nächster Woche", "2026-05-29", None),
        ("de", "46. KW", "2025-11-10", "2025-11-16"),
        ("de", "zwischen den Jahren", "2025-12-27", "2025-12-31"),
        ("de", "vorgestern", "2026-05-18", None),
        ("de", "letzten Montag", "2026-05-18", None),
        ("de", "bis Montag", "2026-05-25", None),
        ("de", "12.05.", "2026-05-12", None),
        ("de", "12.5.25", "2025-05-12", None),
        ("de", "am 31. Jänner", "2026-01-31", None),
        ("de", "vor einem Monat", "2026-04-20", None),
        ("de", "letzte Woche", "2026-05-11", "2026-05-17"),
        ("de", "letztes Wochenende", "2026-05-16", "2026-05-17"),
        ("de", "vorletzte Woche", "2026-05-04", "2026-05-10"),
        ("de", "Ende des Monats", "2026-05-21", "2026-05-31"),
        ("de", "KW 23", "2026-06-01", "2026-06-07"),
        ("de", "letzten Sommer", "2025-06-01", "2025-08-31"),
        ("de", "Muttertag", "2026-05-10", None),
        ("de", "2. Advent", "2025-12-07", None),
        ("de", "im März 2024", "2024-03-01", "2024-03-31"),
    ],
)
def test_a_calendar_point_means_days_as_seen_from_today(language, text, first, last):
    (match,) = find_dates(text, language)

    assert match.days(TODAY) == (date.fromisoformat(first), date.fromisoformat(last or first))


def test_days_that_do_not_exist_are_none():
    (match,) = find_dates("el 31 de febrero", "es")

    assert match.days(TODAY) is None


@given(st.text(), st.sampled_from(["es", "de", None]), st.dates())
def test_no_text_breaks_it(text, language, today):
    for match in find_dates(text, language):
        assert 0 <= match.start < match.end <= len(text)
        days = match.days(today)
        assert days is None or days[0] <= days[1]


@pytest.mark.parametrize("word", ["12.", "el ", "lunes ", "vor ", "hace ", "letzten ", "1/"])
def test_long_texts_take_no_longer_than_their_length(word):
    assert isinstance(find_dates(word * 2000, None), tuple)  # a pattern that backtracks would never end
