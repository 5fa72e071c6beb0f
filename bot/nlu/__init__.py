"""Algorithms that read Spanish and German; rasa_components.py registers them with Rasa."""
