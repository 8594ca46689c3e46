"""Updates: three spellings of the same facts, in the order of time, each with its own id."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.model import ComponentStatus, Notify, Severity
from statusgen.parse.updates import UpdateReader
from tests.worlds import INCIDENT, Files, at, parse, problems

if TYPE_CHECKING:
    from statusgen.model import Incident

SLOW = "content/incidents/slow.md"
HEAD = "title: Slow\nseverity: SEV-2\nstarted: 2026-01-02 17:00 UTC\n"


def incident(files: Files) -> Incident:
    """Read the one incident of these files."""
    _, site = parse(files)
    (found,) = site.incidents
    return found


def markdown(body: str) -> Incident:
    """Read an incident of these blocks."""
    return incident({SLOW: f"---\n{HEAD}---\n\n{body}"})


# Updates as they usually are, with now and then one among them that is not.
USUAL = st.tuples(
    st.sampled_from(["INVESTIGATING", "MONITORING", "RESOLVED", "UPDATE", "resolved", "RESOLVD"]),
    st.sampled_from(["We look.", "It is over: all is *well*.\nSee [us](https://example.com)."]),
    st.sampled_from(
        [
            *(f"2026-01-02 17:{minute:02} UTC" for minute in (0, 5, 10, 5)),
            "2026-01-02 16:59 UTC",
            "2026-01-03 12:30 UTC",
            "2026-02-30 17:05 UTC",
            "17:20 UTC",
            "2026-01-02 17:05:30 UTC",
            "2026-01-02 18:05 +01:00",
            "soon",
        ]
    ),
    st.sampled_from(["", "", "\nComponents: api=operational", "\nSeverity: SEV-1"]),
).map(lambda told: f"[{told[0]}] {told[1]}\nUpdated: {told[2]}{told[3]}\n")


@given(
    st.lists(USUAL, min_size=1, max_size=4).map("\n".join),
    st.sampled_from(["17:00 UTC", "17:00:40 UTC"]),
    st.booleans(),
)
def test_usual_updates_are_read_as_any_others(blocks: str, started: str, clock: bool) -> None:  # noqa: FBT001 - it is drawn
    """The short way gives the same facts and tells the same."""
    head = HEAD.replace("17:00 UTC", started)
    files: Files = {SLOW: f"---\n{head}---\n\n{blocks}"}

    def found() -> object:
        return problems(files, clock=clock) or parse(files, clock=clock)[1].incidents

    short = found()
    with patch.object(UpdateReader, "usual", lambda *_: None):
        assert found() == short


def test_usual_updates_go_the_short_way() -> None:
    """Else they would be slow, and nobody would see why."""
    usual, found = UpdateReader.usual, []

    def noting(*given: Any) -> object:  # noqa: ANN401 - whatever it is given
        found.append(usual(*given))
        return found[-1]

    with patch.object(UpdateReader, "usual", noting):
        markdown("[RESOLVED] Over.\nUpdated: 2026-01-02 17:05 UTC")
    assert found
    assert all(found)


class Told(msgspec.Struct, kw_only=True):
    """An update as its author means it, whichever way it is written."""

    status: str
    at: datetime
    body: str
    components: dict[str, str] = {}
    severity: str = ""
    notify: str = ""

    def pairs(self) -> dict[str, str]:
        """What is said besides status, text and components."""
        said = {"severity": self.severity, "notify": self.notify}
        return {key: value for key, value in said.items() if value}

    def as_block(self) -> str:
        """As Markdown."""
        changes = ", ".join(f"{name}={status}" for name, status in self.components.items())
        trailers = [f"Components: {changes}"] if changes else []
        trailers += [f"{key.capitalize()}: {value}" for key, value in self.pairs().items()]
        time = f"Updated: {self.at:%Y-%m-%d %H:%M} UTC"
        return "\n".join([f"[{self.status.upper()}] {self.body}", "", *trailers, time, ""])

    def as_yaml(self) -> dict[str, object]:
        """As an item of `updates:`."""
        changes = {"components": self.components} if self.components else {}
        time = f"{self.at:%Y-%m-%dT%H:%MZ}"
        return {"status": self.status, "at": time, "body": self.body, **changes, **self.pairs()}


def dump(value: object) -> str:
    """Write YAML; JSON is YAML as well, and quotes everything."""
    return msgspec.json.encode(value).decode()


sentences = st.lists(
    st.text(
        st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="[]:`~"), min_size=1
    )
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=3,
).map("\n\n".join)
moments = st.integers(0, 12 * 60).map(lambda n: at(f"2026-01-02 {n // 60 + 5:02}:{n % 60:02}"))
updates = st.lists(
    st.builds(
        Told,
        status=st.sampled_from(["investigating", "identified", "monitoring"]),
        at=moments,
        body=sentences,
        components=st.dictionaries(
            st.sampled_from(["api", "db"]), st.sampled_from(["operational", "major_outage"])
        ),
        severity=st.sampled_from(["", "SEV-1", "SEV-2"]),
        notify=st.sampled_from(["", "no", "correction"]),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: sorted(found, key=lambda one: one.at))


@given(updates)
def test_three_spellings_are_the_same_facts(written: list[Told]) -> None:
    """Markdown, YAML and a folder of files say the same thing, and so become it."""
    head = HEAD.replace("17:00", "05:00")
    blocks = "\n".join(one.as_block() for one in written)
    items = [one.as_yaml() for one in written]
    folder: Files = {"content/incidents/slow/incident.yml": head}
    for number, one in enumerate(written):
        name = f"content/incidents/slow/{number}"
        if number % 2:
            folder[f"{name}.yml"] = dump(one.as_yaml())
        else:
            folder[f"{name}.md"] = one.as_block()
    as_markdown = incident({SLOW: f"---\n{head}---\n\n{blocks}".encode()})
    assert as_markdown == incident({SLOW.replace(".md", ".yml"): f"{head}updates: {dump(items)}"})
    assert as_markdown == incident(folder)
    assert [(one.at, one.body) for one in as_markdown.updates] == [
        (one.at, one.body) for one in written
    ]


def test_trailers_are_facts() -> None:
    """Whatever an update says besides its text."""
    (update,) = markdown(
        "[IDENTIFIED] a\nComponents: api=Partial outage\nSeverity: SEV-1\nNext update: 17:30 UTC\n"
        "Notify: correction\nUpdated: 17:05 UTC\n"
    ).updates
    (change,) = update.components
    assert (change.component, change.status) == ("api", ComponentStatus.PARTIAL_OUTAGE)
    assert update.severity == Severity.SEV_1
    assert update.next_update == at("2026-01-02 17:30")
    assert update.notify == Notify.CORRECTION


def test_update_keeps_the_status_before_it() -> None:
    """After `resolved` it stays resolved."""
    found = markdown(
        "[IDENTIFIED] a\nUpdated: 17:05 UTC\n\n[UPDATE] b\nUpdated: 17:06 UTC\n\n"
        "[RESOLVED] c\nUpdated: 17:07 UTC\n\n[UPDATE] d\nUpdated: 17:08 UTC\n"
    )
    assert [str(one.status) for one in found.updates] == [
        "identified",
        "identified",
        "resolved",
        "resolved",
    ]


def test_bare_times_run_over_midnight() -> None:
    """Each is the first instant at or after the update before it."""
    found = markdown(
        "[IDENTIFIED] a\nUpdated: 23:50 UTC\n\n[RESOLVED] b\nUpdated: 00:10 UTC\n\n"
        "[UPDATE] c\nUpdated: 11:00 UTC\n"
    )
    assert [one.at for one in found.updates] == [
        at("2026-01-02 23:50"),
        at("2026-01-03 00:10"),
        at("2026-01-03 11:00"),
    ]


def test_an_id_is_the_minute_and_a_counter() -> None:
    """It stays when a text is corrected, and can be pinned when a time is."""
    found = markdown(
        "[INVESTIGATING] a\nUpdated: 17:05 UTC\n\n[UPDATE] b\nUpdated: 17:05 UTC\n\n"
        "[RESOLVED] c\nId: 20260102T1709Z\nUpdated: 17:10 UTC\n"
    )
    assert [one.id for one in found.updates] == [
        "incident-slow-20260102T1705Z",
        "incident-slow-20260102T1705Z-2",
        "incident-slow-20260102T1709Z",
    ]


def test_a_pinned_id_may_be_pasted_whole() -> None:
    """As it stands at the end of an address."""
    text = "[RESOLVED] c\nId: incident-slow-20260102T1709Z\nUpdated: 17:10 UTC\n"
    assert markdown(text).updates[0].id == "incident-slow-20260102T1709Z"


def test_files_of_a_folder_are_in_the_order_of_time_then_name() -> None:
    """So that two who write at one moment never meet in a merge conflict."""
    folder = "content/incidents/slow"
    found = incident(
        {
            f"{folder}/incident.yml": HEAD,
            f"{folder}/a.md": "[RESOLVED] late\nUpdated: 2026-01-02 18:00 UTC\n",
            f"{folder}/c.md": "[UPDATE] second\nUpdated: 2026-01-02 17:05 UTC\n",
            f"{folder}/b.md": "[IDENTIFIED] first\nUpdated: 2026-01-02 17:05 UTC\n",
        }
    )
    assert [one.body for one in found.updates] == ["first", "second", "late"]


def test_an_update_ahead_of_the_clock_is_told() -> None:
    """A local time marked UTC would hide an outage until then."""
    told = problems({SLOW: INCIDENT}, as_of="2026-01-02 16:00", clock=True)
    ahead = "2026-01-02 17:05 UTC lies 1 h 5 min ahead of the clock"
    hint = "write its own zone if it is a local time"
    assert told == [f"{SLOW}:10: updates[0].Updated: {ahead}: {hint}"]


def test_an_update_days_ahead_of_the_clock_has_a_wrong_date() -> None:
    """No zone lies that far away; a bare time is told with the date that it got."""
    written = INCIDENT.replace("Updated: 17:05 UTC", "Updated: 2026-01-02T17:05Z")
    ahead = "lies 365 days ahead of the clock: look at the date"
    for text, named in ((written, "'2026-01-02T17:05Z'"), (INCIDENT, "2026-01-02 17:05 UTC")):
        told = problems({SLOW: text}, as_of="2025-01-02 17:04", clock=True)
        assert told == [f"{SLOW}:10: updates[0].Updated: {named} {ahead}"]


@pytest.mark.parametrize(("as_of", "clock"), [("2026-01-02 16:55", True), ("2020-01-01", False)])
def test_two_clocks_may_differ_and_a_named_moment_may_lie_before(
    as_of: str, *, clock: bool
) -> None:
    """Ten minutes are forgiven; at a named moment what is later has not happened yet."""
    assert not problems({SLOW: INCIDENT}, as_of=as_of, clock=clock)


def test_after_a_time_that_cannot_be_told_others_are_not_blamed() -> None:
    """A wrong start is one mistake, however many bare times hang on it."""
    text = INCIDENT.replace("started: 2026-01-02 17:00", "started: 2026-01-32 17:00")
    told = problems({SLOW: text + "\n[RESOLVED] b\nUpdated: 18:00 UTC\n"})
    message = "2026-01-32 is not a day of the calendar: look at its month and day"
    assert told == [f"{SLOW}:4: started: {message}"]
