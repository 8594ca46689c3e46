"""A seal tells at once that nothing is to be done, and never when something is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from statusgen import seal
from statusgen.build import Order, build
from statusgen.errors import ContentErrors, ThemeError
from statusgen.model import Moment
from statusgen.output import Output, Published
from statusgen.seal import examine
from tests import worlds
from tests.folders import new_folder
from tests.strategies import sites, times, zones
from tests.test_meaning import seen
from tests.worlds import MINIMAL, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from statusgen.model import Site
    from statusgen.seal import Findings

PROJECT = Path(__file__).parents[1]
NOW = at("2026-01-03 12:00")
SLOW = "content/incidents/slow.md"
INCIDENT = worlds.INCIDENT.replace("partial_outage", "degraded_performance")

UNPRINTABLE = os.fsdecode(b"a\xff.md")

ODDITIES: dict[str, Callable[[Path], object]] = {
    "a link that leads nowhere": lambda root: link(root / "content/incidents/b.md", "nowhere"),
    "a link to a folder": lambda root: link(root / "content/incidents/b", root / "content/files"),
    "a link to what was there": lambda root: link(root / SLOW, shutil.move(root / SLOW, root)),
    "an incident of nothing": lambda root: (root / "content/incidents/b").mkdir(),
    "a folder of no name": lambda root: (root / "content/foo").mkdir(),
    "a pipe": lambda root: os.mkfifo(root / "content/incidents/b.md"),
    "a name of no letters": lambda root: (root / "content" / UNPRINTABLE).touch(),
    "one of the theme": lambda root: write(root, {f"overrides/static/{UNPRINTABLE}": "a"}),
}
"""What the content and a theme cannot hold."""

RENDERING = ("jinja2", "markdown", "feedgen", "watchdog", "nh3", "yaml", "babel", "msgspec")
"""What a build that has nothing to do need not import."""

IMPORTED = """
import sys
from statusgen.cli import cli
cli(sys.argv[1:], standalone_mode=False)
print(*sorted(sys.modules))
"""


def link(place: Path, target: str | Path) -> None:
    """Make a link."""
    place.symlink_to(target)


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site that was built."""
    with new_folder() as folder:
        write(folder, MINIMAL | {SLOW: INCIDENT, "content/files/a": "a"})
        publish(folder)
        yield folder


def found(root: Path, as_of: datetime = NOW, *, is_clock: bool = False) -> Findings:
    """Look at a site before a build."""
    return examine(root, root / "public", root / "outbox", as_of, is_clock=is_clock)


class TestNothingToDo:
    """What a build finds that has nothing to do."""

    def test_second_build(self, root: Path) -> None:
        """A second build is done before it begins, and says what the first one said."""
        before = tree(root)
        assert found(root).is_done
        count = len(tree(root / "public")) + len(tree(root / "outbox"))
        assert publish(root) == (Published(unchanged=count), "")
        assert tree(root) == before

    def test_withheld(self, root: Path) -> None:
        """It says again what is withheld."""
        draft = INCIDENT.replace("severity", "draft: yes\nseverity")
        write(root, {"content/incidents/draft.md": draft})
        assert publish(root)[1] == publish(root)[1] == "1 draft"

    def test_imports(self, root: Path) -> None:
        """Nothing that parses or renders is imported to find that there is nothing to do."""
        command = [sys.executable, "-c", IMPORTED, "build", str(root)]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
        )
        said, imported = done.stdout.splitlines()
        assert said.startswith(f"Built {root}/public: 0 written; ")
        assert set(imported.split()).isdisjoint(RENDERING)

    @pytest.mark.parametrize("path", ["content/.hidden", "content/incidents/slow.md~"])
    def test_leftovers(self, root: Path, path: str) -> None:
        """What editors leave is not content."""
        write(root, {path: "x"})
        assert found(root).is_done

    @pytest.mark.parametrize("how", ODDITIES)
    def test_what_is_no_file_of_the_site(self, root: Path, how: str) -> None:
        """What a clean build refuses is refused beside what was built as well."""
        ODDITIES[how](root)
        assert not found(root).is_done
        with pytest.raises((ContentErrors, ThemeError)):
            publish(root)

    def test_folders_with_nothing_in_them(self, root: Path) -> None:
        """A folder that waits for its first file is none of that."""
        for name in ("content/maintenance", "content/files/b/c", "overrides/static"):
            (root / name).mkdir(parents=True)
        (root / "content/maintenance/.gitkeep").touch()
        publish(root)
        assert found(root).is_done

    def test_links(self, root: Path, tmp_path: Path) -> None:
        """A link within the content is what it leads to, and so is any of a theme."""
        (root / "content/incidents/b.md").symlink_to("slow.md")
        (tmp_path / "own.css").write_text("a {}")
        (root / "overrides/static").mkdir(parents=True)
        (root / "overrides/static/own.css").symlink_to(tmp_path / "own.css")
        publish(root)
        assert found(root).is_done
        (tmp_path / "own.css").write_text("b {}")
        assert not found(root).is_done

    def test_times_of_the_content(self, root: Path) -> None:
        """A fresh clone has new times, and the same content."""
        os.utime(root / SLOW)
        assert found(root).is_done

    def test_another_place(self, root: Path, tmp_path: Path) -> None:
        """What was copied elsewhere is read once, written nowhere, and sealed there."""
        copy = tmp_path / "copy"
        shutil.copytree(root, copy)
        assert not found(copy).is_done
        assert publish(copy)[0].written == 0
        assert found(copy).is_done


class TestSomethingToDo:
    """What breaks a seal."""

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            pytest.param(SLOW, INCIDENT.replace("slow", "fast"), id="other content"),
            pytest.param(SLOW, INCIDENT.replace("slow", "SLOW"), id="content of one size"),
            pytest.param("content/incidents/new.md", INCIDENT, id="new content"),
            pytest.param("content/files/a", "b", id="a file"),
            pytest.param("overrides/templates/home.html", "x", id="an override"),
            pytest.param("overrides/static/data.bak", "x", id="an override, whatever its name"),
            pytest.param("themes/mine/theme.toml", "", id="a theme"),
            pytest.param("public/index.html", "x", id="a page"),
            pytest.param("outbox/incident-slow-20260102T1705Z.eml", "x", id="a mail"),
        ],
    )
    def test_change(self, root: Path, path: str, text: str) -> None:
        """Whatever is written, at once and whatever its times, is found."""
        place = root / path
        times = (place.stat().st_atime_ns, place.stat().st_mtime_ns) if place.exists() else None
        write(root, {path: text})
        if times:
            os.utime(place, ns=times)
        assert not found(root).is_done

    @pytest.mark.parametrize("path", [SLOW, "public/index.html", "public/files/a"])
    def test_removal(self, root: Path, path: str) -> None:
        """Whatever is removed is found."""
        (root / path).unlink()
        assert not found(root).is_done

    def test_swap(self, root: Path) -> None:
        """A page that was replaced by one of the same size and time is found."""
        place = root / "public/index.html"
        kept = place.stat()
        other = place.with_name("other")
        other.write_bytes(b"x" * kept.st_size)
        os.utime(other, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        other.replace(place)
        assert not found(root).is_done

    def test_whole_paths(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a system cannot find files from an open folder, all of this is so as well."""
        monkeypatch.setattr(os, "supports_dir_fd", set())
        assert found(root).is_done
        page = root / "public/index.html"
        page.write_text(page.read_text() + " ")
        assert found(root).gone == {"public/index.html"}
        publish(write(root, {SLOW: INCIDENT.replace("looking", "still looking")}))
        assert found(root).is_done

    def test_another_program(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another version of the program, or of what renders, may make something else of it."""
        monkeypatch.setattr(seal, "_tool", ["another"])
        assert not found(root).is_done

    def test_clock(self, root: Path) -> None:
        """By the clock, updates from the future are mistakes: that has to be looked for."""
        assert not found(root, is_clock=True).is_done

    @pytest.mark.parametrize(
        "as_of", ["2026-01-03 11:59", "2026-01-02 17:30", "2026-01-04 00:00", "2027-01-01 00:00"]
    )
    def test_another_moment(self, root: Path, as_of: str) -> None:
        """A seal holds until the day ends, and at no moment before it was made."""
        assert found(root, at("2026-01-03 23:59")).is_done
        assert not found(root, at(as_of)).is_done

    @given(st.data())
    @settings(max_examples=40)
    def test_damage(self, data: st.DataObject) -> None:
        """A seal in which a single byte is wrong counts as none."""
        with new_folder() as root:
            publish(write(root, MINIMAL))
            place = root / ".statusgen/public.seal"
            damaged = bytearray(place.read_bytes())
            damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
            place.write_bytes(damaged)
            assert not found(root).is_done

    def test_outage(self, root: Path) -> None:
        """While an outage goes on, a seal holds for its moment: seconds are counted."""
        publish(write(root, {SLOW: worlds.INCIDENT}))
        assert found(root).is_done
        assert not found(root, NOW + timedelta(seconds=1)).is_done

    def test_something_in_its_place(self, root: Path) -> None:
        """What stands in the place of a seal is no seal, and gives way to one."""
        place = root / ".statusgen/public.seal"
        place.unlink()
        place.mkdir()
        assert not found(root).is_done
        write(root, {SLOW: INCIDENT.replace("slow", "fast")})
        assert publish(root)[0].written > 0
        assert found(root).is_done


class TestChangeWhileReading:
    """Content that changes between two looks of one build."""

    @pytest.mark.parametrize("is_known", [True, False])
    def test_change_and_back(self, root: Path, *, is_known: bool) -> None:
        """What changes after it was looked at, and back again, is on the page as it is at last."""
        first, second = INCIDENT.replace("slow", "first"), INCIDENT.replace("slow", "second")
        write(root, {SLOW: first})
        if is_known:
            publish(root)
        looked = found(root)
        write(root, {SLOW: second})
        output = Output(public=root / "public", outbox=root / "outbox")
        build(root, output, Order(Moment(as_of=NOW)), looked._replace(is_done=False))
        for text, word in ((first, "first"), (second, "second"), (first, "first")):
            write(root, {SLOW: text})
            publish(root)
            assert f"The API is {word}" in (root / "public/index.html").read_text()


@given(sites(), times, zones, st.floats(min_value=0, max_value=1, exclude_max=True))
def test_until(site: Site, as_of: datetime, zone: str, share: float) -> None:
    """As long as a view says that it holds, it is what would be derived at that moment."""
    before = seen(site, as_of, zone)
    moment = as_of + (before.until - as_of) * share
    assume(moment < before.until)  # microseconds are rounded
    assert seen(site, moment, zone) == before


@given(sites(), times, zones, st.floats(min_value=0, max_value=1, exclude_max=True))
def test_until_by_the_clock(site: Site, as_of: datetime, zone: str, share: float) -> None:
    """By the clock too, whose next minutes count as past."""
    as_of -= timedelta(minutes=5)
    before = seen(site, as_of, zone, is_clock=True)
    moment = as_of + (before.until - as_of) * share
    assume(moment < before.until)  # microseconds are rounded
    assert seen(site, moment, zone, is_clock=True) == before
