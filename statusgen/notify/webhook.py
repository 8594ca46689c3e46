"""Webhooks: news as JSON, signed, to addresses that ask for them.

The shape is that of Statuspage's webhooks, so that what reads those reads these; the signature is
that of standardwebhooks.com, which libraries of many languages check.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import http.client
import ssl
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from statusgen import __version__
from statusgen.errors import StatusgenError
from statusgen.notify.delivery import Answer, Outcome, Parcel
from statusgen.notify.subscribers import mark_of
from statusgen.views.statuspage import objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.notify.delivery import Clock, Session
    from statusgen.notify.due import Due
    from statusgen.notify.letters import Letters
    from statusgen.notify.news import News

KIND = "webhook"
TIMEOUT = 20
"""Seconds within which a receiver must answer."""

_PREFIX = "whsec_"
_SHORTEST = 16
_PATIENT = {408, 425, 429}
"""Answers that ask to come again."""
_GOOD = range(200, 300)
_BROKEN = 500


class WebhookError(StatusgenError):
    """A webhook's address or the secret is none."""


class Webhook(Struct, frozen=True, kw_only=True):
    """Where to; `name` is how output calls it, since the address may hold a secret."""

    name: str
    url: str


def read_webhooks(text: str) -> tuple[Webhook, ...]:
    """Read addresses, one a line."""
    urls = [line.strip() for line in text.splitlines() if line.strip()]
    for number, url in enumerate(urls, 1):
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
            message = f"webhook {number} is no address: write it like https://example.com/hook"
            raise WebhookError(message)
    return tuple(Webhook(name=f"{KIND} {number}", url=url) for number, url in enumerate(urls, 1))


def read_secret(text: str) -> bytes:
    """Read the secret that webhooks are signed with: whsec_ and base64, or any words."""
    try:
        is_coded = text.startswith(_PREFIX)
        secret = (
            base64.b64decode(text[len(_PREFIX) :], validate=True) if is_coded else text.encode()
        )
    except binascii.Error:
        secret = b""
    if len(secret) < _SHORTEST:
        state = "too short" if text else "missing"
        message = f"STATUSGEN_WEBHOOK_SECRET is {state}: it needs {_SHORTEST} characters"
        raise WebhookError(message)
    return secret


def sign(secret: bytes, name: str, timestamp: int, body: bytes) -> str:
    """Sign a body, so that its receiver knows whose it is, and that it is not an old one."""
    signed = f"{name}.{timestamp}.".encode() + body
    digest = hmac.new(secret, signed, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Webhooks:
    """The way to all webhooks: each is told everything that is public."""

    name = KIND

    def __init__(
        self,
        letters: Letters,
        hooks: Sequence[Webhook],
        secret: bytes,
        key: bytes,
        clock: Clock,
    ) -> None:
        self.letters, self.hooks, self.secret = letters, hooks, secret
        self.key, self.clock = key, clock

    def reaches(self, one: News) -> bool:  # noqa: ARG002 - whatever it is
        return bool(self.hooks)

    def parcels(self, due: Due) -> Iterator[Parcel]:
        name = due.key.replace(".", "-")  # a stop parts what is signed
        body = self._body(due, name)
        for hook in self.hooks:
            yield Parcel(
                mark=mark_of(self.key, KIND, hook.url),
                label=hook.name,
                to=hook.url,
                write=partial(_framed, name, body),
            )

    def connect(self) -> Session:
        return _Post(self.secret, self.clock)

    def _body(self, due: Due, name: str) -> bytes:
        """Tell the news as Statuspage does: the page, and the incident or maintenance as it is."""
        present, one = self.letters.present, due.news
        known = objects(present)
        told: Any
        if one.is_about_work:
            work = next(each for each in present.site.maintenances if each.slug == one.slug)
            told = known.maintenance(work)
        else:
            told = known.incident(one.slug)
        status = known.status
        view = self.letters.view(due, present.config.language)
        return msgspec.json.encode(
            {
                "meta": {
                    "id": name,
                    "event": "correction" if due.is_correction else str(one.kind),
                    "url": view.url,
                    "generated_at": known.stamp(one.at),
                },
                "page": {
                    "id": known.page.id,
                    "status_indicator": status.indicator,
                    "status_description": status.description,
                },
                "incident": told,
            }
        )


def _framed(name: str, body: bytes) -> bytes:
    """Put a body behind its name, which is signed with it."""
    return name.encode() + b"\n" + body


class _Post:
    """Posts to one webhook after the other, each over a connection of its own."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self.secret, self.clock = secret, clock

    def send(self, parcel: Parcel) -> Answer:
        name, _, body = parcel.write().partition(b"\n")
        timestamp = int(self.clock.instant().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"statusgen/{__version__}",
            "webhook-id": name.decode(),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.secret, name.decode(), timestamp, body),
        }
        try:
            return _answer(_post(parcel.to, body, headers))
        except ssl.SSLCertVerificationError:
            return Answer(Outcome.REFUSED, "is not who it says")
        except (OSError, http.client.HTTPException) as error:
            return Answer(Outcome.LATER, f"gave no answer ({type(error).__name__})")

    def close(self) -> None:
        """Every connection is closed already."""


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        with suppress(OSError):  # the answer is there
            connection.close()


def _answer(status: int) -> Answer:
    if status in _GOOD:
        return Answer(Outcome.TAKEN)
    is_patient = status in _PATIENT or status >= _BROKEN
    return Answer(Outcome.LATER if is_patient else Outcome.REFUSED, str(status))
