"""R18, R10: what was written goes out as mail, and answers come back: to whom they belong, once, and nothing is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.accounts.model import Account
from bot.base.clock import FrozenClock
from bot.cases import OpenCase, open_case
from bot.cases.store import get_case
from bot.conversations import control, log
from bot.desk import letters, work
from bot.desk.effects import GoOnByMail, go_on_by_mail
from bot.desk.mail_room import MailRoom
from bot.mail import FolderTransport, Thread, Threads, send_due
from bot.shop.tables import sellers
from bot.storage.database import Database
from bot.storage.tables import outbox

Agents = tuple[Account, Account]
THREADS = Threads("s" * 40, "ayuda@shop.example")
ROSA = "rosa@correo.example"


@pytest.fixture
def heard() -> list[tuple[str, Any]]:
    """What followers were told."""
    return []


@pytest.fixture
def room(database: Database, clock: FrozenClock, tmp_path: Path, heard: list[tuple[str, Any]]) -> MailRoom:
    return MailRoom(
        database,
        clock,
        threads=THREADS,
        folder=tmp_path / "person",
        publish=lambda topic, note: heard.append((topic, note)),
    )


@pytest.fixture
def sent(database: Database, clock: FrozenClock, tmp_path: Path) -> Callable[[], dict[str, EmailMessage]]:
    """Sends what is due and returns all mails that went out, by the beginning of their key."""
    folder = tmp_path / "out"
    transport = FolderTransport(folder, sender="ayuda@shop.example", address="http://x", threads=THREADS)

    def send() -> dict[str, EmailMessage]:
        send_due(database, clock, transport)
        found = {}
        for path in folder.glob("*.eml"):
            found["-".join(path.name.split("-")[:2])] = message_from_bytes(path.read_bytes(), policy=default)
        return found  # type: ignore[return-value]

    return send


@pytest.fixture
def by_mail(database: Database, clock: FrozenClock, waiting: str) -> str:
    """The waiting conversation, which goes on by mail."""
    with database.write() as tx:
        go_on_by_mail(tx, waiting, GoOnByMail(ROSA, "Mi lámpara llegó rota"), clock.now())
    return waiting


def answer(thread: Thread, text: str = "Aquí va el número.", number: int = 1, **headers: str) -> EmailMessage:
    """A mail to the address of a thread."""
    message = EmailMessage()
    values = {
        "From": f"Rosa <{ROSA}>",
        "To": THREADS.reply_to(thread),
        "Message-ID": f"<{number}@correo.example>",
    }
    for name, value in {
        **values,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        message[name] = value
    message.set_content(text)
    return message


def messages(database: Database, conversation_id: str, actor: str) -> list[log.Entry]:
    with database.read() as tx:
        entries = log.entries_after(tx, conversation_id, 0, audience="staff")
    return [entry for entry in entries if entry.type == "message" and entry.actor == actor]


def kept(tmp_path: Path) -> int:
    return len(list((tmp_path / "person").glob("*.eml")))


def test_what_was_written_goes_to_the_service_with_a_copy_to_the_customer(
    by_mail: str, sent: Callable[[], dict[str, EmailMessage]]
) -> None:
    mails = sent()

    to_service, copy = mails["mail-to"], mails["mail-copy"]
    assert to_service["To"] == "ayuda@shop.example"
    assert copy["To"] == ROSA
    for mail in (to_service, copy):
        assert "Mi lámpara llegó rota" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert THREADS.find([copy["Reply-To"]]) == Thread("conversation", by_mail)
    assert THREADS.find([copy["Message-ID"]]) == Thread("conversation", by_mail)
    assert THREADS.find([to_service["Reply-To"]]) == Thread("staff", by_mail)


def test_the_customers_answer_comes_back_into_the_conversation_once(
    database: Database, by_mail: str, room: MailRoom, heard: list[tuple[str, Any]]
) -> None:
    quoted = (
        "Sí, la tengo.\n\nEl lun, 2 mar 2026 a las 10:00, Puente <p@x.example> escribió:\n> ¿La tienes?\n"
    )
    raw = bytes(answer(Thread("conversation", by_mail), quoted))

    assert room.receive(raw).kind == "customer"
    assert room.receive(raw).kind == "duplicate"

    written = messages(database, by_mail, "customer")[-1]
    assert (written.body["text"], written.body["via"]) == ("Sí, la tengo.", "mail")
    assert heard == [(f"conversation:{by_mail}", written.seq), ("desk", by_mail)]


def test_a_card_number_in_a_mail_is_hidden_and_the_customer_told(
    database: Database, by_mail: str, room: MailRoom
) -> None:
    room.receive(bytes(answer(Thread("conversation", by_mail), "Con la 4111 1111 1111 1111, gracias.")))

    assert messages(database, by_mail, "customer")[-1].body["text"] == "Con la •••• •••• •••• 1111, gracias."
    assert "tarjeta" in messages(database, by_mail, "bot")[-1].body["text"]


def test_an_answer_by_reference_alone_is_bound_too(
    by_mail: str, room: MailRoom, sent: Callable[[], dict[str, EmailMessage]]
) -> None:
    copy = sent()["mail-copy"]
    reply = answer(Thread("conversation", by_mail))
    del reply["To"]
    reply["To"] = "ayuda@shop.example"
    reply["In-Reply-To"] = copy["Message-ID"]

    assert room.receive(bytes(reply)).kind == "customer"


def test_an_answer_to_a_closed_conversation_goes_to_a_person_and_not_to_the_bot(
    database: Database, clock: FrozenClock, agents: Agents, by_mail: str, room: MailRoom
) -> None:
    with database.write() as tx:
        work.claim(tx, by_mail, agent=agents[0], now=clock.now())
        work.close(tx, by_mail, agent=agents[0], seen=None, now=clock.now())

    room.receive(bytes(answer(Thread("conversation", by_mail))))

    with database.read() as tx:
        assert log.get_conversation(tx, by_mail).controller == "queue"


@pytest.mark.parametrize(
    "headers",
    [{"From": "other@correo.example"}, {"To": "ayuda@shop.example"}, {"To": "ayuda+cabc@shop.example"}],
)
def test_what_cannot_be_bound_is_kept_for_a_person(
    database: Database,
    by_mail: str,
    room: MailRoom,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    before = len(messages(database, by_mail, "customer"))

    with caplog.at_level(logging.DEBUG, logger="bot"):
        taken = room.receive(bytes(answer(Thread("conversation", by_mail), **headers)))

    assert (taken.kind, kept(tmp_path)) == ("person", 1)
    assert len(messages(database, by_mail, "customer")) == before
    assert "correo.example" not in caplog.text
    assert "número" not in caplog.text


def test_an_automatic_answer_is_kept_out(
    database: Database, by_mail: str, room: MailRoom, tmp_path: Path
) -> None:
    before = len(messages(database, by_mail, "customer"))

    taken = room.receive(bytes(answer(Thread("conversation", by_mail), Auto_Submitted="auto-replied")))

    assert (taken.kind, kept(tmp_path)) == ("automatic", 0)
    assert len(messages(database, by_mail, "customer")) == before


def test_attachments_are_named_here_and_by_mail(
    database: Database, by_mail: str, room: MailRoom, sent: Callable[[], dict[str, EmailMessage]]
) -> None:
    mail = answer(Thread("conversation", by_mail), "Mira")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="rota.png")

    room.receive(bytes(mail))

    assert "rota.png" in messages(database, by_mail, "customer")[-1].body["text"]
    assert "rota.png" in sent()["mail-attachments"].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_agents_reply_is_a_mail_only_to_who_asked_for_mail(
    database: Database,
    clock: FrozenClock,
    agents: Agents,
    waiting: str,
    sent: Callable[[], dict[str, EmailMessage]],
) -> None:
    with database.write() as tx:
        work.claim(tx, waiting, agent=agents[0], now=clock.now())
        work.reply(tx, waiting, agent=agents[0], client_id="1", text="Hola", conveys=None, now=clock.now())
        assert tx.execute(select(outbox.c.id)).all() == []
        go_on_by_mail(tx, waiting, GoOnByMail(ROSA, "…"), clock.now())
        for _ in range(2):
            work.reply(
                tx, waiting, agent=agents[0], client_id="2", text="Ya va.", conveys=None, now=clock.now()
            )

    reply = sent()["mail-reply"]
    assert reply["To"] == ROSA
    assert "Ya va." in reply.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert reply["Auto-Submitted"] is None


def test_one_of_our_people_answers_from_their_mail_program(
    database: Database,
    agents: Agents,
    by_mail: str,
    room: MailRoom,
    sent: Callable[[], dict[str, EmailMessage]],
) -> None:
    thread = Thread("staff", by_mail)

    room.receive(bytes(answer(thread, "Le mandamos otra.", From=agents[0].email)))

    assert [entry.body["text"] for entry in messages(database, by_mail, "agent")] == ["Le mandamos otra."]
    assert "Le mandamos otra." in sent()["mail-reply"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert room.receive(bytes(answer(thread, "Soy Rosa", 2))).why == "other_sender"


def test_a_customers_token_is_none_of_our_peoples(agents: Agents, by_mail: str, room: MailRoom) -> None:
    taken = room.receive(bytes(answer(Thread("conversation", by_mail), From=agents[0].email)))

    assert taken.why == "other_sender"


@pytest.mark.parametrize(
    ("headers", "state"), [({}, "answered"), ({"Auto_Submitted": "auto-replied"}, "opened")]
)
def test_only_a_persons_mail_of_the_seller_stops_the_clock(
    database: Database, clock: FrozenClock, waiting: str, room: MailRoom, headers: dict[str, str], state: str
) -> None:
    case = OpenCase(
        reference="P-7K2M9Q", reason="item_damaged", seller_id="s-lumen", order_id=None, line_id=None, product_id=None,
        customer_words="rota", customer_locale="es", started_at=clock.now(),
    )  # fmt: skip
    with database.write() as tx:
        row = {"id": "s-lumen", "name": "Lumen", "email": "info@lumen.example", "country": "DE"}
        tx.execute(insert(sellers).values(**row, case_language="de"))
        open_case(tx, waiting, case, clock.now())
    clock.advance(timedelta(hours=2))

    mail = answer(
        Thread("case", "P-7K2M9Q"), "Wir schicken eine neue Lampe.", From="info@lumen.example", **headers
    )
    room.receive(bytes(mail))

    with database.read() as tx:
        assert get_case(tx, "P-7K2M9Q").state == state


def test_a_maildir_is_emptied_and_what_fails_does_not_hold_up_the_rest(
    by_mail: str, room: MailRoom, tmp_path: Path
) -> None:
    new = tmp_path / "in" / "new"
    new.mkdir(parents=True)
    (new / "1").write_bytes(b"\xff\xfe rubbish")
    (new / "2").write_bytes(bytes(answer(Thread("conversation", by_mail))))

    assert room.receive_all(tmp_path / "in") == 2

    assert list(new.iterdir()) == []
    assert len(list((tmp_path / "in" / "cur").iterdir())) == 2
    assert kept(tmp_path) == 1


def test_a_matter_is_named_in_the_customers_language(
    database: Database, clock: FrozenClock, waiting: str
) -> None:
    with database.write() as tx:
        control.reopen(tx, waiting, now=clock.now())
        conversation = log.get_conversation(tx, waiting)

    assert letters.matter_of(conversation, "de") != letters.matter_of(conversation, "es") != ""
