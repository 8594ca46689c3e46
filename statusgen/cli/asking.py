"""Asking a person for what the flags leave out; a script is told which flag is missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from statusgen.errors import WritingError, nearest, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_HINT = "\n# Write above what readers are told. Lines that begin with # are left out."


def is_person() -> bool:
    """Whether somebody sits there who can be asked."""
    return all(bool(one) and one.isatty() for one in (sys.stdin, sys.stdout))


def asked(flag: str, question: str, value: str | None, read: Callable[[str], T]) -> T:
    """Read what a flag says, or what a person answers; they are asked again until it is right."""
    if value is not None:
        return read(value)
    if not is_person():
        message = f"{flag} is missing"
        raise click.UsageError(message)
    while True:
        try:
            return read(click.prompt(question, default="", show_default=False))
        except WritingError as error:
            click.echo(f"  {error}")


def given() -> str:
    """Read standard input. Raises WritingError where it is no UTF-8."""
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "standard input is not UTF-8"
        raise WritingError(message) from None


def text_of(value: str | None, *, begun: str = "") -> str:
    """Find the text of an update: as it is given, from standard input, or from an editor."""
    if value == "-":
        return _filled(given())
    if value is not None:
        return _filled(value)
    if not is_person():
        if begun:
            return begun
        message = "--text is missing; --text - reads standard input"
        raise click.UsageError(message)
    try:
        written = click.edit(f"{begun}\n{_HINT}", extension=".md")
    except (click.ClickException, ValueError) as error:  # it is not there, failed, or is no command
        reason = error.message if isinstance(error, click.ClickException) else str(error)
        message = f"the editor cannot be used: {reason}; say what is known with --text '…'"
        raise WritingError(message) from None
    lines = (written or "").splitlines()
    return _filled("\n".join(line for line in lines if not line.startswith("# ")))


def confirmed(question: str, *, yes: bool) -> None:
    """Ask whether to go on; a script that did not say --yes is refused."""
    if yes or (is_person() and click.confirm(question)):
        return
    message = f"{question} Nothing was written; say --yes if it is right."
    raise WritingError(message)


def chosen(word: str, known: Sequence[str], noun: str) -> str:
    """Find a word of a list, whatever its case and its gaps. Raises WritingError."""
    spelt = word.strip().lower().replace(" ", "_").replace("-", "_")
    found = next((one for one in known if one.lower().replace("-", "_") == spelt), None)
    if found is None:
        there = f"it is {one_of(known)}{nearest(word, known)}" if known else "there is none"
        message = f"no {noun} is called {word!r}: {there}"
        raise WritingError(message)
    return found


def _filled(text: str) -> str:
    told = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not told:
        message = "the update has no text: say what is known"
        raise WritingError(message)
    return told
