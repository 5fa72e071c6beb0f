"""Rasa as a function: (tracker, messages, now) → (events, replies, effects). The only room with TensorFlow."""

from bot.rasa_host.responder import RasaResponder

__all__ = ["RasaResponder"]
