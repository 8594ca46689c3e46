"""Mails, one message per update (RFC 5322), the same bytes every time."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from statusgen.artifact import Artifact, Bundle, Folder
from statusgen.signs import CONTROL, without_controls
from statusgen.views.mail import ClosingMail, MailView, MaintenanceMail, PostmortemMail, UpdateMail
from statusgen.views.page import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from css_inline import CSSInliner

    from statusgen.theme import Theme
    from statusgen.views import TreeView
    from statusgen.views.mail import Letterhead

TEMPLATES: dict[type[MailView], str] = {
    UpdateMail: "update",
    ClosingMail: "closing",
    MaintenanceMail: "maintenance",
    PostmortemMail: "postmortem",
}
"""The templates of each kind of mail: `.subject.txt`, `.txt` and `.html`."""
LONGEST = 300
"""How many characters a subject or a name may have; a line of a mail ends at 998 bytes."""
LINE = 78
"""How long a line of a mail's text is at most."""
URL_SIGNS = ":/?#[]@!$&'()*+,;=%~"
"""What an address is made of, beside letters and digits; the rest is written in percent."""


def artifacts(view: TreeView, _theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell the mails."""
    for part in view.mails.parts:
        if isinstance(part, Batch):
            yield Bundle(batch=part, place=str, render=render, folder=Folder.OUTBOX)
        else:
            yield Artifact(path=part.path, view=part, render=render, folder=Folder.OUTBOX)


def render(view: MailView, theme: Theme) -> bytes:
    """Write a mail with a plain part and an HTML part."""
    template = f"emails/{TEMPLATES[type(view)]}"
    # Its text is encoded below, where nobody would find a control any more.
    text, html = (
        without_controls(theme.render(f"{template}.{part}", view)) for part in ("txt", "html")
    )
    subject = theme.render(f"{template}.subject.txt", view)
    html = _inliner().inline(html)
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(view, subject))
    # A boundary is random unless it is set, and then no two builds are the same.
    boundary = f"=_{blake2b(view.id.encode(), digest_size=16).hexdigest()}"
    return (head + body(text, html, boundary)).encode()


def addressed(mail: bytes, to: str, mark: str, unsubscribe: str = "") -> bytes:
    """Address a mail to one reader; `mark` tells theirs from those of others.

    What all of them read is rendered once, and only its head is changed. Whoever has a way of their
    own to unsubscribe leaves by that, with one click.
    """
    head, end, rest = mail.decode("ascii").partition("\r\n\r\n")
    head = re.sub(r"(?m)^To: .*\r$", f"To: {to}\r", head, count=1)
    head = re.sub(r"(?m)^Message-ID: <([^@]*)@", rf"Message-ID: <\1.{mark}@", head, count=1)
    if unsubscribe:
        head = re.sub(r"(?m)^List-Unsubscribe(-Post)?: .*\r\n", "", head)
        way = "".join(f"{name}: {value}\r\n" for name, value in _leaving(unsubscribe))
        head = head.replace("MIME-Version:", f"{way}MIME-Version:", 1)
    return (head + end + rest).encode("ascii")


def _leaving(unsubscribe: str) -> Iterator[tuple[str, str]]:
    """Say how to leave the list."""
    if unsubscribe:
        yield "List-Unsubscribe", f"<{quote(unsubscribe, safe=URL_SIGNS)}>"
    if unsubscribe.startswith("https:"):
        # RFC 8058: a mail reader may unsubscribe with one click.
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def body(text: str, html: str, boundary: str) -> str:
    """Write the parts of a mail (RFC 2046, `multipart/alternative`), with what announces them.

    By hand: EmailMessage takes four fifths of a mail's time, and loses blanks and quotes where it
    folds a long header.
    """
    encoding = "Content-Transfer-Encoding: quoted-printable\r\n"
    return (
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/plain; charset="utf-8"\r\n{encoding}'
        f"\r\n{_quoted(text)}"
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/html; charset="utf-8"\r\n{encoding}MIME-Version: 1.0\r\n'
        f"\r\n{_quoted(html)}"
        f"\r\n--{boundary}--\r\n"
    )


def _quoted(text: str) -> str:
    """Write a text in lines of plain ASCII (RFC 2045, quoted-printable)."""
    from email.quoprimime import body_encode  # noqa: PLC0415 - only a new mail needs it

    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    return body_encode(lines.decode("latin-1"), LINE, eol="\r\n")


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    import css_inline  # noqa: PLC0415 - only a new mail needs it

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def _headers(view: MailView, subject: str) -> Iterator[tuple[str, str]]:
    from email.utils import format_datetime  # noqa: PLC0415 - only a new mail needs it

    letterhead = view.letterhead
    host = _ascii(letterhead.host)
    yield "From", _mailbox(letterhead.sender)
    yield "To", "undisclosed-recipients:;"
    if letterhead.reply_to:
        yield "Reply-To", _mailbox(letterhead.reply_to)
    yield "Subject", _words(subject)
    yield "Date", format_datetime(view.at)
    yield "Content-Language", letterhead.language
    yield "Message-ID", f"<{view.message}@{host}>"
    yield "In-Reply-To", f"<{view.thread}@{host}>"
    yield "References", f"<{view.thread}@{host}>"
    yield "Auto-Submitted", "auto-generated"
    yield "List-Id", f"<{_list_id(letterhead)}>"
    yield from _leaving(letterhead.unsubscribe)


def _list_id(letterhead: Letterhead) -> str:
    """Name the list of those who subscribed (RFC 2919): by host, and path where there is one."""
    path = urlsplit(letterhead.site_url).path.strip("/")
    names = [*re.findall(r"[A-Za-z0-9-]+", path), "updates", _ascii(letterhead.host)]
    return ".".join(names)


def _mailbox(text: str) -> str:
    """Write `Name <address>`: a name may hold anything, and is still only a name."""
    name, _, address = text.rpartition("<")
    user, _, host = address.rstrip("> ").rpartition("@")
    plain = f"{user}@{_ascii(host)}"
    line = _one_line(name)
    if not line:
        return plain
    is_plain = re.fullmatch(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]+", line)
    return f"{line if is_plain else _encoded(line)} <{plain}>"


def _words(text: str) -> str:
    """Write words, encoded (RFC 2047) where they are not plain, or would seem encoded."""
    line = _one_line(text)
    return line if line.isascii() and "=?" not in line else _encoded(line)


def _encoded(line: str) -> str:
    from email.header import Header  # noqa: PLC0415 - only a new mail needs it

    return Header(line, "utf-8").encode(linesep="\r\n")


def _ascii(host: str) -> str:
    """Spell a host as the wire does: `örnek.com` is `xn--rnek-4qa.com`."""
    return host.encode("idna").decode("ascii")


def _one_line(value: str) -> str:
    """Fold every kind of line break and control character: a title must not become a header.

    Nor may it fill a line that no server takes.
    """
    line = " ".join(CONTROL.sub(" ", value).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
