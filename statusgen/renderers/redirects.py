"""Old addresses: a page at each that leads on, and rules for hosts that know such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.artifact import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.moved import MovedPage, MovedView


HEAD = """\
# Each rule stands twice: "301!" goes before the page that stands at the old address and is read by
# Netlify, "301" is read by hosts that know no "!" and put rules before pages anyway.
"""


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the pages and the rules, where there is any old address."""
    for page in view.moved:
        yield Artifact(path=page.path, view=page, render=html)
    if view.moved:
        yield Artifact(path=view.redirects.path, view=view.redirects, render=rules)


def html(view: MovedPage, theme: Theme) -> bytes:
    """Write a page that leads on."""
    return theme.render("templates/moved.html", view).encode()


def rules(view: MovedView, _theme: Theme) -> bytes:
    """Write the rules as Netlify and Cloudflare read them: old, new, and that it is for good."""
    lines = (f"{old} {new} {status}\n" for old, new in view.rules for status in ("301!", "301"))
    return (HEAD + "".join(lines)).encode()
