"""Words on the command line: the only room that reads the clock, prints and exits."""

from __future__ import annotations

import errno
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar

import click

from statusgen import __version__
from statusgen.cli.answers import counted, or_exit
from statusgen.cli.options import FOLDER, ROOT, as_of_option, now, root_argument, settled
from statusgen.errors import ContentErrors, GitError
from statusgen.seal import PLACES, STATE, examine

# What parses and renders is imported by the commands that need it: a build that has nothing to do
# needs none of it.

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rich.progress import Progress

    from statusgen.model import Rescue


T = TypeVar("T")
_DEGRADED = 3
"""How a build ends that published what stands in for content that cannot be read."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What keeps from saying what was done, where that goes into a file."""
_UNWRITTEN = "; nothing was written"
_WATCHED_AFTER = 0.5
"""Seconds after which a person who watches is shown how far a build has come."""


_HELP = """Build a status page from incident files in git.

\b
The shortest way to a page, three files:
  content/site.yml          title: and url: of the page
  content/components.yml    the parts of the service, `- id:` and `name:` each
  content/incidents/2026-01-02-slow.md
                            ---
                            title: "[SEV-2] The service is slow"
                            started: 2026-01-02 17:00 UTC
                            ---
\b
                            [INVESTIGATING] We are looking into it.
                            Updated: 17:05 UTC

`statusgen check` finds every mistake in them, `statusgen build` makes the page in public/ and the
mails in outbox/.

\b
Exit status:
  0  done
  1  something in the content, the theme or the output is wrong
  2  the command was used wrongly
  3  published, but with a file that could not be read (build --last-good)
"""


# A command is imported when it is called: a build that has nothing to do is a tenth quicker by it.


def _checking() -> tuple[click.Command, ...]:
    from statusgen.cli.checking import check  # noqa: PLC0415 - as above

    return (check,)


def _comparing() -> tuple[click.Command, ...]:
    from statusgen.cli.comparing import diff  # noqa: PLC0415 - as above

    return (diff,)


def _notifying() -> tuple[click.Command, ...]:
    from statusgen.cli.notify import notify  # noqa: PLC0415 - as above

    return (notify,)


def _reviewing() -> tuple[click.Command, ...]:
    from statusgen.cli.reviewing import report  # noqa: PLC0415 - as above

    return (report,)


def _standing() -> tuple[click.Command, ...]:
    from statusgen.cli.standing import status  # noqa: PLC0415 - as above

    return (status,)


def _start() -> tuple[click.Command, ...]:
    from statusgen.cli.start import COMMANDS  # noqa: PLC0415 - as above

    return COMMANDS


def _writing() -> tuple[click.Command, ...]:
    from statusgen.cli.writing import COMMANDS  # noqa: PLC0415 - as above

    return COMMANDS


_LATER: dict[str, Callable[[], tuple[click.Command, ...]]] = {
    "check": _checking,
    "completion": _start,
    "diff": _comparing,
    "init": _start,
    "maintenance": _writing,
    "new": _writing,
    "notify": _notifying,
    "postmortem": _writing,
    "receive": _start,
    "report": _reviewing,
    "resolve": _writing,
    "schemas": _start,
    "status": _standing,
    "update": _writing,
}
"""Where the commands are that do not stand here."""


class _Commands(click.Group):
    """All commands; those that stand elsewhere are found when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands:  # of a slip, click finds the nearest of all that it knows
            found = [_LATER[cmd_name]] if cmd_name in _LATER else [*_LATER.values()]
            for each in (one for find in found for one in find()):
                self.add_command(each)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="statusgen %(version)s")
def cli() -> None:
    """Take the first word of the command line."""


@cli.command(name="build")
@root_argument
@click.option(
    "--out",
    type=FOLDER,
    help="The folder that is published.  [default: ROOT/public]",
)
@click.option(
    "--outbox",
    type=FOLDER,
    help="The folder for the mails, as .eml files; never publish it.  [default: ROOT/outbox]",
)
@as_of_option
@click.option("--clean", is_flag=True, help="Render every file anew, whatever stands there.")
@click.option(
    "--last-good",
    is_flag=True,
    help="Publish with what git knows of files that cannot be read; the exit status is then 3.",
)
@click.option(
    "--audience",
    type=click.Choice(["public", "internal"]),
    default="public",
    show_default=True,
    help="For whom it is: the team's own page has all that is internal, and lies in ROOT/internal.",
)
def build_command(  # noqa: PLR0913 - an option each
    root: Path,
    out: Path | None,
    outbox: Path | None,
    as_of: datetime | None,
    *,
    clean: bool,
    last_good: bool,
    audience: str,
) -> None:
    """Build the page: write what changed, remove what is gone.

    ROOT is the folder that holds content/; here or the nearest above, unless named.

    If anything is wrong, nothing at all is written: the page that was there stays. With --last-good
    it is built with the last versions that could be read, and says so. Files that others put beside
    it are left alone.
    """
    start = time.monotonic()
    is_team = audience == "internal"
    out = _place_of_team(root, out) if is_team else out or root / "public"
    outbox = outbox or (out.with_name(f"{out.name}-outbox") if is_team else root / "outbox")
    _refuse_overlap(root, out, outbox)
    as_of, is_clock = settled(as_of)
    look = partial(examine, root, out, outbox, as_of, is_clock=is_clock, meanwhile=_import_road)
    found = or_exit(look)
    if found.is_done and not clean and not is_team:
        _say_built(out, start, found.told, unchanged=found.standing)
        return

    from statusgen.build import Order, build  # noqa: PLC0415 - as above
    from statusgen.model import Moment  # noqa: PLC0415 - as above
    from statusgen.output import Output, Published  # noqa: PLC0415 - as above
    from statusgen.views.audience import PUBLIC, TEAM  # noqa: PLC0415 - as above

    eyes = TEAM if is_team else PUBLIC

    def work() -> tuple[Published, str]:
        with _Progress() as progress:
            output = Output(public=out, outbox=outbox, is_clean=clean, progress=progress.show)
            moment = Moment(as_of=as_of, is_clock=is_clock)
            return build(root, output, Order(moment, eyes), found)

    def rescue(error: ContentErrors) -> tuple[tuple[Published, str], Rescue]:
        from statusgen.rescue import rescued  # noqa: PLC0415 - only a mistake needs it

        moment = Moment(as_of=as_of, is_clock=is_clock)
        with rescued(root, moment, error) as (copy, gaps):
            output = Output(public=out, outbox=outbox, is_clean=clean)
            return build(copy, output, Order(moment, eyes, gaps)), gaps

    done, gaps = or_exit(lambda: _rescuing(work, rescue if last_good else None), so=_UNWRITTEN)
    published, withheld = done
    _say_built(
        out,
        start,
        withheld,
        written=published.written,
        unchanged=published.unchanged,
        removed=published.removed,
        foreign=published.foreign,
    )
    if gaps:
        for line in _degraded(gaps):
            click.echo(line, err=True)
        sys.exit(_DEGRADED)


def _import_road() -> None:
    """Import what builds: it takes about as long as a helper looks at what stands."""
    import statusgen.build  # noqa: F401, PLC0415 - as above


def _rescuing(
    work: Callable[[], T], rescue: Callable[[ContentErrors], tuple[T, Rescue]] | None
) -> tuple[T, Rescue | None]:
    """Do the work; where content cannot be read, tell why, and do it with what stands in."""
    try:
        return work(), None
    except ContentErrors as error:
        if rescue is None:
            raise
        try:
            done = rescue(error)
        except GitError:  # why it was asked for is told as well
            click.echo(error, err=True)
            raise
        click.echo(error, err=True)
        return done


def _degraded(gaps: Rescue) -> Iterator[str]:
    """Say what was published in place of what could not be read."""
    yield from (f"{path}: published as it was when it last could be read" for path in gaps.old)
    yield from (f"{path}: left out, it never could be read; the page says so" for path in gaps.lost)
    if gaps.lost and gaps.is_shallow:
        yield "The clone is shallow: git fetch --unshallow may bring versions that can be read."
    count = counted(len(gaps.old) + len(gaps.lost), "file")
    yield f"Published, but {count} could not be read: mend what is above and push again."


@cli.command()
@root_argument
@as_of_option
def ping(root: Path, as_of: datetime | None) -> None:
    """Tell the hub of the feeds of what is new (WebSub).

    ROOT is the folder that holds content/; here or the nearest above, unless named. The hub is
    `feeds:` with `hub:` in site.yml. Call it once the page is online: the hub then asks for the
    feeds.
    """
    from statusgen import websub  # noqa: PLC0415 - as above
    from statusgen.reading import read  # noqa: PLC0415 - as above
    from statusgen.views import derive  # noqa: PLC0415 - as above

    moment = now(as_of)

    def tell() -> str:
        _, config, site, _ = read(root, moment)
        topics = websub.topics(config, derive(site, config, moment))
        websub.ping(config.hub, topics)
        return f"Told {config.hub} of {counted(len(topics), 'feed')}."

    click.echo(or_exit(tell))


@cli.command(name="serve")
@root_argument
@as_of_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port; 0 is any free one.  [default: 8000, or the next free one]",
)
@click.option("--drafts", is_flag=True, help="Show drafts and unpublished post-mortems too.")
@click.option("--internal", is_flag=True, help="Show what is internal too.")
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
def serve_command(  # noqa: PLR0913 - an option each
    root: Path,
    as_of: datetime | None,
    port: int | None,
    *,
    drafts: bool,
    internal: bool,
    is_opened: bool,
) -> None:
    """Show the page on this machine, anew with each save.

    ROOT is the folder that holds content/; here or the nearest above, unless named. Nothing is
    written there, and nobody else can look. Mails are at /outbox/. Ctrl-C ends it.
    """
    from statusgen import serve  # noqa: PLC0415 - only a preview needs a server and a watch

    settled(as_of)  # what is wrong with it is told before anything begins
    wish = serve.Wish(port=port, drafts=drafts, internal=internal, is_opened=is_opened)
    voice = serve.Voice(say=click.echo, warn=partial(click.echo, err=True))
    or_exit(lambda: serve.serve(root, partial(now, as_of), wish, voice))


@cli.command()
@click.argument("sites", type=ROOT)
@click.option(
    "--out",
    type=FOLDER,
    default="gallery",
    show_default=True,
    help="The folder that is to hold a page for each site, and index.html, which leads to them.",
)
@click.option(
    "--theme",
    "name",
    metavar="NAME",
    default="",
    help="The theme that all of them wear.  [default: what each site says]",
)
@as_of_option
def gallery(sites: Path, out: Path, name: str, as_of: datetime | None) -> None:
    """Build many sites in one theme, to see it in every state.

    SITES is a folder of folders that hold content/ each; the theme and the overrides are those of
    themes/ and overrides/ here. A site that has problems keeps its page, and hides no other.
    """
    from statusgen.gallery import build_gallery  # noqa: PLC0415 - only a gallery needs it

    here = Path()
    for kept in (sites, *(here / place for place in PLACES), here / ".git"):
        _refuse_place("--out", out, kept)
    if here.resolve().is_relative_to(out.resolve()):
        message = f"--out {out.resolve()} holds the current folder; name one of its own"
        raise click.UsageError(message)
    made = or_exit(lambda: build_gallery(sites, here, out, now(as_of), name))
    for words in made.wrong:
        click.echo(words, err=True)
    good = sum(not one.is_wrong for one in made.states)
    if made.wrong:
        what = counted(len(made.wrong), "problem")
        be = "was" if good == 1 else "were"
        click.echo(f"{what}; {good} of {len(made.states)} sites {be} built.", err=True)
    counts = f"{made.written} written; {made.unchanged} unchanged; {made.removed} removed"
    click.echo(f"Built {out / 'index.html'}: {counted(good, 'site')}; {counts}.")
    sys.exit(bool(made.wrong))


def main() -> NoReturn:
    """Run the command line; the entry point of `statusgen` and `python -m statusgen`.

    It ends without taking its own memory apart, which costs up to a tenth of a build.
    """
    code: object = 0
    try:
        cli(prog_name="statusgen")
    except SystemExit as end:
        code = end.code or 0
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        click.echo(f"statusgen: cannot say what was done: {error.strerror}", err=True)
        code = 1
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever listened is gone
            code = code or 1
    os._exit(code if isinstance(code, int) else 1)


def _place_of_team(root: Path, out: Path | None) -> Path:
    """Tell where the team's own page lies: never where the public one does, nor its mails."""
    out = out or root / "internal"
    for place in ("public", "outbox"):
        _refuse_place("--audience internal: --out", out, root / place)
    return out


def _refuse_overlap(root: Path, out: Path, outbox: Path) -> None:
    """Refuse folders that lie in one another: content must survive, mails must stay private."""
    places = {"--out": out.resolve(), "--outbox": outbox.resolve()}
    for option, place in places.items():
        for kept in (*PLACES, ".git", STATE):
            _refuse_place(option, place, root / kept)
    one, other = places.values()
    if one.is_relative_to(other) or other.is_relative_to(one):
        message = "--out and --outbox lie in one another: mails would be published"
        raise click.UsageError(message)


def _refuse_place(option: str, place: Path, kept: Path) -> None:
    place, other = place.resolve(), kept.resolve()
    if place.is_relative_to(other) or other.is_relative_to(place):
        message = f"{option} {place} and {other} lie in one another"
        raise click.UsageError(message)


def _say_built(  # noqa: PLR0913 - a count for each thing that may happen to a file
    out: Path,
    start: float,
    withheld: str,
    *,
    written: int = 0,
    unchanged: int = 0,
    removed: int = 0,
    foreign: int = 0,
) -> None:
    """Say what a build did, and how long it took since its start."""
    parts = [
        f"{written} written",
        f"{unchanged} unchanged",
        f"{removed} removed",
        f"withheld: {withheld or 'nothing'}",
    ]
    if foreign:
        parts.append(f"left alone: {foreign} not ours")
    click.echo(f"Built {out}: {'; '.join(parts)}. {time.monotonic() - start:.1f} s")


class _Progress:
    """A bar for a person who watches a long build; in a pipe there is silence."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.bar: Progress | None = None
        self.is_watched = bool(sys.stderr) and sys.stderr.isatty()  # none where it was closed

    def __enter__(self) -> Self:
        return self

    def show(self, done: int, total: int) -> None:
        """Show how far it is, once it has taken long enough to wonder."""
        if not self.is_watched or time.monotonic() - self.start < _WATCHED_AFTER:
            return
        if self.bar is None:
            from rich.console import Console  # noqa: PLC0415 - only a long build needs it
            from rich.progress import Progress  # noqa: PLC0415 - as above

            self.bar = Progress(console=Console(stderr=True), transient=True)
            self.bar.add_task("Rendering", total=total)
            self.bar.start()
        self.bar.update(self.bar.task_ids[0], completed=done)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
