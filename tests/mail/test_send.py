"""Sending over real SMTP: once per item, again when it failed, nothing private in logs."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.base.clock import FrozenClock
from bot.base.settings import Settings, SettingsError
from bot.mail import FolderTransport, SmtpTransport, Thread, Threads, send_due, transport_for
from bot.mail.send import message_id
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.tables import outbox as table

Payload = Callable[..., dict[str, Any]]
SENDER = "Puente <puente@shop.example>"
THREADS = Threads("s" * 40, "puente@shop.example")
KEY = "case-opened:P-7K2M9Q"
TOKEN = THREADS.token(Thread("case", "P-7K2M9Q"))


def queue(
    database: Database, clock: FrozenClock, payload: dict[str, Any], key: str = "case-opened:P-7K2M9Q"
) -> None:
    with database.write() as tx:
        outbox.queue(tx, key=key, kind="mail", payload=payload, now=clock.now())


def rows(database: Database) -> list[Any]:
    with database.read() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)))


def transport(server: str, scheme: str = "smtp", **more: Any) -> SmtpTransport:
    return SmtpTransport(
        f"{scheme}://{server}", sender=SENDER, address="https://puente.example", threads=THREADS, **more
    )


def test_a_mail_goes_out_once_with_its_headers(
    database: Database, clock: FrozenClock, payload: Payload, smtp: Any
) -> None:
    server, received = smtp()
    queue(database, clock, payload("zh"))

    assert send_due(database, clock, transport(server)) == 1
    assert send_due(database, clock, transport(server)) == 0

    (message,) = received.messages
    assert message["To"] == "seller@example.com"
    assert message["From"] == SENDER
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == message_id(KEY, SENDER, TOKEN)
    assert message["Subject"].startswith("[P-7K2M9Q] 请答复")
    assert "Lumen GmbH，您好" in message.get_body(("plain",)).get_content()
    assert "&lt;script&gt;" in message.get_body(("html",)).get_content()
    assert rows(database)[0].sent_at == clock.now()


def test_starttls_is_used_when_it_is_offered(
    database: Database,
    clock: FrozenClock,
    payload: Payload,
    smtp: Any,
    certificate: tuple[ssl.SSLContext, ...],
) -> None:
    server, received = smtp(tls_context=certificate[0])
    queue(database, clock, payload())

    assert send_due(database, clock, transport(server, tls=certificate[1])) == 1

    assert received.encrypted == [True]


def test_a_certificate_nobody_vouches_for_is_not_trusted(
    database: Database,
    clock: FrozenClock,
    payload: Payload,
    smtp: Any,
    certificate: tuple[ssl.SSLContext, ...],
) -> None:
    server, received = smtp(tls_context=certificate[0])
    queue(database, clock, payload())

    assert send_due(database, clock, transport(server)) == 0

    assert received.messages == []


def test_smtps_and_a_login(
    database: Database,
    clock: FrozenClock,
    payload: Payload,
    smtp: Any,
    certificate: tuple[ssl.SSLContext, ...],
) -> None:
    server, received = smtp(with_login=True, ssl_context=certificate[0])
    queue(database, clock, payload())

    out = transport(f"user%40shop:geheim%2Fword@{server}", scheme="smtps", tls=certificate[1])

    assert send_due(database, clock, out) == 1
    assert received.logins == [("user@shop", "geheim/word")]


def test_a_failure_is_tried_again_later_and_says_nothing_private(
    database: Database, clock: FrozenClock, payload: Payload, smtp: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server, received = smtp()
    received.refuse = "451 not now, seller@example.com"
    queue(database, clock, payload())
    queue(database, clock, payload("es"), key="second")

    with caplog.at_level(logging.DEBUG, logger="bot"):
        assert send_due(database, clock, transport(server)) == 0
    assert rows(database)[0].last_error == "SMTPDataError 451"
    assert "seller@example.com" not in caplog.text
    assert "Hola" not in caplog.text

    received.refuse = ""
    assert send_due(database, clock, transport(server)) == 0
    clock.advance(timedelta(seconds=10))
    assert send_due(database, clock, transport(server)) == 2
    assert len({message["Message-ID"] for message in received.messages}) == 2


def test_a_server_that_is_away_costs_nothing_but_time(
    database: Database, clock: FrozenClock, payload: Payload, smtp: Any
) -> None:
    queue(database, clock, payload())
    assert send_due(database, clock, transport("127.0.0.1:9")) == 0
    clock.advance(timedelta(seconds=10))
    server, received = smtp()

    assert send_due(database, clock, transport(server)) == 1

    assert len(received.messages) == 1


def test_two_workers_send_each_mail_once(
    database: Database, clock: FrozenClock, payload: Payload, smtp: Any
) -> None:
    server, received = smtp()
    for number in range(6):
        queue(database, clock, payload(), key=f"mail:{number}")
    start = threading.Barrier(2)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        counts.append(send_due(database, clock, transport(server)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sum(counts) == 6
    assert len({message["Message-ID"] for message in received.messages}) == len(received.messages) == 6


def test_what_a_killed_worker_took_is_due_again_under_the_same_message_id(
    database: Database, clock: FrozenClock, payload: Payload, smtp: Any
) -> None:
    server, received = smtp()
    queue(database, clock, payload())
    outbox.claim(database, clock.now(), kind="mail")

    assert send_due(database, clock, transport(server)) == 0
    clock.advance(outbox.LEASE)
    assert send_due(database, clock, transport(server)) == 1

    assert received.messages[0]["Message-ID"] == message_id(KEY, SENDER, TOKEN)


def test_other_kinds_in_the_outbox_are_left_alone(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with database.write() as tx:
        outbox.queue(tx, key="k", kind="webhook", payload={}, now=clock.now())

    assert (
        send_due(database, clock, FolderTransport(tmp_path, sender=SENDER, address="", threads=THREADS)) == 0
    )

    assert rows(database)[0].tries == 0


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(
    database: Database, clock: FrozenClock, payload: Payload, tmp_path: Path
) -> None:
    queue(database, clock, {**payload(), "template": "poem"}, key="first")
    queue(database, clock, payload(), key="second")

    assert (
        send_due(database, clock, FolderTransport(tmp_path, sender=SENDER, address="", threads=THREADS)) == 1
    )


def test_without_a_server_mails_are_files(
    database: Database, clock: FrozenClock, payload: Payload, tmp_path: Path
) -> None:
    settings = Settings(data_dir=str(tmp_path), mail_from=SENDER)
    queue(database, clock, payload())

    assert send_due(database, clock, transport_for(settings)) == 1

    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "case-opened-P-7K2M9Q.eml"
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "seller@example.com"
    assert "http://127.0.0.1:8000/seller/cases/P-7K2M9Q" in message.get_body(("plain",)).get_content()


def test_an_address_that_is_no_smtp_server_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="PUENTE_SMTP_URL"):
        transport_for(Settings(smtp_url="http://mail.example"))


def test_a_password_needs_encryption_off_this_machine() -> None:
    assert SmtpTransport(
        "smtp://u:p@mail.example", sender=SENDER, address="", threads=THREADS
    ).requires_starttls
    assert not SmtpTransport(
        "smtp://u:p@localhost", sender=SENDER, address="", threads=THREADS
    ).requires_starttls
    assert not SmtpTransport(
        "smtp://mail.example", sender=SENDER, address="", threads=THREADS
    ).requires_starttls
