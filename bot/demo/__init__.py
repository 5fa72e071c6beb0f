"""The demo shop: products, sellers, customers and orders in every state."""

from bot.demo.load import ACCOUNTS, PASSWORD, is_loaded, load_accounts, load_shop

__all__ = ["ACCOUNTS", "PASSWORD", "is_loaded", "load_accounts", "load_shop"]
