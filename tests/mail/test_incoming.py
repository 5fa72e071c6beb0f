"""Mail that comes in, as data: what is new in it, whether a person wrote it, which thread it names."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from bot.mail import Thread, Threads, read_mail
from bot.mail.incoming import is_automatic, new_text

THREADS = Threads("s" * 40, "Puente <ayuda@shop.example>")
CONVERSATION = Thread("conversation", "0123456789abcdef" * 2)


def mail(text: str = "Hola", **headers: str) -> EmailMessage:
    """A mail with headers; an underscore stands for a hyphen."""
    message = EmailMessage()
    values = {"From": "Rosa <Rosa@Correo.example>", "Message_ID": "<1@correo.example>", **headers}
    for name, value in values.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (
            "Hola, sí.\n\nUn saludo,\nMarta\n\n"
            "El lun, 2 mar 2026 a las 10:00, Puente <p@x.example> escribió:\n> ¿Tienes foto?\n",
            "Hola, sí.",
        ),
        (
            "Ja, ich habe eins.\n\nMit freundlichen Grüßen\nKarl\n\n"
            "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Puente <p@x.example>:\n> Foto?\n",
            "Ja, ich habe eins.",
        ),
        (
            "Ja.\n\nVon: Puente <p@x.example>\nGesendet: Montag, 2. März 2026 10:00\nAn: Karl <k@x.example>\n"
            "Betreff: AW: Hallo\n\nGuten Tag\n",
            "Ja.",
        ),
        (
            "您好，今天发货。\n\n在 2026年3月2日 10:00，Puente <p@x.example> 写道：\n> hallo\n",
            "您好，今天发货。",
        ),
        ("Dos párrafos.\n\nY el segundo.", "Dos párrafos.\n\nY el segundo."),
        ("", ""),
    ],
)
def test_only_what_is_new_is_taken(text: str, new: str) -> None:
    assert new_text(text) == new


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied; owner=x"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@correo.example"},
        {"Subject": "Automatische Antwort: Ihre Nachricht"},
        {"Subject": "Respuesta automática: vacaciones"},
        {"Subject": "自动回复：休假"},
    ],
)
def test_a_machines_mail_is_known(headers: dict[str, str]) -> None:
    assert is_automatic(mail(**headers))


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Subject": "Re: respuesta al cliente"}])
def test_a_persons_mail_is_known(headers: dict[str, str]) -> None:
    assert not is_automatic(mail(**headers))


def test_html_alone_is_read_too() -> None:
    message = mail()
    message.set_content(
        "<p>Hola,<br>sí la tengo.</p><script>x()</script><blockquote>¿Foto?</blockquote>", subtype="html"
    )

    assert read_mail(bytes(message)).text.startswith("Hola,\nsí la tengo.")
    assert "x()" not in read_mail(bytes(message)).text


def test_attachments_are_named_and_the_sender_is_plain() -> None:
    message = mail("Mira la foto")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="rota.png")

    found = read_mail(bytes(message))

    assert (found.attachments, found.sender, found.text) == (
        ("rota.png",),
        "rosa@correo.example",
        "Mira la foto",
    )


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Content-Type: text/plain; charset=nope\n\nhola", b"From: \n\n\n"]
)
def test_rubbish_is_read_without_failing(raw: bytes) -> None:
    assert read_mail(raw).key


@pytest.mark.parametrize(
    "thread",
    [
        CONVERSATION,
        Thread("staff", CONVERSATION.subject),
        Thread("case", "P-7K2M9Q"),
        Thread("conversation", "r1f00"),
    ],
)
def test_a_token_finds_its_thread_again(thread: Thread) -> None:
    address = THREADS.reply_to(thread)

    assert THREADS.find(["ayuda@shop.example", address.upper()]) == thread
    assert THREADS.find([f"<{THREADS.token(thread)}.0a1b2c3d@shop.example>"]) == thread
    assert len(address.partition("@")[0]) <= 64


def test_a_token_that_was_not_made_here_finds_nothing() -> None:
    token = THREADS.token(CONVERSATION)
    other = THREADS.token(Thread("conversation", "f" * 32))

    assert Threads("t" * 40, "a@b.example").find([token]) is None
    assert THREADS.find([token[:17] + other[17:]]) is None
    assert THREADS.find(["a" + token[1:]]) is None
