"""Mails are what any mail program reads, say the same in both parts, and arrive as they were."""

from __future__ import annotations

import re
import smtplib
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import html5lib
import pytest
from aiosmtpd.controller import Controller
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from statusgen.config import ThemeChoice
from statusgen.renderers.email import body, render
from statusgen.theme import Theme
from statusgen.views.mail import ClosingMail, MaintenanceMail, PostmortemMail, UpdateMail
from tests import examples, worlds
from tests.views import maintenance
from tests.worlds import INCIDENT, Files, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from statusgen.views.mail import Mail
    from tests.examples import Example

HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Content-Language",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
]

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])

ANY_TEXT = st.text() | st.lists(
    st.sampled_from(
        [
            *(
                "\r\nBcc: all@evil.example",
                "\r\n\r\n",
                "\n",
                "\r",
                "\u2028",
                "\u2029",
                "\x85",
                "\x00",
            ),
            *(
                "=?utf-8?q?=0D=0ABcc:_all@evil.example?=",
                "=?utf-8?b?Cg==?=",
                "=?",
                "?=",
                "x" * 1200,
            ),
            *("<a@evil.example>", ",", ";", ":", '"', "\\", "(", ")", "@", " ", "İ", "🦊", "مرحبا"),
        ]
    )
).map("".join)


@cache
def theme() -> Theme:
    """Load the theme that comes along."""
    return Theme.load(examples.ROOT / "tests", ThemeChoice())


def read(data: bytes) -> EmailMessage:
    """Read a mail as a mail program does."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message


def part(message: EmailMessage, kind: str) -> str:
    """Give the plain part or the HTML part."""
    body = message.get_body((kind,))
    assert body
    text = body.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def above_signature(message: EmailMessage) -> str:
    """Give what the plain part says, without what stands below every mail."""
    words, _, foot = part(message, "plain").partition("\n-- \n")
    assert foot
    return words


def shown(message: EmailMessage) -> ET.Element:
    """Give what the HTML part says, without what stands around every mail."""
    page = html5lib.parse(part(message, "html"), namespaceHTMLElements=False)
    assert isinstance(page, ET.Element)
    (mail,) = page.iterfind(".//div[@class='mail']")
    for around in mail.findall("*[@class='from']") + mail.findall("*[@class='foot']"):
        mail.remove(around)
    return mail


def mails(build: Callable[[], Example]) -> list[tuple[Mail, bytes]]:
    """Give each mail of a site beside the view that it tells."""
    site = build()
    files = tree(site.outbox)
    assert set(files) == {f"{mail.id}.eml" for mail in site.view.mails}
    return [(mail, files[f"{mail.id}.eml"]) for mail in site.view.mails]


def one(kind: type[Mail]) -> Mail:
    """Give the example's newest mail of a kind."""
    return next(mail for mail in examples.own().view.mails if isinstance(mail, kind))


def squeezed(text: str) -> str:
    """Give a text without its blanks."""
    return "".join(text.split())


def first_line(mail: Mail) -> str:
    """Tell the subject that a mail should have."""
    if isinstance(mail, ClosingMail):
        return f"Service Disruption - {mail.started:%-d %B %Y}"
    if isinstance(mail, PostmortemMail):
        return f"[Post-mortem] {mail.incident}"
    if isinstance(mail, MaintenanceMail):
        word = "moved" if mail.is_moved else mail.label.replace("_", " ")
        return f"[Maintenance {word}] {mail.title}"
    return f"[{mail.label.capitalize()}] {mail.title}"


@both
def test_headers(build: Callable[[], Example]) -> None:
    """Each mail says whose it is, what it is about, when it was said, and how to leave."""
    for view, data in mails(build):
        message, letterhead = read(data), view.letterhead
        (sender,) = message["From"].addresses
        if build is examples.own:
            assert str(message["From"]) == letterhead.sender
            assert str(message["Reply-To"]) == letterhead.reply_to == "destek@masalfabrikasi.app"
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        else:
            # Python's own reader parts some encoded words that belong together.
            assert squeezed(sender.display_name) == squeezed(letterhead.site_title)
            assert sender.addr_spec == "status@example.com"
            assert message["List-Unsubscribe-Post"] is None
        assert message["To"] == "undisclosed-recipients:;"
        assert message["Date"].datetime == view.at
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<{letterhead.unsubscribe}>"
        assert [name for name in HEADERS if name in message] == list(message)


@both
def test_subject(build: Callable[[], Example]) -> None:
    """The subject says the state and the title, in any script."""
    subjects = [(str(read(data)["Subject"]), first_line(view)) for view, data in mails(build)]
    assert [got for got, _ in subjects] == [wanted for _, wanted in subjects]
    if build is examples.hard:
        assert {kind for view, _ in mails(build) for kind in type(view).__mro__} >= {
            UpdateMail,
            ClosingMail,
            MaintenanceMail,
        }


@both
def test_thread(build: Callable[[], Example]) -> None:
    """All mails of an incident are one thread, under a root that no mail is; no id comes twice."""
    threads: dict[str, set[str]] = {}
    ids = []
    for view, data in mails(build):
        message = read(data)
        assert message["References"] == message["In-Reply-To"]
        threads.setdefault(view.thread, set()).add(message["References"])
        ids.append(message["Message-ID"].strip())
        assert ids[-1] == f"<{view.message}@{view.letterhead.host}>"
        assert view.message.startswith(view.id)
    assert len(set(ids)) == len(ids)
    assert all(len(roots) == 1 for roots in threads.values())
    roots = set.union(*threads.values())
    assert len(roots) == len(threads)
    assert not roots & set(ids)


@both
def test_parts(build: Callable[[], Example]) -> None:
    """A mail has a plain part, and an HTML part that is preferred."""
    for _, data in mails(build):
        message = read(data)
        assert message.get_content_type() == "multipart/alternative"
        kinds = [
            (each.get_content_type(), each.get_content_charset()) for each in message.iter_parts()
        ]
        assert kinds == [("text/plain", "utf-8"), ("text/html", "utf-8")]


@both
def test_same_facts(build: Callable[[], Example]) -> None:
    """Both parts say the same: no word of one is missing in the other."""
    for _, data in mails(build):
        message = read(data)
        plain = f"{message['Subject']}\n{above_signature(message)}"
        html = f"{message['Subject']}\n{''.join(shown(message).itertext())}"
        signs = re.compile(r"\[[^]]+: https?://[^]]+\]|\(?https?://\S+|[-|>]|\d+\.|\* \* \*")
        missing = {word for word in html.split() if word.rstrip(".,") not in plain}
        added = {word for word in signs.sub(" ", plain).split() if word not in html}
        assert not missing
        assert not {word for word in added if word.strip(":)~^") not in html}


@both
def test_wire(build: Callable[[], Example]) -> None:
    """On the wire all is ASCII, in lines that every server takes."""
    for _, data in mails(build):
        assert data.isascii()
        lines = data.split(b"\r\n")
        assert max(map(len, lines)) < 998
        assert not any(b"\r" in line or b"\n" in line for line in lines)
        head = data.partition(b"\r\n\r\n")[0]
        assert max(map(len, head.split(b"\r\n"))) <= 200


@both
def test_addresses(build: Callable[[], Example]) -> None:
    """A mail asks no other host for anything, and all that it names is a whole address."""
    for view, data in mails(build):
        page = html5lib.parse(part(read(data), "html"), namespaceHTMLElements=False)
        assert isinstance(page, ET.Element)
        for each in page.iter():
            assert each.tag not in {"script", "link", "iframe", "object"}
            assert re.match(r"(https?|mailto):", each.get("href", "https:"))
            assert each.get("src", view.letterhead.site_url).startswith(view.letterhead.site_url)
        assert view.url in {each.get("href") for each in page.iter("a")}
        assert view.url in part(read(data), "plain").split("\n")


def test_closing_mail() -> None:
    """The closing mail has the house form, word for word, in both parts."""
    message = next(
        read(data)
        for mail, data in mails(examples.own)
        if mail.id == "incident-2026-01-02-story-generation-20260102T1745Z"
    )
    assert message["Subject"] == "Service Disruption - 2 January 2026"
    assert above_signature(message) == (
        "We experienced a service disruption today from 17:00 to 17:45 UTC.\n"
        "\n"
        "What happened:\n"
        "- Story generation was unavailable\n"
        "\n"
        "Impact:\n"
        "- ~500 users affected\n"
        "- No data loss\n"
        "\n"
        "Resolution:\n"
        "- Database connection pool increased\n"
        "- Service fully restored\n"
        "\n"
        "We apologize for the inconvenience.\n"
    )
    assert [" ".join("".join(each.itertext()).split()) for each in shown(message)] == [
        "Service Disruption - 2 January 2026",
        "We experienced a service disruption today from 17:00 to 17:45 UTC.",
        "What happened",
        "Story generation was unavailable",
        "Impact",
        "~500 users affected No data loss",
        "Resolution",
        "Database connection pool increased Service fully restored",
        "We apologize for the inconvenience.",
    ]


def test_closing_mail_without_report() -> None:
    """Without a report the closing mail says what the last update said."""
    files: Files = {
        "content/incidents/api.md": f"{INCIDENT}\n[RESOLVED] We **mended** it.\n"
        "Updated: 2026-01-03 01:05 UTC\n"
    }
    (mail,) = (mail for mail in worlds.view(files).mails if isinstance(mail, ClosingMail))
    message = read(render(mail, theme()))
    assert above_signature(message) == (
        "We experienced a service disruption from 2 January 2026, 17:00 UTC to 3 January 2026, "
        "01:05 UTC.\n\nThe API is slow\n\nWe mended it.\n\nWe apologize for the inconvenience.\n"
    )
    assert [each.text for each in shown(message).iter("h2")] == ["The API is slow"]


def test_update_mail() -> None:
    """The mail of an update tells state, time, text, what changed, and when more is said."""
    message = next(
        read(data)
        for mail, data in mails(examples.own)
        if mail.id == "incident-2026-01-14-voice-cloning-20260114T0914Z"
    )
    assert part(message, "plain") == (
        "Identified: Voice cloning is delayed\n"
        "14 January 2026, 09:14 UTC\n"
        "\n"
        "Four of the six servers that prepare voices stopped taking new work\n"
        "after a configuration change this morning. We have undone the change and\n"
        "are starting them again. Writing stories no longer waits for them and is\n"
        "back to its normal speed.\n"
        "\n"
        "Story generation: Operational\n"
        "\n"
        "Next update by 14 January 2026, 09:35 UTC\n"
        "\n"
        "-- \n"
        f"{examples.own().view.home.frame.site_title}\n"
        "https://status.masalfabrikasi.app/incidents/2026-01-14-voice-cloning/"
        "#incident-2026-01-14-voice-cloning-20260114T0914Z\n"
        "Help: destek@masalfabrikasi.app\n"
        "Unsubscribe: https://masalfabrikasi.app/status/unsubscribe\n"
    )


def test_moved_maintenance() -> None:
    """A window that was moved is told in the subject; what is said while work goes on is not."""
    work = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-01 10:00 scheduled; Starts: 2026-01-03 14:00 UTC; Ends: 2026-01-03 15:00 UTC",
        "2026-01-03 14:05 in_progress; Ends: 2026-01-03 16:00 UTC",
    )
    view = worlds.view({"content/maintenance/disks.md": work}, as_of="2026-01-03 14:30")
    subjects = {str(read(render(mail, theme()))["Subject"]) for mail in view.mails}
    assert subjects == {
        "[Maintenance scheduled] New disks",
        "[Maintenance moved] New disks",
        "[Maintenance in progress] New disks",
    }


@pytest.mark.parametrize("kind", [UpdateMail, ClosingMail, MaintenanceMail])
def test_same_bytes(kind: type[Mail]) -> None:
    """A mail is the same, byte for byte, each time; no two have the same boundary."""
    mail = one(kind)
    assert render(mail, theme()) == render(mail, Theme.load(examples.ROOT, ThemeChoice()))
    boundaries = [read(data).get_boundary() for _, data in mails(examples.own)]
    assert len(set(boundaries)) == len(boundaries)


@example(title="", name=f'"{"x" * 75}" <a@evil.example>;', body="")
@given(title=ANY_TEXT, name=ANY_TEXT, body=ANY_TEXT)
def test_injection(title: str, name: str, body: str) -> None:
    """Whatever a title, a name or a text holds, no mail gets a header or a reader from it."""
    for mail in (one(UpdateMail), one(MaintenanceMail)):
        letterhead = replace(
            mail.letterhead, site_title=name, sender=f"{name} <status@example.com>"
        )
        names = {"changes": ()} if isinstance(mail, UpdateMail) else {"components": (name,)}
        data = render(
            replace(mail, title=title, body=body, letterhead=letterhead, **names), theme()
        )
        message = read(data)
        assert list(message) == HEADERS
        assert [each.addr_spec for each in message["From"].addresses] == ["status@example.com"]
        assert len(list(message.iter_parts())) == 2
        assert data.isascii()
        assert max(map(len, data.split(b"\r\n"))) < 998


@example("0000000000¡¡¡¡¡¡𐀀𐀀 ¡ ¡")
@example("=?utf-8?q?=0D=0ABcc:_all@evil.example?=")
@given(st.text() | st.sampled_from([*examples.TITLES.values(), "🦊" * 300, "ğ" * 300]))
def test_subject_of_any_text(title: str) -> None:
    """A subject is read back as written, but for line breaks, hidden codes, and great length."""
    mail = replace(one(UpdateMail), title=title)
    wanted = " ".join(
        re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+|\s+", " ", first_line(mail)).split()
    )
    wanted = wanted if len(wanted) <= 300 else f"{wanted[:299]}…"
    assert " ".join(str(read(render(mail, theme()))["Subject"]).split()) == wanted


@pytest.mark.parametrize(
    "sender",
    [
        "status@example.com",
        "Example Status <status@example.com>",
        'Foo, Bar & "Baz" (all) <x@y>: Status <status@example.com>',
        "İşlemler: ğüşöçı <status@example.com>",
    ],
)
def test_sender(sender: str) -> None:
    """A sender's name may hold anything that an address is made of, and is still only a name."""
    mail = one(UpdateMail)
    mail = replace(mail, letterhead=replace(mail.letterhead, sender=sender))
    (address,) = read(render(mail, theme()))["From"].addresses
    assert address.addr_spec == "status@example.com"
    assert address.display_name == sender.rpartition("<")[0].strip()


def test_host_of_any_script() -> None:
    """A host that is not spelt in ASCII is, on the wire."""
    files: Files = {
        "content/site.yml": "title: Durum\nurl: https://durum.örnek.com/\n",
        "content/incidents/api.md": INCIDENT,
    }
    (mail,) = worlds.view(files).mails
    data = render(mail, theme())
    assert data.isascii()
    assert read(data)["Message-ID"] == "<incident-api-20260102T1705Z@durum.xn--rnek-4qa.com>"
    assert read(data)["From"].addresses[0].addr_spec == "status@durum.xn--rnek-4qa.com"


class Mailbox:
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[Controller]:
    """A real mail server on this machine that speaks no more than the oldest ones do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        Mailbox(), hostname="127.0.0.1", port=port, enable_SMTPUTF8=False, decode_data=False
    )
    controller.start()
    yield controller
    controller.stop()


def test_delivery(server: Controller) -> None:
    """A mail server takes every mail, and what arrives is what was written."""
    written = [data for build in (examples.own, examples.hard) for _, data in mails(build)]
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost") as client:
        for data in written:
            assert client.sendmail("status@example.com", ["reader@example.com"], data) == {}
    assert server.handler.received == written


@given(ANY_TEXT, ANY_TEXT)
def test_body(text: str, html: str) -> None:
    """Both parts are read as they would be if the email package had written them."""
    expected = EmailMessage(policy=policy.SMTP)
    expected.set_content(text, cte="quoted-printable")
    expected.add_alternative(html, subtype="html", cte="quoted-printable")
    message, expected = read(body(text, html, "=_x").encode()), read(expected.as_bytes())
    for kind in ("plain", "html"):
        assert part(message, kind) == part(expected, kind)
    assert [each.items() for each in message.iter_parts()] == [
        each.items() for each in expected.iter_parts()
    ]
