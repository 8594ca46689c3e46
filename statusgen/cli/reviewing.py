"""`statusgen report`: how the team did, by its policy."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import click

from statusgen.cli.answers import as_json, counted, or_exit
from statusgen.cli.options import as_of_option, now, root_argument
from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from statusgen.views.review import Review, ReviewLesson, ReviewRow, Tempo

_MONTH = expression(r"(\d{4})-(0[1-9]|1[0-2])")
_HEAD = ("Severity", "Incidents", "Taken up", "Identified", "Resolved", "Silence")
_NOTE = "Each time is that of the middle incident from its start, max that of the slowest."
_NOTHING = "-"
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


def _month(_context: click.Context, _option: click.Parameter, given: str | None) -> date | None:
    if given is None:
        return None
    found = _MONTH.fullmatch(given)
    if not found or int(found[1]) not in range(_FIRST_YEAR, _LAST_YEAR):
        message = f"{given!r} is no month: write it like 2026-01"
        raise click.BadParameter(message)
    return date(int(found[1]), int(found[2]), 1)


@click.command()
@root_argument
@click.option(
    "--month", callback=_month, help="The month that it tells of, like 2026-01.  [default: all]"
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, a text, a table or a program.",
)
@as_of_option
def report(root: Path, month: date | None, kind: str, as_of: datetime | None) -> None:
    """Report how soon incidents were taken up, understood and over.

    ROOT is the folder that holds content/; here or the nearest above, unless named. What is
    internal counts too, drafts and what was reported in error do not. Post-mortems that are late
    are told, and uptime.
    """
    moment = now(as_of)

    def look() -> Review:
        from statusgen.reading import read  # noqa: PLC0415 - what reads content is imported late
        from statusgen.views import timeline  # noqa: PLC0415 - as above
        from statusgen.views.review import review  # noqa: PLC0415 - as above

        content = read(root, moment)
        site = timeline.cut(content.site, moment.until)
        return review(site, content.config, moment.as_of, month)

    click.echo(_WRITERS[kind](or_exit(look)), nl=False)


def _text(one: Review) -> str:
    """Write it for a terminal, in tables."""
    from rich.console import Console  # noqa: PLC0415 - only tables need it
    from rich.table import Table  # noqa: PLC0415 - as above

    width = min(max(Console().width, 60), 120)
    console = Console(width=width, highlight=False, emoji=False, markup=False)

    def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        made = Table(*head, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="none")
        for row in rows:
            made.add_row(*row)
        console.print("", made)

    with console.capture() as captured:
        console.print(_title(one))
        table(_HEAD, [_cells(row, "\n") for row in one.rows])
        console.print(f"\n{_NOTE}")
        if one.lessons:
            console.print(f"\n{_lessons(one)}")
        if wanting := _wanting(one):
            table(("Incident", "Due", "Published"), [_lesson(each) for each in wanting])
        if one.uptime:
            rows = [(each.name, _share(each.uptime)) for each in one.uptime]
            table(("Component", "Uptime"), rows)
    lines = [line.rstrip() for line in captured.get().rstrip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


def _markdown(one: Review) -> str:
    """Write it for a text: a ticket, a wiki, the comment of a pull request."""

    def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        told = [head, ["---"] * len(head), *rows]
        return ["", *(f"| {' | '.join(map(_escaped, row))} |" for row in told)]

    lines = [f"# {_title(one)}", *table(_HEAD, [_cells(row, ", ") for row in one.rows]), "", _NOTE]
    if one.lessons:
        lines += ["", "## Post-mortems", "", _lessons(one)]
        if wanting := _wanting(one):
            lines += table(("Incident", "Due", "Published"), [_lesson(each) for each in wanting])
    if one.uptime:
        rows = [(each.name, _share(each.uptime)) for each in one.uptime]
        lines += ["", "## Uptime", *table(("Component", "Uptime"), rows)]
    return "\n".join([*lines, ""])


def _csv(one: Review) -> str:
    """Write the incidents as a table for a spreadsheet, times in seconds; no cell needs quotes."""
    steps = ("acknowledged", "identified", "resolved", "silence")
    heads = [f"{step}_{what}" for step in steps for what in ("median", "slowest")]
    rows = [["severity", "incidents", *heads]]
    for row in one.rows:
        tempos: list[Tempo | None] = [getattr(row, step) for step in steps]
        spans = [span for each in tempos for span in _spans(each)]
        rows.append([row.severity or "all", str(row.count), *spans])
    return "".join(f"{','.join(row)}\n" for row in rows)


def _spans(one: Tempo | None) -> tuple[str, str]:
    if one is None:
        return "", ""
    return str(int(one.median.total_seconds())), str(int(one.slowest.total_seconds()))


_WRITERS: dict[str, Callable[[Review], str]] = {
    "text": _text,
    "markdown": _markdown,
    "csv": _csv,
    "json": as_json,
}


def _title(one: Review) -> str:
    return f"Incidents of {one.month:%B %Y}" if one.month else "All incidents"


def _cells(row: ReviewRow, between: str) -> tuple[str, ...]:
    tempos = (row.acknowledged, row.identified, row.resolved, row.silence)
    told = (_tempo(each, between) for each in tempos)
    return (row.severity or "All", str(row.count), *told)


def _tempo(one: Tempo | None, between: str) -> str:
    from statusgen.parse.times import spell_duration  # noqa: PLC0415 - as above

    if one is None:
        return _NOTHING
    told = spell_duration(one.median)
    return (
        told if one.median == one.slowest else f"{told}{between}max {spell_duration(one.slowest)}"
    )


def _lessons(one: Review) -> str:
    late = f"{one.late} late" if one.late else "none late"
    return f"{counted(len(one.lessons), 'post-mortem')} asked for, {late}"


def _wanting(one: Review) -> list[ReviewLesson]:
    """Tell those that are late, or not there yet."""
    return [each for each in one.lessons if each.is_late or each.published is None]


def _lesson(one: ReviewLesson) -> tuple[str, str, str]:
    published = f"{one.published:%Y-%m-%d %H:%M UTC}" if one.published else "not yet"
    return (one.title, f"{one.due:%Y-%m-%d %H:%M UTC}", published)


def _share(uptime: float | None) -> str:
    return _NOTHING if uptime is None else f"{int(uptime * 10_000 + 1e-9) / 100:.2f} %"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
