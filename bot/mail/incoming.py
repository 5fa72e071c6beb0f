"""A mail that came in, as data: who wrote, what is new in it, and whether a person wrote it at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

import lxml.html
import quotequail
from mailparser_reply import EmailReplyParser

from bot.base.payment_cards import without_card_numbers
from bot.base.text import cleaned, has_control_characters

_LANGUAGES = ["es", "de", "en", "zh"]
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_THREADED = ("In-Reply-To", "References")
_ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.I)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_AWAY = re.compile(
    r"^\s*(?:respuesta autom[aá]tica|fuera de la oficina|ausente|automatische antwort|abwesenheits\w*|"
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)|自动回复|自動回覆)",
    re.I,
)
_CHINESE_QUOTE = re.compile(r"^[^\n]*(?:写道|寫道)\s*[:：]\s*$.*", re.M | re.S)
_UNPRINTABLE = frozenset("\ufeff\u200b")
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})


@dataclass(frozen=True)
class Incoming:
    """One mail. `sender` in small letters; `clues` is where a thread's token may stand; `text` is what is new in it.

    `key` is the same for the same mail: a digest of its Message-ID, or of all of it when it has none.
    """

    key: str
    sender: str
    clues: tuple[str, ...]
    text: str
    automatic: bool
    attachments: tuple[str, ...]


def read_mail(raw: bytes) -> Incoming:
    """A message of RFC 5322. Total: what cannot be understood is left empty, and nothing is thrown away elsewhere."""
    message = message_from_bytes(raw, policy=policy.default.clone(raise_on_defect=False))
    assert isinstance(message, EmailMessage)
    message_id = _header(message, "Message-ID").strip()
    return Incoming(
        key=hashlib.sha256(message_id.encode() if message_id else raw).hexdigest(),
        sender=parseaddr(_header(message, "From"))[1].lower(),
        clues=tuple(_clues(message)),
        text=new_text(_text(message)),
        automatic=is_automatic(message),
        attachments=tuple(name for name in map(_file_name, message.iter_attachments()) if name),
    )


def is_automatic(message: EmailMessage) -> bool:
    """R10: whether a machine wrote it: RFC 3834's header, a bounce, a list, or a notice of absence."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if (
        _header(message, "Precedence").strip().lower() in _BULK
        or message.get_content_type() == "multipart/report"
    ):
        return True
    if "X-Autoreply" in message or "X-Autorespond" in message or "List-Id" in message:
        return True
    empty_path = "Return-Path" in message and _header(message, "Return-Path").strip() in ("<>", "")
    from_robot = bool(_ROBOTS.match(parseaddr(_header(message, "From"))[1]))
    return empty_path or from_robot or bool(_AWAY.match(_header(message, "Subject")))


def new_text(text: str) -> str:
    """What the writer wrote now: without what they quote below it, and without their signature.

    A mail that is nothing but a signature by the look of it is left whole: better too much than nothing.
    """
    found = quotequail.unwrap(text)
    top = str(found.get("text_top") or "") if found else text
    if found and not top.strip():
        top = text  # answered below or between the quotation
    top = _CHINESE_QUOTE.sub("", top).strip()
    replies = EmailReplyParser(languages=_LANGUAGES).read(text=top).replies if top else []
    body = str(replies[0].body or "").strip() if replies else ""
    return body or top


def _clues(message: EmailMessage) -> Iterator[str]:
    values = [str(value) for name in _ADDRESSED for value in message.get_all(name, [])]
    yield from (address for _, address in getaddresses(values))
    yield from (str(value) for name in _THREADED for value in message.get_all(name, []))


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, ValueError):  # a character set nobody knows
        content = bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    plain = _plain(content) if part.get_content_type() == "text/html" else content
    words = without_card_numbers(cleaned(plain))
    return "".join(c for c in words if c not in _UNPRINTABLE and not has_control_characters(c))


def _plain(html: str) -> str:
    """The words of an HTML mail, a line for each block; what it quotes is marked as quoted."""
    if not html.strip():
        return ""
    root = lxml.html.document_fromstring(html)
    for unwanted in root.xpath("//script|//style|//head"):
        unwanted.drop_tree()
    for quoted in root.xpath("//blockquote[not(ancestor::blockquote)]"):
        lines = [line for line in quoted.text_content().splitlines() if line.strip()]
        tail = quoted.tail or ""
        quoted.clear()
        quoted.text, quoted.tail = "\n".join(f"> {line.strip()}" for line in lines), tail
    for element in root.iter():
        if element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
    lines = [line.strip() for line in root.text_content().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _file_name(part: EmailMessage) -> str:
    return part.get_filename() or ""


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, ""))
