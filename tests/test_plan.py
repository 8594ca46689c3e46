"""The incident response plan comes out as it was meant.

tests/sites/plan/ holds the plan's own words as they stand in it: its four updates below a front
matter, its post-mortem template, and in mail.txt the mail to customers.
"""

from __future__ import annotations

import shutil
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import html5lib
import pytest

from statusgen.content import read_documents
from statusgen.model import IncidentStatus, Moment, Severity, Visibility
from statusgen.parse import parse_site
from tests.worlds import at, publish, tree

if TYPE_CHECKING:
    from email.message import EmailMessage

    from statusgen.model import Incident

PLAN = Path(__file__).parent / "sites" / "plan"
AS_OF = "2026-01-05 12:00"


@pytest.fixture(scope="module")
def incident() -> Incident:
    """The plan's incident, read."""
    _, site = parse_site(read_documents(PLAN), Moment(as_of=at(AS_OF)))
    (incident,) = site.incidents
    return incident


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the plan's site."""
    root = tmp_path_factory.mktemp("plan")
    shutil.copytree(PLAN / "content", root / "content")
    publish(root, as_of=AS_OF)
    return tree(root)


def page(built: dict[str, bytes]) -> str:
    """The text of the incident's page, blanks folded."""
    document = html5lib.parse(built["public/incidents/slow-stories/index.html"])
    return " ".join("".join(document.itertext()).split())


def mail(built: dict[str, bytes], minute: str) -> EmailMessage:
    """The mail of one update."""
    name = f"outbox/incident-slow-stories-20260102T{minute}Z.eml"
    return message_from_bytes(built[name], policy=policy.default)


def test_the_four_updates_are_four_facts(incident: Incident) -> None:
    """Each `[STATUS]` block is an update with its status, its minute and its text."""
    assert [(one.status, one.at, one.body) for one in incident.updates] == [
        (
            IncidentStatus.INVESTIGATING,
            at("2026-01-02 17:05"),
            "We're investigating reports of slow response times.",
        ),
        (
            IncidentStatus.IDENTIFIED,
            at("2026-01-02 17:15"),
            "The issue has been identified as a database connection pool exhaustion.",
        ),
        (
            IncidentStatus.MONITORING,
            at("2026-01-02 17:30"),
            "A fix has been deployed. We're monitoring the situation.",
        ),
        (
            IncidentStatus.RESOLVED,
            at("2026-01-02 17:45"),
            "The issue has been fully resolved. All systems operational.",
        ),
    ]


def test_the_title_of_the_plan_gives_the_severity(incident: Incident) -> None:
    """`[SEV-X] Brief description` is a severity and a title, and SEV-2 is public."""
    assert incident.severity == Severity.SEV_2
    assert incident.title == "Story generation is slow"
    assert incident.started == at("2026-01-02 17:00")
    assert incident.visibility == Visibility.PUBLIC


def test_the_page_tells_all_updates_newest_first(built: dict[str, bytes]) -> None:
    """A reader finds the plan's words, and the last one first."""
    text = page(built)
    places = [
        text.index(words)
        for words in (
            "The issue has been fully resolved.",
            "A fix has been deployed.",
            "database connection pool exhaustion.",
            "We're investigating reports",
        )
    ]
    assert places == sorted(places)


def test_who_was_on_call_is_not_published(built: dict[str, bytes]) -> None:
    """The assignee of the plan's form stays inside."""
    assert not [
        path
        for path, content in built.items()
        if b"On-call engineer" in content and (not path.startswith("content/"))
    ]


def test_the_closing_mail_has_the_form_of_the_plan_line_by_line(built: dict[str, bytes]) -> None:
    """Subject, span, what happened, impact, resolution and apology stand as in the plan."""
    subject, _, *lines = (PLAN / "mail.txt").read_text(encoding="utf-8").splitlines()
    message = mail(built, "1745")
    plain = message.get_body(("plain",))
    assert plain is not None
    assert f"Subject: {message['Subject']}" == subject.replace("[Date]", "2 January 2026")
    assert plain.get_content().splitlines()[: len(lines)] == lines


def test_each_update_of_the_plan_is_mailed(built: dict[str, bytes]) -> None:
    """SEV-2 asks for the page and for mails: one for each update."""
    sent = [path for path in built if path.endswith(".eml")]
    assert len(sent) == 4
    assert "We're investigating reports" in str(mail(built, "1705").get_body(("plain",)))


def test_the_sections_of_the_post_mortem_stand_on_the_page(built: dict[str, bytes]) -> None:
    """Every heading and every line of the plan's template is there to read."""
    text = page(built)
    for words in (
        "Post-Mortem: [Incident Title]",
        "Summary Brief description of what happened",
        "Timeline 17:00 UTC: Incident started",
        "Root Cause Detailed explanation of what caused the incident",
        "Impact Duration: 45 minutes Users affected: ~500",
        "Resolution What was done to fix the issue",
        "Prevention Action items to prevent recurrence: ☐ Action item 1 (Owner: X, Due: Date)",
        "Lessons Learned What went well What could be improved",
    ):
        assert words in text
