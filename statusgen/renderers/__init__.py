"""View → artifacts: each renderer is one function `artifacts(view, theme)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import ALWAYS
from statusgen.renderers import (
    api,
    badge,
    calendar,
    crawlers,
    email,
    feeds,
    html,
    plain,
    redirects,
    search,
    static,
    tables,
    widget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.artifact import Artifact, Bundle
    from statusgen.theme import Theme
    from statusgen.views import SiteView

RENDERERS = (
    html,
    static,
    crawlers,
    api,
    search,
    tables,
    calendar,
    badge,
    widget,
    plain,
    redirects,
    feeds,
    email,
)
"""All formats. What takes long to import stands last: it is rendered first, by one process each."""

SPOKEN = (html, feeds, search, email)
"""What there is in each language."""


def plan(view: SiteView, theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell every file that should exist: of the formats that the site does not do without."""
    wanted = {*ALWAYS, *view.formats}
    chosen = [each for each in RENDERERS if each.__name__.rpartition(".")[2] in wanted]
    for each in chosen:
        yield from each.artifacts(view, theme)
    for spoken in (each for each in SPOKEN if each in chosen):
        for tree in view.others:
            for one in spoken.artifacts(tree, theme):
                yield one.below(tree.path, tree.language)
