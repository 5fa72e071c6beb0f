"""Files of a conversation: uploaded with its token, served to who has that, and to staff and the case's seller."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import attachments
from bot.attachments import Attachment
from bot.base.errors import TooLarge, Unknown
from bot.cases.store import access_case_by_seller
from bot.storage.limits import Limit, spend
from bot.web.auth import allowed, client_address
from bot.web.chat import opened
from bot.web.context import client_id_of, in_thread, words_field

bp = Blueprint("attachments", url_prefix="/api/v1")

UPLOADS_PER_CONVERSATION = Limit("upload", 20, timedelta(minutes=10))
UPLOADS_PER_ADDRESS = Limit("upload-address", 120, timedelta(minutes=10))
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What a browser may show itself; the rest is only saved."""

OURS = "/conversations/<conversation_id:str>/attachments"


@bp.post(OURS, stream=True)
async def upload(request: Request, conversation_id: str) -> HTTPResponse:
    """The bytes of a file as the body, `?name=` and `?client_id=` → 201 what it is; the same again → 200."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    query = {name: request.args.get(name) for name in ("client_id", "name")}
    client_id = client_id_of(query)
    name = words_field(query, "name", limit=300)
    address = client_address(request)
    await in_thread(request, _spend, house, conversation_id, address)
    content = await _body(request)

    def work() -> tuple[Attachment, bool]:
        digest = attachments.digest_of(content)
        with house.database.read() as tx:
            before = attachments.uploaded_before(tx, conversation_id, client_id, digest)
        if before is not None:
            return before, False
        file = attachments.checked(content, name)
        identity = attachments.new_id()
        house.vault.put(identity, file)
        with house.database.write() as tx:
            before = attachments.uploaded_before(tx, conversation_id, client_id, digest)
            if before is not None:  # it came twice at once
                house.vault.remove([identity])
                return before, False
            kept = attachments.add(
                tx,
                conversation_id,
                file,
                identity=identity,
                client_id=client_id,
                digest=digest,
                now=house.clock.now(),
            )
            return kept, True

    kept, new = await in_thread(request, work)
    return response.json(kept.as_json(), status=201 if new else 200, headers=headers, ensure_ascii=False)


@bp.get(f"{OURS}/<attachment_id:str>/link")
async def link(request: Request, conversation_id: str, attachment_id: str) -> HTTPResponse:
    """Addresses under which a page can show the file, for ten minutes: {url, preview?}."""
    house = request.app.ctx.house
    headers = opened(request, conversation_id)
    found = await in_thread(request, _find, house, conversation_id, attachment_id)
    key = house.tokens.for_attachment(found.id)
    path = f"/api/v1/conversations/{conversation_id}/attachments/{found.id}/file?key={quote(key)}"
    answer = {"url": path, **({"preview": f"{path}&preview=1"} if found.has_preview else {})}
    return response.json(answer, headers=headers)


@bp.get(f"{OURS}/<attachment_id:str>/file")
async def file(request: Request, conversation_id: str, attachment_id: str) -> HTTPResponse:
    """The file, or with `?preview=1` its small picture: for the conversation's token, or a `?key=` of `link`."""
    key = request.args.get("key")
    if key:
        request.app.ctx.house.tokens.check_attachment(key, attachment_id)
    else:
        opened(request, conversation_id)
    return await _served(request, conversation_id, attachment_id)


@bp.get("/desk/conversations/<conversation_id:str>/attachments/<attachment_id:str>")
@allowed("desk")
async def file_for_staff(request: Request, conversation_id: str, attachment_id: str) -> HTTPResponse:
    """The file of any conversation, for who works at the desk."""
    return await _served(request, conversation_id, attachment_id)


@bp.get("/seller/cases/<reference:str>/attachments/<attachment_id:str>")
@allowed("seller")
async def file_for_seller(request: Request, reference: str, attachment_id: str) -> HTTPResponse:
    """A file that is evidence of one of my cases; 404 for others'."""
    house, account = request.app.ctx.house, request.ctx.account

    def work() -> Attachment:
        with house.database.read() as tx:
            access_case_by_seller(tx, reference, seller_id=account.seller_id)
            found = [one for one in attachments.evidence_of(tx, reference) if one.id == attachment_id]
        if not found:
            raise Unknown("unknown_attachment")
        return found[0]

    return await answer_with(request, await in_thread(request, work))


async def _served(request: Request, conversation_id: str, attachment_id: str) -> HTTPResponse:
    found = await in_thread(request, _find, request.app.ctx.house, conversation_id, attachment_id)
    return await answer_with(request, found)


async def answer_with(request: Request, found: Attachment) -> HTTPResponse:
    """A file as an answer: pictures may be shown, all else is saved, and nothing in it is ever run."""
    preview = bool(request.args.get("preview")) and found.has_preview
    content = await in_thread(request, request.app.ctx.house.vault.get, found.id, preview=preview)
    kind = "image/jpeg" if preview else found.kind
    way = "inline" if kind in SHOWN and not request.args.get("save") else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    headers = {
        "content-disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "private, max-age=600",
    }
    return response.raw(content, content_type=kind, headers=headers)


async def _body(request: Request) -> bytes:
    """The body, read as it comes and no further than is taken."""
    stream: Any = request.stream
    usual, stream.request_max_size = stream.request_max_size, attachments.LARGEST_BYTES + 1
    content = bytearray()
    try:
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > attachments.LARGEST_BYTES:
            stream.keep_alive = False
            raise _too_large()
        while (part := await stream.read()) is not None:
            content += part
            if len(content) > attachments.LARGEST_BYTES:
                stream.keep_alive = False
                raise _too_large()
    finally:
        stream.request_max_size = usual
    return bytes(content)


def _too_large() -> TooLarge:
    return TooLarge("file_too_large", megabytes=attachments.LARGEST_BYTES // 2**20)


def _spend(house: Any, conversation_id: str, address: str) -> None:
    limits = {UPLOADS_PER_CONVERSATION: conversation_id, UPLOADS_PER_ADDRESS: address}
    spend(house.database, limits, house.clock.now())


def _find(house: Any, conversation_id: str, attachment_id: str) -> Attachment:
    with house.database.read() as tx:
        return attachments.find(tx, conversation_id, attachment_id)
