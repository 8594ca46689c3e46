"""Measure builds: `python -m benchmarks [--sizes 100,1000] [--compare earlier.json]`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import click
import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Cost, in_turn, run
from benchmarks.preview import save_to_browser
from benchmarks.sites import write_hugo, write_statusgen
from benchmarks.stages import stages

KINDS = ("real", "markup")
_FAST = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one: disks vary most


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured of one site."""

    kind: str
    size: int
    cold: Cost
    same: Cost
    unchanged: Cost
    one_changed: Cost
    saved: float | None
    hugo: Cost | None
    files: int
    rewritten: int
    megabytes: float
    stages: dict[str, float]


class Bench:
    """One site, and the ways to build it."""

    def __init__(self, folder: Path, kind: str, size: int) -> None:
        self.kind = kind
        self.size = size
        self.folder = folder
        self.site = folder / "site"
        self.hugo = folder / "hugo"
        write_statusgen(self.site, size, kind)
        incidents = (self.site / "content" / "incidents").iterdir()
        self.newest = next(path for path in incidents if path.stem.endswith(f"-{size - 1}"))
        self.text = self.newest.read_text(encoding="utf-8")

    def figures(self, rounds: int) -> Figures:
        """Measure everything, ours and Hugo's cold builds in turn."""
        self.build("warm-up")
        cold = [
            lambda number: self.build(f"cold-{number}"),
            lambda number: self.build(f"same-{number}", "benchmarks.same"),
        ]
        if shutil.which("hugo"):
            write_hugo(self.hugo, self.size, self.kind)
            cold.append(self.build_hugo)
        costs = in_turn(rounds, *cold)
        before = self.stamps()
        unchanged = in_turn(rounds, lambda _: self.build("warm-up"))[0]
        one_changed = in_turn(rounds, self.build_changed)[0]
        after = self.stamps()
        written = [path for path in (self.folder / "warm-up").rglob("*") if path.is_file()]
        return Figures(
            kind=self.kind,
            size=self.size,
            cold=costs[0],
            same=costs[1],
            unchanged=unchanged,
            one_changed=one_changed,
            saved=save_to_browser(self.site, self.newest, rounds),
            hugo=costs[2] if len(costs) > 2 else None,  # noqa: PLR2004 - ours are two
            files=len(written),
            rewritten=sum(
                after[path][0] == digest and after[path][1] != stamp
                for path, (digest, stamp) in before.items()
            ),
            megabytes=sum(path.stat().st_size for path in written) / 1e6,
            stages=stages(self.site),
        )

    def stamps(self) -> dict[Path, tuple[bytes, tuple[int, int]]]:
        """Tell of each file what it holds, and what tells whether it was written again."""
        files = (path for path in (self.folder / "warm-up").glob("[po]*/**/*") if path.is_file())
        return {
            path: (path.read_bytes(), (path.stat().st_ino, path.stat().st_mtime_ns))
            for path in files
        }

    def build(self, name: str, module: str = "statusgen") -> Cost:
        """Build into a folder: a fresh one is a cold build."""
        out = self.folder / name
        folders = ("--out", out / "public", "--outbox", out / "outbox")
        return run(sys.executable, "-m", module, "build", self.site, *folders)

    def build_changed(self, number: int) -> Cost:
        """Change one text, and build into the folder that is there."""
        changed = self.text.replace("[INVESTIGATING] ", f"[INVESTIGATING] Word {number}: ")
        self.newest.write_text(changed, encoding="utf-8")
        return self.build("warm-up")

    def build_hugo(self, number: int) -> Cost:
        """Let Hugo build the same incidents into a fresh folder."""
        return run("hugo", "--quiet", "-d", self.folder / f"hugo-{number}", folder=self.hugo)


@click.command()
@click.option("--sizes", default="100,1000,10000", help="How many incidents, parted by commas.")
@click.option("--rounds", default=5, help="How often each build is run; the median is told.")
@click.option("--save", type=click.Path(path_type=Path), help="Write the figures as JSON.")
@click.option("--compare", type=click.Path(exists=True, path_type=Path), help="Earlier figures.")
def main(sizes: str, rounds: int, save: Path | None, compare: Path | None) -> None:
    """Measure builds of sites that are made up, the same ones each time."""
    earlier = msgspec.json.decode(compare.read_bytes(), type=list[Figures]) if compare else []
    found = []
    for size in map(int, sizes.split(",")):
        for kind in KINDS:
            place = _FAST if _FAST.is_dir() else None
            with tempfile.TemporaryDirectory(dir=place) as folder:
                found.append(Bench(Path(folder), kind, size).figures(rounds))
    show(found, earlier)
    if save:
        save.write_bytes(msgspec.json.encode(found))


def show(found: list[Figures], earlier: list[Figures]) -> None:
    """Print what was measured, beside what was measured earlier."""
    before = {(each.kind, each.size): each for each in earlier}
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(title="Whole processes: seconds on the wall, and the memory of all in MB")
    for name in (
        "site",
        "cold",
        "same files",
        "÷ Hugo",
        "nothing changed",
        "one changed",
        "save to browser",
        "memory",
        "files",
        "MB",
    ):
        table.add_column(name, justify="left" if name == "site" else "right")
    for one in found:
        past = before.get((one.kind, one.size))
        versus = partial(_versus, past)
        table.add_row(
            f"{one.size:,} {one.kind}",
            versus(one.cold.wall, "cold"),
            versus(one.same.wall, "same"),
            f"{one.same.wall / one.hugo.wall:.2f}" if one.hugo else "",
            versus(one.unchanged.wall, "unchanged"),
            versus(one.one_changed.wall, "one_changed"),
            f"{one.saved:.3f}" if one.saved else "",
            f"{one.cold.memory:.0f}",
            f"{one.files:,}" + f" ({one.rewritten} rewritten)" * bool(one.rewritten),
            f"{one.megabytes:.1f}",
        )
    console.print(table)
    steps = Table(title="Steps in one process: milliseconds")
    steps.add_column("site")
    names = list(dict.fromkeys(name for one in found for name in one.stages))
    for name in names:
        steps.add_column(name, justify="right")
    for one in found:
        cells = (f"{one.stages.get(name, 0) * 1000:.0f}" for name in names)
        steps.add_row(f"{one.size:,} {one.kind}", *cells)
    console.print(steps)


def _versus(past: Figures | None, seconds: float, name: str) -> str:
    """Tell a figure, and how it stands to the earlier one."""
    if past is None:
        return f"{seconds:.2f}"
    cost: Cost = getattr(past, name)
    return f"{seconds:.2f} ({seconds / cost.wall:.0%})"


if __name__ == "__main__":
    main()
