"""The state of the service on other sites: in a link by a script, or in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.artifact import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.brief import WidgetPage


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the script and the page."""
    yield Artifact(path="widget.js", view=None, render=script)
    yield Artifact(path=f"{view.widget.frame.path}index.html", view=view.widget, render=html)


def script(_view: None, theme: Theme) -> bytes:
    """Write the script, which is the same for every site: it knows where it came from."""
    return theme.render("templates/widget.js", None).encode()


def html(view: WidgetPage, theme: Theme) -> bytes:
    """Write the page for frames."""
    return theme.render("templates/widget.html", view).encode()
