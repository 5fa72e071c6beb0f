"""How many conversations by people who did not know the bot go as expected: `python -m bench.dialogues [--json FILE]`.

Plays `tests/conversations/held_back` (or the folder of `--data`) through the real turn with the model in use, as the
tests beside it are played, and prints totals by reason. No single failure is shown: whoever reads them and mends
what they show has used the set up.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bot.base.settings import ROOT

HELD_BACK = ROOT / "tests" / "conversations" / "held_back"


def totals(folder: Path) -> dict[str, Any]:
    """Share of conversations that meet every expectation: in all, by language, by reason (the file's name)."""
    from bot.app import House
    from bot.base.clock import FrozenClock
    from tests.conftest import START
    from tests.conversations.script import all_scripts
    from tests.conversations.stage import Disappointed, play
    from tests.harness import settings_in
    from tests.real_house import SharedResponder, demo_database

    played: Counter[str] = Counter()
    as_expected: Counter[str] = Counter()
    responder = SharedResponder()
    with tempfile.TemporaryDirectory() as work:
        template = demo_database(Path(work) / "template.db")
        for number, script in enumerate(all_scripts(folder)):
            place = Path(work) / str(number)
            place.mkdir()
            shutil.copy(template, place / "puente.db")
            clock = FrozenClock(START)
            house = House(settings_in(place), responder=responder.within, clock=clock)
            keys = ("all", script.locale, script.file)
            played.update(keys)
            try:
                play(house, clock, script)
                as_expected.update(keys)
            except (Disappointed, LookupError):  # not as expected, or nobody in the demo shop can play it
                pass
            house.threads.shutdown(wait=False)
            house.database.close()
            shutil.rmtree(place)
    return {
        key: {"conversations": played[key], "as_expected": round(as_expected[key] / played[key], 3)}
        for key in sorted(played, key=lambda key: (key not in {"all", "es", "de"}, key))
    }


def main() -> None:
    """Play, print, and write the figures where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HELD_BACK)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = totals(options.data)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
