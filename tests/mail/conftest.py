"""A real SMTP server on loopback, and mails to send."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Received:
    """What a server took: the messages, and whether each came encrypted. `refuse` is its answer instead."""

    messages: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        self.messages.append(message_from_bytes(bytes(envelope.content or b""), policy=default))  # type: ignore[arg-type]
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"geheim/word")


@pytest.fixture
def smtp() -> Iterator[Callable[..., tuple[str, Received]]]:
    """Starts servers; each call gives (host and port, what it receives)."""
    running: list[Controller] = []

    def start(**options: Any) -> tuple[str, Received]:
        received = Received()
        if options.pop("with_login", False):
            options.update(authenticator=received.authenticate, auth_require_tls=False)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(received, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return f"127.0.0.1:{port}", received

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS contexts of a server on loopback and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    from ipaddress import ip_address

    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert_file, key_file)
    return server, ssl.create_default_context(cafile=str(cert_file))


@pytest.fixture
def payload() -> Callable[..., dict[str, Any]]:
    """The outbox's content for a case that was opened."""

    def build(language: str = "de", **values: Any) -> dict[str, Any]:
        return {
            "to": "seller@example.com",
            "template": "case_opened",
            "language": language,
            "values": {
                "seller": "Lumen GmbH",
                "reference": "P-7K2M9Q",
                "matter": "Artikel beschädigt",
                "asks": "Was bieten Sie an?",
                "item": "Lampe <Duna>",
                "line": [["Bestellung", "302-4817264-1935501"]],
                "details": [["Beschreibung", "rota"]],
                "looked_up": [["Stand", "Zugestellt"]],
                "words": "Hola\n<script>alert(1)</script>",
                "words_language": "Spanisch",
                "answer_by": "2026-03-03T09:00:00.000Z",
                "answer_by_local": "03.03.2026, 10:00 (Berlin)",
                **values,
            },
        }

    return build
