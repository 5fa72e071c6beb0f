"""The studio's models: training with progress, comparison, putting in use, going back."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.texts import translate
from bot.training.compare import compare
from bot.training.studio import Studio
from bot.web.auth import allowed
from bot.web.context import in_thread, reader_locale

API = "/api/v1/studio"
bp = Blueprint("studio_models")


@bp.get(f"{API}/models")
@allowed("studio")
async def models(request: Request) -> HTTPResponse:
    """{in_use, models: [report], history, training}."""
    house = request.app.ctx.house
    answer = await in_thread(request, _overview, house.studio)
    answer["training"] = _told(request, answer["training"])
    answer["serving"] = house.responder.model_name
    return response.json(answer, ensure_ascii=False)


@bp.get(f"{API}/models/<name:str>/comparison")
@allowed("studio")
async def comparison(request: Request, name: str) -> HTTPResponse:
    """{comparison}: this model against the one in use; null when there is nothing to compare."""
    studio = request.app.ctx.house.studio

    def work() -> dict[str, Any] | None:
        studio.models.report(name)
        current = studio.models.in_use()
        return compare(studio.models, name, current.model) if current else None

    return response.json({"comparison": await in_thread(request, work)}, ensure_ascii=False)


@bp.post(f"{API}/models/<name:str>/use")
@allowed("studio")
async def put_in_use(request: Request, name: str) -> HTTPResponse:
    """Let this model answer from now on → {in_use}; every process takes it up within seconds."""
    house = request.app.ctx.house
    by, now = request.ctx.account.name, house.clock.now()
    pointer = await in_thread(request, house.studio.models.put_in_use, name, by=by, now=now)
    return response.json({"in_use": vars(pointer)}, ensure_ascii=False)


@bp.post(f"{API}/models/go-back")
@allowed("studio")
async def go_back(request: Request) -> HTTPResponse:
    """Let the model before this one answer again → {in_use}."""
    house = request.app.ctx.house
    by, now = request.ctx.account.name, house.clock.now()
    pointer = await in_thread(request, house.studio.models.go_back, by=by, now=now)
    return response.json({"in_use": vars(pointer)}, ensure_ascii=False)


@bp.get(f"{API}/training")
@allowed("studio")
async def training(request: Request) -> HTTPResponse:
    """How the training that runs, or ran last, is getting on."""
    state = await in_thread(request, request.app.ctx.house.studio.jobs.state)
    return response.json(_told(request, state), ensure_ascii=False)


@bp.post(f"{API}/training")
@allowed("studio")
async def start_training(request: Request) -> HTTPResponse:
    """Begin a training → 202 and its state; 409 while one runs."""
    house = request.app.ctx.house
    by, now = request.ctx.account.name, house.clock.now()
    state = await in_thread(request, house.studio.jobs.start, by=by, now=now)
    return response.json(_told(request, state), status=202, ensure_ascii=False)


@bp.delete(f"{API}/training")
@allowed("studio")
async def stop_training(request: Request) -> HTTPResponse:
    """End the training that runs."""
    state = await in_thread(request, request.app.ctx.house.studio.jobs.stop)
    return response.json(_told(request, state), ensure_ascii=False)


def _overview(studio: Studio) -> dict[str, Any]:
    pointer = studio.models.in_use()
    return {
        "in_use": vars(pointer) if pointer else None,
        "models": [studio.models.report(name) for name in studio.models.names()],
        "history": studio.models.history(),
        "training": studio.jobs.state(),
    }


def _told(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    """A training's state with the reason of a failure in the reader's words."""
    if state["state"] == "failed":
        message = translate("errors", reader_locale(request), state["code"], **state.get("values", {}))
        return {**state, "message": message}
    return state
