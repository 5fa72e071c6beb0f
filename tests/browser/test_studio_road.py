"""A misread message is corrected, trained, compared, put in use without a restart, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Visits
from tests.browser.casting import TRAINER
from tests.browser.pages import Studio, Widget
from tests.browser.server import Server
from tests.browser.stories import in_chat, is_unsure, say_something_unclear

LOCALE = "de"
MEANT = "item_defective"
TRAINING_MS = 540_000


@pytest.mark.timeout(720)
def test_a_correction_changes_the_bots_next_answer_and_can_be_taken_back(
    visits: Visits, server: Server
) -> None:
    customer = visits.person(LOCALE)
    _, words = say_something_unclear(customer, LOCALE)
    examples = server.project / "data" / "nlu" / LOCALE
    before = _lines(examples)
    studio = Studio.of(visits.person(LOCALE), TRAINER, LOCALE)

    studio.message(words).click()
    studio.correct(MEANT)
    expect(studio.toast.last).to_contain_text(f"data/nlu/{LOCALE}")
    expect(studio.message(words)).to_have_count(0)
    added = [line for line in _lines(examples) if line not in before]
    assert added == [f"    - {words}"]
    assert len(_lines(examples)) == len(before) + 1

    studio.tab("models")
    old = studio.model_in_use()
    studio.page.locator("#train").click()
    expect(studio.progress).to_be_visible()
    expect(studio.progress).not_to_have_attribute("value", "0")
    expect(studio.progress).to_have_count(0, timeout=TRAINING_MS)
    expect(studio.comparison).to_contain_text(old)
    studio.comparison.get_by_role("button").first.click()
    new = studio.wait_for_other_model(old)

    assert not is_unsure(_asked_anew(visits, words))
    studio.models.get_by_role("button", name=studio.text("Go back to {name}", name=old)).click()
    assert studio.wait_for_other_model(new) == old
    assert is_unsure(_asked_anew(visits, words))
    assert server.process.poll() is None  # all of it without a restart


def _lines(folder: Path) -> list[str]:
    return [
        line
        for file in sorted(folder.glob("*.yml"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _asked_anew(visits: Visits, words: str) -> Widget:
    widget = in_chat(visits.person(LOCALE), LOCALE)
    widget.ask(words)
    return widget
