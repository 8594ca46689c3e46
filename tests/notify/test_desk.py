"""From content to mailboxes: each reader has each update once, whatever happens between."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from statusgen.notify import NotifyError, Summary, open_ledger
from statusgen.notify.book import Claim
from statusgen.notify.branch import BranchLedger
from statusgen.notify.desk import LEASE, preview
from statusgen.notify.ledger import FileLedger
from statusgen.notify.relay import RelayError
from tests.notify.places import FIRST, FOUND, NOW, SECOND, SITE, Place, read
from tests.notify.sink import Faults, sink
from tests.worlds import INCIDENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session


@pytest.fixture
def faults() -> Faults:
    """What the mail server does."""
    return Faults()


@pytest.fixture
def place(tmp_path: Path, faults: Faults) -> Iterator[Place]:
    """A site in two languages whose first update is known, and a mail server."""
    with sink(faults) as port:
        place = Place(tmp_path / "site", port).write(SITE).subscribe(["ada@example.com"])
        place.desk(ledger(place)).send()
        place.write({"content/incidents/api.md": FOUND})
        yield place


def ledger(place: Place) -> FileLedger:
    """Open the ledger anew, as each run does."""
    return FileLedger(place.root.parent / "ledger.jsonl")


def send(place: Place) -> Summary:
    """Run once."""
    return place.desk(ledger(place)).send()


def test_the_first_run(tmp_path: Path) -> None:
    """The first run writes down what stands there, and sends nothing."""
    place = Place(tmp_path).write(SITE).subscribe(["ada@example.com"])
    book = FileLedger(tmp_path / "ledger.jsonl")
    assert place.desk(book).send() == Summary(is_first=True)
    assert list(book.read().known) == [FIRST]


def test_each_in_their_language(place: Place, faults: Faults) -> None:
    """Each subscriber has the update in a language that the site speaks, addressed to them."""
    place.subscribe(["ada@example.com,TR-tr", "bob@example.com,nl", "eve@example.com"])
    assert send(place) == Summary(news=1, taken=3)
    found = {address: read(mail) for address, mail in faults.taken}
    assert [found[each]["Content-Language"] for each in sorted(found)] == ["tr", "en", "en"]
    assert all(mail["To"] == address for address, mail in found.items())
    assert found["bob@example.com"]["Subject"] == "[Identified] The API is slow"
    assert found["ada@example.com"]["Subject"] == "[Nedeni belirlendi] The API is slow"


def test_headers(place: Place, faults: Faults) -> None:
    """A mail says what thread it is of, how to leave, that nobody wrote it, and which it is."""
    own = "https://example.com/leave?who=1"
    place.subscribe(["ada@example.com", f"bob@example.com,,,,{own}"])
    send(place)
    ada, bob = (read(mail) for _, mail in sorted(faults.taken))
    assert re.fullmatch(rf"<{SECOND}\.[0-9a-f]{{32}}@status\.example\.com>", ada["Message-ID"])
    assert ada["Message-ID"] != bob["Message-ID"]
    assert ada["References"] == bob["References"] == "<incident-api@status.example.com>"
    assert ada["List-Id"] == "<updates.status.example.com>"
    assert ada["List-Unsubscribe"] == "<https://example.com/unsubscribe>"
    assert bob["List-Unsubscribe"] == f"<{own}>"
    assert (
        ada["List-Unsubscribe-Post"] == bob["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    )
    assert ada["Auto-Submitted"] == "auto-generated"
    assert ada.get_all("To") == ["ada@example.com"]
    assert ada["Date"].datetime == NOW - timedelta(minutes=2)


def test_who_is_told(place: Place, faults: Faults) -> None:
    """Only who wants to hear of this component and severity is told."""
    place.subscribe(
        [
            "ada@example.com,,api",
            "bob@example.com,,db",
            "eve@example.com,,,SEV-1",
            "kim@example.com",
        ]
    )
    send(place)
    assert faults.readers == ["ada@example.com", "kim@example.com"]


def test_a_second_run(place: Place, faults: Faults) -> None:
    """A second run tells nothing."""
    send(place)
    assert send(place) == Summary()
    assert len(faults.taken) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A *pool* is empty.", "A pool was empty."),
        ("17:08", "17:09"),
        ("The API is slow", "All is slow"),
        ("SEV-2", "SEV-1"),
    ],
)
def test_a_quiet_correction(place: Place, faults: Faults, old: str, new: str) -> None:
    """A typo, a time, a title or a severity that is corrected sends nothing."""
    send(place)
    place.write({"content/incidents/api.md": FOUND.replace(old, new)})
    assert send(place) == Summary()
    assert len(faults.taken) == 1


def test_a_correction(place: Place, faults: Faults) -> None:
    """A correction that is asked for is sent once, and says that it is one."""
    send(place)
    text = FOUND.replace("A *pool* is empty.", "A queue is full.\nNotify: correction")
    place.write({"content/incidents/api.md": text})
    assert (send(place).taken, send(place).taken) == (1, 0)
    mail = read(faults.taken[1][1])
    assert mail["Subject"] == "[Correction] [Identified] The API is slow"
    assert mail["Message-ID"].startswith(f"<{SECOND}-correction-")


def test_bad_addresses(place: Place, faults: Faults) -> None:
    """Who is refused is told by line, never by address, and not tried again by any run."""
    place.subscribe(["gone@example.com", "ada@example.com", "spam@example.com"])
    summary = send(place)
    assert summary == Summary(news=1, taken=1, refused=2)
    assert not summary.is_good
    assert sorted(place.warned) == ["list:2: refused: 550 5.1.1", "list:4: refused: 554 5.7.1"]
    assert place.said == [f"{SECOND}: 1 told, 2 refused"]
    assert (send(place), faults.sent) == (Summary(), 3)


def test_a_bad_day(place: Place) -> None:
    """Some are refused, some delayed, connections drop: everybody else has exactly one mail."""
    good = [f"ada-{number}@example.com" for number in range(190)]
    place.subscribe(
        [*good, *(f"{word}-{each}@example.com" for word in ("gone", "grey") for each in (1, 2))]
    )
    faults = Faults(drop_every=50)
    with sink(faults) as port:
        desk = place.desk(ledger(place), relay=f"smtp+insecure://127.0.0.1:{port}")
        assert desk.send() == Summary(news=1, taken=192, refused=2)
    assert faults.readers == sorted([*good, "grey-1@example.com", "grey-2@example.com"])


def test_who_was_not_reached(place: Place, faults: Faults) -> None:
    """Who was not reached is tried again by the next run, and nobody else."""
    place.subscribe(["ada@example.com", "never@example.com"])
    assert send(place) == Summary(news=1, taken=1, unreached=1)
    assert place.warned == ["list:3: not reached: 451 4.7.1"]
    assert place.said == [f"{SECOND}: 1 told, 1 not reached"]
    assert send(place) == Summary(news=1, unreached=1)
    place.clock.time = NOW + timedelta(days=2)
    assert send(place) == Summary()
    assert faults.readers == ["ada@example.com"]


def test_no_address_is_written(place: Place) -> None:
    """The ledger and what is said hold no address."""
    place.subscribe(["ada@example.com", "gone@example.com", "never@example.com"])
    send(place)
    lines = ledger(place).path.read_text(encoding="utf-8")
    assert "@" not in lines + "\n".join(place.said + place.warned)


def test_somebody_else_is_at_it(place: Place, faults: Faults) -> None:
    """What another run has claimed is left to it, until its claim runs out."""
    other = ledger(place)
    (due,) = place.desk(other).verdict(other.read()).due
    other.write(lambda _: [*due.lines, Claim(key=due.key, by="other", until=NOW + LEASE)])
    assert send(place) == Summary(busy=1)
    place.clock.time = NOW + LEASE
    assert send(place) == Summary(news=1, taken=1)
    assert len(faults.taken) == 1


class Overtaking(Faults):
    """A server so slow that another run takes over while it reads a mail."""

    def __init__(self, ledger: FileLedger) -> None:
        super().__init__()
        self.ledger = ledger

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        claim = Claim(key=SECOND, by="other", until=NOW + LEASE)
        self.ledger.write(lambda _: [claim])
        return await super().handle_DATA(server, session, envelope)


def test_a_claim_that_was_lost(place: Place) -> None:
    """A run that was overtaken stops, says so, and has written down whom it told."""
    place.subscribe([f"ada-{number}@example.com" for number in range(90)])
    faults = Overtaking(ledger(place))
    with sink(faults) as port:
        place.desk(ledger(place), relay=f"smtp+insecure://127.0.0.1:{port}").send()
    message = f"{SECOND}: another run has taken over, since this one was too slow"
    assert message in place.warned
    book = ledger(place).read()
    assert book.is_held(SECOND, "other")
    assert book.counts(SECOND) == (len(faults.taken), 0)
    assert len(faults.taken) < 90


def test_a_claim_is_renewed(place: Place) -> None:
    """A run that takes long renews its claim, so that nobody takes it over."""
    place.subscribe([f"ada-{number}@example.com" for number in range(40)])
    place.desk(ledger(place), per_minute=1, within=timedelta(hours=2)).send()
    text = ledger(place).path.read_text(encoding="utf-8")
    claims = [line for line in text.splitlines() if '"is":"claim"' in line]
    assert len(claims) > 3
    assert ledger(place).read().done[SECOND].told == 40


def test_a_relay_that_refuses_us(place: Place, faults: Faults) -> None:
    """If no mail can be sent at all the claim is given back, and the next run sends."""
    with pytest.raises(RelayError):
        place.desk(ledger(place), relay=f"smtps://127.0.0.1:{place.port}").send()
    assert send(place) == Summary(news=1, taken=1)
    assert len(faults.taken) == 1


def test_a_list_that_grows(place: Place, faults: Faults) -> None:
    """Who subscribed later is not told of what was told before."""
    send(place)
    place.subscribe(["ada@example.com", "bob@example.com"])
    assert send(place) == Summary()
    assert faults.readers == ["ada@example.com"]


def test_baseline(place: Place, faults: Faults) -> None:
    """What is taken as known is not sent."""
    assert place.desk(ledger(place)).accept() == 1
    assert send(place) == Summary()
    assert faults.taken == []


def test_previews(place: Place, tmp_path: Path) -> None:
    """Without sending it is shown what would be sent, to how many, and each mail can be read."""
    place.subscribe(["ada@example.com,tr", "bob@example.com", "eve@example.com"])
    office = place.office(is_sending=False)
    desk = place.desk(ledger(place))
    found = list(preview(desk, desk.ledger.read()))
    assert [(due.key, counts) for due, counts in found] == [(SECOND, [("mail", 3)])]
    assert office.write_previews(tmp_path / "outbox", [due for due, _ in found]) == 2
    names = sorted(path.name for path in (tmp_path / "outbox" / "due").iterdir())
    assert names == [f"{SECOND}.en.eml", f"{SECOND}.tr.eml"]
    mail = read((tmp_path / "outbox" / "due" / names[0]).read_bytes())
    assert mail["To"] == "undisclosed-recipients:;"


WORK = """\
---
title: New disks
components: [db]
starts: 2026-01-02 20:00 UTC
ends: 2026-01-02 22:00 UTC
---

[SCHEDULED] We change disks.
Updated: 2026-01-02 17:09 UTC
"""


def test_a_maintenance(place: Place, faults: Faults) -> None:
    """A maintenance is announced, readers are reminded, and told when it begins and is over."""
    place.write({"content/incidents/api.md": INCIDENT, "content/maintenance/disks.md": WORK})
    for time in ("17:10", "19:00", "19:59", "20:00", "21:00", "22:00"):
        hours, minutes = map(int, time.split(":"))
        place.clock.time = NOW.replace(hour=hours, minute=minutes)
        send(place)
        send(place)
    mails = [read(mail) for _, mail in faults.taken]
    assert [mail["Subject"] for mail in mails] == [
        "[Maintenance scheduled] New disks",
        "[Reminder] New disks",
        "[Maintenance in progress] New disks",
        "[Maintenance completed] New disks",
    ]
    assert len({mail["Message-ID"] for mail in mails}) == 4
    assert {mail["References"] for mail in mails} == {"<maintenance-disks@status.example.com>"}


def test_a_postmortem(place: Place, faults: Faults) -> None:
    """A post-mortem is mailed once it is published."""
    place.write(
        {
            "content/incidents/api.md": f"{INCIDENT}\n[RESOLVED] Over.\nUpdated: 17:09 UTC\n",
            "content/postmortems/api.md": "---\npublished: 2026-01-02 18:00Z\n---\n# Why\n\nIt.\n",
        }
    )
    send(place)
    place.clock.time = NOW + timedelta(hours=1)
    assert (send(place).taken, send(place).taken) == (1, 0)
    mail = read(faults.taken[-1][1])
    assert mail["Subject"] == "[Post-mortem] The API is slow"
    body = mail.get_body(("plain",))
    assert body
    assert body.get_content().startswith("Why\r\n2 January 2026, 18:00 UTC\r\n\r\nIt.\r\n")


def test_no_key(place: Place) -> None:
    """Without a key nobody could be written down, so nothing is sent."""
    with pytest.raises(NotifyError) as caught:
        place.desk(ledger(place), key="short")
    assert str(caught.value) == ("STATUSGEN_KEY is missing or too short: it needs 16 characters")


def test_where_a_ledger_is(tmp_path: Path) -> None:
    """A ledger is a file, or a branch of a remote."""
    assert isinstance(open_ledger(tmp_path, "ledger.jsonl"), FileLedger)
    branch = open_ledger(tmp_path, "git:origin/notices/told")
    assert isinstance(branch, BranchLedger)
    assert str(branch) == "origin/notices/told"
    for where in ("git:origin", "git:--upload-pack=x/y", "git:origin/-x"):
        with pytest.raises(NotifyError, match="is no branch of a remote: write it like git:origin"):
            open_ledger(tmp_path, where)
