"""Rasa as a function: (tracker, messages, now) → (events, replies, effects). The only room that runs Rasa."""

from bot.rasa_host.responder import RasaResponder

__all__ = ["RasaResponder"]
