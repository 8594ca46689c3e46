"""The mail relay: an SMTP server that takes our mails and brings them to their readers."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from statusgen.errors import StatusgenError
from statusgen.notify.delivery import Answer, Outcome

if TYPE_CHECKING:
    from statusgen.notify.delivery import Parcel

TIMEOUT = 60
"""Seconds within which a relay must answer."""
MANY = 500
"""How many mails go over one connection before it is opened anew: relays end those that do not."""

_GIVEN_UP = 500
"""Answers from here on are final (RFC 5321)."""


class RelayError(StatusgenError):
    """The relay takes no mail of ours at all: its name, our login, or our address is wrong."""


class Security(StrEnum):
    """How a connection is made secret, by the scheme of the relay's address."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+insecure"


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


class Relay(Struct, frozen=True, kw_only=True):
    """Where the relay is, and who we are to it; `name` is how we greet it."""

    host: str
    port: int
    security: Security
    name: str
    sender: str
    user: str = ""
    password: str = ""

    def connect(self) -> Connection:
        """Give a connection, which opens itself."""
        return Connection(self)


def read_relay(url: str, sender: str, user: str = "", password: str = "") -> Relay:
    """Read a relay's address, like smtp://mail.example.com:587."""
    if not url:
        message = "--relay is missing: by which server do mails go, like smtp://mail.example.com?"
        raise RelayError(message)
    parts = urlsplit(url)
    schemes = tuple(Security)
    if parts.scheme not in schemes or not parts.hostname or parts.path.strip("/"):
        message = "the relay is no address: write it like smtp://mail.example.com:587"
        raise RelayError(message)
    if "@" in parts.netloc:
        message = "the relay's address holds a user: give user and password in the environment"
        raise RelayError(message)
    try:
        port = parts.port
    except ValueError:
        message = "the relay's port is none"
        raise RelayError(message) from None
    security = Security(parts.scheme)
    return Relay(
        host=parts.hostname,
        port=port or PORTS[security],
        security=security,
        name=sender.rpartition("@")[2],
        sender=sender,
        user=user,
        password=password,
    )


class Connection:
    """A connection to the relay: many mails go over it, and it is taken up again when it breaks."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._client: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, parcel: Parcel) -> Answer:
        """Hand a mail over."""
        mail = parcel.write()
        try:
            client = self._opened()
            client.sendmail(self.relay.sender, [parcel.to], mail)
        except smtplib.SMTPRecipientsRefused as error:
            answer = _answer(*error.recipients[parcel.to])
        except smtplib.SMTPSenderRefused as error:
            answer = _answer(error.smtp_code, error.smtp_error)
            if answer.outcome == Outcome.REFUSED:
                message = f"the relay refuses mail from {self.relay.sender}: {answer.words}"
                raise RelayError(message) from None
        except smtplib.SMTPResponseException as error:
            answer = _answer(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Answer(Outcome.LATER, f"the connection was lost ({type(error).__name__})")
        else:
            self._sent += 1
            answer = Answer(Outcome.TAKEN)
        if self._sent >= MANY or answer.outcome == Outcome.LATER:
            self.close()
        return answer

    def close(self) -> None:
        if self._client and self._client.sock:
            with suppress(smtplib.SMTPException, OSError):  # the mails are handed over already
                self._client.quit()
        self._drop()

    def _drop(self) -> None:
        if self._client:
            self._client.close()
        self._client = None
        self._sent = 0

    def _opened(self) -> smtplib.SMTP:
        if self._client is None or self._client.sock is None:
            self._drop()
            self._client = self._open()
        return self._client

    def _open(self) -> smtplib.SMTP:
        relay = self.relay
        try:
            return self._greet()
        except ssl.SSLCertVerificationError as error:
            message = f"the relay {relay.host} is not who it says: {error.verify_message}"
        except ssl.SSLError as error:
            message = f"the relay {relay.host} speaks no TLS on port {relay.port}: {error.reason}"
        except socket.gaierror as error:
            message = f"the relay {relay.host} is not known: {error.strerror}"
        except smtplib.SMTPNotSupportedError:
            what = "encrypts nothing" if relay.security == Security.STARTTLS else "takes no login"
            message = f"the relay {relay.host} {what}"
        except smtplib.SMTPResponseException as error:
            if error.smtp_code < _GIVEN_UP:
                raise
            what = (
                "our user" if isinstance(error, smtplib.SMTPAuthenticationError) else "to serve us"
            )
            message = f"the relay {relay.host} refuses {what}: {error.smtp_code}"
        raise RelayError(message)

    def _greet(self) -> smtplib.SMTP:
        relay = self.relay
        if relay.security == Security.TLS:
            context = ssl.create_default_context()
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.host, relay.port, relay.name, timeout=TIMEOUT, context=context
            )
        else:
            client = smtplib.SMTP(relay.host, relay.port, relay.name, timeout=TIMEOUT)
        try:
            if relay.security == Security.STARTTLS:
                client.starttls(context=ssl.create_default_context())
            if relay.user:
                client.login(relay.user, relay.password)
        except BaseException:
            client.close()
            raise
        return client


def _answer(code: int, words: bytes | str) -> Answer:
    outcome = Outcome.REFUSED if code >= _GIVEN_UP else Outcome.LATER
    return Answer(outcome, _code(code, words))


def _code(code: int, words: bytes | str) -> str:
    """Tell an answer by its numbers: its words may hold the address (RFC 3463)."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", text)
    return f"{code} {found[0]}" if found else str(code)
