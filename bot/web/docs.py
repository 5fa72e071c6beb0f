"""The interface's documentation: a page of our own, and the OpenAPI document it is made from."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.settings import ROOT
from bot.base.texts import LOCALES, catalogue
from bot.web import docs_view
from bot.web.api_document import api_document, error_codes
from bot.web.context import in_thread, reader_locale
from bot.web.pages import page

bp = Blueprint("docs")

_CODE = re.compile(r"`([^`]+)`")


@bp.get("/docs")
async def docs(request: Request) -> HTTPResponse:
    """The page. The frame is in the reader's language, the reference in English."""
    return await in_thread(request, _page, request)


@bp.get("/docs/openapi.json")
async def openapi(request: Request) -> HTTPResponse:
    """The document, OpenAPI 3.0.3; without the demo's addresses where there is no demo."""
    document = await in_thread(request, api_document, demo=request.app.ctx.house.settings.demo)
    headers = {"access-control-allow-origin": "*"}
    return response.json(document, headers=headers, ensure_ascii=False)


@bp.get("/docs/shop-developers")
async def shop_developers(request: Request) -> HTTPResponse:
    """The page for whoever builds the shop's pages, from docs/shop-developers.md."""
    return await in_thread(request, _written, request, "shop-developers")


def _written(request: Request, name: str) -> HTTPResponse:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    html = MarkdownIt("js-default").render(text)  # without HTML of its own, links checked
    return page(request, "written.html", domain="docs", content=Markup(html))  # noqa: S704


def prose(text: str) -> Markup:
    """A description as HTML: paragraphs at blank lines, code between backticks, nothing else."""
    paragraphs = [
        escape(" ".join(part.split())) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()
    ]
    return Markup("").join(Markup("<p>{}</p>").format(_with_code(part)) for part in paragraphs)


def inline(text: str) -> Markup:
    """One line of description as HTML."""
    return _with_code(escape(" ".join(text.split())))


def _with_code(escaped: Markup) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", str(escaped)))  # noqa: S704 - escaped before


def _page(request: Request) -> HTTPResponse:
    demo = request.app.ctx.house.settings.demo
    locale = reader_locale(request, LOCALES)
    sentences = catalogue("errors", locale)
    return page(
        request,
        "docs.html",
        domain="docs",
        locale=locale,
        document=api_document(demo=demo),
        sections=docs_view.sections(demo=demo),
        entries=docs_view.log_entries(demo=demo),
        schemas=docs_view.schemas(demo=demo),
        errors=[
            (kind, [(code, sentences[code]) for code in codes])
            for kind, codes in error_codes().items()
            if kind != "command_line"
        ],
        prose=prose,
        inline=inline,
    )
