"""What is due: each update once, whatever is corrected, rebuilt, imported or repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statusgen.model import Notify
from statusgen.notify.book import Book, Claim, Done, Opened, read_lines, write_lines
from statusgen.notify.due import LIMIT, baseline, decide, pair
from statusgen.notify.news import Kind, News, news
from statusgen.views import timeline
from statusgen.views.audience import public
from statusgen.views.present import Present
from statusgen.views.summary import EMPTY
from tests import worlds
from tests.worlds import INCIDENT, Files, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.notify.due import Due, Verdict

NOW = at("2026-01-02 18:00")
MINUTE = timedelta(minutes=1)

STATUSES = ("investigating", "identified", "monitoring", "resolved")
WORDS = ("slow", "still slow", "mended")


def said(number: int, words: str, status: str = "investigating", **fields: object) -> News:
    """Give an update that was said so many minutes after five, under the id of its minute."""
    minute = at("2026-01-02 17:00") + number * MINUTE
    known: dict[str, object] = {
        "kind": Kind.UPDATE,
        "thread": "incident-api",
        "id": f"incident-api-{minute:%Y%m%dT%H%MZ}",
        "at": minute,
        "status": status,
        "text": words,
    }
    return News(**known | fields)  # type: ignore[arg-type] # each has the type of its field


@st.composite
def histories(draw: st.DrawFn) -> list[News]:
    """Draw the updates of an incident: of one minute, and of the same words, not seldom."""
    minutes = sorted(draw(st.lists(st.integers(0, 4), max_size=6)))
    found: list[News] = []
    for minute in minutes:
        one = said(minute, draw(st.sampled_from(WORDS)), draw(st.sampled_from(STATUSES)))
        count = sum(each.at == one.at for each in found)
        found.append(replace(one, id=f"{one.id}-{count + 1}") if count else one)
    return found


def everybody(_one: News) -> bool:
    """Whoever there is is told."""
    return True


def opened(standing: Sequence[News] = ()) -> Book:
    """Give the ledger of a site that has sent before, and knows these."""
    book = Book().add([Opened(at=NOW)])
    return book.add(baseline(standing, book, NOW))


def judged(standing: Sequence[News], book: Book) -> Verdict:
    """Decide at six."""
    return decide(standing, book, NOW, everybody)


def tell(book: Book, due: Due) -> None:
    """Tell one, as far as the ledger knows."""
    claim = Claim(key=due.key, by="me", until=NOW)
    book.add([*due.lines, claim, Done(key=due.key, at=NOW, told=1)])


def run(standing: Sequence[News], book: Book) -> list[str]:
    """Tell all that is due; give the ids."""
    verdict = judged(standing, book)
    book.add(verdict.lines)
    for due in verdict.due:
        tell(book, due)
    return [due.news.id for due in verdict.due]


def ids(several: Sequence[News]) -> list[str]:
    """Give the ids of news."""
    return [one.id for one in several]


@given(histories())
def test_each_update_is_told_once(history: list[News]) -> None:
    """Whatever was said is told once, and a second run tells nothing."""
    book = opened()
    assert run(history, book) == ids(history)
    assert run(history, book) == []


@given(histories(), st.integers(0, 6))
def test_what_is_added_is_news(history: list[News], count: int) -> None:
    """Just what was added at the end is told, be it of the same minute or in the same words."""
    before, after = history[:count], history[count:]
    assert run(history, opened(before)) == ids(after)


@given(histories(), st.data())
def test_a_correction_of_words_sends_nothing(history: list[News], data: st.DataObject) -> None:
    """An update whose words are corrected is not told again."""
    book = opened(history)
    if history:
        place = data.draw(st.integers(0, len(history) - 1))
        history[place] = replace(history[place], text="corrected")
    assert run(history, book) == []


@given(histories(), st.data())
def test_a_correction_of_a_time_sends_nothing(history: list[News], data: st.DataObject) -> None:
    """An update whose time is corrected has another id, and is not told again."""
    book = opened(history)
    if history:
        place = data.draw(st.integers(0, len(history) - 1))
        one = history[place]
        history[place] = replace(one, id=f"{one.id}-moved", at=one.at + 30 * MINUTE)
    assert run(history, book) == []


@given(histories(), st.data())
def test_a_correction_and_then_an_update(history: list[News], data: st.DataObject) -> None:
    """What is said after a correction is news, and nothing else, whichever came in which build."""
    book = opened(history)
    if history:
        place = data.draw(st.integers(0, len(history) - 1))
        history[place] = replace(history[place], text="corrected")
    if data.draw(st.booleans()):
        assert run(history, book) == []
    added = said(20, data.draw(st.sampled_from(WORDS)))
    assert run([*history, added], book) == [added.id]


@given(histories(), histories())
def test_pairs_are_one_to_one(told: list[News], standing: list[News]) -> None:
    """No entry absorbs two updates, and as many updates are news as there are entries too few."""
    book = opened(told)
    entries = [entry.key for _, entry in pair(standing, book) if entry]
    assert len(entries) == len(set(entries))
    assert len(entries) <= min(len(told), len(standing))


@given(histories(), st.integers(0, 6))
def test_the_order_of_files_does_not_matter(history: list[News], count: int) -> None:
    """Other incidents beside it change nothing of what is due of one."""
    other = [replace(one, thread="incident-db", id=one.id.replace("api", "db")) for one in history]
    book = opened(history[:count])
    due = ids([each.news for each in judged([*other, *history], book).due])
    assert due == [*ids(other), *ids(history[count:])]


def test_an_update_before_another_of_its_minute() -> None:
    """One that is put before another of the same minute takes its id, and is the new one still."""
    first = said(5, "slow")
    second = replace(first, id=f"{first.id}-2")
    earlier = replace(first, text="still slow")
    assert run([earlier, second], opened([first])) == [earlier.id]


def test_the_first_run_tells_nothing() -> None:
    """A site that never sent anything takes what stands there as known."""
    book = Book()
    assert run([said(5, "slow")], book) == []
    assert run([said(5, "slow"), said(9, "mended")], book) == [said(9, "mended").id]


def test_the_first_incident_of_a_new_site() -> None:
    """A site that had nothing to tell at its first run tells the first incident."""
    book = Book()
    assert run([], book) == []
    assert run([said(5, "slow")], book) == [said(5, "").id]


def test_what_is_too_old() -> None:
    """What is older than a day is never sent by itself, nor once its time is corrected."""
    old = said(0, "slow", at=NOW - LIMIT - MINUTE)
    book = opened()
    assert run([old], book) == []
    assert run([replace(old, id="moved", at=NOW)], book) == []
    assert run([said(0, "slow", at=NOW - LIMIT)], opened()) == [said(0, "").id]


def test_notify_no() -> None:
    """What its author does not want told is not, until that is taken back."""
    book = opened()
    assert run([said(5, "slow", notify=Notify.NO)], book) == []
    assert run([said(5, "slow")], book) == [said(5, "").id]


def test_a_correction_that_is_asked_for() -> None:
    """A correction is sent once if its author asks, and again for other words only."""
    book = opened([said(5, "slow")])
    corrected = said(5, "quick", notify=Notify.CORRECTION)
    (due,) = judged([corrected], book).due
    assert (due.key, due.is_correction) == (f"{corrected.id}-correction-quick", True)
    assert run([corrected], book) == [corrected.id]
    assert run([corrected], book) == []
    assert run([replace(corrected, text="quicker")], book) == [corrected.id]


def test_a_correction_that_repeats_what_was_told() -> None:
    """Nothing is sent if the words are those that were told, or were never told otherwise."""
    assert run([said(5, "slow", notify=Notify.CORRECTION)], opened([said(5, "slow")])) == []


def test_a_correction_that_was_begun() -> None:
    """A correction that was not sent to everybody goes on, under its key."""
    book = opened([said(5, "slow")])
    corrected = said(5, "quick", notify=Notify.CORRECTION)
    (due,) = judged([corrected], book).due
    book.add([*due.lines, Claim(key=due.key, by="gone", until=NOW)])
    (again,) = judged([corrected], book).due
    assert (again.key, again.is_correction, again.lines) == (due.key, True, ())


def test_what_was_begun_goes_on() -> None:
    """What was claimed and not done is due under the same key, whatever became of its words."""
    book = opened()
    (due,) = judged([said(5, "slow")], book).due
    book.add([*due.lines, Claim(key=due.key, by="gone", until=NOW)])
    verdict = judged([said(5, "slower")], book)
    assert [each.key for each in verdict.due] == [due.key]


def test_what_was_begun_and_is_too_old() -> None:
    """What was not told to everybody within a day is given up."""
    book = opened()
    one = said(5, "slow")
    (due,) = judged([one], book).due
    book.add([*due.lines, Claim(key=due.key, by="gone", until=NOW)])
    later = NOW + 2 * LIMIT
    assert decide([one], book, later, everybody).lines == (Done(key=due.key, at=later, told=0),)


def test_nobody_to_tell() -> None:
    """What the policy tells nobody is not known either: if the severity rises, it is news."""
    book = opened()
    verdict = decide([said(5, "slow")], book, NOW, lambda _: False)
    assert (verdict.due, verdict.lines) == ((), ())
    assert run([said(5, "slow")], book) == [said(5, "").id]


def test_a_renamed_incident() -> None:
    """An incident that has its old address as an alias is not told again."""
    book = opened([said(5, "slow")])
    moved = said(5, "slow", thread="incident-new", id="incident-new-1", also=("incident-api",))
    assert run([moved], book) == []
    assert run([moved], book) == []


@given(histories())
def test_a_ledger_is_read_as_it_was_written(history: list[News]) -> None:
    """What a ledger says is the same after it was written and read."""
    lines = baseline(history, Book(), NOW)
    assert tuple(read_lines(write_lines(lines), "ledger")) == lines


def standing(files: Files, *, as_of: str) -> list[tuple[str, str, bool]]:
    """Tell all that the site tells at a moment: kind, id, and whether it is mailed."""
    moment = at(as_of)
    config, site = worlds.parse(files, as_of=as_of)
    shown, _ = public(site, moment)
    present = Present(timeline.cut(shown, moment), config, moment, EMPTY)
    return [(str(one.kind), one.id, one.is_mailed) for one in news(present)]


def test_updates_of_an_incident() -> None:
    """Each update is told as its severity wants; whoever was told hears of the end."""
    text = (
        f"{INCIDENT}\n[UPDATE] Less bad.\nSeverity: SEV-3\nUpdated: 17:10 UTC\n"
        "\n[RESOLVED] Over.\nUpdated: 17:15 UTC\n\n[UPDATE] A word more.\nUpdated: 17:20 UTC\n"
    )
    assert standing({"content/incidents/api.md": text}, as_of="2026-01-02 18:00") == [
        ("update", "incident-api-20260102T1705Z", True),
        ("update", "incident-api-20260102T1710Z", False),
        ("update", "incident-api-20260102T1715Z", True),
        ("update", "incident-api-20260102T1720Z", False),
    ]


@pytest.mark.parametrize(
    "line", ["draft: true", "visibility: internal", "retracted: A probe was broken."]
)
def test_what_is_never_told(line: str) -> None:
    """Drafts, what is internal, and what was reported in error is not told."""
    text = INCIDENT.replace("severity: SEV-2", f"severity: SEV-2\n{line}")
    assert standing({"content/incidents/api.md": text}, as_of="2026-01-02 18:00") == []


WORK = """\
---
title: New disks
components: [db]
starts: 2026-01-02 20:00 UTC
ends: 2026-01-02 22:00 UTC
---

[SCHEDULED] We change disks.
Updated: 2026-01-01 12:00 UTC
"""


def test_maintenance_by_the_clock() -> None:
    """A maintenance is announced, its readers reminded, and told when it starts and is over."""
    files: Files = {"content/maintenance/disks.md": WORK}
    announced = ("update", "maintenance-disks-20260101T1200Z", True)
    reminded = ("reminder", "maintenance-disks-reminder-20260102T2000Z", True)
    started = ("started", "maintenance-disks-started-20260102T2000Z", True)
    completed = ("completed", "maintenance-disks-completed-20260102T2200Z", True)
    assert standing(files, as_of="2026-01-02 18:59") == [announced]
    assert standing(files, as_of="2026-01-02 19:00") == [announced, reminded]
    assert standing(files, as_of="2026-01-02 20:00") == [announced, started]
    assert standing(files, as_of="2026-01-02 22:00") == [announced, started, completed]


def test_maintenance_that_is_moved() -> None:
    """A move is told, and readers are reminded of the new window."""
    text = (
        f"{WORK}\n[SCHEDULED] Later.\nStarts: 2026-01-03 20:00 UTC\nEnds: 2026-01-03 22:00 UTC\n"
        "Updated: 2026-01-02 19:30 UTC\n"
    )
    assert standing({"content/maintenance/disks.md": text}, as_of="2026-01-03 19:00") == [
        ("update", "maintenance-disks-20260101T1200Z", True),
        ("update", "maintenance-disks-20260102T1930Z", True),
        ("reminder", "maintenance-disks-reminder-20260103T2000Z", True),
    ]


@pytest.mark.parametrize("status", ["IN_PROGRESS", "CANCELLED"])
def test_maintenance_by_word(status: str) -> None:
    """Once people say how it goes, the clock says nothing."""
    text = f"{WORK}\n[{status}] So it is.\nUpdated: 2026-01-02 19:30 UTC\n"
    assert standing({"content/maintenance/disks.md": text}, as_of="2026-01-02 23:00") == [
        ("update", "maintenance-disks-20260101T1200Z", True),
        ("update", "maintenance-disks-20260102T1930Z", True),
    ]


def test_postmortem() -> None:
    """A post-mortem is news once it is published."""
    files: Files = {
        "content/incidents/api.md": f"{INCIDENT}\n[RESOLVED] Over.\nUpdated: 17:15 UTC\n",
        "content/postmortems/api.md": "---\npublished: 2026-01-03 09:00 UTC\n---\n# Why\n\nFew.\n",
    }
    assert [kind for kind, *_ in standing(files, as_of="2026-01-03 08:59")] == ["update"] * 2
    assert standing(files, as_of="2026-01-03 09:00")[-1] == ("postmortem", "postmortem-api", True)


@pytest.mark.parametrize(
    ("kind", "prefix", "name"),
    [
        (Kind.POSTMORTEM, "incident", "postmortem-{}"),
        (Kind.STARTED, "maintenance", "maintenance-{}-started-20260102T1700Z"),
        (Kind.COMPLETED, "maintenance", "maintenance-{}-completed-20260102T1730Z"),
    ],
)
def test_renamed(kind: Kind, prefix: str, name: str) -> None:
    """A lesson, or what the clock did, is known under a new name too, and sent no second time."""
    text = "learnt" if kind == Kind.POSTMORTEM else ""
    fields = {"kind": kind, "status": str(kind)}
    old = said(0, text, thread=f"{prefix}-old", id=name.format("old"), **fields)
    new = said(
        0, text, thread=f"{prefix}-new", id=name.format("new"), also=(f"{prefix}-old",), **fields
    )
    assert decide([new], opened([old]), NOW, everybody).due == ()
