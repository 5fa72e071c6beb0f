"""The label of a return, as a browser gets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from barcode.charsets import code128 as symbols

from bot.base.clock import FrozenClock
from bot.returns import AuthoriseReturn, authorise_return, withdraw_return
from bot.storage.database import Database
from bot.web import returns
from bot.web.barcode import QUIET_MODULES, code128
from tests.returns.conftest import stocked
from tests.returns.test_returns import LINE, planned
from tests.web.desk_house import house_of, served

__all__ = ["stocked"]


@pytest.fixture
def authorised(database: Database, clock: FrozenClock, stocked: Callable[[Database], str]) -> AuthoriseReturn:
    """A return in the house's database."""
    conversation, one = stocked(database), planned(clock)
    with database.write() as tx:
        authorise_return(tx, conversation, one, clock.now())
    return one


@pytest.fixture
def address(database: Database, clock: FrozenClock, tmp_path: Path) -> Iterator[str]:
    """A served house on that database."""
    with served(house_of(database, clock, tmp_path), returns.bp) as address:
        yield address


def label(address: str, one: AuthoriseReturn, locale: str = "es", **query: str) -> requests.Response:
    """The label's page."""
    query = {"token": one.token, **query}
    return requests.get(
        f"{address}/{locale}/returns/{one.reference}",
        params=query,
        headers={"accept": "text/html"},
        timeout=20,
    )


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "es",
            ["Etiqueta de devolución", "a más tardar el 26 de marzo de 2026", "España", "Franqueo pagado"],
        ),
        ("de", ["Rücksendeetikett", "Spätestens am 26. März 2026", "Spanien", "Porto bezahlt"]),
    ],
)
def test_the_label_has_address_deadline_and_barcode_and_nothing_of_the_customer(
    address: str, authorised: AuthoriseReturn, locale: str, words: list[str]
) -> None:
    answer = label(address, authorised, locale)

    assert answer.status_code == 200
    for text in (
        *words,
        "Sur &lt;b&gt;",
        "28001 Madrid",
        "Lámpara &lt;i&gt;Duna&lt;/i&gt;",
        authorised.reference,
    ):
        assert text in answer.text
    assert answer.text.count(code128(authorised.reference).path) == 2
    assert not any(word in answer.text for word in ("Ana", "ana@", "Calle Mayor", "28013"))
    assert 'name="robots" content="noindex"' in answer.text


def test_the_page_keeps_the_strict_policy_without_styles_or_scripts_in_it(
    address: str, authorised: AuthoriseReturn
) -> None:
    answer = label(address, authorised)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "same-origin")
    assert not re.search(r"\sstyle=|<style|<script>|\son\w+=", answer.text)


def test_a_wrong_token_another_reference_and_a_withdrawn_return_look_alike(
    address: str, authorised: AuthoriseReturn, database: Database, clock: FrozenClock
) -> None:
    wrong = label(address, authorised, token="x" * 43)
    missing = label(address, authorised, token="")
    other = requests.get(f"{address}/es/returns/R-222222", params={"token": authorised.token}, timeout=20)
    with database.write() as tx:
        withdraw_return(tx, LINE, clock.now())
    withdrawn = label(address, authorised)

    assert [answer.status_code for answer in (wrong, missing, other, withdrawn)] == [404] * 4
    assert "No encontramos esa devolución" in wrong.text
    assert other.json()["error"]["code"] == "unknown_return"


def test_the_label_is_over_with_its_deadline(
    address: str, authorised: AuthoriseReturn, clock: FrozenClock
) -> None:
    assert authorised.ship_by is not None
    clock.advance(authorised.ship_by - clock.now())

    answer = label(address, authorised, "de")

    assert answer.status_code == 404
    assert "Die Frist für diese Rücksendung ist abgelaufen" in answer.text


@pytest.mark.parametrize("text", ["R-7K2M9Q", "R-234567", "PJJ123C"])
def test_the_bars_read_as_the_reference(text: str) -> None:
    drawing = code128(text)

    assert read_code128(drawing.path, drawing.width) == text


def read_code128(path: str, width: int) -> str:
    """What a scanner of Code 128 (sets B and C) makes of the bars; checks quiet zones and the check symbol."""
    modules = ["0"] * width
    for at, bar in re.findall(r"M(\d+) 0h(\d+)v", path):
        modules[int(at) : int(at) + int(bar)] = "1" * int(bar)
    line = "".join(modules)
    assert line.startswith("0" * QUIET_MODULES + "11")
    assert line.endswith("11" + "0" * QUIET_MODULES)
    line = line.strip("0")
    values = [symbols.CODES.index(line[i : i + 11]) for i in range(0, len(line) - 13, 11)]
    start, *data, check = values
    assert (start + sum(place * value for place, value in enumerate(data, start=1))) % 103 == check
    text, in_c = "", start == 105
    for value in data:
        if value in (99, 100):
            in_c = value == 99
        else:
            text += f"{value:02}" if in_c else chr(value + 32)
    return text
