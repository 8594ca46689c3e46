"""Files that are published as they are: the theme's, and the site's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from statusgen.artifact import Artifact
from statusgen.model import Asset
from statusgen.seal import digest_of
from statusgen.views.page import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView


def artifacts(view: SiteView, theme: Theme) -> Iterator[Artifact]:
    """Tell the static files."""
    own = (Asset(path=path, data=data) for path, data in theme.static_files().items())
    for asset in (*own, *view.assets):
        # A picture may be large, and is digested in a tenth of the time that it takes to spell it.
        promise = Promise(
            path=asset.path,
            make=partial(lambda one: one, asset),
            made_from=partial(digest_of, asset.data),
        )
        yield Artifact(path=asset.path, view=promise, render=render, is_raw=True)


def render(asset: Asset, _theme: Theme) -> bytes:
    """Give a file's bytes."""
    return asset.data
