"""How commands answer: what could not be done, counts in words, and JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from statusgen.errors import ContentErrors, StatusgenError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

T = TypeVar("T")

_INTERRUPTED = 130
"""What shells take for the end by Ctrl-C."""


def or_exit(work: Callable[[], T], *, so: str = "") -> T:
    """Do the work, or say on standard error why it cannot be done, and exit with 1."""
    try:
        return work()
    except ContentErrors as error:
        click.echo(error, err=True)
        click.echo(f"{counted(len(error.problems), 'problem')}{so}.", err=True)
    except StatusgenError as error:
        click.echo(f"statusgen: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("statusgen: interrupted", err=True)
        sys.exit(_INTERRUPTED)
    sys.exit(1)


def clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write a time for a person: of today without the date."""
    from statusgen.parse.times import spell  # noqa: PLC0415 - a build with nothing to do needs none of it

    full = spell(at, zone)
    is_today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return full.partition(" ")[2] if is_today else full


def counted(count: int, noun: str) -> str:
    """Count things in words."""
    return f"{count} {noun}{'s' * (count != 1)}"


def as_json(told: object) -> str:
    """Write for a program what a person reads as text; spans of time are ISO 8601 durations."""
    import msgspec  # noqa: PLC0415 - only a program is told so

    return f"{msgspec.json.format(msgspec.json.encode(told), indent=2).decode()}\n"
