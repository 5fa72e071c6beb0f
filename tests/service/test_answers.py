from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.answers import LABELS, NEEDED
from actions.registry import HANDLERS
from actions.speech import responses
from bot.service._files import RulesError
from bot.service.answers import STATUS, LineFacts, answer_table, decide, load_answers

STATES = (
    "placed", "preparing", "shipped", "delivered", "lost", "returned_to_sender", "cancelled", "return_started",
    "return_received", "refunded",
)  # fmt: skip

facts = st.builds(
    LineFacts,
    state=st.sampled_from(STATES),
    overdue=st.booleans(),
    digital=st.booleans(),
    route=st.sampled_from(["case", "seller_messages", "ourselves"]),
)


@given(facts=facts, reason=st.sampled_from(sorted(answer_table())))
def test_whatever_is_known_of_a_line_one_row_decides(facts: LineFacts, reason: str) -> None:
    row = decide(reason, facts)

    assert row.reason == reason
    assert row.holds(facts)
    assert not any(earlier.holds(facts) for earlier in answer_table()[reason][: row.number - 1])


def test_what_was_sent_is_never_cancelled() -> None:
    for state in STATES:
        row = decide("order_cancel", LineFacts(state, overdue=False, digital=False, route="case"))

        assert (row.then == "seller") == (state in {"placed", "preparing"})


def test_the_table_names_replies_questions_and_buttons_that_exist() -> None:
    assert HANDLERS
    for rows in answer_table().values():
        for row in rows:
            if row.says and row.says != STATUS:
                assert set(responses()[row.says]) == {"es", "de"}, row.name
            assert set(row.needs) <= set(NEEDED), row.name
            assert set(row.buttons) <= set(LABELS), row.name


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("order_lost: [{then: answer}]", "order_lost: no contact reason"),
        ("order_late: []", "order_late: a list of rows"),
        ("order_late: [{then: guess}]", "row 1: then: guess"),
        (
            "order_late: [{then: answer, when: {weather: bad}}, {then: answer}]",
            "row 1: the condition weather",
        ),
        ("order_late: [{then: answer, when: {overdue: true}}]", "the last has none"),
        ("order_late: [{then: answer}, {then: seller}]", "every row but the last"),
        ("order_late: [{then: seller, needs: [wish, pieces]}]", "needs: wish, pieces"),
        ("order_late: [{then: answer, offers: order_lost}]", "order_lost"),
        ("order_late: [{than: answer}]", "then is missing"),
    ],
)
def test_a_mistake_in_the_table_names_the_row(tmp_path: Path, rows: str, complaint: str) -> None:
    path = tmp_path / "answers.yml"
    path.write_text(f"answers:\n  {rows}\n", encoding="utf-8")

    with pytest.raises(RulesError, match=r"answers\.yml") as error:
        load_answers(path)

    assert complaint in str(error.value)
