"""The turn: computed freely, committed by comparison. Knows no Rasa."""

from bot.turn.run import Turns

__all__ = ["Turns"]
