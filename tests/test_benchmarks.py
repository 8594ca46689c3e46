"""The benchmark: what it builds is the same each time, and what it measured can be compared.

How long anything takes is not asserted: machines differ.
"""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING

import msgspec
import pytest
from rich.console import Console

from benchmarks.measure import ENVIRONMENT, PROJECT, Cost, kept, rewritten
from benchmarks.preview import Saves
from benchmarks.report import Figures, Report, load, save, show
from benchmarks.sites import KINDS, incidents, write_hugo, write_statusgen
from statusgen.markdown import PLAIN
from tests.worlds import is_moved, tree

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 20
FIGURES = Figures(
    kind="real",
    size=1000,
    cold=Cost(wall=3.0, cpu=5.0),
    same=Cost(wall=2.0, cpu=3.5),
    hugo=Cost(wall=4.0, cpu=6.0),
    empty=Cost(wall=0.012, cpu=0.011),
    rewritten=0,
    saves=Saves(home=0.05, incident=0.04),
    memory=90.0,
    files=1234,
    stages={"parse": 0.1, "html": 0.2},
    artifacts={"html": 1050},
)
REPORT = Report(python="3.11.7", hugo="0.111.3", sites=[FIGURES])


def bodies(size: int, kind: str) -> list[str]:
    """Tell the texts of a site."""
    return [update.body for incident in incidents(size, kind) for update in incident.updates]


def build(module: str, site: Path, out: Path) -> str:
    """Build a site as a whole process, and tell what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", module, "build", site),
            *("--out", out / "public", "--outbox", out / "outbox"),
        ],
        cwd=PROJECT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def printed(report: Report, earlier: Report) -> list[str]:
    """Tell the cells of the rows that are printed."""
    file = StringIO()
    show(report, earlier, Console(file=file, width=250))
    rows = [line for line in file.getvalue().splitlines() if line.startswith("│")]
    return [cell.strip() for row in rows for cell in row.strip("│").split("│")]


@pytest.mark.parametrize("kind", KINDS)
class TestSites:
    """What is built."""

    def test_same_bytes(self, tmp_path: Path, kind: str) -> None:
        """A site is the same each time that it is made, for statusgen and for Hugo."""
        for name in ("one", "two"):
            write_statusgen(tmp_path / name / "ours", SIZE, kind)
            write_hugo(tmp_path / name / "theirs", SIZE, kind)

        assert tree(tmp_path / "one") == tree(tmp_path / "two")

    def test_same_texts(self, tmp_path: Path, kind: str) -> None:
        """Hugo's copy holds the same incidents with the same texts."""
        write_statusgen(tmp_path / "ours", SIZE, kind)
        write_hugo(tmp_path / "theirs", SIZE, kind)

        for incident in incidents(SIZE, kind):
            for site in ("ours", "theirs"):
                path = tmp_path / site / "content" / "incidents" / f"{incident.slug}.md"
                text = path.read_text(encoding="utf-8")
                assert [one.body for one in incident.updates if one.body not in text] == []

    def test_different_texts(self, kind: str) -> None:
        """Hardly any two texts are the same."""
        texts = bodies(500, kind)

        assert len(set(texts)) > 0.9 * len(texts)

    def test_build(self, tmp_path: Path, kind: str) -> None:
        """It has no problem; without what Hugo has not, and only without it, all is the same."""
        write_statusgen(tmp_path, SIZE, kind)
        build("statusgen", tmp_path, tmp_path / "all")
        build("benchmarks.same", tmp_path, tmp_path / "same")

        every, same = (tree(tmp_path / name / "public") for name in ("all", "same"))
        others = re.compile(
            r"api/|components/|search/|uptime|_redirects|badge|widget|status\.|llms\.txt"
            r"|.*\.(ics|atom)$|(updates|history)\.json$|maintenance/updates\.|history\.rss"
        )
        rest = {
            path: data
            for path, data in every.items()
            if not others.match(path) and not is_moved(path)
        }
        assert rest == same
        assert list((tmp_path / "all" / "outbox").glob("*.eml")) != []
        assert tree(tmp_path / "same" / "outbox") == {}


def test_real_texts() -> None:
    """One in a hundred texts of the real kind is more than sentences; of the other every one."""
    marked = {
        kind: sum(not PLAIN.fullmatch(text) for text in bodies(2000, kind)) / 8000 for kind in KINDS
    }

    assert marked["real"] == pytest.approx(0.01, abs=0.005)
    assert marked["markup"] == pytest.approx(1, abs=0.001)


def test_nothing_renders_when_nothing_changed(tmp_path: Path) -> None:
    """The command line without mails imports what renders as late as the ordinary one."""
    write_statusgen(tmp_path, SIZE, "real")
    build("benchmarks.same", tmp_path, tmp_path / "same")
    code = (
        "import os, runpy, sys\n"
        "end = os._exit\n"
        "def told(code):\n"
        "    print('statusgen.renderers' in sys.modules, flush=True)\n"
        "    end(code)\n"
        "os._exit = told\n"
        "sys.argv[0] = 'same'\n"
        "runpy.run_module('benchmarks.same', run_name='__main__', alter_sys=True)\n"
    )
    words = ("build", tmp_path, "--out", tmp_path / "same/public")
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--outbox", tmp_path / "same/outbox"],
        cwd=PROJECT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[1:] == ["False"]


def test_written_in_vain(tmp_path: Path) -> None:
    """A file that was written again counts only where it holds what it held."""
    for name in ("same", "other", "left"):
        (tmp_path / name).write_text("One.")
    before = kept(tmp_path)
    for name, text in (("same", "One."), ("other", "Two."), ("new", "One.")):
        (tmp_path / "staged").write_text(text)
        (tmp_path / "staged").replace(tmp_path / name)

    assert rewritten(before, kept(tmp_path)) == 1


class TestReport:
    """What was measured earlier."""

    def test_compare(self, tmp_path: Path) -> None:
        """Figures come back as they were saved; beside each stands by how much it changed."""
        save(REPORT, tmp_path / "then.json")
        earlier, note = load(tmp_path / "then.json")
        now = msgspec.structs.replace(FIGURES, cold=Cost(wall=1.5, cpu=3.0))

        assert (earlier, note) == (REPORT, "")
        cells = printed(msgspec.structs.replace(REPORT, sites=[now]), earlier)
        assert cells == [
            *("1,000 real", "1.50 (50%)", "2.00 (100%)", "4.00 (100%)", "0.50 (100%)"),
            *("0.012 (100%)", "", "", "0"),
            *("0.050 (100%)", "0.040 (100%)", "90 (100%)", "1,234 (100%)", ""),
            *("1,000 real", "100 (100%)", "200 for 1,050 (100%)"),
        ]

    def test_another_version(self, tmp_path: Path) -> None:
        """What another version saved is compared as far as it goes, and one line says how far."""
        site = {"kind": "real", "size": 1000, "cold": {"wall": 1.0, "cpu": 1.0}, "colour": "red"}
        names = Figures.__struct_fields__
        raw = {name: site.get(name) for name in names if name not in ("hugo", "stages")}
        raw |= {"artifacts": {}, "colour": "red"}
        path = tmp_path / "then.json"
        path.write_bytes(msgspec.json.encode({"sites": [raw], "machine": "ours"}))

        earlier, note = load(path)

        assert note == (
            f"{path} tells nothing of hugo, stages and tells also of colour; that is not compared"
        )
        assert printed(REPORT, earlier)[1:3] == ["3.00 (300%)", "2.00"]

    @pytest.mark.parametrize("data", [b"[]", b"{", b'{"sites": 1}', b'{"sites": [1]}'])
    def test_no_report(self, tmp_path: Path, data: bytes) -> None:
        """What is no report at all is said in one line, and nothing is compared."""
        (tmp_path / "then.json").write_bytes(data)

        earlier, note = load(tmp_path / "then.json")

        assert earlier == Report()
        assert note.endswith("; nothing is compared")
        assert "\n" not in note
