"""What a file is is read from its content; pictures tell no place."""

from __future__ import annotations

import io

import pillow_heif
import pytest
from PIL import Image

from bot.attachments import LARGEST_BYTES, checked
from bot.base.errors import BadInput, PuenteError, TooLarge

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), *, with_place: bool = False) -> bytes:
    """A small picture, taken at a place."""
    image = Image.new("RGB", size, (10, 120, 110))
    exif = Image.Exif()
    if with_place:
        exif[0x010F] = "Maker of cameras"
        exif[0x0112] = 6  # held upright
        exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")],
)
def test_pictures_are_kept_without_place_and_camera(kind: str, media_type: str, ending: str) -> None:
    file = checked(picture(kind, with_place=True), "IMG_1.HEIC")

    assert (file.kind, file.name) == (media_type, f"IMG_1.{ending}")
    assert b"Maker of cameras" not in file.content
    with Image.open(io.BytesIO(file.content)) as kept:
        assert dict(kept.getexif()) == {}
        assert kept.size == (40, 60) == (file.width, file.height), "turned as it was held"
    assert file.preview is not None


def test_what_hides_behind_a_picture_is_gone() -> None:
    file = checked(picture() + b"<script>alert(1)</script>", "a.jpg")

    assert b"script" not in file.content


def telephone_picture() -> bytes:
    """A HEIC file as a telephone writes it, with the place."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    out = io.BytesIO()
    found = pillow_heif.from_pillow(Image.new("RGB", (64, 48), (10, 120, 110)))
    found.save(out, exif=exif.tobytes())
    return out.getvalue()


def test_a_telephones_heic_becomes_a_jpeg_without_the_place() -> None:
    heic = telephone_picture()
    assert b"Maker of cameras" in heic

    file = checked(heic, "IMG_1.HEIC")

    assert (file.kind, file.name, file.width, file.height) == ("image/jpeg", "IMG_1.jpg", 64, 48)
    assert b"Maker of cameras" not in file.content
    assert file.preview is not None
    with Image.open(io.BytesIO(file.content)) as kept:
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
        assert all(abs(a - b) < 12 for a, b in zip(kept.getpixel((20, 20)), (10, 120, 110), strict=True))


def test_a_pdf_is_kept_as_it_is() -> None:
    content = b"%PDF-1.7\n%..."

    file = checked(content, "receipt.pdf")

    assert (file.content, file.preview, file.name) == (content, None, "receipt.pdf")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00 a program", "file_kind_not_taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_kind_not_taken"),
        (b"<html><script>alert(1)</script>", "file_kind_not_taken"),
        (b"GIF89a" + b"\x00" * 40, "file_kind_not_taken"),
        (b"\xff\xd8\xff\xe0 no picture at all", "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "file_unreadable"),
        (picture()[:300], "file_unreadable"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "file_unreadable"),
    ],
)
def test_files_that_lie_or_are_broken_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(content, "photo.jpg")

    assert refused.value.code == code


def test_bombs_and_giants_are_refused() -> None:
    image = io.BytesIO()
    Image.new("1", (9000, 9000)).save(image, "PNG")
    for content in (image.getvalue(), b"%PDF-" + b"0" * LARGEST_BYTES):
        with pytest.raises(TooLarge):
            checked(content, "big")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc passwd.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "img src=x onerror=alert(1).jpg"),
        ("CON\x00.png.exe", "CON .png.jpg"),
        ("foto\u202egpj.exe", "fotogpj.jpg"),
        ("   ", "file.jpg"),
        ("Gürtel 🙂 فاتورة.jpeg", "Gürtel 🙂 فاتورة.jpg"),
    ],
)
def test_names_are_safe_anywhere(given: str, kept: str) -> None:
    assert checked(picture(), given).name == kept


def test_every_refusal_says_what_to_do_in_both_languages() -> None:
    for error in (BadInput("file_kind_not_taken"), TooLarge("file_too_large", megabytes=10)):
        assert isinstance(error, PuenteError)
        assert error.message("es") != error.message("de")
