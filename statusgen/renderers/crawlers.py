"""What crawlers are told (RFC 9309)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.artifact import Artifact
from statusgen.views.page import RobotsView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView

TEMPLATES = {RobotsView: "robots.txt"}
"""The template of each kind of file."""


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell what crawlers ask for first."""
    yield Artifact(path="robots.txt", view=view.robots, render=render)


def render(view: RobotsView, theme: Theme) -> bytes:
    """Render a file by the template of its kind."""
    return theme.render(f"templates/{TEMPLATES[type(view)]}", view).encode()
