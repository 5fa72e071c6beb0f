"""What a file is, by its content and not by its name; pictures without what they tell about where they were taken.

Pictures are written anew: metadata (place, camera, comments), further frames and anything hidden behind the picture are
gone. HEIC, which most browsers cannot show, becomes JPEG. PDF is kept as it is and only ever offered for download.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.base.errors import BadInput, TooLarge
from bot.base.text import cleaned

pi_heif.register_heif_opener(thumbnails=False)

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 60_000_000
"""A photo of today's telephones has up to 50 million; more is a bomb or a mistake."""

LONGEST_SIDE = 4096
PREVIEW_SIDE = 480
LONGEST_NAME = 100

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
_KEPT_AS = {"image/heic": "image/jpeg"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ENDING = re.compile(r"\.\w{1,5}$")
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its bytes as they are kept, and a small picture of it (JPEG) where there is one."""

    kind: str
    name: str
    content: bytes
    preview: bytes | None = None
    width: int | None = None
    height: int | None = None


def checked(content: bytes, name: str) -> Checked:
    """The file to keep. Raises `TooLarge` and `BadInput`, with what may be sent instead."""
    if len(content) > LARGEST_BYTES:
        raise TooLarge("file_too_large", megabytes=LARGEST_BYTES // 2**20)
    if not content:
        raise BadInput("file_empty")
    kind = kind_of(content)
    if kind is None:
        raise BadInput("file_kind_not_taken")
    if kind not in _PICTURES:
        return Checked(kind, name_for(name, kind), content)
    kept_as = _KEPT_AS.get(kind, kind)
    return _picture(content, _PICTURES[kind], kept_as, name_for(name, kept_as))


def kind_of(content: bytes) -> str | None:
    """The media type by the first bytes; None: not one we take."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return None


def name_for(name: str, kind: str) -> str:
    """A name that is safe as a file's on any computer, with the ending its content deserves."""
    stem = _ENDING.sub("", _UNWANTED.sub(" ", cleaned(name))).strip(" .")
    stem = "".join(c for c in stem if c.isprintable())[:LONGEST_NAME].strip()
    return f"{stem or 'file'}.{EXTENSIONS[kind]}"


def _picture(content: bytes, form: str, kind: str, name: str) -> Checked:
    """A picture of Pillow's format `form`, written anew as `kind`."""
    try:
        with Image.open(io.BytesIO(content), formats=(form,)) as found:
            if found.width * found.height > LARGEST_PIXELS:
                raise TooLarge("picture_too_large")
            image = ImageOps.exif_transpose(found)  # as it was held: the note on that goes with the metadata
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            kept = _written(image, kind)
            small = image.convert("RGB")
            small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadInput("file_unreadable") from error
    return Checked(kind, name, kept, _written(small, "image/jpeg"), image.width, image.height)


def _written(image: Image.Image, kind: str) -> bytes:
    """The picture alone."""
    out = io.BytesIO()
    if kind == "image/jpeg":
        ready = image if image.mode in ("RGB", "L") else image.convert("RGB")
        ready.info = {}
        ready.save(out, "JPEG", quality=88)
    elif kind == "image/png":
        ready = image.copy()
        ready.info = {name: value for name, value in image.info.items() if name == "transparency"}
        ready.save(out, "PNG")
    else:
        ready = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
        ready.info = {}
        ready.save(out, "WEBP", quality=88, exif=b"", xmp=b"")
    return out.getvalue()
