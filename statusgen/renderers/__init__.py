"""View → artifacts: each renderer is one function `artifacts(view, theme)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.renderers import email, feeds, html, static

if TYPE_CHECKING:
    from statusgen.artifact import Artifact
    from statusgen.theme import Theme
    from statusgen.views import SiteView

RENDERERS = (html, static, feeds, email)


def plan(view: SiteView, theme: Theme) -> list[Artifact]:
    """Tell every file that should exist."""
    return [artifact for each in RENDERERS for artifact in each.artifacts(view, theme)]
