"""The mails of the outbox, to be read as their readers will."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import jinja2
from msgspec import Struct

from statusgen.artifact import Folder
from statusgen.serve.hosting import Answer, type_of
from statusgen.theme import FILTERS

if TYPE_CHECKING:
    from email.message import EmailMessage

    from statusgen.serve.shelf import Shelf

OUTBOX = "/outbox/"
EVERYONE = "undisclosed-recipients:;"
"""How a mail names those who subscribed: not at all."""

# Only styles, only of the page's own host or inside the mail: a mail can ask nobody for anything.
_PAGE = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as it was written, and as it is read."""

    name: str
    subject: str
    at: datetime | None
    to: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    @property
    def path(self) -> str:
        """Where its page is, and with another ending its parts."""
        return OUTBOX + quote(self.name)


class Pages:
    """The pages of a preview that are no pages of the site."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("statusgen.serve", "pages"),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= FILTERS

    def render(self, name: str, status: int = 200, **values: object) -> Answer:
        """Render a page."""
        text = self._environment.get_template(name).render(**values)
        headers = {"content-type": type_of(name), "content-security-policy": _PAGE}
        return Answer(status=status, headers=headers, body=text.encode())


def answer(shelf: Shelf, pages: Pages, address: str) -> Answer:
    """Answer an address below `/outbox/`."""
    name = unquote(address.removeprefix(OUTBOX))
    places = {place.removesuffix(".eml"): place for place in shelf.paths(Folder.OUTBOX)}
    if not name:
        mails = [_read(stem, shelf.data(place, Folder.OUTBOX)) for stem, place in places.items()]
        mails.sort(key=_age, reverse=True)
        return pages.render("outbox.html", mails=mails)
    stem, _, ending = name.rpartition(".") if name.endswith((".eml", ".html")) else (name, "", "")
    place = places.get(stem.rstrip("/"))
    if place is None:
        return pages.render("no-mail.html", 404)
    if ending == "eml":
        kept = f'attachment; filename="{quote(place)}"'
        headers = {"content-type": type_of(place), "content-disposition": kept}
        return Answer(status=200, headers=headers, body=shelf.data(place, Folder.OUTBOX))
    mail = _read(stem.rstrip("/"), shelf.data(place, Folder.OUTBOX))
    if ending == "html":
        # A link of a mail opens beside the preview, as it does in a mail program.
        body = f'<base target="_blank">{mail.html}'.encode()
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": _MAIL,
        }
        return Answer(status=200, headers=headers, body=body, is_bare=True)
    return pages.render("mail.html", mail=mail)


def _age(mail: Mail) -> tuple[datetime, str]:
    return mail.at or datetime.min.replace(tzinfo=UTC), mail.name


def _read(name: str, data: bytes) -> Mail:
    message = message_from_bytes(data, policy=default)
    to = str(message["to"] or "")
    date = message["date"]
    return Mail(
        name=name,
        subject=str(message["subject"] or "(no subject)"),
        at=date.datetime if date else None,
        to="subscribers" if to == EVERYONE else to,
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""
