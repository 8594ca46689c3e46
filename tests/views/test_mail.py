"""Which mails there are, and what they tell."""

from datetime import timedelta

import pytest

from statusgen.views.mail import ClosingMail, MaintenanceMail, UpdateMail
from tests.views import incident, maintenance
from tests.worlds import Files, at, view


def ids(text: str, as_of: str = "2026-01-03 12:00") -> list[str]:
    """Tell the minutes of the mails of an incident, oldest first."""
    files: Files = {"content/incidents/slow.md": text}
    return [mail.id.partition("T")[2] for mail in view(files, as_of=as_of).mails]


@pytest.mark.parametrize(
    ("severity", "is_mailed"),
    [("SEV-1", True), ("SEV-2", True), ("SEV-3", False), ("SEV-4", False)],
)
def test_severity(severity: str, *, is_mailed: bool) -> None:
    """Each public update of SEV-1 and SEV-2 is mailed, none of the others."""
    text = incident("17:05 investigating", "17:10 update", severity=severity)

    assert ids(text) == (["1705Z", "1710Z"] if is_mailed else [])


def test_severity_that_held() -> None:
    """Each update is mailed by the severity that held then, and the end to all who know of it."""
    text = incident(
        "17:05 investigating",
        "17:10 update; Severity: SEV-2",
        "17:20 update",
        "17:30 update; Severity: SEV-3",
        "17:40 resolved",
        severity="SEV-3",
    )

    assert ids(text) == ["1710Z", "1720Z", "1740Z"]


def test_outbox_of_what_is_over() -> None:
    """The mails of what is over are there for 30 days after each."""
    text = incident("23:59 investigating", "2026-01-03 00:01 resolved")

    assert ids(text, "2026-02-01 23:59") == ["2359Z", "0001Z"]
    assert ids(text, "2026-02-02 00:00") == ["0001Z"]
    assert ids(text, "2026-02-03 00:00") == []


def test_outbox_of_what_is_open() -> None:
    """What is open keeps all its mails, however long ago they were."""
    assert ids(incident("17:05 investigating"), "2027-01-01 00:00") == ["1705Z"]


def test_update() -> None:
    """A mail tells its update: state, title, text, what changes, when the next one comes."""
    told = "17:05 investigating; Components: db=major_outage; Next update: 17:30 UTC"
    (mail,) = view({"content/incidents/slow.md": incident(told)}).mails

    assert isinstance(mail, UpdateMail)
    assert (mail.label, mail.title, mail.body) == (
        "investigating",
        "The API is slow",
        "This is what we know.",
    )
    assert [(each.component.title, each.status) for each in mail.changes] == [
        ("API", "partial_outage"),
        ("Database", "major_outage"),
    ]
    assert mail.next_update == at("2026-01-02 17:30")
    assert mail.url == "https://status.example.com/incidents/slow/#incident-slow-20260102T1705Z"


def test_promise_of_an_older_mail() -> None:
    """A mail keeps the promise that it made, whatever was said after it."""
    text = incident("17:05 investigating; Next update: 17:30 UTC", "17:20 identified")

    first, second = view({"content/incidents/slow.md": text}).mails

    assert isinstance(first, UpdateMail)
    assert isinstance(second, UpdateMail)
    assert (first.next_update, second.next_update) == (at("2026-01-02 17:30"), None)


def test_thread() -> None:
    """All mails of one incident are one thread, and no other's."""
    files: Files = {
        "content/incidents/one.md": incident("17:05 investigating", "17:10 update"),
        "content/maintenance/one.md": maintenance(),
    }

    assert [mail.thread for mail in view(files).mails] == [
        "incident-one",
        "incident-one",
        "maintenance-one",
    ]


def test_closing() -> None:
    """The mail that closes an incident tells from when to when, and its report."""
    text = incident(
        "17:05 investigating",
        "17:45 resolved",
        "18:00 update",
        report="{what_happened: [A pool ran dry.], impact: Slow stories., resolution: A bound.}",
    )

    _, closing, after = view({"content/incidents/slow.md": text}).mails

    assert isinstance(closing, ClosingMail)
    assert (closing.started, closing.resolved) == (at("2026-01-02 17:00"), at("2026-01-02 17:45"))
    assert closing.what_happened == ("A pool ran dry.",)
    assert closing.impact == ("Slow stories.",)
    assert closing.resolution == ("A bound.",)
    assert isinstance(after, UpdateMail)
    assert after.label == "update"


def test_reopened() -> None:
    """An incident that was resolved twice was closed by two mails, each with its own end."""
    text = incident(
        "17:05 investigating", "17:30 resolved", "18:00 investigating", "18:30 resolved"
    )

    closings = [
        one
        for one in view({"content/incidents/slow.md": text}).mails
        if isinstance(one, ClosingMail)
    ]

    assert [one.resolved for one in closings] == [at("2026-01-02 17:30"), at("2026-01-02 18:30")]


def test_maintenance() -> None:
    """Each step of a maintenance is mailed with the window as of that step."""
    text = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-02 09:00 scheduled; Starts: 2026-01-05 15:00 UTC; Ends: 2026-01-05 16:00 UTC",
        "2026-01-05 15:00 in_progress",
        "2026-01-05 15:30 completed",
    )

    mails = view({"content/maintenance/disks.md": text}, as_of="2026-01-06 12:00").mails

    steps = [one for one in mails if isinstance(one, MaintenanceMail)]
    assert [(one.label, f"{one.starts:%d %H:%M}", f"{one.ends:%H:%M}") for one in steps] == [
        ("scheduled", "03 12:00", "13:00"),
        ("update", "05 15:00", "16:00"),
        ("in_progress", "05 15:00", "16:00"),
        ("completed", "05 15:00", "16:00"),
    ]
    assert steps[0].components == ("Database",)


def test_outbox_of_maintenance() -> None:
    """A maintenance keeps its mails until it is over, and for 30 days after each."""
    far = maintenance(
        "2025-06-01 09:00 scheduled", starts="2026-01-03 12:00 UTC", ends="2026-01-03 13:00 UTC"
    )
    files: Files = {"content/maintenance/disks.md": far}

    assert len(view(files, as_of="2026-01-03 12:59").mails) == 1
    assert view(files, as_of="2026-01-03 13:00").mails == ()


@pytest.mark.parametrize(
    "key", [{"visibility": "internal"}, {"draft": "true"}, {"retracted": "A slip."}]
)
def test_never_mailed(key: dict[str, str]) -> None:
    """What is internal, a draft, or was reported in error is not mailed."""
    files: Files = {
        "content/incidents/slow.md": incident(**key),
        "content/maintenance/disks.md": maintenance(**key),
    }

    assert view(files).mails == ()


def test_letterhead() -> None:
    """A mail says who it is from and how to leave the list, as the site sets it."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://status.example.com/
            support: help@example.com
            mail:
              from: Example Status <status@example.com>
              reply_to: help@example.com
              unsubscribe: https://example.com/leave
        """,
        "content/incidents/slow.md": incident(),
    }

    (told,), (plain,) = view(files).mails, view({"content/incidents/slow.md": incident()}).mails

    assert told.letterhead.sender == "Example Status <status@example.com>"
    assert told.letterhead.reply_to == "help@example.com"
    assert told.letterhead.unsubscribe == "https://example.com/leave"
    assert told.letterhead.support == "help@example.com"
    assert plain.letterhead.sender == "Example <status@status.example.com>"


def test_closing_of_what_was_reopened() -> None:
    """The last closing mail tells of the last time alone, the page of all the time together."""
    text = incident("17:05 investigating", "17:30 resolved", "18:00 identified", "18:10 resolved")
    site = view({"content/incidents/a.md": text})
    closing = [mail for mail in site.mails if isinstance(mail, ClosingMail)]
    told = [(f"{mail.started:%H:%M}", f"{mail.resolved:%H:%M}") for mail in closing]
    assert told == [("17:00", "17:30"), ("18:00", "18:10")]
    assert site.incidents[0].incident.lasted == timedelta(minutes=40)


def test_closing_as_clocks_go_back() -> None:
    """Where one zone cannot say both ends, the mail says each with its own."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://example.com/
            timezone: Europe/Berlin
        """,
        "content/incidents/a.md": incident(
            "00:45 investigating", "01:10 resolved", started="2026-10-25 00:40 UTC"
        ),
    }
    closing = view(files, as_of="2026-10-26 12:00").mails[-1]
    assert isinstance(closing, ClosingMail)
    assert not closing.is_one_day


def test_two_sites_of_one_host() -> None:
    """The messages of sites that share a host are told apart by their paths."""
    files: Files = {
        "content/site.yml": "title: Example\nurl: https://example.com/a/b/\n",
        "content/incidents/x.md": incident(),
    }
    (mail,) = view(files).mails
    assert (mail.message, mail.thread) == (f"{mail.id}.a.b", "incident-x.a.b")
