"""`statusgen check`: what is wrong in the content, and what should not be published so."""

from __future__ import annotations

import posixpath
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statusgen.cli.answers import counted, or_exit
from statusgen.cli.options import as_of_option, now, root_argument
from statusgen.errors import ContentErrors, Problem, ThemeError, nearest
from statusgen.seal import cache_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from statusgen.findings import Finding
    from statusgen.model import Moment

_FORMATS = ("text", "github", "sarif", "json", "junit")
_HOSTS = ("github", "sarif")
"""What code hosts read, to show it beside the lines of a change."""


def _codes(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[str]:
    """Read codes, parted by commas or by flags."""
    from statusgen.config import CHECKS  # noqa: PLC0415 - `statusgen --help` needs none of it

    codes = [code.strip() for words in given for code in words.split(",") if code.strip()]
    for code in codes:
        if code not in CHECKS:
            message = f"no check has the code {code!r}{nearest(code, CHECKS)}"
            raise click.BadParameter(message)
    return codes


@click.command()
@root_argument
@as_of_option
@click.option("--select", multiple=True, callback=_codes, help="Only these checks, by code.")
@click.option("--ignore", multiple=True, callback=_codes, help="All but these, by code.")
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="For people, for annotations on GitHub, or for programs.",
)
@click.option(
    "--explain", metavar="CODE", multiple=True, callback=_codes, help="Say why a check is there."
)
def check(  # noqa: PLR0913, PLR0917 - an option each
    root: Path,
    as_of: datetime | None,
    select: list[str],
    ignore: list[str],
    kind: str,
    explain: list[str],
    *,
    strict: bool,
) -> None:
    """Check content and theme: tell each mistake with its line.

    ROOT is the folder that holds content/; here or the nearest above, unless named. Nothing is
    written.

    A mistake keeps the page from being built. An error, a warning or a note can be built, and
    should not be published so; policy.yml sets the levels. The exit status is 1 for mistakes and
    errors.
    """
    if explain:
        click.echo("\n\n".join(map(_explained, explain)))
        return
    from statusgen.config import CHECKS, Level  # noqa: PLC0415 - as above

    codes = {*(select or CHECKS)} - {*ignore}
    moment = now(as_of)
    if kind == "text":
        found, told = or_exit(lambda: _inspect(root, moment, codes))
    else:
        found, told = or_exit(lambda: _inspect_all(root, moment, codes))
    if kind in _HOSTS:
        found = _in_repository(found, root)
    click.echo(_written(found, kind, codes), nl=False)
    if kind == "text":
        click.echo(_summary(found, told))
    fatal = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    sys.exit(any(one.level in fatal for one in found))


def _inspect(root: Path, moment: Moment, codes: Collection[str]) -> tuple[list[Finding], str]:
    """Check what can be built; tell with it how much that is. Raises ContentErrors."""
    from statusgen.reading import inspect, read  # noqa: PLC0415 - only commands that read need it

    # What a build has compiled need not be compiled again.
    content = read(root, moment, Path(cache_path(str(root / "public"))))
    content.theme.compile()
    counts = (
        (len(content.site.leaves), "component"),
        (len(content.site.incidents), "incident"),
        (len(content.site.maintenances), "maintenance"),
    )
    told = ", ".join(counted(count, noun) for count, noun in counts)
    return [*inspect(content, moment, codes)], told


def _inspect_all(root: Path, moment: Moment, codes: Collection[str]) -> tuple[list[Finding], str]:
    """Check for programs, which are told what cannot be built as they are told the rest."""
    from statusgen.findings import of_problem  # noqa: PLC0415 - as above

    try:
        return _inspect(root, moment, codes)
    except ContentErrors as error:
        return [of_problem(one) for one in error.problems], ""
    except ThemeError as error:
        path, line, cause = error.parted()
        place, top = Path(path or root / "themes").resolve(), root.resolve()
        if place.is_relative_to(top):  # a theme that comes along lies elsewhere
            path = place.relative_to(top).as_posix()
        return [of_problem(Problem(path, line or 1, "theme", cause))], ""


def _written(found: list[Finding], kind: str, codes: Collection[str]) -> str:
    from statusgen.checks import CHECKS as ALL  # noqa: PLC0415 - as above
    from statusgen.findings import FORMATS  # noqa: PLC0415 - as above

    return FORMATS[kind](found, [one for one in ALL if one.code in codes])


def _in_repository(found: list[Finding], root: Path) -> list[Finding]:
    """Tell paths as code hosts know them: from the top of the repository, wherever the site is."""
    from statusgen.git import place_of  # noqa: PLC0415 - as above

    below = place_of(root)
    return [one._replace(path=posixpath.join(below, one.path)) for one in found]


def _summary(found: list[Finding], told: str) -> str:
    """Count findings, as a sentence."""
    from statusgen.config import Level  # noqa: PLC0415 - as above

    counts = Counter(one.level for one in found)
    parts = [counted(counts[level], level) for level in Level if counts[level]]
    return f"{', '.join(parts) if parts else 'No problems'} in {told}."


def _explained(code: str) -> str:
    from statusgen.checks import CHECKS as ALL  # noqa: PLC0415 - as above

    one = next(each for each in ALL if each.code == code)
    head = f"{click.style(one.code, bold=True)} ({one.level} unless policy.yml sets it)"
    return f"{head}\n{click.wrap_text(one.rule)}\n\n{click.wrap_text(one.about)}"
