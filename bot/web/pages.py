"""Pages: Jinja2 templates with the reader's texts; catalogues for the pages' own scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.base.errors import Unknown
from bot.base.settings import ROOT
from bot.base.texts import ALL_LOCALES, LOCALES, catalogue, languages_of, translate
from bot.web.context import reader_locale

STATIC = Path(__file__).parent / "static"
LANGUAGE_NAMES = {"es": "Español", "de": "Deutsch", "en": "English", "zh": "中文"}
"""Each in its own language, as one looks for it."""

HTML_LANG = {"en": "en-GB"}
"""What a page says its language is, where that is more than the language: dates and amounts follow it."""

bp = Blueprint("pages")

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    request: Request,
    template: str,
    *,
    domain: str,
    locale: str | None = None,
    status: int = 200,
    **values: Any,
) -> HTTPResponse:
    """Render `template` in the reader's language, as far as the page is there in it.

    In it: `_("text", name=…)`, `_in("domain", "text")`, `locale`, `csrf`, `account`, and `values`.
    """
    language = locale or reader_locale(request, languages_of(domain))

    def text(msgid: str, **placeholders: Any) -> str:
        return translate(domain, language, msgid, **placeholders)

    def text_in(other: str, msgid: str, **placeholders: Any) -> str:
        return translate(other, language, msgid, **placeholders)

    html = _templates.get_template(template).render(
        _=text,
        _in=text_in,
        locale=language,
        html_lang=HTML_LANG.get(language, language),
        locales=LOCALES,
        language_names=LANGUAGE_NAMES,
        csrf=getattr(request.ctx, "csrf", ""),
        account=getattr(request.ctx, "account", None),
        demo=request.app.ctx.house.settings.demo,
        **values,
    )
    return response.html(html, status=status)


@bp.get("/chat")
async def chat(request: Request) -> HTTPResponse:
    """The chat on a page of its own: where the links in mails lead."""
    return page(request, "chat.html", domain="widget")


@bp.get("/i18n/<domain:str>/<name:str>")
async def texts(request: Request, domain: str, name: str) -> HTTPResponse:
    """The catalogue `domain` in one language, as JSON {msgid: text}, for the pages' scripts."""
    locale = name.removesuffix(".json")
    known = (
        {path.stem for path in (ROOT / "locales" / locale).glob("*.po")} if locale in ALL_LOCALES else set()
    )
    if domain not in known:
        raise Unknown("unknown_page")
    headers = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
    return response.json(catalogue(domain, locale), headers=headers, ensure_ascii=False)
