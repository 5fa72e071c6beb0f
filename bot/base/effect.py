"""The mark of an effect: something a turn wants done."""

from __future__ import annotations


class Effect:
    """Derived by frozen dataclasses in the rooms. Carried out in the turn's commit or not at all (`bot.effects`)."""
