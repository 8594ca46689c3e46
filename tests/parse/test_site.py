"""A whole site: all problems of all files in one run, and none that only follows from another."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.worlds import INCIDENT, MINIMAL, Files, parse, problems

SLOW = "content/incidents/slow.md"


def test_all_problems_of_all_files_are_told_in_order() -> None:
    """By file and line, so that an engineer mends everything once."""
    told = problems(
        {
            "content/site.yml": "title: Example\nurl: nowhere\nsince: soon\n",
            "content/components.yml": "- id: api\n",
            SLOW: INCIDENT.replace("SEV-2", "SEV-9").replace("17:05", "17:75"),
            "content/pages/about.md": "No title.\n",
        }
    )
    assert [":".join(line.split(":")[:3]) for line in told] == [
        "content/components.yml:1: [0].name",
        "content/incidents/slow.md:3: severity",
        "content/incidents/slow.md:10: updates[0].Updated",
        "content/pages/about.md:1: title",
        "content/site.yml:2: url",
        "content/site.yml:3: since",
    ]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("content/components.yml", "- id: api\n  name: [\n"),
        ("content/site.yml", "title: Example\nurl: https://example.com\ntimezone: Mars/Base\n"),
        ("content/policy.yml", "severities: {SEV-2: {visibility: none}}\n"),
    ],
)
def test_broken_settings_put_no_blame_on_incidents(path: str, content: str) -> None:
    """One mistake there does not become one in every file."""
    local = INCIDENT.replace(" UTC", "")
    told = problems({path: content, SLOW: local, "content/incidents/other.md": local})
    assert len(told) == 1
    assert told[0].startswith(path)


def test_a_missing_title_hides_no_time() -> None:
    """What hangs on other settings is read all the same."""
    files: Files = {
        "content/site.yml": "url: https://example.com\ntimezone: Europe/Berlin\n",
        SLOW: INCIDENT.replace("2026-01-02 17:00 UTC", "2026-03-29 02:30"),
    }
    assert [line.split(" ")[1] for line in problems(files)] == ["started:", "title:"]


def test_two_old_addresses_cannot_lead_to_two_places() -> None:
    """Told at the line where the second stands, maintenance and incidents alike."""
    work = "---\ntitle: a\nstarts: 2026-01-10 02:00 UTC\nends: 03:00 UTC\naliases: /1/\n---\n"
    update = "[SCHEDULED] a\nUpdated: 2026-01-02 12:00 UTC\n"
    told = problems(
        {
            SLOW: INCIDENT.replace("severity", "aliases: /1/\nseverity"),
            "content/maintenance/work.md": work + update,
        }
    )
    assert told == [
        f"content/maintenance/work.md:5: aliases: '/1/' leads to {SLOW} already: keep one of them"
    ]


def test_the_smallest_site_has_no_problems() -> None:
    """Two settings files, and nothing happened yet."""
    config, site = parse({})
    assert config.title == "Example"
    assert [leaf.id for leaf in site.leaves] == ["api", "db"]
    assert len(MINIMAL) == 2


def test_what_only_few_texts_need_is_not_imported() -> None:
    """A build that finds nothing to do would wait for it all the same."""
    code = "import sys; own = {*sys.modules}; import statusgen.parse; print(*{*sys.modules} - own)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"difflib", "markdown", "pathlib", "yaml"} & {*run.stdout.split()}
