"""What commands take: folders, and the moment that the page speaks of."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statusgen.seal import site_of

if TYPE_CHECKING:
    from statusgen.model import Moment

ROOT = click.Path(exists=True, file_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def here() -> Path:
    """Find the site that the current folder belongs to."""
    return Path(site_of("."))


root_argument = click.argument("root", type=ROOT, default=here)
root_option = click.option(
    "--root",
    type=ROOT,
    default=here,
    help="The folder that holds content/.  [default: here, or the nearest above]",
)


def _instant(text: str) -> datetime:
    """Read a time as it is written in content; without a zone it is in UTC."""
    from statusgen.parse.times import TimeError, read_time  # noqa: PLC0415 - a build with nothing to do needs none of it

    try:
        return read_time(text).instant(UTC)
    except TimeError as error:
        raise click.BadParameter(str(error)) from None


as_of_option = click.option(
    "--as-of",
    type=_instant,
    metavar="TIME",
    help="The moment that the page speaks of, like '2026-01-02 17:05 UTC'; what comes later has "
    "not happened yet.  [default: SOURCE_DATE_EPOCH where that is set, else now]",
)


def settled(as_of: datetime | None) -> tuple[datetime, bool]:
    """Settle which moment the page speaks of, and whether it is the clock's.

    SOURCE_DATE_EPOCH: reproducible-builds.org.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if as_of is None and epoch:
        as_of = _epoch(epoch)
    if as_of is not None:
        return as_of, False
    return datetime.now(UTC).replace(microsecond=0), True


def now(as_of: datetime | None) -> Moment:
    """Settle the moment for what looks at it again and again."""
    from statusgen.model import Moment  # noqa: PLC0415 - a build with nothing to do needs none of it

    instant, is_clock = settled(as_of)
    return Moment(as_of=instant, is_clock=is_clock)


def _epoch(text: str) -> datetime:
    """Read seconds since 1970; ten digits reach the year 2286."""
    if not re.fullmatch(r"[0-9]{1,10}", text):
        message = f"SOURCE_DATE_EPOCH is {text!r}; write whole seconds since 1970, like 1767373500"
        raise click.UsageError(message)
    return datetime.fromtimestamp(int(text), UTC)
