"""The reasons in code are those of the fixed list."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.base.settings import ROOT
from bot.service.reasons import GROUPS

LIST = ROOT.parent / "shared" / "contact-reasons.yml"


@pytest.mark.skipif(not LIST.exists(), reason="the fixed list lies beside the project")
def test_groups_and_outcomes_are_those_of_the_fixed_list():
    fixed = YAML(typ="safe").load(LIST)

    expected = {
        group: {name: r["outcome"] for name, r in reasons.items()} for group, reasons in fixed.items()
    }

    assert expected == GROUPS
