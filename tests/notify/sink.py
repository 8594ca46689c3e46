"""A real mail server on this machine, with TLS and a login, that fails as it is asked to."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

USER, PASSWORD = "u", "p"


class Faults:
    """Takes mails; an address tells by its first word what becomes of it.

    `gone` and `full` are refused, `grey` is taken the second time, `never` never, `spam` is refused
    with its words, `drop` and `tear` lose the connection once, at the address or at the words.
    """

    def __init__(self, drop_every: int = 0) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.seen: set[str] = set()
        self.drop_every = drop_every
        self.connections = 0
        self.sent = 0

    def is_first(self, word: str) -> bool:
        """Whether it is the first time."""
        is_first = word not in self.seen
        self.seen.add(word)
        return is_first

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        word = address.partition("@")[0].partition("-")[0]
        self.sent += 1
        is_dropped = self.drop_every and self.sent % self.drop_every == 0
        if is_dropped or (word == "drop" and self.is_first(address)):
            _abort(server)
            return "421 bye"
        answers = {"gone": f"550 5.1.1 <{address}> is gone", "full": "552 5.2.2 Mailbox full"}
        if word in answers:
            return answers[word]
        if word == "never" or (word == "grey" and self.is_first(address)):
            return f"451 4.7.1 <{address}> later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        (address,) = envelope.rcpt_tos
        if address.startswith("spam"):
            return "554 5.7.1 rejected"
        if address.startswith("tear") and self.is_first(address):
            _abort(server)
            return "421 bye"
        self.taken.append((address, envelope.content))
        return "250 queued"

    @property
    def readers(self) -> list[str]:
        """Tell who has mails, each as often as they have one."""
        return sorted(address for address, _ in self.taken)


def _abort(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    """Let one user in."""
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"u", b"p")
    return AuthResult(success=is_right, handled=False)


def certificate(folder: Path) -> Path:
    """Make a certificate for this machine, with its key in the same file."""
    path = folder / "certificate.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    words = [*command.split(), "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(words, check=True, capture_output=True)
    certificate = path.with_suffix(".crt")
    path.write_bytes(path.read_bytes() + certificate.read_bytes())
    return path


class _Sink(Controller):
    def __init__(self, faults: Faults, context: ssl.SSLContext | None, *, is_tls: bool) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.context = context
        self.is_tls = is_tls
        super().__init__(
            faults, hostname="127.0.0.1", port=port, ssl_context=context if is_tls else None
        )

    def factory(self) -> SMTP:
        starttls = None if self.is_tls else self.context
        return SMTP(
            self.handler,
            tls_context=starttls,
            require_starttls=bool(starttls),
            auth_required=bool(starttls),
            auth_require_tls=bool(starttls),
            authenticator=login,
            enable_SMTPUTF8=False,
        )


@contextmanager
def sink(faults: Faults, certificate: Path | None = None, *, is_tls: bool = False) -> Iterator[int]:
    """Open a mail server; with a certificate it wants STARTTLS and a login, or TLS."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = _Sink(faults, context, is_tls=is_tls)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


class FakeClock:
    """A clock that moves on only as somebody waits."""

    def __init__(self, start: datetime) -> None:
        self.time = start
        self.lock = Lock()
        self.waited: list[float] = []

    def instant(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        with self.lock:
            self.waited.append(seconds)
            self.time += timedelta(seconds=seconds)
