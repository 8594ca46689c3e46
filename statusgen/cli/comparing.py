"""`statusgen diff`: what a change does to customers, before it does it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import click

from statusgen.cli.answers import as_json, counted, or_exit
from statusgen.cli.notify import subscribers_of, subscribers_option
from statusgen.cli.options import as_of_option, now, root_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from statusgen.diff import Change, Comparison, Letter

_MOST = 20
"""How many changes of a kind are named; a comment of a hundred lines is read by nobody."""
_KINDS = (
    ("Feed entries", "entries"),
    ("Pages", "pages"),
    ("Feeds", "feeds"),
    ("For programs", "data"),
    ("Other files", "files"),
)
_BRIEF = ("feeds", "data", "files")
"""What follows from the rest, and is told in full only to who asks."""


@click.command()
@click.argument("base")
@click.argument("head", default="")
@root_option
@subscribers_option
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, the comment of a pull request, or a program.",
)
@as_of_option
def diff(  # noqa: PLR0913, PLR0917 - an option each
    base: str,
    head: str,
    root: Path,
    subscribers: Path | None,
    kind: str,
    as_of: datetime | None,
) -> None:
    """Show what a change does to customers.

    Pages, feeds, JSON and mails are told. BASE and HEAD are revisions of git; without HEAD, what
    lies there now is compared. Nothing is written and nothing is sent. How many read a mail is told
    where the list is there.
    """
    moment = now(as_of)

    def look() -> Comparison:
        from statusgen.diff import diff as compare  # noqa: PLC0415 - it needs all of the road

        return compare(root, base, head, moment, subscribers_of(subscribers))

    click.echo(_WRITERS[kind](or_exit(look)), nl=False)


class _Style(NamedTuple):
    """How a form writes headings, items, names and texts."""

    heading: Callable[[str], str]
    item: Callable[[str], str]
    name: Callable[[str], str]
    block: Callable[[str], str]
    folded: Callable[[str, list[str]], str]


def _lines(one: Comparison, style: _Style) -> Iterator[str]:
    if one.is_empty:
        yield "Customers get the same as before."
        return
    for turn in one.turns:
        yield style.item(f"{style.name(turn.what)}: {turn.before} → {turn.after}")
    for letter in one.letters:
        yield from ("", style.heading(f"{_kind_of(letter)}, {_reach(letter)}"), "")
        yield style.block(f"{letter.subject}\n\n{letter.text.rstrip()}")
    for title, kind in _KINDS:
        changes: tuple[Change, ...] = getattr(one, kind)
        if not changes:
            continue
        head = f"{title}: {_counts(changes)}"
        items = [style.item(f"{each.how} {style.name(each.what)}") for each in changes[:_MOST]]
        if len(changes) > _MOST:
            items.append(style.item(f"and {len(changes) - _MOST} more"))
        if kind in _BRIEF:
            yield from ("", style.folded(head, items))
        else:
            yield from ("", style.heading(head), "", *items)


def _counts(changes: tuple[Change, ...]) -> str:
    words = ("new", "changed", "gone")
    counts = [(sum(one.how == word for one in changes), word) for word in words]
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _kind_of(letter: Letter) -> str:
    return "Mail" if letter.readers != 0 else "Message"


def _reach(letter: Letter) -> str:
    """Tell whom it reaches."""
    parts = []
    if letter.readers is None:
        parts.append("to an unknown number of readers")
    elif letter.readers:
        parts.append(f"to {counted(letter.readers, 'reader')}")
    if letter.channels:
        parts.append(f"to the channels {', '.join(letter.channels)}")
    return " and ".join(parts) or "to nobody"


def _text(one: Comparison) -> str:
    style = _Style(
        heading=lambda words: click.style(words, bold=True),
        item=lambda words: f"  {words}",
        name=str,
        block=lambda words: "\n".join(f"  {line}".rstrip() for line in words.splitlines()),
        folded=lambda words, _: click.style(words, bold=True),
    )
    return "".join(f"{line}\n" for line in _lines(one, style)).lstrip("\n")


def _markdown(one: Comparison) -> str:
    style = _Style(
        heading=lambda words: f"### {words}",
        item=lambda words: f"- {words}",
        name=_code,
        block=_fenced,
        folded=lambda words, items: "\n".join(
            [f"<details><summary>{words}</summary>", "", *items, "", "</details>"]
        ),
    )
    told = "".join(f"{line}\n" for line in _lines(one, style)).lstrip("\n")
    return f"## What customers get\n\n{told}"


def _code(words: str) -> str:
    """Write it as code, whatever backquotes it holds (CommonMark 6.1)."""
    longest = max(map(len, re.findall(r"`+", words)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {words} {fence}" if longest else f"`{words}`"


def _fenced(words: str) -> str:
    longest = max(map(len, re.findall(r"`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{words}\n{fence}"


_WRITERS: dict[str, Callable[[Comparison], str]] = {
    "text": _text,
    "markdown": _markdown,
    "json": as_json,
}
