"""View → artifacts: each renderer is one function `artifacts(view, theme)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.renderers import email, feeds, html, search, static, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.artifact import Artifact, Bundle
    from statusgen.theme import Theme
    from statusgen.views import SiteView

RENDERERS = (html, static, feeds, search, tables, email)


def plan(view: SiteView, theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell every file that should exist."""
    return (one for each in RENDERERS for one in each.artifacts(view, theme))
