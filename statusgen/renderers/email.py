"""Mails, one message per update (RFC 5322), the same bytes every time."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from statusgen.artifact import Artifact, Folder
from statusgen.views.mail import ClosingMail, MailView, MaintenanceMail, UpdateMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView

TEMPLATES: dict[type[MailView], str] = {
    UpdateMail: "update",
    ClosingMail: "closing",
    MaintenanceMail: "maintenance",
}
"""The templates of each kind of mail: `.subject.txt`, `.txt` and `.html`."""


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the mails."""
    for mail in view.mails:
        yield Artifact(path=f"{mail.id}.eml", view=mail, render=render, folder=Folder.OUTBOX)


def render(view: MailView, theme: Theme) -> bytes:
    """Write a mail with a plain part and an HTML part."""
    import css_inline  # noqa: PLC0415 - only a mail that is new pays for it

    template = f"emails/{TEMPLATES[type(view)]}"
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(view, theme.render(f"{template}.subject.txt", view)):
        message[name] = _one_line(value)
    message.set_content(theme.render(f"{template}.txt", view), cte="quoted-printable")
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    html = inliner.inline(theme.render(f"{template}.html", view))
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # A boundary is random unless it is set, and then no two builds are the same.
    message.set_boundary(f"=_{blake2b(view.id.encode(), digest_size=16).hexdigest()}")
    return message.as_bytes()


def _headers(view: MailView, subject: str) -> Iterator[tuple[str, str]]:
    letterhead = view.letterhead
    yield "From", letterhead.sender
    yield "To", "undisclosed-recipients:;"
    if letterhead.reply_to:
        yield "Reply-To", letterhead.reply_to
    yield "Subject", subject
    yield "Date", format_datetime(view.at)
    yield "Message-ID", f"<{view.id}@{letterhead.host}>"
    yield "In-Reply-To", f"<{view.thread}@{letterhead.host}>"
    yield "References", f"<{view.thread}@{letterhead.host}>"
    yield "Auto-Submitted", "auto-generated"
    if letterhead.unsubscribe:
        yield "List-Unsubscribe", f"<{letterhead.unsubscribe}>"
    if letterhead.unsubscribe.startswith("https:"):
        # RFC 8058: a mail reader may unsubscribe with one click.
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _one_line(value: str) -> str:
    """Fold every kind of line break and control character: a title must not become a header."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value).strip()
