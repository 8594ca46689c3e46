"""The files that the search of the history asks for."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from statusgen.renderers import search
from tests import examples
from tests.views import incident, maintenance
from tests.worlds import INCIDENT, MINIMAL, Files, is_moved, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from statusgen.theme import Theme
    from statusgen.views.search import SearchIndex


def index(root: Path) -> list[dict[str, Any]]:
    """Read what can be found, where that is one part."""
    (part,) = (root / "public/search").iterdir()
    data = json.loads(part.read_bytes())
    assert data.keys() == {"entries"}
    entries: list[dict[str, Any]] = data["entries"]
    return entries


def test_entry(tmp_path: Path) -> None:
    """An entry says in words what it is called, when it was, how it stands and what was said."""
    story = INCIDENT.replace(
        "We are looking into it.", "We **are** looking\n\n- into <b>it</b> &amp; more"
    )
    publish(write(tmp_path, MINIMAL | {"content/incidents/slow.md": story}))

    assert index(tmp_path) == [
        {
            "path": "incidents/slow/",
            "title": "The API is slow",
            "date": "2026-01-02",
            "day": "2 January 2026",
            "status": "Investigating",
            "components": "API",
            "text": "We are looking into it & more",
        }
    ]


def test_retracted(tmp_path: Path) -> None:
    """What was reported in error is found as such."""
    files: Files = {"content/incidents/slow.md": incident(retracted="A slip.")}
    publish(write(tmp_path, MINIMAL | files))

    assert [one["status"] for one in index(tmp_path)] == ["Retracted"]


def test_every_page_can_be_found() -> None:
    """Every incident and every maintenance that has a page is in the index of one year."""
    public = examples.own().public
    found = [
        one["path"]
        for path in (public / "search").iterdir()
        for one in json.loads(path.read_bytes())["entries"]
    ]
    pages = [
        f"{path.parent.relative_to(public)}/"
        for folder in ("incidents", "maintenance")
        for path in (public / folder).glob("*/index.html")
        if not is_moved(path)
    ]
    assert pages
    assert sorted(found) == sorted(pages)


def test_untouched_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year in which nothing has changed is not made again, whatever changes in another."""
    log = tmp_path / "made"  # a file, since another process may do the work

    def recorded(render: Callable[[SearchIndex, Theme], bytes]) -> Callable[..., bytes]:
        @wraps(render)
        def record(view: SearchIndex, theme: Theme) -> bytes:
            with log.open("a") as lines:
                lines.write(" ".join(one.path for one in view.entries) + "\n")
            return render(view, theme)

        return record

    monkeypatch.setattr(search, "render", recorded(search.render))
    old = incident("2024-05-02 09:00 resolved", started="2024-05-02 09:00 UTC")
    files: Files = {
        "content/incidents/old.md": old,
        "content/incidents/new.md": incident(),
        "content/maintenance/disks.md": maintenance(),
    }
    root = write(tmp_path, MINIMAL | files)
    publish(root, as_of="2026-01-04 12:00")
    assert len(log.read_text().splitlines()) == 2

    changes = (
        ("content/incidents/old.md", old.replace("know", "knew"), "incidents/old/"),
        (
            "content/maintenance/disks.md",
            maintenance().replace("know", "knew"),
            "maintenance/disks/ incidents/new/",
        ),
        (
            "content/incidents/new.md",
            incident().replace("know", "knew"),
            "maintenance/disks/ incidents/new/",
        ),
    )
    for path, text, expected in changes:
        log.unlink()
        publish(write(root, {path: text}), as_of="2026-01-04 12:00")
        assert log.read_text().splitlines() == [expected]


def test_renamed_component(tmp_path: Path) -> None:
    """A component is found by the name that it has now."""
    root = write(tmp_path, MINIMAL | {"content/incidents/slow.md": INCIDENT})
    publish(root)
    publish(
        write(
            root, {"content/components.yml": "- {id: api, name: Interface}\n- {id: db, name: D}\n"}
        )
    )

    assert [one["components"] for one in index(root)] == ["Interface"]


def test_a_year_that_is_gone(tmp_path: Path) -> None:
    """The index of a year of which nothing is left goes."""
    root = write(tmp_path, MINIMAL | {"content/incidents/slow.md": INCIDENT})
    publish(root)
    (root / "content/incidents/slow.md").unlink()
    publish(root)

    assert not [path for path in tree(root / "public") if path.startswith("search/")]
