"""Content and theme, where the road begins: for builds, and for who only looks at what they say."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from statusgen.artifact import Bundle, each
from statusgen.cache import Cache, Lost
from statusgen.content import find_documents, read_documents
from statusgen.parse import parse_site
from statusgen.seal import look
from statusgen.views import derive, gaps, timeline
from statusgen.views.audience import public
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
    from statusgen.theme import Found, Theme
    from statusgen.views import SiteView
    from statusgen.views.summary import Archive

_SOME = 3
"""How many files of a kind are rendered to try a theme, the newest first."""


class Themes(NamedTuple):
    """Where themes come from: what is wrong with the choice of one, and the theme itself.

    A choice may name files of the site, so that what is wrong with it hangs on which there are.
    """

    problems: Callable[[ThemeChoice, frozenset[str]], Iterable[Problem]]
    load: Callable[[ThemeChoice], Theme]


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
        return view, planned(view, self.theme)

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
    """Try the theme, and run the checks of these codes over what was read.

    Raises ThemeError, and CheckError.
    """
    from statusgen.checks import check  # noqa: PLC0415 - a build needs none of them
    from statusgen.findings import Look, Spots  # noqa: PLC0415 - as above

    documents, config, site, theme = read
    view = derive(site, config, moment)
    _try(theme, view)

    def addresses() -> frozenset[str]:
        paths = (one.path for one in each(planned(view, theme)))
        return frozenset(path.removesuffix("index.html") for path in paths)

    paths = {(one.folder, one.slug): one.path for one in documents.documents}
    told = timeline.cut(site, moment.until)
    look = Look(config, told, moment.as_of, addresses, gaps(site, config, paths))
    return check(look, Spots(documents, config, site, moment), codes)


def _try(theme: Theme, view: SiteView) -> None:
    """Render some files of each kind, so that what a template asks for in vain is found."""
    tried: Counter[tuple[object, ...]] = Counter()
    for one in planned(view, theme):
        place = "" if isinstance(one, Bundle) else one.path.partition("/")[0]
        kind = (one.render, one.language, place)
        if tried[kind] < _SOME:
            tried[kind] += 1
            for artifact in islice(each([one]), _SOME):
                artifact.data(theme)


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


def find_themes(root: Path, compiled: Path | None = None, moment: datetime | None = None) -> Themes:
    """Find the themes of a site; `compiled` is a folder in which compiled templates are kept.

    `moment` is that at which pages stand still, where they do.
    """
    found: dict[ThemeChoice, Found] = {}  # what both read is read once
    load = partial(_load_theme, root, compiled, moment, found)
    return Themes(partial(_theme_problems, root, found), load)


# What renders is imported as late as it can be: most builds find that there is nothing to render,
# and others import it while helpers read documents.


def planned(view: SiteView, theme: Theme) -> Plan:
    """Tell every file that should exist."""
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
