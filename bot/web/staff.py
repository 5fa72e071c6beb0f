"""What every signed-in account may change about itself: the language of its pages."""

from __future__ import annotations

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.accounts import store
from bot.accounts.model import locales_of
from bot.base.errors import BadInput
from bot.web.auth import signed_in
from bot.web.context import body_of, in_thread

bp = Blueprint("staff", url_prefix="/api/v1/account")


@bp.put("/")
async def change_account(request: Request) -> HTTPResponse:
    """{locale}: the language of this account's pages; which there are depends on the role."""
    account = await signed_in(request)
    locale = body_of(request).get("locale")
    if not isinstance(locale, str) or locale not in locales_of(account.role):
        raise BadInput("bad_fields", fields={"locale": "unknown_locale"})
    database = request.app.ctx.house.database

    def work() -> None:
        with database.write() as tx:
            store.set_locale(tx, account.id, locale)

    await in_thread(request, work)
    return response.json({"locale": locale})
