"""Who is asking: an account by cookie (pages) or bearer token (programs), a customer by a conversation's token."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.accounts import store
from bot.accounts.model import Account
from bot.accounts.tokens import SESSION_SECONDS
from bot.base.errors import BadToken, Forbidden
from bot.base.texts import languages_of
from bot.web.context import body_of, in_thread, text_field
from bot.web.pages import page

COOKIE = "puente_session"
HOMES = {"agent": "/desk", "supervisor": "/desk", "admin": "/desk", "trainer": "/studio", "seller": "/seller"}

Handler = Callable[..., Coroutine[Any, Any, Any]]
bp = Blueprint("auth")


def allowed(room: str) -> Callable[[Handler], Handler]:
    """A route of `room` (a key of GRANTS): 401 without a session, 403 for other roles. Sets `request.ctx.account`.

    Requests by cookie that change something must carry the session's CSRF token in `X-CSRF-Token`.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
            account = await signed_in(request)
            if not account.may(room):
                raise Forbidden("wrong_role")
            return await handler(request, *args, **kwargs)

        return guarded

    return decorate


def allowed_page(room: str) -> Callable[[Handler], Handler]:
    """Like `allowed`, for pages: who is not signed in is led to the sign-in page and back."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
            try:
                account = await signed_in(request)
            except BadToken:
                return response.redirect(f"/sign-in?next={quote(request.path)}")
            if not account.may(room):
                raise Forbidden("wrong_role")
            return await handler(request, *args, **kwargs)

        return guarded

    return decorate


async def signed_in(request: Request) -> Account:
    """The account behind a request; raises `BadToken`, or `Forbidden` when the CSRF token is missing."""
    tokens = request.app.ctx.house.tokens
    bearer = bearer_token(request)
    token = bearer or request.cookies.get(COOKIE)
    if not token:
        raise BadToken("not_signed_in")
    account_id, epoch = tokens.check_session(token)
    account = await in_thread(request, _account, request.app.ctx.house, account_id, epoch)
    if account is None:
        raise BadToken("session_ended")
    request.ctx.account = account
    request.ctx.locale = account.locale
    request.ctx.csrf = tokens.csrf(token)
    if not bearer and request.method not in {"GET", "HEAD", "OPTIONS"}:
        given = request.headers.get("x-csrf-token", "")
        if not given.isascii() or not hmac.compare_digest(given, request.ctx.csrf):
            raise Forbidden("csrf")
    return account


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header; None without one, or when it is no token of any kind."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and token and token.isascii() else None


def same_origin(request: Request) -> bool:
    """Whether a browser's request (a socket's handshake) comes from our own pages."""
    origin = request.headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == request.host


@bp.post("/api/v1/sign-in")
async def sign_in(request: Request) -> HTTPResponse:
    """{email, password} → {token, role, home}; the cookie is set too. A browser must come from our own page."""
    if not same_origin(request):
        raise Forbidden("csrf")
    house = request.app.ctx.house
    body = body_of(request)
    account = await in_thread(
        request,
        store.sign_in,
        house.database,
        email=text_field(body, "email", limit=254),
        password=text_field(body, "password", limit=200),
        address=client_address(request),
        now=house.clock.now(),
    )
    token = house.tokens.for_session(account.id, account.session_epoch)
    answer = response.json({"token": token, "role": account.role, "home": HOMES[account.role]})
    answer.cookies[COOKIE] = token
    answer.cookies[COOKIE].update(
        {
            "httponly": True,
            "samesite": "Lax",
            "path": "/",
            "max-age": SESSION_SECONDS,
        }
    )
    if house.settings.secure_cookies:  # a flag: even `Secure=False` would make it secure
        answer.cookies[COOKIE]["secure"] = True
    return answer


@bp.post("/api/v1/sign-out")
async def sign_out(request: Request) -> HTTPResponse:
    """Forget the cookie."""
    await signed_in(request)
    answer = response.json({})
    del answer.cookies[COOKIE]
    return answer


@bp.get("/sign-in")
async def sign_in_page(request: Request) -> HTTPResponse:
    """The sign-in page of staff and sellers; `?next=` is a path of ours to go on to."""
    following = request.args.get("next", "")
    safe = following if following.startswith("/") and not following.startswith(("//", "/\\")) else ""
    asked = request.args.get("locale")
    locale = asked if asked in languages_of("staff") else None
    return page(request, "sign_in.html", domain="staff", locale=locale, next=safe)


def client_address(request: Request) -> str:
    """The caller's network address; forwarded headers are believed only behind the proxies that are set."""
    trusted = request.app.ctx.house.settings.trusted_proxies
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.ip or "unknown"


def _account(house: Any, account_id: int, epoch: int) -> Account | None:
    with house.database.read() as tx:
        return store.account_of_session(tx, account_id, epoch)
