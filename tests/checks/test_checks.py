"""Each check, by a site that trips it and by one that just does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from statusgen.checks import CHECKS
from statusgen.config import CHECKS as CODES
from statusgen.errors import CheckError, ContentErrors
from statusgen.model import Moment
from statusgen.reading import inspect, read
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, Files, at, write

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2026-01-10 12:00"

SOUND = """\
---
title: The API is slow
severity: SEV-2
started: 2026-01-02 17:00 UTC
components:
  api: partial_outage
report:
  what_happened: The API was slow
  resolution: We gave it more memory
---

[INVESTIGATING] We are looking into it.
Updated: 17:05 UTC

[RESOLVED] All is well again.
Updated: 17:45 UTC
"""
"""An incident that no check finds anything in, once its post-mortem is there."""

LESSON = """\
---
title: What we learnt
published: 2026-01-04 12:00 UTC
---

A pool was too small.

1. [x] Make it grow (Owner: the API team)
"""
OPEN = SOUND.partition("[RESOLVED]")[0].replace("2026-01-02", "2026-01-10")
WORK = """\
---
title: A new database
components: [db]
starts: 2026-01-10 08:00 UTC
ends: 2026-01-10 12:00 UTC
---

[SCHEDULED] We move to a new database.
Updated: 2026-01-08 08:00 UTC

[IN_PROGRESS] We have begun.
Updated: 2026-01-10 08:00 UTC
"""
GROUPS = """\
- group: Service
  components:
    - id: api
      name: API
- id: db
  name: Database
"""
PAGE = "# About\n\n{}\n"


class Case(NamedTuple):
    """A code, a site that trips it with all that is said of it, and one that just does not."""

    code: str
    bad: Files
    told: str
    good: Files


def incident(text: str, path: str = "content/incidents/slow.md") -> Files:
    """A site of one incident, and of what was learnt from it."""
    return {path: text, "content/postmortems/slow.md": LESSON}


def page(text: str) -> Files:
    """A site with a page of this text."""
    return {"content/pages/about.md": PAGE.format(text)}


SITE = "title: Example\nurl: https://status.example.com/\nlanguages: [en, tr]\n"
CASES = [
    Case(
        "late-first-word",
        incident(SOUND.replace("17:05", "17:16")),
        "content/incidents/slow.md:13: warning: The first word came 16 min after the "
        "start; SEV-2 allows 15 min. Say at once that you are looking into it; mend "
        "`started:` if that is wrong. [late-first-word]",
        incident(SOUND.replace("17:05", "17:15")),
    ),
    Case(
        "silence",
        {
            "content/incidents/slow.md": OPEN.replace("01-10 17:00", "01-09 11:50").replace(
                "17:05", "11:55"
            )
        },
        "content/incidents/slow.md:12: warning: Nothing was said for 24 h 5 min, and the "
        "incident is open; SEV-2 allows 24 h. Say how it stands, or resolve it. [silence]",
        {
            "content/incidents/slow.md": OPEN.replace("01-10 17:00", "01-09 11:55").replace(
                "17:05", "12:00"
            )
        },
    ),
    Case(
        "overdue-update",
        {
            "content/incidents/slow.md": OPEN.replace("17:00", "11:00").replace(
                "Updated: 17:05 UTC", "Next update: 12:00 UTC\nUpdated: 11:05 UTC"
            )
        },
        "content/incidents/slow.md:13: warning: The next update is 0 min overdue. "
        "Say how it stands, even if nothing is new. [overdue-update]",
        {
            "content/incidents/slow.md": OPEN.replace("17:00", "11:00").replace(
                "Updated: 17:05 UTC", "Next update: 12:01 UTC\nUpdated: 11:05 UTC"
            )
        },
    ),
    Case(
        "missing-postmortem",
        {"content/incidents/slow.md": SOUND},
        "content/incidents/slow.md:2: warning: Its post-mortem was due 5 days ago, "
        "and there is none. Begin it with `statusgen postmortem slow`. [missing-postmortem]",
        {
            "content/incidents/slow.md": SOUND.replace("2026-01-02", "2026-01-08").replace(
                "17:45", "17:45"
            )
        },
    ),
    Case(
        "late-postmortem",
        {
            "content/incidents/slow.md": SOUND,
            "content/postmortems/slow.md": LESSON.replace("01-04 12:00", "01-04 18:45"),
        },
        "content/postmortems/slow.md:3: warning: It was published 1 h late. Publish the "
        "next one in time. [late-postmortem]",
        {
            "content/incidents/slow.md": SOUND,
            "content/postmortems/slow.md": LESSON.replace("01-04 12:00", "01-04 17:45"),
        },
    ),
    Case(
        "late-postmortem",
        {
            "content/incidents/slow.md": SOUND,
            "content/postmortems/slow.md": LESSON.replace("2026-01-04 12:00", "2027-01-04 17:45"),
        },
        "content/postmortems/slow.md:3: warning: By `published:` it is still to come, 365 days "
        "after it is due. Mend that if it is wrong. [late-postmortem]",
        incident(SOUND),
    ),
    Case(
        "late-postmortem",
        {
            "content/incidents/slow.md": SOUND,
            "content/postmortems/slow.md": LESSON.replace("published: 2026-01-04 12:00 UTC\n", ""),
        },
        "content/postmortems/slow.md:2: warning: It is 5 days overdue. Add "
        "`published:` to it. [late-postmortem]",
        incident(SOUND),
    ),
    Case(
        "open-action",
        incident(SOUND) | {"content/postmortems/slow.md": LESSON + "2. [ ] Watch it (Owner: X)\n"},
        "content/postmortems/slow.md:9: note: 'Watch it (Owner: X)' is not done yet. Write "
        "`[x]` once it is. [open-action]",
        incident(SOUND) | {"content/postmortems/slow.md": LESSON + "2. [x] Watch it (Owner: X)\n"},
    ),
    Case(
        "no-closing-report",
        incident(re.sub(r"report:\n(  .*\n)+", "", SOUND)),
        "content/incidents/slow.md:12: warning: The incident is over, and its closing mail has "
        "no report. Add `report:` with what_happened, impact and resolution. "
        "[no-closing-report]",
        incident(SOUND),
    ),
    Case(
        "mild-components",
        incident(SOUND.replace("api: partial_outage", "api: degraded_performance")),
        "content/incidents/slow.md:5: warning: SEV-2 means partial_outage, but the worst that "
        "a component has is degraded_performance. Give `components:` what they have, or mend "
        "the severity. [mild-components]",
        incident(SOUND.replace("api: partial_outage", "api: major_outage")),
    ),
    Case(
        "mild-components",
        incident(SOUND.replace("components:\n  api: partial_outage\n", "")),
        "content/incidents/slow.md:2: warning: SEV-2 means partial_outage, but it names no "
        "component. Give `components:` what they have, or mend the severity. [mild-components]",
        incident(
            SOUND.replace("components:\n  api: partial_outage\n", "").replace(
                "into it.\n", "into it.\nComponents: api=partial_outage\n"
            )
        ),
    ),
    Case(
        "unfinished-maintenance",
        {
            "content/maintenance/move.md": WORK.replace(
                "ends: 2026-01-10 12:00", "ends: 2026-01-10 11:30"
            )
        },
        "content/maintenance/move.md:11: warning: Its window ended 30 min ago, and nobody "
        "said that the work is over. Say `[COMPLETED]`, or move the end with `Ends:`. "
        "[unfinished-maintenance]",
        {"content/maintenance/move.md": WORK},
    ),
    Case(
        "lone-component",
        {"content/components.yml": GROUPS},
        "content/components.yml:5: note: 'db' stands in no group, and others do. Put it into "
        "the one that customers would look in. [lone-component]",
        {"content/components.yml": GROUPS.replace("- id: db\n  name", "    - id: db\n      name")},
    ),
    Case(
        "broken-link",
        page("Look at [the incident](incidents/slo/) and [ours](incidents/slow/#x)")
        | incident(SOUND),
        "content/pages/about.md:3: error: 'incidents/slo/' is not on the site; did you mean "
        "'incidents/slow/'? Addresses in a text are paths below the site, like incidents/slow/ "
        "or files/graph.png; what is internal or a draft has none. [broken-link]",
        page("Look at [it](incidents/slow/), [at that](https://example.com/x), [home](/)")
        | incident(SOUND),
    ),
    Case(
        "broken-link",
        page("![A graph](files/graph.png)"),
        "content/pages/about.md:3: error: 'files/graph.png' is not on the site. Addresses in a "
        "text are paths below the site, like incidents/slow/ or files/graph.png; what is "
        "internal or a draft has none. [broken-link]",
        page("![A graph](files/graph.png)") | {"content/files/graph.png": b"png"},
    ),
    Case(
        "untranslated",
        {
            "content/site.yml": SITE,
            "content/site.tr.yml": "title: Örnek\ntranslates: d1e97155\n",
        },
        "content/components.yml:1: note: Not translated into tr. Write the file of that name "
        "with the language before its ending. [untranslated]",
        {},
    ),
    Case(
        "old-translation",
        {
            "content/site.yml": SITE,
            "content/site.tr.yml": "title: Örnek\ntranslates: 00000000\n",
        },
        "content/site.tr.yml:1: note: title does not tell that it says what its original says now, "
        "which is shown instead. Once it says the same, write `translates: d1e97155`. "
        "[old-translation]",
        {},
    ),
]
HEARD = [
    ("![](files/g.png)", "An image has no words for who cannot see it."),
    ("Read [here](https://example.com/) what it is", "Out of its sentence the link says nothing."),
    ("WE ARE VERY SORRY FOR THIS", "Words in capitals are spelt out letter by letter."),
    ("It is over!!!!!!!!!!", "Signs in a row are read out one by one."),
]
UNHEARD = [
    "![A graph](files/g.png)",
    "Read [what it is](https://example.com/)",
    "The API of the EU and the US",
    "-----------\n\nA rule is none",
    "| a | b |\n|---------|----------|\n| 1 | 2 |",
]
INTERNAL = [
    ("db-3.prod.internal is full", "'db-3.prod.internal' is the name of a machine."),
    ("10.2.3.4 does not answer", "'10.2.3.4' is the address of a machine."),
    ("We revoked AKIAABCDEFGHIJKLMNOP", "'AKIAABCDEFGHIJKLMNOP' is a key or a token."),
    ("It said password: hunter2", "'password: hunter2' is a password."),
    ("Look into /var/log/nginx.log", "'/var/log/nginx.log' is a path of a machine."),
]
HARMLESS = [
    "Reset your password: open the settings",
    "Version 10.2.3 of the API",
    "The internal network was slow",
    "Passwords are safe",
    "Ask https://example.com/home/start",
    "203.0.113.7 is our new address",
]


def found(
    files: Files | dict[str, str], codes: list[str] | None = None, as_of: str = AS_OF
) -> list[str]:
    """Check the minimal site with these files added."""
    with new_folder() as root:
        return inspected(write(root, {**MINIMAL, **files}), codes, as_of)


def inspected(root: Path, codes: list[str] | None = None, as_of: str = AS_OF) -> list[str]:
    """Check a site."""
    moment = Moment(as_of=at(as_of))
    return [str(one) for one in inspect(read(root, moment), moment, codes or CODES)]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{number}-{case.code}" for number, case in enumerate(CASES)]
)
def test_check(case: Case) -> None:
    """A breach is told with its line, its cause and its cure; what just keeps the rule is not."""
    assert found(case.bad, [case.code]) == [case.told]
    assert found(case.good, [case.code]) == []


def test_sound() -> None:
    """Content that keeps all rules is told of nothing."""
    assert found(incident(SOUND)) == []


HIDDEN = "visibility: internal\nseverity:"
SPARED: dict[str, Files] = {
    "late-first-word": incident(SOUND.replace("17:05", "17:16").replace("severity:", HIDDEN)),
    "silence": {
        "content/incidents/slow.md": OPEN.replace("2026-01-10", "2026-01-08").replace(
            "severity:", HIDDEN
        )
    },
    "silence, as a promise is overdue": {
        "content/incidents/slow.md": OPEN.replace("2026-01-10", "2026-01-08").replace(
            "Updated: 17:05 UTC", "Next update: 17:30 UTC\nUpdated: 17:05 UTC"
        )
    },
    "mild-components": incident(
        SOUND.replace("api: partial_outage", "api: degraded_performance").replace(
            "severity:", HIDDEN
        )
    ),
    "lone-component": {
        "content/components.yml": GROUPS.replace(
            "  name: Database", "  name: Database\n  retired: 2026-01-01"
        )
    },
    "open-action": incident(SOUND.replace("severity:", "retracted: A false alarm\nseverity:"))
    | {"content/postmortems/slow.md": LESSON + "2. [ ] Watch it (Owner: X)\n"},
}
"""By a check, sites of which it has nothing to say: others do, or the public sees none of it."""


@pytest.mark.parametrize("name", SPARED)
def test_spared(name: str) -> None:
    """What the public never reads, and what another check tells, is no finding."""
    code = name.partition(",")[0]
    with new_folder() as root:
        write(root, MINIMAL | SPARED[name])
        assert inspected(root, [code]) == []


def test_codes() -> None:
    """The policy knows the checks that there are, each with a rule and a reason."""
    assert tuple(one.code for one in CHECKS) == CODES
    for one in CHECKS:
        assert one.rule.endswith(".")
        assert len(one.about) > 60


@pytest.mark.parametrize(("text", "cause"), HEARD)
def test_hard_to_hear(text: str, cause: str) -> None:
    """What screen readers stumble over is told."""
    (told,) = found(page(text), ["hard-to-hear"])
    assert told.startswith(f"content/pages/about.md:3: warning: {cause} ")


@pytest.mark.parametrize("text", UNHEARD)
def test_easy_to_hear(text: str) -> None:
    """What they read well is not."""
    assert found(page(text), ["hard-to-hear"]) == []


@pytest.mark.parametrize(("text", "cause"), INTERNAL)
def test_internal_words(text: str, cause: str) -> None:
    """What gives the team away is told, on the line where it stands."""
    (told,) = found(incident(SOUND.replace("All is well again", text)), ["internal-words"])
    assert told == (
        f"content/incidents/slow.md:15: error: {cause} Say it in words that customers know, or "
        "keep it under `internal:`. [internal-words]"
    )
    hidden = SOUND.replace("title:", f"visibility: internal\ninternal: '{text}'\ntitle:")
    assert found(incident(hidden), ["internal-words"]) == []


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words(text: str) -> None:
    """What only looks so is not."""
    assert found(incident(SOUND.replace("All is well again", text)), ["internal-words"]) == []


def test_people() -> None:
    """Who works on it is no business of readers; a role may be named."""
    named = SOUND.replace("title:", "assignee: Jane Doe\ntitle:")
    told = named.replace("All is well", "Jane Doe says that all is well")
    assert "'Jane Doe' is the name of who works on it." in found(incident(told))[0]
    role = told.replace("Jane Doe", "On-call engineer")
    assert found(incident(role)) == []


def test_own_patterns() -> None:
    """A site adds patterns of its own."""
    policy: Files = {"content/policy.yml": "checks:\n  internal_words: 'blue-\\d+'\n"}
    told = found(policy | incident(SOUND.replace("well again", "well on blue-7")))
    assert told == [
        (
            "content/incidents/slow.md:15: error: 'blue-7' is internal by policy.yml. Say it in "
            "words that customers know, or keep it under `internal:`. [internal-words]"
        )
    ]


def test_levels() -> None:
    """A site says how much each check weighs, and whether it is wanted at all."""
    policy = "checks:\n  levels:\n    late-first-word: {}\n"
    late: Files = incident(SOUND.replace("17:05", "17:16"))
    assert ": error: " in found({"content/policy.yml": policy.format("error"), **late})[0]
    assert found({"content/policy.yml": policy.format("off"), **late}) == []


def test_since() -> None:
    """What was over before a day is let be."""
    late: Files = incident(SOUND.replace("17:05", "17:16"))
    policy = "checks:\n  since: 2026-01-{}\n"
    assert len(found({"content/policy.yml": policy.format("02"), **late})) == 1
    assert found({"content/policy.yml": policy.format("03"), **late}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "content/incidents/slow.yml",
            """\
            title: The API is slow
            severity: SEV-2
            started: 2026-01-02 17:00 UTC
            components: [api]
            updates:
              - status: investigating
                at: 17:16 UTC
                body: We look.
            """,
        ),
        (
            "content/incidents/slow/incident.yml",
            "title: Slow\nseverity: SEV-2\nstarted: 2026-01-02 17:00 UTC\ncomponents: [api]\n",
        ),
    ],
)
def test_spellings(path: str, text: str) -> None:
    """A line is told in all three spellings, and that of an update in its own file."""
    files: Files = {path: text}
    where = f"{path}:7"
    if "incident.yml" in path:
        where = "content/incidents/slow/first.md:2"
        files["content/incidents/slow/first.md"] = (
            "[INVESTIGATING] We look.\nUpdated: 2026-01-02 17:16 UTC\n"
        )
    (told,) = found(files, ["late-first-word"])
    assert told.startswith(f"{where}: warning: ")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (
            "checks:\n  levels:\n    silense: off\n",
            (
                "content/policy.yml:3: checks.levels.silense: unknown key 'silense'; did you mean "
                "'silence'?"
            ),
        ),
        (
            "checks:\n  levels:\n    silence: warn\n",
            (
                "content/policy.yml:3: checks.levels.silence: 'warn' is not one of error, warning, "
                "note, off; did you mean 'warning'?"
            ),
        ),
        (
            "checks:\n  internal_words: 'db-(\\d+'\n",
            (
                "content/policy.yml:2: checks.internal_words: 'db-(\\\\d+' is no regular "
                "expression: missing ) at position 7"
            ),
        ),
        (
            "checks:\n  internal_words: 'x*'\n",
            (
                "content/policy.yml:2: checks.internal_words: 'x*' fits nothing at all, and so "
                "every text: let it ask more"
            ),
        ),
    ],
)
def test_bad_policy(policy: str, told: str) -> None:
    """A mistake in what is to be checked is told like any other."""
    with pytest.raises(ContentErrors) as error:
        found({"content/policy.yml": policy})
    assert str(error.value) == told


def test_endless_pattern() -> None:
    """A pattern that goes back and forth without end is stopped, and told."""
    policy: Files = {"content/policy.yml": "checks:\n  internal_words: '(a|a|aa)+$'\n"}
    with pytest.raises(CheckError) as error:
        found(policy | incident(SOUND.replace("All is well", "a" * 60 + "!")))
    assert str(error.value) == (
        "content/policy.yml: checks.internal_words: '(a|a|aa)+$' takes too long on "
        "incidents/slow: it goes back and forth without end"
    )


def test_open_incident() -> None:
    """What is open and young is told of nothing."""
    assert found({"content/incidents/slow.md": INCIDENT}, as_of="2026-01-02 17:30") == []


WORDS = {"content/policy.yml": "checks:\n  internal_words: 'blue-\\d+'\n"}
TURKISH = """\
---
---

[INVESTIGATING] Bir bakalım.
On blue-7
Translates: 00000000
Updated: 2026-01-02 17:05 UTC
"""


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (
            "content/site.yml",
            "title: Example\nurl: https://a.example/\ndescription: On blue-7\n",
            3,
        ),
        (
            "content/components.yml",
            "- group: blue-7\n  components:\n    - {id: api, name: API}\n",
            1,
        ),
        ("content/site.tr.yml", "title: blue-7\ntranslates: '00000000'\n", 1),
        (
            "content/components.tr.yml",
            "- id: api\n  name: blue-7\n  translates: '00000000'\n",
            2,
        ),
        ("content/incidents/slow.tr.md", TURKISH, 5),
    ],
)
def test_all_that_is_published(path: str, text: str, line: int) -> None:
    """Settings and translations are looked through like all else, each at its own line."""
    files = {**WORDS, "content/site.yml": SITE, **incident(SOUND), path: text}
    if path == "content/components.yml":
        files |= {"content/incidents/slow.md": SOUND}
    told = found(files, ["internal-words"])
    assert [one.partition(": ")[0] for one in told] == [f"{path}:{line}"]


@pytest.mark.parametrize(
    "address", ["index.html", "history", "incidents/slow/index.html", "/history"]
)
def test_links_that_hosts_complete(address: str) -> None:
    """What a host finds all the same is no broken link."""
    assert (
        found({**page(f"Look [at this one]({address})"), **incident(SOUND)}, ["broken-link"]) == []
    )


def test_who_is_asked_next_is_no_person() -> None:
    """Whom the escalation names is a role, whatever it is called."""
    named = SOUND.replace("title:", "assignee: Incident Commander\ntitle:")
    files = incident(named.replace("All is well", "Our Incident Commander says: all is well"))
    assert len(found(files, ["internal-words"])) == 1
    step = "  - level: L1\n    who: Incident Commander\n    after: 15 min\n"
    files |= {"content/policy.yml": f"escalation:\n{step}"}
    assert found(files, ["internal-words"]) == []


def test_teams_are_no_people() -> None:
    """A team may be named."""
    named = SOUND.replace("title:", "assignee: Support Team\ntitle:")
    assert found(incident(named.replace("All is well", "Our Support Team is well"))) == []
