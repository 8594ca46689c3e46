"""What the feed tells: one entry per update, the newest 50."""

from statusgen.views.feed import FEED_ENTRIES
from tests.views import incident, maintenance
from tests.worlds import Files, at, view


def test_one_entry_per_update() -> None:
    """Every update is an entry, newest first, those of incidents and maintenance mixed."""
    files: Files = {
        "content/incidents/slow.md": incident("17:05 investigating", "2026-01-03 12:30 resolved"),
        "content/maintenance/disks.md": maintenance(
            "2026-01-02 09:00 scheduled", "2026-01-03 12:00 in_progress"
        ),
    }

    entries = view(files, as_of="2026-01-03 12:45").feed.entries

    assert [(one.title, one.label) for one in entries] == [
        ("The API is slow", "resolved"),
        ("New disks", "in_progress"),
        ("The API is slow", "investigating"),
        ("New disks", "scheduled"),
    ]


def test_entry() -> None:
    """An entry has an id for ever, its own time, and the absolute address of its update."""
    (entry,) = view({"content/incidents/slow.md": incident()}).feed.entries

    assert entry.id == "tag:status.example.com,2026:incident-slow-20260102T1705Z"
    assert entry.at == at("2026-01-02 17:05")
    assert entry.url == ("https://status.example.com/incidents/slow/#incident-slow-20260102T1705Z")


def test_id_stays_where_the_page_moves() -> None:
    """The id does not hang on the path below which the site lives; the address does."""
    files: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/below/\n",
        "content/incidents/slow.md": incident(),
    }

    (entry,) = view(files).feed.entries

    assert entry.id == "tag:status.example.com,2026:incident-slow-20260102T1705Z"
    assert entry.url.startswith("https://status.example.com/below/incidents/slow/#")


def test_limit() -> None:
    """The feed holds the newest 50 updates, whichever story they are of."""
    updates = (
        "17:05 investigating",
        *(f"{hour}:{minute:02} update" for hour in (18, 19) for minute in range(30)),
    )
    files: Files = {"content/incidents/long.md": incident(*updates)}

    entries = view(files).feed.entries

    assert len(entries) == FEED_ENTRIES == 50
    assert (entries[0].at, entries[-1].at) == (at("2026-01-02 19:29"), at("2026-01-02 18:10"))


def test_updates_of_one_minute() -> None:
    """Of the updates of one minute the last word stands first, beyond the tenth too."""
    updates = ("17:05 investigating", *(["17:05 update"] * 11))
    files: Files = {"content/incidents/slow.md": incident(*updates)}

    counters = [entry.id.partition("Z")[2] for entry in view(files).feed.entries]

    assert counters == [*(f"-{number}" for number in range(12, 1, -1)), ""]


def test_date() -> None:
    """The feed's date is that of its newest update, whenever it is built."""
    files: Files = {"content/incidents/slow.md": incident()}

    assert view(files, as_of="2026-01-09 12:00").feed.updated == at("2026-01-02 17:05")
    assert view({}).feed.updated is None


def test_retracted() -> None:
    """An entry of what was reported in error says so."""
    files: Files = {"content/incidents/slow.md": incident(retracted="A probe was broken.")}

    assert [one.label for one in view(files).feed.entries] == ["retracted"]


def test_description() -> None:
    """A site that describes itself describes its feed."""
    described = "title: Example\nurl: https://status.example.com/\ndescription: How we do.\n"

    assert view({}).feed.description == ""
    assert view({"content/site.yml": described}).feed.description == "How we do."


def test_plan() -> None:
    """An entry of a maintenance tells the window as it stood then, one of an incident none."""
    moved = "2026-01-02 09:00 update; Starts: 2026-01-05 15:00 UTC; Ends: 2026-01-05 16:00 UTC"
    files: Files = {
        "content/maintenance/a.md": maintenance("2026-01-01 09:00 scheduled", moved),
        "content/incidents/b.md": incident(),
    }
    plans = [entry.plan for entry in view(files).feed.entries]
    assert [plan and f"{plan.starts:%d %H:%M}" for plan in plans] == [None, "05 15:00", "03 12:00"]
