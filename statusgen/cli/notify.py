"""`statusgen notify`: who is told what is new."""

from __future__ import annotations

import os
import platform
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import click

from statusgen.cli.answers import counted, or_exit
from statusgen.cli.options import FOLDER, ROOT, here

if TYPE_CHECKING:
    from statusgen.notify import Desk, Office, Summary, Wish
    from statusgen.notify.book import Book
    from statusgen.notify.subscribers import Source


subscribers_option = click.option(
    "--subscribers",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="The list of subscribers, CSV or JSON; - is standard input.  "
    "[default: what STATUSGEN_SUBSCRIBERS holds]",
)


@click.command()
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
@subscribers_option
@click.option(
    "--relay",
    envvar="STATUSGEN_RELAY",
    metavar="URL",
    default="",
    help="The mail relay: smtp://HOST (STARTTLS) or smtps://HOST; its user and password are "
    "STATUSGEN_SMTP_USER and STATUSGEN_SMTP_PASSWORD.  [env: STATUSGEN_RELAY]",
)
@click.option("--outbox", type=FOLDER, help="The folder for previews.  [default: ROOT/outbox]")
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
    """Tell subscribers, chats and programs what is new, once.

    Without --send nothing is sent: it is shown what would be, to how many, with previews of the
    mails in outbox/due/. `status` shows what was told. ROOT is the folder that holds content/; here
    or the nearest above, unless named.

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
        source=or_exit(lambda: subscribers_of(subscribers)),
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
        or_exit(lambda: _say_ledger(root, ledger or ""))
        return
    task = _Task(root=root, outbox=outbox or root / "outbox", ledger=ledger)
    with _Count() as shown:
        sys.exit(or_exit(lambda: _notify(task, wish, shown, send=send, baseline=baseline)))


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
    return is_status, Path(ROOT.convert(rest[0] if rest else here(), None, None))


def subscribers_of(path: Path | None) -> Source | None:
    """Find the list: the file that is named, standard input, or what the environment holds."""
    from statusgen.notify import from_path, from_text  # noqa: PLC0415 - as above

    if path and str(path) == "-":
        return from_text("standard input", sys.stdin.read())
    if path:
        return from_path(path)
    text = os.environ.get("STATUSGEN_SUBSCRIBERS", "")
    return from_text("STATUSGEN_SUBSCRIBERS", text) if text else None


def _notify(task: _Task, wish: Wish, shown: _Count, *, send: bool, baseline: bool) -> int:
    from statusgen.notify import NotifyError, Office, Voice, open_ledger  # noqa: PLC0415 - as above

    warn = partial(click.echo, err=True)
    office = Office(task.root, wish, _Clock(), is_sending=send)
    if send and not office.routes:
        message = "there is nobody to tell: name a list by --subscribers, or what else is told"
        raise NotifyError(message)
    mistakes, readers = office.look_through()
    for mistake in mistakes:
        warn(str(mistake))
    if mistakes:
        rest = "the rest of the list goes on" if readers else "nobody is left to be told"
        warn(f"{counted(len(mistakes), 'mistake')}; {rest}.")
        if not readers:  # what would be written down as told could never be sent again
            return 1
    voice = Voice(say=click.echo, warn=warn, show=shown.show)
    by = f"{platform.node()}-{os.getpid()}-{time.time_ns()}"
    opened = open_ledger(task.root, task.ledger) if task.ledger else None
    desk = office.desk(opened or _Empty(), voice, by)
    if baseline:
        click.echo(f"{counted(desk.accept(), 'update')} taken as known; nothing was sent.")
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
    if not office.routes:
        told = "There is nobody to tell: no subscribers, channels or webhooks are named"
    click.echo(f"{told}; nothing was sent.{where}")
    return 0


def _say_sent(summary: Summary) -> int:
    """Say what was sent; 1 if anybody was not reached."""
    if summary.is_first:
        click.echo("The ledger is new: all that stands there is known now, and nothing was sent.")
    parts = [f"{summary.news} told", f"{counted(summary.taken, 'message')} taken"]
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
    click.echo(f"{counted(len(book.known), 'update')} known.")


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
            click.echo(f"\r{counted(count, 'message')}", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        if self.is_shown:
            click.echo(err=True)
