"""Puente: customer service for a marketplace, in chat. The rooms are described in docs/architecture.md."""
