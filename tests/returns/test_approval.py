"""R13: who approved what, since when, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import cli
from bot.base.clock import FrozenClock
from bot.base.errors import BadInput, Unknown
from bot.returns.approval import approve_policy
from bot.service import return_rules
from bot.shop.sql import policies_of
from bot.storage.database import Database

STANDARD = return_rules().standard.as_json()
HOUR = timedelta(hours=1)


def approve(database: Database, clock: FrozenClock, terms: Any, seller: str = "s-es", **values: Any) -> None:
    """Approve from now on."""
    with database.write() as tx:
        now = clock.now()
        approve_policy(tx, seller, terms, **{"approved_by": "Sofía", "valid_from": now, "now": now, **values})


def test_an_approved_policy_is_kept_with_who_and_when(
    any_database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    stocked(any_database)
    better = {**STANDARD, "window_days": 60}

    approve(any_database, clock, better, valid_from=clock.now() + HOUR)
    approve(any_database, clock, None, valid_from=clock.now() + 2 * HOUR)

    with any_database.read() as tx:
        first, second = policies_of(tx, ["s-es"])
    assert (first.terms, first.valid_from) == (better, clock.now() + HOUR)
    assert (first.approved_by, first.approved_at) == ("Sofía", clock.now())
    assert second.terms is None


def test_a_worse_policy_is_refused_with_every_respect(
    database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    stocked(database)

    with pytest.raises(BadInput, match="policy_refused") as refusal:
        approve(database, clock, {**STANDARD, "window_days": 20, "fee_percent": 5, "accepts": "used"})

    assert set(refusal.value.fields) == {"window_days", "fee_percent"}
    assert "kürzer" in refusal.value.as_body("de")["error"]["fields"]["window_days"]
    with database.read() as tx:
        assert policies_of(tx, ["s-es"]) == []


def test_what_orders_rest_on_is_not_changed_afterwards(
    database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    stocked(database)
    approve(database, clock, STANDARD, valid_from=clock.now() + HOUR)

    for when in (clock.now() - HOUR, clock.now(), clock.now() + HOUR):
        with pytest.raises(BadInput, match="policy_in_the_past"):
            approve(database, clock, STANDARD, valid_from=when)


def test_terms_that_cannot_be_read_and_unknown_sellers_are_refused(
    database: Database, clock: FrozenClock, stocked: Callable[[Database], str]
) -> None:
    stocked(database)

    with pytest.raises(BadInput, match="bad_policy") as refusal:
        approve(database, clock, {"window_days": 60})
    with pytest.raises(Unknown, match="unknown_seller"):
        approve(database, clock, STANDARD, seller="s-nobody")
    assert "fee_percent" in refusal.value.message("es")


def test_the_command_line_names_the_respects(
    database: Database,
    stocked: Callable[[Database], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stocked(database)
    monkeypatch.setenv("PUENTE_DATABASE_URL", database.url)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    file = tmp_path / "terms.yml"
    file.write_text(yaml.safe_dump({**STANDARD, "fee_percent": 5}), encoding="utf-8")

    refused = cli.main(["policy", "approve", "s-es", str(file), "--by", "Sofía"])
    file.write_text(yaml.safe_dump({**STANDARD, "window_days": 45}), encoding="utf-8")
    approved = cli.main(["policy", "approve", "s-es", str(file), "--by", "Sofía"])
    listed = cli.main(["policy", "list", "s-es"])

    said = capsys.readouterr()
    assert (refused, approved, listed) == (2, 0, 0)
    assert "fee_percent: Es wird mehr einbehalten als nach dem Standard." in said.err
    assert '"window_days": 45' in said.out
