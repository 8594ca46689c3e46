"""What was measured: kept as JSON, and printed beside what was measured earlier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from rich.table import Table

from benchmarks.measure import Cost
from benchmarks.preview import Saves

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured of one site; what was not is None, or was not yet when it was saved."""

    kind: str = ""
    size: int = 0
    cold: Cost | None = None
    same: Cost | None = None
    hugo: Cost | None = None
    empty: Cost | None = None
    unchanged: Cost | None = None
    one_changed: Cost | None = None
    rewritten: int | None = None
    saves: Saves | None = None
    memory: float | None = None
    hugo_memory: float | None = None
    files: int | None = None
    megabytes: float | None = None
    stages: dict[str, float] = {}
    artifacts: dict[str, int] = {}


class Report(Struct, frozen=True, kw_only=True):
    """What was measured of all sites, and with which versions."""

    python: str = ""
    hugo: str = ""
    sites: list[Figures] = []


class Column(Struct, frozen=True):
    """One figure of each site: its name, how it is read off, and how it is written."""

    name: str
    read: Callable[[Figures], float | None]
    form: str


def _wall(cost: Cost | None) -> float | None:
    return cost.wall if cost else None


COLUMNS = (
    Column("cold, all", lambda one: _wall(one.cold), ".2f"),
    Column("cold, same set", lambda one: _wall(one.same), ".2f"),
    Column("Hugo", lambda one: _wall(one.hugo), ".2f"),
    Column(
        "same set ÷ Hugo",
        lambda one: one.same.wall / one.hugo.wall if one.same and one.hugo else None,
        ".2f",
    ),
    Column("empty Python", lambda one: _wall(one.empty), ".3f"),
    Column("nothing changed", lambda one: _wall(one.unchanged), ".3f"),
    Column("one changed", lambda one: _wall(one.one_changed), ".3f"),
    Column("written in vain", lambda one: one.rewritten, "d"),
    Column("save to home", lambda one: one.saves.home if one.saves else None, ".3f"),
    Column("save to incident", lambda one: one.saves.incident if one.saves else None, ".3f"),
    Column("memory, MB", lambda one: one.memory, ".0f"),
    Column("files", lambda one: one.files, ",d"),
    Column("MB", lambda one: one.megabytes, ".1f"),
)


def save(report: Report, path: Path) -> None:
    """Write a report as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


def load(path: Path) -> tuple[Report, str]:
    """Read a report that another version may have saved; tell what cannot be compared, if any."""
    try:
        raw = msgspec.json.decode(path.read_bytes())
        report = msgspec.convert(raw, Report)
    except msgspec.DecodeError as error:
        return Report(), f"{path}: {error}; nothing is compared"
    told = {name for site in raw.get("sites", ()) for name in site}
    known = set(Figures.__struct_fields__)
    parts = [
        f"{word} {', '.join(sorted(names))}"
        for word, names in (("tells nothing of", known - told), ("tells also of", told - known))
        if names and told
    ]
    return report, f"{path} {' and '.join(parts)}; that is not compared" if parts else ""


def show(report: Report, earlier: Report, console: Console) -> None:
    """Print what was measured, and by how much it is what it was earlier."""
    before = {(one.kind, one.size): one for one in earlier.sites}
    beside = f", Hugo {report.hugo}" if report.hugo else ""
    what = "seconds of whole processes, memory of all at most when cold"
    table = Table(title=f"Python {report.python}{beside}: {what}")
    table.add_column("site", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column.name, justify="right")
    for one in report.sites:
        past = before.get((one.kind, one.size), Figures())
        table.add_row(_site(one), *(_cell(column, one, past) for column in COLUMNS))
    console.print(table)
    console.print(_steps(report, before))


def _steps(report: Report, before: dict[tuple[str, int], Figures]) -> Table:
    table = Table(
        title="Steps in one process: milliseconds, and of each renderer for how many artifacts"
    )
    table.add_column("site", no_wrap=True)
    names = list(dict.fromkeys(name for one in report.sites for name in one.stages))
    for name in names:
        table.add_column(name, justify="right")
    for one in report.sites:
        past = before.get((one.kind, one.size), Figures())
        table.add_row(_site(one), *(_step(name, one, past) for name in names))
    return table


def _site(one: Figures) -> str:
    return f"{one.size:,} {one.kind}"


def _cell(column: Column, one: Figures, past: Figures) -> str:
    now = column.read(one)
    if now is None:
        return ""
    return f"{now:{column.form}}{_versus(now, column.read(past))}"


def _step(name: str, one: Figures, past: Figures) -> str:
    now = one.stages.get(name)
    if now is None:
        return ""
    count = f" for {one.artifacts[name]:,}" if name in one.artifacts else ""
    return f"{now * 1000:.0f}{count}{_versus(now, past.stages.get(name))}"


def _versus(now: float, then: float | None) -> str:
    """Tell how a figure stands to the earlier one."""
    return f" ({now / then:.0%})" if then else ""
