"""For those who run it: is it alive, is it ready, what does it count."""

from __future__ import annotations

import hmac

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import BadToken
from bot.web.auth import allowed, bearer_token
from bot.web.context import in_thread, text_field

bp = Blueprint("health")


@bp.get("/health")
async def health(request: Request) -> HTTPResponse:
    """The process lives, and which model it answers with."""
    return response.json({"status": "alive", "model": request.app.ctx.house.responder.model_name})


@bp.get("/ready")
async def ready(request: Request) -> HTTPResponse:
    """200 when every part answers, else 503 with the parts that do not. A shop that is silent only degrades."""
    house = request.app.ctx.house
    parts = await in_thread(request, house.parts)
    down = sorted(name for name, is_up in parts.items() if not is_up)
    degraded = [] if house.shop.answers() else ["shop"]
    body = {"ready": not down, "down": down, "degraded": degraded}
    return response.json(body, status=503 if down else 200)


@bp.get("/metrics")
async def metrics(request: Request) -> HTTPResponse:
    """Prometheus metrics: with the token that is set, or without one from this machine, unless a proxy is in front."""
    settings = request.app.ctx.house.settings
    token, given = settings.metrics_token, bearer_token(request) or ""
    from_here = request.ip in {"127.0.0.1", "::1"} and not settings.trusted_proxies
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else from_here):
        raise BadToken("bad_token")
    return response.raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@bp.get("/api/v1/nlu/parse")
@allowed("studio")
async def parse(request: Request) -> HTTPResponse:
    """What the model in use understands of `?text=`."""
    text = text_field({"text": request.args.get("text")}, "text")
    return response.json(await in_thread(request, request.app.ctx.house.parse, text), ensure_ascii=False)
