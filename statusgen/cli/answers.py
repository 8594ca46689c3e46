"""How commands answer: what could not be done, and counts in words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from statusgen.errors import ContentErrors, StatusgenError

if TYPE_CHECKING:
    from collections.abc import Callable

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


def counted(count: int, noun: str) -> str:
    """Count things in words."""
    return f"{count} {noun}{'s' * (count != 1)}"
