"""Nothing internal reaches any output: every byte of every file, and every name, is searched."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, TypeVar

import msgspec
import pytest
from hypothesis import given
from msgspec.structs import replace

from statusgen.artifact import Folder
from statusgen.config import Config
from statusgen.model import Incident, Maintenance, Moment, Site, Visibility
from statusgen.serve.preview import Builder
from statusgen.views import derive
from statusgen.views.audience import Audience
from tests import worlds
from tests.strategies import sites, times
from tests.worlds import Files, at, tree, write

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SECRET = re.compile(rb"(?i)zq[a-z]+")
"""Every word that must not be published begins so, and no other does."""

SITE: Files = {
    "content/site.yml": """
        # zqsettings
        title: Example
        url: https://status.example.com/
        since: 2026-01-01
    """,
    "content/components.yml": """
        # zqcomponents
        - {id: api, name: API}
        - {id: db, name: Database}
    """,
    "content/policy.yml": """
        severities:
          SEV-1: {name: zqseverity, definition: zqdefinition}
        escalation:
          - {level: zqlevel, who: zqwho, after: 30 min}
    """,
    "content/incidents/shown.md": """
        ---
        # zqfrontmatter
        title: Shown incident
        severity: SEV-1
        started: 2026-01-02 17:00 UTC
        acknowledged: 2026-01-02 17:03 UTC
        components: [api]
        template: zqtemplate
        assignee: zqassignee
        internal:
          - zqnote
          - |
            - [ ] zqchecklist
        report:
          what_happened: Shown report.
        ---

        [INVESTIGATING] Shown text.
        <!-- zqcomment -->

        [//]: # (zqreference)
        Updated: 17:05 UTC

        [RESOLVED] Shown end.
        Updated: 17:45 UTC

        [UPDATE] zqahead
        Updated: 2026-01-09 17:45 UTC
    """,
    "content/incidents/zqslug.md": """
        ---
        title: "[SEV-3] zqtitle"
        visibility: internal
        started: 2026-01-02 17:00 UTC
        components: {db: major_outage}
        retracted: zqretracted
        edited: {at: 2026-01-02 18:00 UTC, what: zqedited}
        aliases: /zqalias/
        report: {what_happened: zqhappened, impact: zqimpact, resolution: zqresolution}
        ---

        [INVESTIGATING] zqbody
        Updated: 17:05 UTC
    """,
    "content/incidents/zqfolder/incident.yml": """
        title: zqfoldertitle
        severity: SEV-4
        started: 2026-01-02 17:00 UTC
    """,
    "content/incidents/zqfolder/1.md": "[RESOLVED] zqpart\nUpdated: 2026-01-02 17:05 UTC\n",
    "content/incidents/zqdraft.md": """
        ---
        title: zqdrafttitle
        severity: SEV-1
        started: 2026-01-02 17:00 UTC
        draft: true
        ---
        [INVESTIGATING] zqdraftbody
        Updated: 17:05 UTC
    """,
    "content/incidents/zqfuture.md": """
        ---
        title: zqfuturetitle
        severity: SEV-1
        started: 2026-01-09 17:00 UTC
        ---
        [INVESTIGATING] zqfuturebody
        Updated: 17:05 UTC
    """,
    "content/maintenance/shown.md": """
        ---
        title: Shown maintenance
        starts: 2026-01-03 11:00 UTC
        ends: 2026-01-03 13:00 UTC
        components: [db]
        assignee: zqworker
        internal: zqworknote
        template: zqtemplate
        ---
        [SCHEDULED] Shown work.
        Updated: 2026-01-01 09:00 UTC
    """,
    "content/maintenance/zqwork.md": """
        ---
        title: zqworktitle
        visibility: internal
        starts: 2026-01-03 11:00 UTC
        ends: 2026-01-03 13:00 UTC
        components: [db]
        ---
        [SCHEDULED] zqworkbody
        Updated: 2026-01-01 09:00 UTC
    """,
    "content/postmortems/shown.md": "# zqlearnt\n\nzqlesson and zqrevenue\n",
    "content/postmortems/zqslug.md": """
        ---
        published: 2026-01-02 19:00 UTC
        ---
        # zqlearntinside

        zqlessoninside
    """,
    "content/announcements/shown.md": """
        ---
        title: Shown news
        starts: 2026-01-01 09:00 UTC
        ---
        Shown notice.
    """,
    "content/announcements/zqnews.md": """
        ---
        title: zqnewstitle
        starts: 2026-01-09 09:00 UTC
        ---
        zqnewsbody
    """,
    "content/announcements/zqnewsdraft.md": """
        ---
        title: zqnewsdrafttitle
        starts: 2026-01-01 09:00 UTC
        draft: true
        ---
        zqnewsdraftbody
    """,
    "content/pages/about.md": "# Shown page\n\nShown story. <!-- zqpagecomment -->\n",
    "content/pages/zqpage.md": "---\ndraft: true\n---\n# zqpagetitle\n\nzqpagebody\n",
    "content/runbooks/zqrunbook.md": "# zqrunbooktitle\n\nzqrunbookbody\n",
    "content/templates/zqtemplate.md": "# zqtemplatetitle\n\nzqtemplatebody\n",
    "content/files/shown.txt": "Shown file.\n",
    "content/files/.zqhidden": "zqhiddenfile\n",
    "content/incidents/shown.md~": "zqbackup\n",
}
SHOWN = ["incident", "text", "end", "report", "maintenance", "work", "notice", "story", "file"]


def written(root: Path) -> dict[str, bytes]:
    """Read all that a build wrote, mails as they are and as they are read."""
    files = {path: data for path, data in tree(root).items() if not path.startswith("content/")}
    return with_mails(files)


def with_mails(files: dict[str, bytes]) -> dict[str, bytes]:
    """Add the mails as they are read."""
    read = {
        f"{path} as it is read": _read_mail(data)
        for path, data in files.items()
        if path.endswith(".eml")
    }
    return files | read


def _read_mail(data: bytes) -> bytes:
    message = message_from_bytes(data, policy=default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join([*map(str, message.items()), *parts]).encode()


def test_nothing_secret_is_written(tmp_path: Path) -> None:
    """No secret word stands in any page, feed, mail or manifest, nor in a file's name."""
    worlds.publish(write(tmp_path, SITE))

    files = written(tmp_path)

    leaks = {(path, word) for path, data in files.items() for word in SECRET.findall(data)}
    assert leaks == set()
    assert [path for path in files if SECRET.search(path.encode())] == []
    assert [path for path, data in files.items() if b"17:03" in data or b"1703Z" in data] == []


def test_what_is_shown_is_written(tmp_path: Path) -> None:
    """The search finds what is public, so that it would find a secret as well."""
    worlds.publish(write(tmp_path, SITE))

    files = written(tmp_path)

    places = {
        word: [path for path, data in files.items() if b"Shown " + word.encode() in data]
        for word in SHOWN
    }
    assert [word for word, paths in places.items() if not paths] == []
    assert {path.split("/")[0] for path in files} == {"public", "outbox", ".statusgen"}


def test_what_was_public_once(tmp_path: Path) -> None:
    """What becomes internal is gone from every file with the next build."""
    shown = SITE["content/incidents/zqslug.md"]
    assert isinstance(shown, str)
    root = write(tmp_path, SITE)
    write(root, {"content/incidents/zqslug.md": shown.replace("internal", "public")})
    worlds.publish(root)
    assert any(SECRET.search(data) for data in written(root).values())

    worlds.publish(write(root, SITE))

    assert not any(SECRET.search(data) for data in written(root).values())
    assert not any(SECRET.search(path.encode()) for path in written(root))


def test_all_is_withheld(tmp_path: Path) -> None:
    """A site of which all is withheld still builds, and says nothing of what it withholds."""
    hidden = {path: text for path, text in SITE.items() if "shown" not in path}

    _, withheld = worlds.publish(write(tmp_path, hidden))

    assert str(withheld) == "3 internal, 3 drafts, 1 unpublished"
    assert not any(SECRET.search(data) for data in written(tmp_path).values())


@given(sites(), times)
def test_views_of_any_site(site: Site, as_of: datetime) -> None:
    """No view of any site holds a word of what is withheld, or of the team's own."""
    config = Config(title="Example", url="https://status.example.com/")

    views = derive(_marked(site, as_of), config, Moment(as_of=as_of))

    made = replace(
        views,
        sitemap=views.sitemap.make(),
        report=views.report.make(),
        report_table=views.report_table.make(),
        calendars=tuple(one.make() for one in views.calendars),
        moved=tuple(one.make() for one in views.moved),
        feeds=tuple(one.make() for one in views.feeds),
        redirects=views.redirects.make(),
    )
    assert SECRET.findall(msgspec.json.encode(made, enc_hook=list)) == []


def _marked(site: Site, as_of: datetime) -> Site:
    """Put a secret word wherever one belongs."""
    return replace(
        site,
        incidents=tuple(_marked_story(one) for one in site.incidents),
        maintenances=tuple(_marked_story(one) for one in site.maintenances),
        postmortems=tuple(
            one if one.published and one.published <= as_of else replace(one, body="zqlesson")
            for one in site.postmortems
        ),
        announcements=tuple(
            replace(one, body="zqnews") if one.draft or one.starts > as_of else one
            for one in site.announcements
        ),
        pages=tuple(replace(one, body="zqpage") if one.draft else one for one in site.pages),
        runbooks=tuple(replace(one, body="zqrunbook") for one in site.runbooks),
    )


@pytest.mark.parametrize("word", ["assignee", "note", "checklist", "worker", "runbook"])
def test_never_for_anyone(tmp_path: Path, word: str) -> None:
    """What is never published is in no preview either, whoever asked for what."""
    root = write(tmp_path, SITE)
    audience = Audience(drafts=True, internal=True)
    builder = Builder(root, root, lambda: Moment(as_of=at("2026-01-03 12:00")), audience)

    made = builder.rebuild()
    builder.keep(made)

    shown = {
        path: made.shelf.data(path, folder)
        for folder in Folder
        for path in made.shelf.paths(folder)
    }
    files = written(root) | with_mails(shown)
    assert any(b"zqdraftbody" in data for data in files.values())
    assert any(b"zqlessoninside" in data for data in files.values())
    assert [path for path, data in files.items() if f"zq{word}".encode() in data] == []


Story = TypeVar("Story", Incident, Maintenance)


def _marked_story(one: Story) -> Story:
    one = replace(one, assignee="zqassignee", internal=("zqnote",), template="zqtemplate")
    if one.draft or one.visibility == Visibility.INTERNAL:
        return replace(
            one,
            slug=f"zq{one.slug}",
            title="zqtitle",
            updates=tuple(replace(update, body="zqbody") for update in one.updates),
        )
    return one
