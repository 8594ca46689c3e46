"""The road, from content to what is published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from statusgen.artifact import each
from statusgen.cache import Cache, Lost
from statusgen.content import find_documents, read_documents
from statusgen.model import Rescue
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
from statusgen.views import derive, gaps, timeline
from statusgen.views.audience import PUBLIC, public
from statusgen.views.present import Present

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime
    from pathlib import Path

    from statusgen.artifact import Plan
    from statusgen.config import Config, ThemeChoice
    from statusgen.content import Documents
    from statusgen.errors import Problem
    from statusgen.findings import Finding
    from statusgen.model import Moment, Site
    from statusgen.output import Output
    from statusgen.theme import Found, Theme
    from statusgen.views import SiteView
    from statusgen.views.audience import Audience
    from statusgen.views.summary import Archive


WHOLE = Rescue()
"""All content could be read."""


class Themes(NamedTuple):
    """Where themes come from: what is wrong with the choice of one, and the theme itself.

    A choice may name files of the site, so that what is wrong with it hangs on which there are.
    """

    problems: Callable[[ThemeChoice, frozenset[str]], Iterable[Problem]]
    load: Callable[[ThemeChoice], Theme]


class Draft(NamedTuple):
    """What a build would publish, and the digests of the content that it was made from."""

    plan: Plan
    theme: Theme
    view: SiteView
    read: Digests


class Read(NamedTuple):
    """What was read: the documents, what they say, and the theme."""

    documents: Documents
    config: Config
    site: Site
    theme: Theme


class Recalled(NamedTuple):
    """What was read, and the archive of what earlier builds know."""

    config: Config
    site: Site
    theme: Theme
    archive: Archive

    def draft(self, moment: Moment) -> tuple[SiteView, Plan]:
        """Tell what the public is shown at a moment, and every file of it."""
        view = derive(self.site, self.config, moment, archive=self.archive)
        return view, _plan(view, self.theme)

    def present(self, moment: Moment) -> Present:
        """Tell the public site at a moment, for whoever tells it in other ways."""
        shown, _ = public(self.site, moment.as_of, archive=self.archive)
        return Present(timeline.cut(shown, moment.until), self.config, moment.as_of, self.archive)


def read(root: Path, moment: Moment, compiled: Path | None = None) -> Read:
    """Read content and theme, or tell every problem of both; for `compiled` see `find_themes`."""
    themes = find_themes(root, compiled)
    documents = read_documents(root)
    config, site = parse_site(documents, moment, themes.problems)
    return Read(documents, config, site, themes.load(config.theme))


def inspect(read: Read, moment: Moment, codes: Collection[str]) -> tuple[Finding, ...]:
    """Run the checks of these codes over what was read. Raises CheckError, and ThemeError."""
    from statusgen.checks import check  # noqa: PLC0415 - a build needs none of them
    from statusgen.findings import Look, Spots  # noqa: PLC0415 - as above

    documents, config, site, theme = read

    def addresses() -> frozenset[str]:
        plan = _plan(derive(site, config, moment), theme)
        paths = (one.path for one in each(plan))
        return frozenset(path.removesuffix("index.html") for path in paths)

    paths = {(one.folder, one.slug): one.path for one in documents.documents}
    told = timeline.cut(site, moment.until)
    look = Look(config, told, moment.as_of, addresses, gaps(site, config, paths))
    return check(look, Spots(documents, config, site, moment), codes)


def recall(root: Path, public: Path, moment: Moment) -> Recalled:
    """Read content and theme as `read` does, but for the history that a build of `public` knows."""
    try:
        return _recall(root, Cache(public, moment, is_new=False), moment)
    except Lost:
        return _recall(root, Cache(public, moment, is_new=True), moment)


def _recall(root: Path, cache: Cache, moment: Moment) -> Recalled:
    themes = find_themes(root, cache.place)
    documents = find_documents(root, look(str(root)), cache)
    config, site = parse_site(documents, moment, themes.problems, cache.recall)
    return Recalled(config, site, themes.load(config.theme), cache.archive())


def build(  # noqa: PLR0913, PLR0917 - what a build may know, and for whom it is
    root: Path,
    output: Output,
    moment: Moment,
    found: Findings | None = None,
    rescue: Rescue = WHOLE,
    audience: Audience = PUBLIC,
) -> tuple[Published, str]:
    """Build the site as it is at a moment; nothing is written if anything is wrong.

    `found` is what there is to read, and what stands as the last build left it; `rescue` tells
    what the content lacks, `audience` for whom it is. Tells what was done, and what was withheld.
    """
    found = found or examine(
        root, output.public, output.outbox, moment.as_of, is_clock=moment.is_clock
    )
    is_usual = audience == PUBLIC and not rescue.is_needed
    if found.is_done and not output.is_clean and is_usual:
        return Published(unchanged=found.standing), found.told
    try:
        found = NOTHING if output.is_clean else found
        return _write(root, output, moment, found, rescue, audience)
    except Lost:  # what was kept of earlier builds cannot be used
        return _write(root, output, moment, NOTHING, rescue, audience)


def _write(  # noqa: PLR0913, PLR0917 - as above
    root: Path,
    output: Output,
    moment: Moment,
    found: Findings,
    rescue: Rescue,
    audience: Audience,
) -> tuple[Published, str]:
    before = look(str(root), THEMES)
    is_new = not found.read
    cache = Cache(output.public, moment, is_new=is_new, audience=audience, meanwhile=_import)
    draft = make(root, moment, found.read, cache, find_themes(root, cache.place), rescue)
    # A seal tells nothing of who looks, nor of what stands in for what could not be read.
    is_usual = audience == PUBLIC and not rescue.is_needed
    is_steady = before == look(str(root), THEMES) and is_usual  # else which of both was read?
    seal = _new_seal(draft.read | before, moment, draft.view) if is_steady else None
    published = publish(draft.plan, draft.theme, output, found, seal)  # what changed
    cache.save()
    draft.theme.keep()
    return published, str(draft.view.withheld)


def make(  # noqa: PLR0913, PLR0917 - what it reads, by what, and what stands in for the rest
    root: Path,
    moment: Moment,
    seen: Digests,
    cache: Cache,
    themes: Themes,
    rescue: Rescue = WHOLE,
) -> Draft:
    """Make what a build would publish. `seen` is the content as it was seen, if it was.

    Raises ContentErrors, ThemeError, and Lost where the cache cannot be used after all.
    """
    documents = find_documents(root, seen, cache)  # what is not known is read as it is parsed
    config, site = parse_site(documents, moment, themes.problems, cache.recall)
    site = replace(site, rescue=rescue)
    view = derive(site, config, moment, cache.audience, cache.archive())  # what is true then
    theme = themes.load(config.theme)
    return Draft(_plan(view, theme), theme, view, documents.digests)


def find_themes(root: Path, compiled: Path | None = None, moment: datetime | None = None) -> Themes:
    """Find the themes of a site; `compiled` is a folder in which compiled templates are kept.

    `moment` is that at which pages stand still, where they do.
    """
    found: dict[ThemeChoice, Found] = {}  # what both read is read once
    load = partial(_load_theme, root, compiled, moment, found)
    return Themes(partial(_theme_problems, root, found), load)


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


def _load_theme(
    root: Path,
    compiled: Path | None,
    moment: datetime | None,
    found: dict[ThemeChoice, Found],
    choice: ThemeChoice,
) -> Theme:
    from statusgen.theme import Theme  # noqa: PLC0415 - as above

    return Theme.load(root, choice, compiled, moment, found.pop(choice, None))


def _theme_problems(
    root: Path, found: dict[ThemeChoice, Found], choice: ThemeChoice, files: frozenset[str]
) -> Iterable[Problem]:
    from statusgen.theme import Theme  # noqa: PLC0415 - as above

    return Theme.problems(root, choice, files, found)
