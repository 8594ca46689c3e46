"""Measure builds: `python -m benchmarks [--sizes 100,1000] [--compare earlier.json]`."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks.measure import Cost, in_turn, kept, peak, rewritten, run
from benchmarks.preview import chromium, saves
from benchmarks.report import Figures, Report, load, save, show
from benchmarks.sites import KINDS, incidents, write_hugo, write_statusgen
from benchmarks.stages import stages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FAST = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one: disks vary most
_ROOM = 20_000
"""How many bytes of disk a build takes for each incident, at most."""

_WATCHED = 2
"""How many cold builds are watched for their memory."""

_ALL = "statusgen"
_SAME = "benchmarks.same"


class Bench:
    """One site, and the ways to build it."""

    def __init__(self, folder: Path, kind: str, size: int) -> None:
        self.kind = kind
        self.size = size
        self.folder = folder
        self.site = folder / "site"
        self.hugo = folder / "hugo"
        self.has_hugo = shutil.which("hugo") is not None
        write_statusgen(self.site, size, kind)
        write_hugo(self.hugo, size, kind)
        *_, newest = incidents(size, kind)
        self.newest = self.site / "content" / "incidents" / f"{newest.slug}.md"
        self.text = self.newest.read_text(encoding="utf-8")

    def figures(self, rounds: int, browser: Browser | None) -> Figures:
        """Measure everything. Cold builds come in turn, after one of each that does not count."""
        ways = [self.build, self.build_same, *([self.build_hugo] if self.has_hugo else [])]
        for way in ways:
            way("warm")
        cold = in_turn(rounds, *ways)
        written = kept(self.folder / "warm")
        unchanged, empty = in_turn(rounds, lambda _: self.build("warm"), _build_nothing)
        one_changed, in_vain = self.changed(rounds)
        spent, artifacts = stages(self.site)
        return Figures(
            kind=self.kind,
            size=self.size,
            cold=cold[0],
            same=cold[1],
            hugo=cold[2] if self.has_hugo else None,
            empty=empty,
            unchanged=unchanged,
            one_changed=one_changed,
            rewritten=in_vain,
            saves=saves(browser, self.site, self.newest.stem, self.save) if browser else None,
            memory=max(peak(*self.ours(_ALL, f"watched-{n}")) for n in range(_WATCHED)),
            hugo_memory=peak(*self.theirs("watched")) if self.has_hugo else None,
            files=len(written),
            megabytes=sum(len(data) for *_, data in written.values()) / 1e6,
            stages=spent,
            artifacts=artifacts,
        )

    def build(self, name: object) -> Cost:
        """Build everything into a folder: a fresh one is a cold build."""
        return run(*self.ours(_ALL, str(name)))

    def build_same(self, name: object) -> Cost:
        """Build the files that Hugo makes too."""
        return run(*self.ours(_SAME, f"same-{name}"))

    def build_hugo(self, name: object) -> Cost:
        """Let Hugo build the same incidents."""
        return run(*self.theirs(str(name)))

    def changed(self, rounds: int) -> tuple[Cost, int]:
        """Change one text and build, several times; count what was written again in vain."""
        costs, in_vain = [], 0
        before = kept(self.folder / "warm")
        for number in range(rounds):
            self.save(f"Round {number}")
            costs.append(self.build("warm"))
            after = kept(self.folder / "warm")
            in_vain += rewritten(before, after)
            before = after
        return Cost.median(costs), in_vain

    def save(self, word: str) -> None:
        """Write the newest incident's file with a word in its newest update."""
        text = self.text.replace("[MONITORING] ", f"[MONITORING] {word}: ")
        self.newest.write_text(text, encoding="utf-8")

    def ours(self, module: str, name: str) -> tuple[str | Path, ...]:
        """Tell the command that builds into a folder of this name."""
        out = self.folder / name
        folders = ("--out", out / "public", "--outbox", out / "outbox")
        return (sys.executable, "-m", module, "build", self.site, *folders)

    def theirs(self, name: str) -> tuple[str | Path, ...]:
        """Tell Hugo's command that builds into a folder of this name."""
        return ("hugo", "--quiet", "-s", self.hugo, "-d", self.folder / f"hugo-{name}")


def _build_nothing(_: object) -> Cost:
    """Let Python begin and end: what is quicker than a second hangs on how quickly it does."""
    return run(sys.executable, "-c", "pass")


@click.command()
@click.option("--sizes", default="100,1000,10000", help="How many incidents, parted by commas.")
@click.option("--rounds", default=5, help="How often each build is run; the median is told.")
@click.option("--save", "place", type=click.Path(path_type=Path), help="Write figures as JSON.")
@click.option("--compare", type=click.Path(exists=True, path_type=Path), help="Earlier figures.")
def main(sizes: str, rounds: int, place: Path | None, compare: Path | None) -> None:
    """Measure builds of sites that are made up, the same ones each time."""
    console = Console(width=None if sys.stdout.isatty() else 165)
    earlier, note = load(compare) if compare else (Report(), "")
    counts = [int(size) for size in sizes.split(",")]
    # To write beside what was just removed takes far longer: all stays until all is measured.
    with tempfile.TemporaryDirectory(dir=_place(counts, rounds)) as folder, chromium() as browser:
        report = Report(python=platform.python_version(), hugo=_hugo_version())
        for size, kind in product(counts, KINDS):
            bench = Bench(Path(folder) / f"{kind}-{size}", kind, size)
            report.sites.append(bench.figures(rounds, browser))
            if place:  # each time: who ends a long measurement keeps what there is
                save(report, place)
    show(report, earlier, console)
    for said in (note, "" if browser else "No Chromium: what a save takes was not measured."):
        if said:
            console.print(said)


def _place(counts: list[int], rounds: int) -> Path | None:
    """Choose the disk in memory, if it holds everything that will be built; None for any other."""
    needed = sum(counts) * len(KINDS) * 3 * (rounds + _WATCHED) * _ROOM
    return _FAST if _FAST.is_dir() and shutil.disk_usage(_FAST).free > needed else None


def _hugo_version() -> str:
    """Tell which Hugo it is; empty where there is none."""
    if not shutil.which("hugo"):
        return ""
    said = subprocess.run(["hugo", "version"], capture_output=True, text=True, check=True).stdout  # noqa: S607 - the one that is compared
    found = re.search(r"v(\d+(?:\.\d+)+)", said)
    return found[1] if found else said.strip()


if __name__ == "__main__":
    main()
