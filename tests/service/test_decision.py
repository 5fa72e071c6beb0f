"""R11: decisions by reason, state and value; and the tables they and the sellers' choices come from."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.service import CaseFacts, Decision, RulesError, decide, decision_policy, resolution_table
from bot.service._files import FOLDER
from bot.service.decision import load_policy
from bot.service.reasons import OUTCOMES
from bot.service.resolutions import NOT_SHIPPED, load_resolutions
from bot.shop.model import LineState

POLICY = decision_policy()
TABLE = resolution_table()
STATES = get_args(LineState)
FACTS = st.builds(
    CaseFacts,
    reason=st.sampled_from([*sorted(OUTCOMES), "something_new"]),
    line_state=st.none() | st.sampled_from(STATES),
    value_cents=st.none() | st.integers(1, 200_000),
    abroad=st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (CaseFacts("order_late", "preparing", 90_000), Decision("cancel_confirmed", "not_sent_in_time")),
        (CaseFacts("order_late", "shipped", 4990), Decision("refund", "not_arrived_in_time")),
        (CaseFacts("order_late", "shipped", 30_000), Decision("person_takes_over", "high_value")),
        (CaseFacts("order_late", "lost", 90_000), Decision("refund", "lost_on_the_way")),
        (CaseFacts("order_not_received", "delivered", 14_999), Decision("refund", "handover_not_confirmed")),
        (CaseFacts("order_not_received", "delivered", 15_000), Decision("person_takes_over", "high_value")),
        (CaseFacts("order_cancel", "placed", 4990), Decision("cancel_confirmed", "not_sent_yet")),
        (CaseFacts("order_cancel", "shipped", 4990), Decision("cancel_refused_shipped", "already_sent")),
        (
            CaseFacts("order_cancel", "delivered", 4990, within_return_window=True),
            Decision("return_label", "within_return_window"),
        ),
        (CaseFacts("order_change", "placed", 4990), Decision("change_impossible", "change_not_confirmed")),
        (CaseFacts("item_missing", "delivered", 4990), Decision("refund", "incomplete_delivery")),
        (
            CaseFacts("item_damaged", "delivered", 1999, within_guarantee=True),
            Decision("refund", "not_worth_returning"),
        ),
        (
            CaseFacts("item_damaged", "delivered", 3999, abroad=True, within_guarantee=True),
            Decision("refund", "not_worth_returning"),
        ),
        (
            CaseFacts("item_damaged", "delivered", 3999, within_guarantee=True),
            Decision("return_label", "within_guarantee"),
        ),
        (CaseFacts("item_defective", "delivered", 3999), Decision("person_takes_over", "needs_person")),
        (CaseFacts("return_start", "delivered", 4990), Decision("return_refused", "outside_return_window")),
        (
            CaseFacts("return_start", "delivered", 4990, within_return_window=True),
            Decision("return_label", "within_return_window"),
        ),
        (CaseFacts("refund_status", "return_received", 4990), Decision("refund", "return_arrived")),
        (
            CaseFacts("product_question", "delivered", 4990, within_return_window=True),
            Decision("return_if_unsuitable", "not_on_the_page"),
        ),
        (CaseFacts("seller_contact", None, None), Decision("person_takes_over", "needs_person")),
    ],
)
def test_decisions(facts: CaseFacts, decision: Decision) -> None:
    assert decide(facts, POLICY) == decision


@given(facts=FACTS)
def test_every_case_is_decided_and_no_amount_is_told_without_an_order_line(facts: CaseFacts) -> None:
    decision = decide(facts, POLICY)

    resolution = TABLE.resolutions[decision.resolution]
    assert decision.reason_code in POLICY.because
    assert not resolution.needs
    if facts.line_state is None and facts.value_cents is None:
        assert not resolution.names_amount


@given(facts=FACTS)
def test_nothing_is_cancelled_that_has_left_and_nothing_waits_that_has_not(facts: CaseFacts) -> None:
    resolution = decide(facts, POLICY).resolution

    if resolution == "cancel_confirmed":
        assert facts.line_state in NOT_SHIPPED
    if resolution in {"return_label", "return_refused", "cancel_refused_shipped"}:
        assert facts.line_state not in NOT_SHIPPED or facts.within_return_window or facts.within_guarantee


def test_every_reason_that_goes_to_sellers_has_a_question_choices_and_rules() -> None:
    for reason, outcome in OUTCOMES.items():
        if outcome == "seller":
            assert TABLE.question(reason) is not TABLE.otherwise, reason
            assert TABLE.question(reason).offers, reason
            assert reason in POLICY.rules, reason


def test_the_tables_name_only_known_reasons_and_states() -> None:
    assert set(TABLE.questions) <= set(OUTCOMES)
    assert set(POLICY.rules) <= set(OUTCOMES)
    for rules in POLICY.rules.values():
        for rule in rules:
            assert rule.states is None or rule.states <= set(STATES)


@pytest.mark.parametrize(
    ("reason", "state", "window", "offered", "not_offered"),
    [
        ("order_cancel", "placed", False, "cancel_confirmed", "cancel_refused_shipped"),
        ("order_cancel", "shipped", False, "cancel_refused_shipped", "cancel_confirmed"),
        ("return_start", "delivered", True, "return_label", "return_refused"),
        ("return_start", "delivered", False, "return_refused", "wait_new_date"),
        ("item_damaged", None, False, "replacement", "refund"),
    ],
)
def test_only_what_is_possible_is_offered(
    reason: str, state: str | None, window: bool, offered: str, not_offered: str
) -> None:
    names = {r.name for r in TABLE.offered(reason, line_state=state, within_return_window=window)}

    assert offered in names
    assert not_offered not in names


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"order_late": [{"then": "teleport", "because": "needs_person"}]}, "order_late rule 1.*teleport"),
        ({"order_late": [{"then": "wait_new_date", "because": "needs_person"}]}, "wait_new_date"),
        ({"order_late": [{"then": "person_takes_over", "because": "whim"}]}, "whim"),
        ({"order_late": []}, "order_late: the last rule"),
        (
            {"order_late": [{"when": {"moon": 1}, "then": "person_takes_over", "because": "high_value"}]},
            "moon",
        ),
        ({"order_late": [{"then": "refund", "because": "high_value"}]}, "names an amount"),
    ],
)
def test_a_wrong_policy_is_refused_naming_the_rule(tmp_path: Path, change: dict, named: str) -> None:
    content = yaml.safe_load((FOLDER / "policy.yml").read_text(encoding="utf-8"))
    content["decisions"].update(change)
    path = tmp_path / "policy.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")

    with pytest.raises(RulesError, match=named):
        load_policy(path, TABLE)


@pytest.mark.parametrize(
    "text", ["resolutions: [", "- a", "resolutions: {}", "{resolutions: {a: {}}, reasons: {}, otherwise: {}}"]
)
def test_a_file_that_is_no_table_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "resolutions.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RulesError, match=r"resolutions\.yml"):
        load_resolutions(path)
