"""`statusgen status`: how things stand, for whoever is on call."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from statusgen.cli.answers import as_json, clock, counted, or_exit
from statusgen.cli.options import as_of_option, now, root_argument
from statusgen.errors import StatusgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime, tzinfo
    from pathlib import Path

    from statusgen.views.standing import Going, Standing, Work

_PAUSE = 5
"""Seconds between two looks of --watch."""


@click.command()
@root_argument
@as_of_option
@click.option("--watch", is_flag=True, help="Look again every few seconds; Ctrl-C ends it.")
@click.option("--json", "is_json", is_flag=True, help="Tell it to a program.")
def status(root: Path, as_of: datetime | None, *, watch: bool, is_json: bool) -> None:
    """Show what is open, whose turn it is, and what is due.

    ROOT is the folder that holds content/; here or the nearest above, unless named. What is
    internal is shown too.
    """
    if watch and is_json:
        message = "--watch shows it to a person, --json tells it to a program: choose one"
        raise click.UsageError(message)
    look = partial(_told, root, as_of, is_json=is_json)
    if watch:
        _watch(look)
    _show(*or_exit(look))


def _watch(look: Callable[[], tuple[str, str]]) -> NoReturn:
    """Look again and again, until Ctrl-C; what cannot be read now is told, and read again."""
    try:
        while True:
            try:
                told = look()
            except StatusgenError as error:
                told = "", f"{error}\n"
            click.clear()
            _show(*told)
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        sys.exit(0)


def _show(said: str, wrong: str) -> None:
    click.echo(wrong, err=True, nl=False)
    click.echo(said, nl=False)


def _told(root: Path, as_of: datetime | None, *, is_json: bool) -> tuple[str, str]:
    """Tell how things stand, and what is wrong with what was read."""
    from statusgen.views.standing import standing  # noqa: PLC0415 - what reads content is imported late
    from statusgen.writing.desk import Desk  # noqa: PLC0415 - as above

    desk = Desk(root, now(as_of), is_whole=True)
    moment = desk.moment
    found = standing(desk.site, desk.config.policy, moment.as_of, moment.until)
    said = as_json(found) if is_json else _lines(_Board(found, desk.config.zone).lines())
    return said, _lines(desk.problems)


class _Board(NamedTuple):
    """How things stand, as lines."""

    found: Standing
    zone: tzinfo

    def lines(self) -> Iterator[str]:
        from statusgen.parse.times import spell  # noqa: PLC0415 - as above

        count = len(self.found.incidents)
        be = "is" if count == 1 else "are"
        told = f"{counted(count, 'incident')} {be} open" if count else "No incident is open"
        yield click.style(f"{told}, {spell(self.found.at, self.zone)}", bold=True)
        for one in self.found.incidents:
            yield from self.incident(one)
        if self.found.maintenances:
            yield from ("", click.style("Maintenance", bold=True))
            yield from (self.work(one) for one in self.found.maintenances)
        if self.found.postmortems:
            yield from ("", click.style("Post-mortems", bold=True))
            yield from (f"  {one.title}: {self.due(one.due)}" for one in self.found.postmortems)

    def incident(self, one: Going) -> Iterator[str]:
        hidden = "draft" if one.draft else str(one.visibility)
        marks = [] if hidden == "public" else [hidden]
        step = one.escalation
        yield ""
        yield f"  {click.style(one.severity, bold=True)}  {one.title}"
        lines = [
            ", ".join([f"{one.status} for {_long(one.minutes)}", *marks]),
            ", ".join(f"{name}: {word.replace('_', ' ')}" for name, word in one.components.items()),
            f"{step.level}: {step.who}" if step else "",
            f"taken up by {one.assignee}" if one.assignee else "taken up by nobody yet",
            f"last word {_long(one.silent)} ago" if one.silent else "last word just now",
            *(f"{duty.task} {self.due(duty.due)}" for duty in one.duties),
            one.slug,
        ]
        yield from (f"         {line}" for line in lines if line)

    def work(self, one: Work) -> str:
        words = str(one.status).replace("_", " ")
        over = ", runs over" if one.runs_over else ""
        return f"  {one.title}: {words}, {self.clock(one.starts)} to {self.clock(one.ends)}{over}"

    def due(self, at: datetime) -> str:
        """Tell by when something is due, and for how long it has been."""
        late = self.found.at - at
        if late >= timedelta():
            told = f"overdue for {_long(int(late.total_seconds()) // 60)}, since {self.clock(at)}"
            return click.style(told, fg="red")
        return f"due by {self.clock(at)}, in {_long(int(-late.total_seconds()) // 60)}"

    def clock(self, at: datetime) -> str:
        return clock(at, self.found.at, self.zone)


def _lines(told: Iterable[object]) -> str:
    return "".join(f"{line}\n" for line in told)


def _long(minutes: int) -> str:
    from statusgen.parse.times import spell_duration  # noqa: PLC0415 - as above

    return spell_duration(timedelta(minutes=minutes))
