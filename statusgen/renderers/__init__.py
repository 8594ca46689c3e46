"""View → artifacts: each renderer is one function `artifacts(view, theme)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.renderers import api, crawlers, email, feeds, html, search, static, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.artifact import Artifact, Bundle
    from statusgen.theme import Theme
    from statusgen.views import SiteView

RENDERERS = (html, static, crawlers, feeds, api, search, tables, email)
SPOKEN = (html, feeds, search, email)
"""What there is in each language."""


def plan(view: SiteView, theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell every file that should exist."""
    for each in RENDERERS:
        yield from each.artifacts(view, theme)
    for spoken in SPOKEN:
        for tree in view.others:
            for one in spoken.artifacts(tree, theme):
                yield one.below(tree.path, tree.language)
