"""`statusgen init`, `receive` and `completion`: how a site begins, and who else writes to it."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import click

from statusgen.cli.answers import or_exit
from statusgen.cli.asking import asked
from statusgen.cli.options import FOLDER, root_argument, root_option
from statusgen.cli.writing import new, update
from statusgen.errors import WritingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from statusgen.writing.request import Request

T = TypeVar("T")
_URL = "https://status.example.com/"
_KEYS = {"--sev": "severity", "--text": "text", "--next-update": "next_update"}
"""What a request calls the flags that are called otherwise there."""


@click.command()
@click.argument("folder", type=FOLDER, default=".", metavar="[DIR]")
@click.option("--title", help="What the page is called.")
@click.option("--url", help="The address that the page will have.")
def init(folder: Path, title: str | None, url: str | None) -> None:
    """Begin a site: content, and what hosts need.

    DIR is made if it is not there; here unless named. Nothing that is there is written over.
    """

    def work() -> int:
        from statusgen.content import write_new  # noqa: PLC0415 - what reads content is imported late
        from statusgen.writing.starter import starter  # noqa: PLC0415 - as above

        name = asked("--title", "What is the page called", title, _filled)
        address = asked("--url", f"Its address, like {_URL}", url, _address)
        return write_new(str(folder), starter(name, address))

    count = or_exit(work)
    where = "here" if str(folder) == "." else f"into {folder}"
    click.echo(f"Wrote {count} files {where}.")
    click.echo(
        "Next: write content/components.yml, then statusgen serve, and push it to your host."
    )


@click.command()
@root_argument
def schemas(root: Path) -> None:
    """Write the JSON Schemas of the content, for editors.

    They go into content/.schemas/ of ROOT, the folder that holds content/; here or the nearest
    above, unless named. Write them again after an update. A file uses one by its first line, as
    those of `init` and `new` do.
    """

    def work() -> list[str]:
        from statusgen.content import write_again  # noqa: PLC0415 - as above
        from statusgen.writing.wiring import schema_files  # noqa: PLC0415 - as above

        return [write_again(str(root), path, data) for path, data in schema_files()]

    paths = or_exit(work)
    click.echo(f"Wrote {len(paths)} schemas into {root / 'content/.schemas'}.")


@click.command()
@root_option
@click.option("--commit", is_flag=True, help="Commit the file, and nothing else.")
@click.option("--push", is_flag=True, help="Commit, and push.")
def receive(root: Path, *, commit: bool, push: bool) -> None:
    """Write what a form or a monitor asks for on standard input.

    It is JSON with title, severity, components, status, text, incident and next_update, or the body
    of the issue form. With a title it is a new incident, else an update.
    """
    from statusgen.writing.request import read_request  # noqa: PLC0415 - as above

    asked_for = or_exit(lambda: read_request(sys.stdin.read()))
    words = [*_words(asked_for), f"--root={root}"]
    words += [flag for flag, is_set in (("--commit", commit), ("--push", push)) if is_set]
    command = new if asked_for.title else update
    title = asked_for.title or asked_for.incident
    # After `--` a word is never an option, and behind `=` it is never anything but a value.
    call = partial(command.main, [*words, "--", *([title] if title else [])], standalone_mode=False)
    or_exit(lambda: _in_words_of_requests(call))


def _in_words_of_requests(call: Callable[[], T]) -> T:
    """Say what is missing by the keys of a request: whoever writes one knows no flags."""
    try:
        return call()
    except click.UsageError as error:
        flag, blank, rest = error.message.partition(";")[0].partition(" ")
        message = f"the request: {_KEYS.get(flag, flag)}{blank}{rest}"
        raise WritingError(message) from None


def _words(one: Request) -> list[str]:
    """Spell a request as flags."""
    flags = {"text": one.text, "status": one.status, "next-update": one.next_update}
    flags["sev"] = one.severity
    words = [f"--{flag}={value}" for flag, value in flags.items() if value]
    return words + [f"--component={name}" for name in one.components]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a shell needs to complete words.

    Commands, flags, and the names of incidents and components.

    \b
      bash  eval "$(statusgen completion bash)"      in ~/.bashrc
      zsh   eval "$(statusgen completion zsh)"       in ~/.zshrc
      fish  statusgen completion fish | source       in ~/.config/fish/config.fish
    """  # noqa: D301 - click wants the real backspace
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only this needs it

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows all that can be chosen
    root = context.find_root().command
    click.echo(kind(root, {}, "statusgen", "_STATUSGEN_COMPLETE").source())


COMMANDS = (init, schemas, receive, completion)
"""In the order in which a site begins."""


def _filled(text: str) -> str:
    told = " ".join(text.split())
    if not told:
        message = "it needs a name"
        raise WritingError(message)
    return told


def _address(text: str) -> str:
    found = urlsplit(text.strip())
    if found.scheme not in ("http", "https") or not found.hostname:
        message = f"{text!r} is no address: write it like {_URL}"
        raise WritingError(message)
    if {"?", "#", "@"} & {*text}:
        message = f"{text!r} has a query, a fragment or a user: leave them out"
        raise WritingError(message)
    return text.strip().rstrip("/") + "/"
