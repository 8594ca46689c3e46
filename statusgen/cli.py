"""Words on the command line: the only room that reads the clock, prints and exits."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Self, TypeVar

import click

from statusgen import __version__
from statusgen.errors import ContentErrors, StatusgenError
from statusgen.seal import PLACES, STATE, examine

# What parses and renders is imported by the commands that need it: a build that has nothing to do
# needs none of it.

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

    from statusgen.model import Moment
    from statusgen.notify import Desk, Office, Summary, Wish
    from statusgen.notify.book import Book
    from statusgen.notify.subscribers import Source
    from statusgen.views import Gap

T = TypeVar("T")

_ROOT = click.Path(exists=True, file_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_INTERRUPTED = 130
"""What shells take for the end by Ctrl-C."""

_WATCHED_AFTER = 0.5
"""Seconds after which a person who watches is shown how far a build has come."""


def _instant(text: str) -> datetime:
    """Read a time as it is written in content; without a zone it is in UTC."""
    from statusgen.parse.times import TimeError, read_time  # noqa: PLC0415 - as above

    try:
        return read_time(text).instant(UTC)
    except TimeError as error:
        raise click.BadParameter(str(error)) from None


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
"""


@click.group(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="statusgen %(version)s")
def cli() -> None:
    """Take the first word of the command line."""


_as_of = click.option(
    "--as-of",
    type=_instant,
    metavar="TIME",
    help="The moment that the page speaks of, like '2026-01-02 17:05 UTC'; what comes later has "
    "not happened yet.  [default: SOURCE_DATE_EPOCH where that is set, else now]",
)


@cli.command(name="build")
@click.argument("root", type=_ROOT, default=".")
@click.option(
    "--out",
    type=_FOLDER,
    help="The folder that is published.  [default: ROOT/public]",
)
@click.option(
    "--outbox",
    type=_FOLDER,
    help="The folder for the mails, as .eml files; never publish it.  [default: ROOT/outbox]",
)
@_as_of
@click.option("--clean", is_flag=True, help="Render every file anew, whatever stands there.")
def build_command(
    root: Path, out: Path | None, outbox: Path | None, as_of: datetime | None, *, clean: bool
) -> None:
    """Build the page: write what changed, remove what is no longer.

    ROOT is the folder that holds content/; here unless named.

    If anything is wrong, nothing at all is written: the page that was there stays. Files that
    others put beside it are left alone.
    """
    start = time.monotonic()
    out, outbox = out or root / "public", outbox or root / "outbox"
    _refuse_overlap(root, out, outbox)
    as_of, is_clock = _moment(as_of)
    found = examine(root, out, outbox, as_of, is_clock=is_clock)
    if found.is_done and not clean:
        _say_built(out, start, found.told, unchanged=found.standing)
        return

    from statusgen.build import build  # noqa: PLC0415 - as above
    from statusgen.model import Moment  # noqa: PLC0415 - as above
    from statusgen.output import Output, Published  # noqa: PLC0415 - as above

    def work() -> tuple[Published, str]:
        with _Progress() as progress:
            output = Output(public=out, outbox=outbox, is_clean=clean, progress=progress.show)
            return build(root, output, Moment(as_of=as_of, is_clock=is_clock), found)

    published, withheld = _or_exit(work, so="; nothing was written")
    _say_built(
        out,
        start,
        withheld,
        written=published.written,
        unchanged=published.unchanged,
        removed=published.removed,
        foreign=published.foreign,
    )


@cli.command()
@click.argument("root", type=_ROOT, default=".")
@_as_of
def check(root: Path, as_of: datetime | None) -> None:
    """Check content and theme: tell every mistake with its file and line.

    ROOT is the folder that holds content/; here unless named. Nothing is written. Translations that
    are missing, or older than their originals, are told as well; they are no mistakes.
    """
    from statusgen.build import read  # noqa: PLC0415 - as above

    moment = _now(as_of)

    def look() -> tuple[str, list[Gap]]:
        _, site, theme, gaps = read(root, moment)
        theme.compile()
        counts = (
            (len(site.leaves), "component"),
            (len(site.incidents), "incident"),
            (len(site.maintenances), "maintenance"),
        )
        return ", ".join(map(_counted, *zip(*counts, strict=True))), gaps

    told, gaps = _or_exit(look)
    for line in _untranslated(gaps):
        click.echo(line)
    click.echo(f"No problems in {told}.{_translations(gaps)}")


def _untranslated(gaps: list[Gap]) -> Iterator[str]:
    """Say what is not translated, a line for each file or text."""
    missing: dict[str, list[str]] = {}
    for one in gaps:
        if not one.line:
            missing.setdefault(one.path, []).append(one.language)
        else:
            how = "older than its original" if one.is_old else "not translated"
            cure = f"once it says the same, write translates: {one.translates}"
            yield f"{one.path}:{one.line}: {one.what}: {how}; {cure}"
    for path, languages in missing.items():
        yield f"{path}: not translated into {', '.join(languages)}"


def _translations(gaps: list[Gap]) -> str:
    """Count what is not translated, as a sentence."""
    old = sum(one.is_old for one in gaps)
    counts = [(len(gaps) - old, "missing"), (old, "out of date")]
    told = [f"{_counted(count, 'translation')} {what}" for count, what in counts if count]
    return f" {', '.join(told).capitalize()}." if told else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


@cli.command()
@click.argument("root", type=_ROOT, default=".")
@_as_of
def ping(root: Path, as_of: datetime | None) -> None:
    """Tell the hub of the feeds that something was published (WebSub).

    ROOT is the folder that holds content/; here unless named. The hub is `feeds:` with `hub:` in
    site.yml. Call it once the page is online: the hub then asks for the feeds.
    """
    from statusgen import websub  # noqa: PLC0415 - as above
    from statusgen.build import read  # noqa: PLC0415 - as above
    from statusgen.views import derive  # noqa: PLC0415 - as above

    moment = _now(as_of)

    def tell() -> str:
        config, site, _, _ = read(root, moment)
        topics = websub.topics(config, derive(site, config, moment))
        websub.ping(config.hub, topics)
        return f"Told {config.hub} of {_counted(len(topics), 'feed')}."

    click.echo(_or_exit(tell))


@cli.command(name="serve")
@click.argument("root", type=_ROOT, default=".")
@_as_of
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
    """Show the page on this machine, anew with each change that is saved.

    ROOT is the folder that holds content/; here unless named. Nothing is written there, and nobody
    else can look. Mails are at /outbox/. Ctrl-C ends it.
    """
    from statusgen import serve  # noqa: PLC0415 - only a preview needs a server and a watch

    _moment(as_of)  # what is wrong with it is told before anything begins
    wish = serve.Wish(port=port, drafts=drafts, internal=internal, is_opened=is_opened)
    voice = serve.Voice(say=click.echo, warn=partial(click.echo, err=True))
    _or_exit(lambda: serve.serve(root, partial(_now, as_of), wish, voice))


@cli.command()
@click.argument("words", nargs=-1, metavar="[status] [ROOT]")
@click.option("--send", is_flag=True, help="Send what is due.")
@click.option(
    "--baseline", is_flag=True, help="Take all that stands there as known, without sending it."
)
@click.option(
    "--ledger",
    envvar="STATUSGEN_LEDGER",
    metavar="WHERE",
    help="Where it is kept who was told: a file, or git:REMOTE/BRANCH.  [env: STATUSGEN_LEDGER]",
)
@click.option(
    "--subscribers",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="The list of subscribers, CSV or JSON; - is standard input.  "
    "[default: what STATUSGEN_SUBSCRIBERS holds]",
)
@click.option(
    "--relay",
    envvar="STATUSGEN_RELAY",
    metavar="URL",
    default="",
    help="The mail relay: smtp://HOST (STARTTLS) or smtps://HOST; its user and password are "
    "STATUSGEN_SMTP_USER and STATUSGEN_SMTP_PASSWORD.  [env: STATUSGEN_RELAY]",
)
@click.option("--outbox", type=_FOLDER, help="The folder for previews.  [default: ROOT/outbox]")
@click.option(
    "--connections",
    type=click.IntRange(1, 50),
    default=4,
    show_default=True,
    help="How many connections to the relay are open at once.",
)
@click.option(
    "--per-minute",
    type=click.IntRange(1),
    help="How many messages may go out in a minute.  [default: as many as are taken]",
)
@click.option(
    "--within",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="After how many minutes no more is sent; the next run goes on.",
)
def notify(  # noqa: PLR0913 - an option each
    *,
    words: tuple[str, ...],
    ledger: str | None,
    subscribers: Path | None,
    relay: str,
    outbox: Path | None,
    connections: int,
    per_minute: int | None,
    within: int,
    send: bool,
    baseline: bool,
) -> None:
    """Tell subscribers, channels and webhooks what is new, each once.

    Without --send nothing is sent: it is shown what would be, to how many, with previews of the
    mails in outbox/due/. `status` shows what was told. ROOT is the folder that holds content/; here
    unless named.

    No address is ever shown. The exit status is 1 if anybody was not reached.
    """
    is_status, root = _words_of_notify(words)
    if sum((is_status, send, baseline)) > 1:
        message = "status, --send and --baseline are one too many"
        raise click.UsageError(message)
    if not ledger and (is_status or send or baseline):
        message = "--ledger is missing: where is it kept who was told?"
        raise click.UsageError(message)

    from statusgen import notify as room  # noqa: PLC0415 - only who tells people needs it

    wish = room.Wish(
        source=_or_exit(lambda: _subscribers(subscribers)),
        relay=relay,
        user=os.environ.get("STATUSGEN_SMTP_USER", ""),
        password=os.environ.get("STATUSGEN_SMTP_PASSWORD", ""),
        key=os.environ.get("STATUSGEN_KEY", ""),
        webhooks=os.environ.get("STATUSGEN_WEBHOOKS", ""),
        secret=os.environ.get("STATUSGEN_WEBHOOK_SECRET", ""),
        channels=os.environ.get("STATUSGEN_CHANNELS", ""),
        connections=connections,
        per_minute=per_minute or 0,
        within=timedelta(minutes=within),
    )
    if is_status:
        _or_exit(lambda: _say_ledger(root, ledger or ""))
        return
    task = _Task(root=root, outbox=outbox or root / "outbox", ledger=ledger)
    with _Count() as counted:
        sys.exit(_or_exit(lambda: _notify(task, wish, counted, send=send, baseline=baseline)))


class _Task(NamedTuple):
    """Where everything lies."""

    root: Path
    outbox: Path
    ledger: str | None


def _words_of_notify(words: tuple[str, ...]) -> tuple[bool, Path]:
    """Tell whether `status` is asked for, and the root."""
    is_status = words[:1] == ("status",)
    rest = words[is_status:]
    if len(rest) > 1:
        message = f"{rest[1]!r} is one word too many"
        raise click.UsageError(message)
    return is_status, Path(_ROOT.convert(rest[0] if rest else ".", None, None))


def _subscribers(path: Path | None) -> Source | None:
    """Find the list: the file that is named, standard input, or what the environment holds."""
    from statusgen.notify import from_path, from_text  # noqa: PLC0415 - as above

    if path and str(path) == "-":
        return from_text("standard input", sys.stdin.read())
    if path:
        return from_path(path)
    text = os.environ.get("STATUSGEN_SUBSCRIBERS", "")
    return from_text("STATUSGEN_SUBSCRIBERS", text) if text else None


def _notify(task: _Task, wish: Wish, counted: _Count, *, send: bool, baseline: bool) -> int:
    from statusgen.notify import Office, Voice, open_ledger  # noqa: PLC0415 - as above

    warn = partial(click.echo, err=True)
    office = Office(task.root, wish, _Clock(), is_sending=send)
    mistakes = office.mistakes()
    for mistake in mistakes:
        warn(str(mistake))
    if mistakes:
        warn(f"{_counted(len(mistakes), 'mistake')}; the rest of the list goes on.")
    voice = Voice(say=click.echo, warn=warn, show=counted.show)
    by = f"{platform.node()}-{os.getpid()}-{time.time_ns()}"
    opened = open_ledger(task.root, task.ledger) if task.ledger else None
    desk = office.desk(opened or _Empty(), voice, by)
    if baseline:
        click.echo(f"{_counted(desk.accept(), 'update')} taken as known; nothing was sent.")
        return 0
    if not send:
        return _say_due(office, desk, task.outbox, is_known=opened is not None)
    return _say_sent(desk.send())


def _say_due(office: Office, desk: Desk, outbox: Path, *, is_known: bool) -> int:
    """Show what would be sent, and to how many."""
    from statusgen.notify.desk import preview  # noqa: PLC0415 - as above

    book = desk.ledger.read()
    if is_known and not book.lines:
        click.echo(
            "The ledger is new: the first --send takes all that stands there as known, and sends "
            "nothing."
        )
        return 0
    found = list(preview(desk, book))
    for due, counts in found:
        click.echo(f"{due.key}: {', '.join(f'{name} to {count}' for name, count in counts)}")
    written = office.write_previews(outbox, [due for due, _ in found])
    where = f" Previews are in {outbox / 'due'}." if written else ""
    told = f"{len(found)} due" if found else "Nothing is due"
    click.echo(f"{told}; nothing was sent.{where}")
    return 0


def _say_sent(summary: Summary) -> int:
    """Say what was sent; 1 if anybody was not reached."""
    if summary.is_first:
        click.echo("The ledger is new: all that stands there is known now, and nothing was sent.")
    parts = [f"{summary.news} told", f"{_counted(summary.taken, 'message')} taken"]
    if summary.refused:
        parts.append(f"{summary.refused} refused")
    if summary.unreached:
        parts.append(f"{summary.unreached} not reached, which the next run tries again")
    if summary.busy:
        parts.append(f"{summary.busy} being told by another run")
    click.echo(f"{'; '.join(parts)}.")
    return 0 if summary.is_good else 1


def _say_ledger(root: Path, where: str) -> None:
    """Say what a ledger holds."""
    from statusgen.notify import open_ledger  # noqa: PLC0415 - as above

    book = open_ledger(root, where).read()
    now = _Clock().instant()
    for key in book.claims:
        if done := book.done.get(key):
            refused = f", {done.refused} refused" if done.refused else ""
            click.echo(f"{key}: {done.told} told{refused}, {done.at:%Y-%m-%d %H:%M UTC}")
        else:
            told, _ = book.counts(key)
            until = book.claims[key].until
            who = "nobody is at it" if book.is_free(key, now) else f"held until {until:%H:%M UTC}"
            click.echo(f"{key}: {told} told so far; {who}")
    click.echo(f"{_counted(len(book.known), 'update')} known.")


@cli.command()
@click.argument("sites", type=_ROOT)
@click.option(
    "--out",
    type=_FOLDER,
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
@_as_of
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
    made = _or_exit(lambda: build_gallery(sites, here, out, _now(as_of), name))
    for words in made.wrong:
        click.echo(words, err=True)
    good = sum(not one.is_wrong for one in made.states)
    if made.wrong:
        what = f"{len(made.wrong)} problem{'s' * (len(made.wrong) != 1)}"
        be = "was" if good == 1 else "were"
        click.echo(f"{what}; {good} of {len(made.states)} sites {be} built.", err=True)
    counts = f"{made.written} written; {made.unchanged} unchanged; {made.removed} removed"
    click.echo(f"Built {out / 'index.html'}: {good} site{'s' * (good != 1)}; {counts}.")
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
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever listened is gone
            code = code or 1
    os._exit(code if isinstance(code, int) else 1)


def _moment(as_of: datetime | None) -> tuple[datetime, bool]:
    """Settle which moment the page speaks of, and whether it is the clock's.

    SOURCE_DATE_EPOCH: reproducible-builds.org.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if as_of is None and epoch:
        as_of = _epoch(epoch)
    if as_of is not None:
        return as_of, False
    return datetime.now(UTC).replace(microsecond=0), True


def _now(as_of: datetime | None) -> Moment:
    """Settle the moment for what looks at it again and again."""
    from statusgen.model import Moment  # noqa: PLC0415 - as above

    settled, is_clock = _moment(as_of)
    return Moment(as_of=settled, is_clock=is_clock)


def _epoch(text: str) -> datetime:
    """Read seconds since 1970; ten digits reach the year 2286."""
    if not re.fullmatch(r"[0-9]{1,10}", text):
        message = f"SOURCE_DATE_EPOCH is {text!r}; write whole seconds since 1970, like 1767373500"
        raise click.UsageError(message)
    return datetime.fromtimestamp(int(text), UTC)


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


def _or_exit(work: Callable[[], T], *, so: str = "") -> T:
    """Do the work, or say on standard error why it cannot be done, and exit with 1."""
    try:
        return work()
    except ContentErrors as error:
        count = len(error.problems)
        click.echo(error, err=True)
        click.echo(f"{count} problem{'s' * (count != 1)}{so}.", err=True)
    except StatusgenError as error:
        click.echo(f"statusgen: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("statusgen: interrupted", err=True)
        sys.exit(_INTERRUPTED)
    sys.exit(1)


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


class _Clock:
    """The clock of this machine."""

    def instant(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class _Empty:
    """A ledger for a look without one: nothing is known, but all is not new."""

    ahead = 1

    def read(self) -> Book:
        from statusgen.notify.book import Book, Opened  # noqa: PLC0415 - as above

        return Book().add([Opened(at=datetime.now(UTC))])

    def write(self, decide: object) -> Book:  # noqa: ARG002 - nothing is kept
        return self.read()


class _Count:
    """How many messages have gone out, for a person who watches; in a pipe there is silence."""

    def __init__(self) -> None:
        self.is_watched = bool(sys.stderr) and sys.stderr.isatty()
        self.is_shown = False

    def __enter__(self) -> Self:
        return self

    def show(self, count: int) -> None:
        """Show the number, in the place of the one before."""
        if self.is_watched:
            self.is_shown = True
            click.echo(f"\r{_counted(count, 'message')}", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        if self.is_shown:
            click.echo(err=True)


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
