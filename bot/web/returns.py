"""The label of a return, to be printed: for whoever has its address, until the parcel has to be sent."""

from __future__ import annotations

from typing import Any

from babel.core import Locale
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import Unknown
from bot.returns.card import last_day, money
from bot.returns.model import Return
from bot.returns.store import access_return_by_token
from bot.shop.source import ShopUnavailable
from bot.shop.sql import SqlShop
from bot.web.barcode import code128
from bot.web.context import in_thread
from bot.web.pages import page

bp = Blueprint("returns")

MAX_TOKEN_CHARACTERS = 64


@bp.get("/<locale:(es|de)>/returns/<reference:str>")
async def label(request: Request, locale: str, reference: str) -> HTTPResponse:
    """Address, barcode, deadline, what to enclose. 404 with a wrong `?token=`, and once the time is over.

    Nothing on it names the customer: the reference is enough for whoever unpacks the parcel.
    """
    request.ctx.locale = locale
    house = request.app.ctx.house
    token = str(request.args.get("token", ""))[:MAX_TOKEN_CHARACTERS]
    found, title = await in_thread(request, _found, house, reference, token, locale)
    if not found.may_be_sent(house.clock.now()):
        raise Unknown("return_label_over" if found.ship_by else "unknown_return")
    return page(
        request, "returns/label.html", domain="returns", locale=locale, **_shown(found, title, locale)
    )


def _found(house: Any, reference: str, token: str, locale: str) -> tuple[Return, str]:
    with house.database.read() as tx:
        found = access_return_by_token(tx, reference, token)
    try:
        product = house.shop.page(found.product_id, locale)
    except ShopUnavailable:  # the page as it was when the return was authorised
        product = SqlShop(house.database).page(found.product_id, locale)
    return found, product.title if product else found.product_id


def _shown(found: Return, title: str, locale: str) -> dict[str, Any]:
    address = found.address or {}
    country = Locale(locale).territories.get(address.get("country", ""), address.get("country", ""))
    return {
        "reference": found.reference,
        "order_id": found.order_id,
        "title": title,
        "quantity": found.quantity,
        "address": address,
        "country": country,
        "carrier": found.carrier,
        "send_by": last_day(found.ship_by, locale) if found.ship_by else "",
        "amount": money(found.amount_cents, locale),
        "barcode": code128(found.reference),
    }
