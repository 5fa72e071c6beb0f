"""Which source the settings choose."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from bot.base.settings import Settings, SettingsError
from bot.shop.calls import Calls
from bot.shop.http import HttpShop, Started
from bot.shop.source import Shop
from bot.shop.sql import SqlShop
from bot.storage.database import Database


def shop_of(settings: Settings, database: Database, *, started: Started = lambda ids: {}) -> Shop:
    """The shop's own interface when `PUENTE_SHOP_URL` is set, else Puente's tables. Raises `SettingsError`.

    `started`: the returns Puente has authorised, which a shop of its own does not know of.
    """
    own = SqlShop(database)
    if not settings.shop_url:
        return own
    if settings.demo:
        raise SettingsError("PUENTE_SHOP_URL and the demo shop exclude each other: leave one of them out.")
    parts = urlsplit(settings.shop_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError("PUENTE_SHOP_URL: give the address of the shop's interface, https://…")
    if not 0 < settings.shop_call_ms <= settings.shop_turn_ms:
        raise SettingsError("PUENTE_SHOP_CALL_MS has to be above 0 and at most PUENTE_SHOP_TURN_MS.")
    calls = Calls(
        settings.shop_url,
        settings.shop_token,
        call_seconds=settings.shop_call_ms / 1000,
        turn_seconds=settings.shop_turn_ms / 1000,
    )
    return HttpShop(calls, own, elapsed=time.monotonic, started=started)
