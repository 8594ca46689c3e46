"""The road, from content to what is published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from statusgen.cache import Cache, Lost
from statusgen.content import read_documents
from statusgen.output import Published, publish
from statusgen.parse import parse_site
from statusgen.seal import (
    NOTHING,
    THEMES,
    Digests,
    Findings,
    Seal,
    examine,
    look,
    tool_digest,
    whole,
)
from statusgen.views import derive
from statusgen.views.audience import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from statusgen.artifact import Plan
    from statusgen.config import Config, ThemeChoice
    from statusgen.errors import Problem
    from statusgen.model import Moment, Site
    from statusgen.output import Output
    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.audience import Audience


def read(root: Path, moment: Moment) -> tuple[Config, Site, Theme]:
    """Read content and theme, or tell every problem of both."""
    config, site = parse_site(read_documents(root), moment, partial(_theme_problems, root))
    return config, site, _load_theme(root, config.theme)


def build(
    root: Path, output: Output, moment: Moment, found: Findings | None = None
) -> tuple[Published, str]:
    """Build the site as it is at a moment; nothing is written if anything is wrong.

    `found` is what there is to read, and what stands as the last build left it. Tells what was
    done, and what was withheld.
    """
    found = found or examine(
        root, output.public, output.outbox, moment.as_of, is_clock=moment.is_clock
    )
    if found.is_done and not output.is_clean:
        return Published(unchanged=found.standing), found.told
    published, view = write(root, output, moment, found)
    return published, str(view.withheld)


def write(
    root: Path, output: Output, moment: Moment, found: Findings, audience: Audience = PUBLIC
) -> tuple[Published, SiteView]:
    """Write what an audience may see; only a preview names another than the public."""
    try:
        return _write(root, output, moment, NOTHING if output.is_clean else found, audience)
    except Lost:  # what was kept of earlier builds cannot be used
        return _write(root, output, moment, NOTHING, audience)


def _write(
    root: Path, output: Output, moment: Moment, found: Findings, audience: Audience
) -> tuple[Published, SiteView]:
    is_new = not found.read
    cache = Cache(output.public, moment, is_new=is_new, audience=audience, meanwhile=_import)
    documents = read_documents(root, found.read, cache)  # what is not known is read
    config, site = parse_site(documents, moment, partial(_theme_problems, root), cache.recall)
    view = derive(site, config, moment, audience, cache.archive())  # what is true at that moment
    before = look(str(root), THEMES)
    theme = _load_theme(root, config.theme, cache.place)
    is_steady = before == look(str(root), THEMES)  # else nobody knows which of both was read
    seal = _new_seal(documents.digests | before, moment, view) if is_steady else None
    published = publish(_plan(view, theme), theme, output, found, seal)  # what changed
    cache.save()
    theme.keep()
    return published, view


def _new_seal(sources: Digests, moment: Moment, view: SiteView) -> Seal:
    """Seal what was read, and how long that holds."""
    return Seal(
        tool=tool_digest(),
        is_clock=moment.is_clock,
        since=moment.as_of.timestamp(),
        until=view.until.timestamp(),
        read=whole(sources),
        told=str(view.withheld),
    )


# What renders is imported as late as it can be: most builds find that there is nothing to render,
# and others import it while helpers read documents.


def _import() -> None:
    import statusgen.renderers  # noqa: PLC0415 - as above
    import statusgen.theme  # noqa: F401, PLC0415 - as above


def _plan(view: SiteView, theme: Theme) -> Plan:
    from statusgen.renderers import plan  # noqa: PLC0415 - as above

    return plan(view, theme)


def _load_theme(root: Path, choice: ThemeChoice, compiled: Path | None = None) -> Theme:
    from statusgen.theme import Theme  # noqa: PLC0415 - as above

    return Theme.load(root, choice, compiled)


def _theme_problems(root: Path, choice: ThemeChoice) -> Iterable[Problem]:
    from statusgen.theme import Theme  # noqa: PLC0415 - as above

    return Theme.problems(root, choice)
