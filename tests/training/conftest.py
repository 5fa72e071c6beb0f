"""A small project folder of one's own: nothing here touches the real examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.training.examples import Examples

ORDER_ES = """\
version: "3.1"  # kept

nlu:
# where is it?
- intent: order_status
  examples: |
    - ¿dónde está mi pedido?
    - Cuándo llega el [302-1234567-7654321](order_id)

- intent: order_late   # the date has passed
  metadata:
    reviewed: yes
  examples: |
      - llevo dos semanas esperando
      - ya pasó la fecha
# the end of the block
- synonym: portátil
  examples: |
    - laptop
"""
ORDER_DE = """\
version: "3.1"
nlu:
  - intent: order_status
    examples: |
      - wo ist meine Bestellung?
  - intent: order_late
    examples:
      - text: |
          immer noch nicht da
      - text: "die Lieferung ist überfällig"
        metadata:
          sentiment: angry
      # more to come
  - intent: affirm
    examples: |
      - ok
"""
TALK_ES = 'version: "3.1"\nnlu:\n- intent: affirm\n  examples: |\n    - ok\n    - vale'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with data/nlu/es and data/nlu/de."""
    for language, files in {"es": {"order": ORDER_ES, "talk": TALK_ES}, "de": {"order": ORDER_DE}}.items():
        folder = tmp_path / "project" / "data" / "nlu" / language
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return tmp_path / "project"


@pytest.fixture
def examples(project: Path) -> Examples:
    """The examples of `project`."""
    return Examples(project / "data" / "nlu")
