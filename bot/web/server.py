"""The Sanic application: blueprints, one renderer of errors, security headers, CORS for the widget."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sanic import Sanic, response
from sanic.exceptions import (
    MethodNotSupported,
    NotFound,
    PayloadTooLarge,
    SanicException,
    ServerError,
    ServiceUnavailable,
)
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse
from sqlalchemy.exc import OperationalError

from bot.base.errors import BadInput, Forbidden, PuenteError, TooLarge, TooMany, Unavailable, Unknown
from bot.web.compress import compress
from bot.web.context import MAX_NUMBER, reader_locale
from bot.web.pages import STATIC, page

if TYPE_CHECKING:
    from bot.app import House

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
CSP = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
CORS_PATHS = ("/api/v1/conversations", "/static/", "/i18n/")


def build_server(house: House, blueprints: list[Any]) -> Sanic:
    """The application that serves `house`. Listeners start and stop what the house does in the background."""
    Sanic.test_mode = True  # several applications in one process (tests) may share a name
    app = Sanic("puente", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.RESPONSE_TIMEOUT = 60
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.WEBSOCKET_MAX_SIZE = 4096
    app.config.WEBSOCKET_PING_INTERVAL = 60  # finds dead peers; what keeps a line open is `follow.PING`
    app.config.WEBSOCKET_PING_TIMEOUT = 20
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.ACCESS_LOG = False
    app.ctx.house = house
    for blueprint in blueprints:
        app.blueprint(blueprint)
    app.static("/static", str(STATIC), name="static")
    app.register_middleware(_preflight, "request")
    app.register_middleware(_possible_numbers, "request")
    app.register_middleware(compress, "response")
    app.register_middleware(_headers, "response")
    app.error_handler.add(Exception, _on_error)
    app.register_listener(_start, "after_server_start")
    app.register_listener(_stop, "before_server_stop")
    return app


async def _start(app: Sanic, _loop: Any) -> None:
    await app.ctx.house.start()


async def _stop(app: Sanic, _loop: Any) -> None:
    await app.ctx.house.stop()


def _on_error(request: Request, error: Exception) -> HTTPResponse:
    known = BadInput("bad_request") if _is_no_socket(request, error) else _as_puente_error(error)
    if known.status >= 500 and not isinstance(error, ServiceUnavailable):
        logger.error("request failed: error_id=%s path=%s", known.id, request.path, exc_info=error)
    locale = reader_locale(request)
    if "text/html" in request.headers.get("accept", "") and not request.path.startswith("/api/"):
        answer = page(
            request,
            "error.html",
            domain="errors",
            status=known.status,
            message=known.message(locale),
            id=known.id,
        )
    else:
        answer = response.json(known.as_body(locale), status=known.status, ensure_ascii=False)
    if isinstance(known, TooMany):
        answer.headers["retry-after"] = str(known.retry_after)
    if isinstance(error, MethodNotSupported):
        answer.headers.update(error.headers)  # Allow
    return answer


def _is_no_socket(request: Request, error: Exception) -> bool:
    """Whether a socket's address was called without opening a socket: to Sanic a failure of its own."""
    return isinstance(error, ServerError) and bool(request.route and request.route.ctx.websocket)


def _as_puente_error(error: Exception) -> PuenteError:
    if isinstance(error, PuenteError):
        return error
    if isinstance(error, NotFound):
        return Unknown("unknown_page")
    if isinstance(error, MethodNotSupported):
        wrong_method = BadInput("wrong_method")
        wrong_method.status = 405
        return wrong_method
    if isinstance(error, PayloadTooLarge):
        return TooLarge("body_too_large")
    if isinstance(error, OperationalError):
        return Unavailable("database_down")
    if isinstance(error, ServiceUnavailable):  # the client has gone, or the server is stopping
        return Unavailable("stopping")
    if isinstance(error, SanicException) and 400 <= error.status_code < 500:
        return BadInput("bad_request")
    return PuenteError("internal_error")


def _preflight(request: Request) -> HTTPResponse | None:
    if request.method != "OPTIONS" or not request.path.startswith(CORS_PATHS):
        return None
    if _allowed_origin(request) is None:
        raise Forbidden("origin_not_allowed")
    return response.empty(
        headers={
            "access-control-allow-methods": "GET, POST, PUT",
            "access-control-allow-headers": "authorization, content-type, accept-language",
            "access-control-max-age": "600",
        }
    )


def _possible_numbers(request: Request) -> None:
    """A number in an address that no row can have is an unknown address, and never reaches the database."""
    if any(isinstance(value, int) and abs(value) > MAX_NUMBER for value in request.match_info.values()):
        raise Unknown("unknown_page")


def _headers(request: Request, answer: BaseHTTPResponse) -> None:
    if answer is None:
        return
    settings = request.app.ctx.house.settings
    headers = answer.headers
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "same-origin"
    headers.setdefault("content-security-policy", CSP.format(ancestors=settings.frame_ancestors or "'none'"))
    if settings.secure_cookies:
        headers["strict-transport-security"] = "max-age=31536000"
    if request.path.startswith("/static/"):
        headers.setdefault("cache-control", "no-cache")
        headers.setdefault("access-control-allow-origin", "*")
    elif not request.path.startswith("/i18n/"):
        headers.setdefault("cache-control", "no-store")
    origin = _allowed_origin(request)
    if origin and request.path.startswith("/api/v1/conversations"):
        headers["access-control-allow-origin"] = origin
        headers["access-control-expose-headers"] = "X-Puente-Token, Retry-After"
        headers["vary"] = "Origin"


def _allowed_origin(request: Request) -> str | None:
    origin = request.headers.get("origin")
    allowed = request.app.ctx.house.settings.allowed_origins.split()
    return origin if origin and origin in allowed else None
